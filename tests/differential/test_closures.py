"""Random rulebooks in closures: a whole run with them, and one case after the other, give what the reference gives.

``CASEMIX_DIFFERENTIAL=5000`` runs so many examples, new ones each time.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from both import Before, book_of, problems_of, typed_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rulebooks import Case, Maker

from engine.data.values import OutOfRange
from engine.execute.closures.dependence import Dependence
from engine.execute.closures.desk import Desk
from engine.execute.closures.given import tables_below
from engine.execute.closures.host import CoarseRows
from engine.execute.closures.one_case import SingleCases
from engine.execute.closures.pairs import to_cell, to_value
from engine.execute.period import Period, parse_period
from engine.execute.reference.days import rules_of
from engine.execute.reference.execution import Execution
from engine.execute.reference.holding import refuse_too_many_held
from engine.execute.reference.kept import kept_value
from engine.execute.reference.rows_elsewhere import Elsewhere
from engine.execute.reference.run import MemoryTables, results
from engine.execute.reference.selection import applicable
from engine.execute.reference.verdicts import Verdict
from engine.execute.result import Result
from engine.files.errors import RunStopped
from engine.language.values import Unresolved
from engine.rulebook.book import Book
from engine.rulebook.model import Program
from engine.rulebook.problems import RulebookError
from tests.language.evaluator import ClosureEvaluator

pytestmark = pytest.mark.slow

MANY = int(os.environ.get("CASEMIX_DIFFERENTIAL", "0"))
PROFILE = settings(
    max_examples=MANY or 150, deadline=None, derandomize=not MANY, database=None, print_blob=False,
    suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
)  # fmt: skip
MAIN = "病例"


class InClosures(Execution):
    """The reference engine with closures in the place of simpleeval."""

    def _make_evaluator(self) -> ClosureEvaluator:
        return ClosureEvaluator(self)


class Closures(Elsewhere):
    """The rules of coarse rows as closures."""

    def quick(self, judge: Execution) -> CoarseRows:
        return CoarseRows(judge)


def on_the_host(*given: Any) -> Execution:
    """The reference engine with the rules of coarse rows as closures."""
    return Execution(*given, elsewhere=Closures())


class Setting:
    """A random case as an engine is given it."""

    def __init__(self, case: Case) -> None:
        self.book: Book = book_of(case)
        self.period: Period = parse_period(case.period)
        self.program: Program = self.book.at(max(self.period.end, self.book.start)).programs["算账"]
        self.rows = typed_rows(self.book, case)
        self.published = Before(case.published) if case.published else None

    def execution(self, kind: Callable[..., Execution]) -> Execution:
        made = kind(self.book, self.program, self.period, MemoryTables(self.rows), self.published)  # type: ignore[arg-type]
        made.hold()
        return made

    def result(self, kind: Callable[..., Execution]) -> Result | list[str]:
        try:
            execution = self.execution(kind)
            refuse_too_many_held(execution)
            return results(execution, True)  # type: ignore[arg-type]
        except RunStopped as stop:
            return [stop.message, *stop.details]
        except Unresolved as error:
            return [str(error)]


def accepted(seed: int, rules: int) -> Setting | None:
    """A random rulebook that ``check`` accepts."""
    case = Maker(Random(seed), rules).make()
    try:
        return None if problems_of(case) else Setting(case)
    except (RulebookError, KeyError, ValueError):
        return None


@PROFILE
@given(seed=st.integers(0, 2**40), rules=st.integers(1, 8))
def test_a_run_with_closures_is_the_reference_run(seed: int, rules: int) -> None:
    setting = accepted(seed, rules)
    if setting is not None:
        wanted = shown(setting.result(Execution))
        assert shown(setting.result(InClosures)) == wanted
        assert shown(setting.result(on_the_host)) == wanted


@PROFILE
@given(seed=st.integers(0, 2**40), rules=st.integers(1, 8))
def test_cases_priced_alone_are_those_of_the_run(seed: int, rules: int) -> None:
    setting = accepted(seed, rules)
    if setting is not None:
        alone(setting)


def test_many_cases_are_priced() -> None:
    """Most random rulebooks leave something that one case can give: else agreeing would mean little."""
    found = [alone(setting) for seed in range(60) if (setting := accepted(seed, 6)) is not None]
    assert sum(settled for settled, _ in found) > 100, found
    assert sum(values for _, values in found) > 250, found


def alone(setting: Setting) -> tuple[int, int]:
    """Compares every case; how many were settled, and how many values were looked at."""
    try:
        run = setting.execution(Execution)
    except (Unresolved, RunStopped):
        return 0, 0
    desk = _desk(setting, run)
    if desk is None or _spoiled(run, desk.cases):
        return 0, 0
    settled = 0
    for row in run.selection.everything[MAIN]:
        computed = desk.cases.computed_fields(MAIN)
        record = {name: to_cell(value) for name, value in (row.record or {}).items() if name not in computed}
        below = _below(setting, desk.cases, row.key[0])
        known = {name: cell for name, cell in record.items() if not isinstance(cell, OutOfRange)}
        _, verdict, _, values, _ = desk.price(record, known, below)
        wanted = run.selection.verdicts[MAIN].get(row.number)
        assert _said(verdict) == _said(wanted), (row, desk.names)
        if wanted is None:
            settled += 1
            for name, cell in zip(desk.names, values, strict=True):
                assert _text(to_value(cell)) == _text(kept_value(run, name, row)), (name, row)
    return settled, settled * len(desk.names)


def _spoiled(run: Execution, alone: SingleCases) -> bool:
    """Whether a row below some case cannot be placed: in a run that spoils the sums of every case."""
    scope = run.scope(run.closing)
    grains = [name for name in (*run.now.grains, *alone.case_tables) if scope.base(name) in alone.case_tables]
    try:
        for grain in grains:
            if scope.base(grain) != MAIN:
                for row in run.rows_of(grain):
                    run.project(row, scope.keys(MAIN))
    except Unresolved:
        return True
    return False


def _below(setting: Setting, cases: SingleCases, key: object) -> dict[str, list[dict[str, Any]]]:
    """The rows of other tables that belong to a case; of a table that was delivered, perhaps none."""
    tables = (name for name in cases.case_tables if name != MAIN and name in setting.rows)
    return {name: [record for record in setting.rows[name] if record["病例号"] == key] for name in tables}


def _desk(setting: Setting, run: Execution) -> Desk | None:
    """``None`` where what becomes of a case rests on others."""
    now = run.now
    tables = frozenset({MAIN, *tables_below(now, MAIN)})
    rows = {name: kept for name, kept in setting.rows.items() if name not in tables}
    cases = SingleCases.over(
        setting.book, setting.program, setting.period, MemoryTables({**rows, MAIN: []}), setting.published,  # type: ignore[arg-type]
        main=MAIN, case_tables=tables,
    )  # fmt: skip
    names = [r.name for r in now.rules.values() if run.scope(run.closing).base(r.grain) == MAIN]
    names = [name for name in names if run.scope(run.closing).as_rule(name) and name in run.wanted]
    left_out: list[str] = []
    for snapshot in rules_of(setting.book, setting.program, setting.period):
        found = Dependence(cases, snapshot.day)
        then = snapshot.programs.get(setting.program.name, setting.program)
        decisive = [*then.exclude.get(MAIN, ()), *setting.program.need.get(MAIN, ())]
        if any(found.of_name(name, MAIN) for name in decisive):
            return None
        if MAIN in setting.program.rows and found.of_formula(setting.program.rows[MAIN], MAIN):
            return None
        for check in (check for table in tables for check in applicable(cases.judge, table)):
            if found.of_check(check):
                if check.kind == "拒收":
                    return None
                left_out.append(check.name)
        names = [name for name in names if not found.of_name(name, MAIN)]
    return Desk(cases, names, left_out)


def _said(verdict: Verdict | None) -> tuple[str, ...]:
    if verdict is None:
        return ("结算",)
    return verdict.state, verdict.by, _undated(verdict.reason), verdict.cause


def _text(value: Any) -> Any:
    return ("无法确定", _undated(str(value)), value.cause) if isinstance(value, Unresolved) else (type(value), value)


def _undated(text: str) -> str:
    """Without the day on which a figure is not in force: it is that of whichever row the reference reads first."""
    return re.sub(r" 在 \d{4}-\d\d-\d\d 还没有", " 那天还没有", text)


def shown(result: Result | list[str]) -> Any:
    if isinstance(result, list):
        return result
    return [list(_parts(result)), sorted(map(str, result.rejected)), sorted(map(str, result.held)), result.warned]


def _parts(result: Result) -> Iterator[Any]:
    for sheet in result.statements:
        yield sheet.name, sheet.columns, [list(row) for row in sheet.rows], sheet.total
    for kept in result.kept:
        yield kept.grain, kept.columns, [[_text(value) for value in row] for row in kept.rows]
    yield from result.accounts


if __name__ == "__main__":
    pytest.main([__file__])
