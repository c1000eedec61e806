"""A case sorted and worked out by the reference engine alone, as it sorts the rows of a run: for what is rare."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.execute.closures.one_case import CaseExecution
from engine.execute.closures.rows import Cells
from engine.execute.reference.selection import needed, parents_first, sort_rows
from engine.execute.reference.verdicts import REJECTED, Verdict
from engine.language.values import Unresolved


@dataclass
class Sorted:
    """Where a case ended (``None``: settled), what it was warned of, its values, and which rows below it were rejected.

    ``below``: (table, key, verdict).
    """

    verdict: Verdict | None
    warned: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    below: list[tuple[str, tuple, Verdict]] = field(default_factory=list)


def sort_case(execution: CaseExecution, row: Cells, names: Sequence[str], unchecked: Collection[str] = ()) -> Sorted:
    """The rows in the order of a run: the case, then those that belong to it, then what the program needs."""
    with execution.standing(row):
        selection, main = execution.selection, execution.main
        selection.warned = {}
        for table in parents_first(execution, selection):
            if table in execution.case_tables:
                sort_rows(execution, selection, table)
        below = _rejected_below(execution)
        day = execution.own_day(row.row)
        verdict = selection.verdicts[main].get(0) or _held(execution, row, day)
        warned = [name for name in selection.warned if name.partition("（不能判断）")[0] not in unchecked]
        found = Sorted(verdict, warned, below=below)
        if verdict is None:
            found.values = [_value(execution, name, row, day) for name in names]
        return found


def _rejected_below(execution: CaseExecution) -> list[tuple[str, tuple, Verdict]]:
    selection = execution.selection
    return [
        (table, selection.everything[table][number].key, verdict)
        for table in sorted(execution.case_tables - {execution.main})
        for number, verdict in sorted(selection.verdicts[table].items())
        if verdict.state == REJECTED
    ]


def _held(execution: CaseExecution, row: Cells, day: datetime.date) -> Verdict | None:
    verdicts = (needed(execution, name, row.row, day) for name in execution.program.need.get(execution.main, ()))
    return next((verdict for verdict in verdicts if verdict is not None), None)


def _value(execution: CaseExecution, name: str, row: Cells, day: datetime.date) -> Any:
    try:
        return execution.value(name, row.row, day)
    except Unresolved as error:
        return error
