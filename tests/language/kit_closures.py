"""The two ways in which closures compute, as engines of the kit."""

from __future__ import annotations

from evaluator import ClosureEvaluator
from kit import PERIOD, PROGRAM, RESULT, Case

from engine.execute.closures.one_case import SingleCases
from engine.execute.closures.pairs import to_value
from engine.execute.closures.reading import Readings
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.execute.reference.run import MemoryTables
from engine.language.values import Unresolved, Value


class InClosures(Execution):
    """The reference engine with closures in the place of simpleeval."""

    def _make_evaluator(self) -> ClosureEvaluator:
        return ClosureEvaluator(self)


def closures(case: Case) -> list[Value | Unresolved]:
    """The reference engine with closures in the place of simpleeval."""
    execution = InClosures(case.book, PROGRAM, PERIOD, MemoryTables(case.rows))
    execution.hold()
    found: list[Value | Unresolved] = []
    for row in execution.rows_of(case.grain):
        try:
            found.append(execution.value(RESULT, row, execution.own_day(row)))
        except Unresolved as error:
            found.append(error)
    return found


def row_by_row(case: Case) -> list[Value | Unresolved]:
    """Rules as closures on rows, as one case is priced; each row by the rules of its own day."""
    cases = SingleCases.over(case.book, PROGRAM, PERIOD, MemoryTables(case.rows), main=case.grain)
    return [_of_row(cases, row) for row in cases.judge.rows_of(case.grain)]


def _of_row(cases: SingleCases, row: Row) -> Value | Unresolved:
    day = cases.judge.own_day(row)
    readings = Readings(cases, day)
    try:
        return to_value(readings.of(row.grain).name(RESULT).run(readings.cells(row, day)))  # type: ignore[no-any-return]
    except Unresolved as error:
        return error
