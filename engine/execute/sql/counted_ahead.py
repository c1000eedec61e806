"""How many rows each output over data rows has, and on how many of them something is not known: asked in one query
before the first output. Who gives an output asks the same again, finds it known, and tells what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from sqlglot import exp

from engine.execute.reference.kept import kept_columns
from engine.execute.reference.outcome import Outcome
from engine.execute.reference.run import taking_delivered
from engine.execute.reference.sheets import sheet_columns
from engine.execute.sql.groups import Groups, counted, doubted
from engine.execute.sql.ints import TooLarge
from engine.execute.sql.lowered import any_of, is_true, missing
from engine.execute.sql.not_in_sql import NotInSql
from engine.execute.sql.on_rows import InSql, OnRows
from engine.execute.sql.results import not_true, shown
from engine.files.errors import RunStopped
from engine.language.values import Unresolved
from engine.rulebook.model import Formula, Statement
from engine.rulebook.wanted import assertions


def counted_ahead(run: Outcome, rows: InSql, keep_all: bool) -> list[Groups]:
    """What can be asked so; what cannot is left to who gives the output."""
    found: list[Groups] = []
    for asked in _asked(run, rows, keep_all):
        try:
            found += list(asked())
        except (RunStopped, NotInSql, TooLarge, Unresolved):
            continue
    return found


def _asked(run: Outcome, rows: InSql, keep_all: bool) -> Iterator[Callable[[], Iterator[Groups]]]:
    def of(grain: str) -> OnRows | None:
        return rows.readings.get(rows.scope(rows.closing).base(grain))

    conditions = [(check.grades[0][1], check.grain) for check in assertions(run.now, run.program)]
    conditions += [(there, rule.grain) for rule, there in taking_delivered(run)]
    for formula, grain in conditions:
        if (reading := of(grain)) is not None:
            yield partial(_of_truth, rows, reading, formula, grain)
    for name in run.program.statements:
        statement = run.now.statements[name]
        if (reading := of(statement.grain)) is not None:
            yield partial(_of_statement, run, rows, reading, statement)
    for base, _ in kept_columns(run, keep_all):
        if (reading := of(base)) is not None:
            yield partial(_of_kept, rows, reading)


def _members(rows: InSql, reading: OnRows, grain: str) -> tuple[list[exp.Expression], Groups]:
    """The settled rows of a grain, and on how many rows that is not known."""
    member, among = reading.in_grain(grain), rows.conditions(reading.base, False)
    return [*among, *([] if is_true(member.value) else [member.value])], doubted(reading, among, [member.fail])


def _of_truth(rows: InSql, reading: OnRows, formula: Formula, grain: str) -> Iterator[Groups]:
    among, doubt = _members(rows, reading, grain)
    yield doubt
    held = reading.own_truth(formula, grain)
    yield counted(reading, among, [] if held.is_known and held.known is True else [not_true(held)])


def _of_kept(rows: InSql, reading: OnRows) -> Iterator[Groups]:
    yield counted(reading, _members(rows, reading, reading.base)[0])


def _of_statement(run: Outcome, rows: InSql, reading: OnRows, statement: Statement) -> Iterator[Groups]:
    among, doubt = _members(rows, reading, statement.grain)
    yield doubt
    if statement.condition is not None:
        held = reading.own_truth(statement.condition, statement.grain)
        yield doubted(reading, among, [missing(held)])
        among = among if is_true(held.value) else [*among, held.value]
    fail = any_of([shown(reading, column).fail for column in sheet_columns(run, statement)])
    yield counted(reading, among, [fail])
