"""The rows that a run refused, judged again by what the run says refused them, where that looks at fields alone: this
costs less than to look up of each row whether a value of it was kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from engine.execute.plan.reads import How
from engine.execute.reference.selection import applicable
from engine.execute.reference.verdicts import EXCLUDED, HELD, OUTSIDE, REJECTED
from engine.execute.sql.lowered import Lowered, all_of, any_of, constant, is_false
from engine.execute.sql.on_rows import InSql, OnRows
from engine.execute.sql.selection import exclusion_codes, sure, told_by
from engine.language.types import Kind
from engine.rulebook.scope import Unreachable


@dataclass(frozen=True)
class Refusers:
    """The checks that rejected rows of a table, and whether rules excluded some."""

    checks: tuple[str, ...]
    excludes: bool


def refusers(
    execution: InSql, base: str, account: Iterable[Mapping[str, Any]], stood: Callable[[str], bool]
) -> Refusers | None:
    """By ``account`` (of ``run.json``: state, by, rows); ``None`` if more must be looked at than fields of the row and
    of tables of which ``stood`` says that the rows were read then as they are now.
    """
    by = {(one["state"], one["by"]) for one in account if one["rows"] and one["state"] not in (OUTSIDE, HELD)}
    checks = {check.name for check in applicable(execution.judge, base) if check.kind == "拒收"}
    excluding = {name for state in execution.states_of_rules() for name in _excluding(execution, state, base)}
    rejected = {name for what, name in by if what == REJECTED}
    excluded = {name for what, name in by if what == EXCLUDED}
    if not rejected <= checks or not excluded <= excluding or len(rejected) + len(excluded) < len(by):
        return None
    names = [*rejected, *(excluding if excluded else ())]
    if not all(_looks_at_fields(execution, name, base, stood, frozenset()) for name in names):
        return None
    return Refusers(tuple(sorted(rejected)), bool(excluded))


def refused(reading: OnRows, found: Refusers) -> exp.Expression:
    """Whether a row was refused: as it is seen by itself, whatever is known of it now."""
    conditions: list[exp.Expression | None] = []

    def lowered() -> Lowered:
        for check in applicable(reading.execution.judge, reading.base):
            if check.name in found.checks:
                told = told_by(reading, check)
                conditions.extend([told.fail, None if is_false(told.value) else told.value])
        return exclusion_codes(reading.execution, reading) if found.excludes else constant(Kind.TEXT, None)

    code = reading.alone(lowered)
    codes = reading.execution.states[reading.base].codes
    marks = [exp.Literal.string(str(n)) for n, (what, _) in enumerate(codes) if what == EXCLUDED]
    if marks and found.excludes:
        among = exp.In(this=code.value.copy(), expressions=marks)
        conditions.append(all_of([sure(code), among]))
    return reading.frame.let(any_of(conditions) or exp.false())


def _excluding(execution: InSql, state: Any, base: str) -> Collection[str]:
    program = state.programs.get(execution.program.name, execution.program)
    return program.exclude.get(base, ())  # type: ignore[no-any-return]


def _looks_at_fields(
    execution: InSql, name: str, base: str, stood: Callable[[str], bool], seen: frozenset[str]
) -> bool:  # fmt: skip
    """And figures: at nothing that the rows that take part come to."""
    tables = execution.now.tables
    for read in execution.columns.reads(name, base):
        is_field = read.grain in tables and read.name in tables[read.grain].fields
        if read.how is How.FIGURE or (read.how is How.ROW and is_field):
            continue
        if read.how is How.ELSEWHERE and is_field and stood(read.grain):
            continue
        if read.how is not How.ROW or read.name in seen or not _is_own(execution, read.name, base):
            return False
        if not _looks_at_fields(execution, read.name, base, stood, seen | {name}):
            return False
    return True


def _is_own(execution: InSql, name: str, base: str) -> bool:
    try:
        access = execution.scope(execution.closing).reach(base, name)
    except Unreachable:
        return False
    return access.own and access.kind == "rule"
