"""Engines that the kit is run with: a function from a case to the result of each row, in key order."""

from __future__ import annotations

from collections.abc import Callable

from kit import PERIOD, PROGRAM, RESULT, Case

from engine.execute.reference.run import MemoryTables, execute
from engine.language.values import Unresolved, Value

Engine = Callable[[Case], list[Value | Unresolved]]


def reference(case: Case) -> list[Value | Unresolved]:
    execution = execute(case.book, PROGRAM, PERIOD, MemoryTables(case.rows))
    found: list[Value | Unresolved] = []
    for row in execution.rows_of(case.grain):
        try:
            found.append(execution.value(RESULT, row, execution.own_day(row)))
        except Unresolved as error:
            found.append(error)
    return found


ENGINES: dict[str, Engine] = {"reference": reference}
