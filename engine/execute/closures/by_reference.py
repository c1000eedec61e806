"""A single case sorted and worked out by the judge alone, as it sorts the rows of a run: for the rare case that
closures do not cover (``desk`` decides).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.execute.closures.one_case import SingleCases
from engine.execute.closures.rows import Case
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.execute.reference.selection import needed, parents_first, sort_rows
from engine.execute.reference.verdicts import REJECTED, Verdict
from engine.language.values import Unresolved

Rejected = tuple[str, tuple, Verdict]
"""Of a row below a case: its table, its key and why."""


@dataclass
class Sorted:
    """Where a case ended (``None``: settled), what it was warned of, its values, which rows below it were rejected."""

    verdict: Verdict | None
    warned: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    below: list[Rejected] = field(default_factory=list)


def sort_case(cases: SingleCases, case: Case, names: Sequence[str], unchecked: Collection[str] = ()) -> Sorted:
    """The rows in the order of a run: the case, then those that belong to it, then what the program needs."""
    with cases.standing(case) as judge:
        selection, main = judge.selection, cases.main
        for table in parents_first(judge, selection):
            if table in cases.case_tables:
                sort_rows(judge, selection, table)
        below = _rejected_below(cases, judge)
        day = judge.own_day(case.row)
        verdict = selection.verdicts[main].get(0) or _held(judge, main, case.row, day)
        warned = [name for name in selection.warned if name.partition("（不能判断）")[0] not in unchecked]
        found = Sorted(verdict, warned, below=below)
        if verdict is None:
            found.values = [_value(judge, name, case.row, day) for name in names]
        return found


def _rejected_below(cases: SingleCases, judge: Execution) -> list[Rejected]:
    selection = judge.selection
    return [
        (table, selection.everything[table][number].key, verdict)
        for table in sorted(cases.case_tables - {cases.main})
        for number, verdict in sorted(selection.verdicts[table].items())
        if verdict.state == REJECTED
    ]


def _held(judge: Execution, main: str, row: Row, day: datetime.date) -> Verdict | None:
    verdicts = (needed(judge, name, row, day) for name in judge.program.need.get(main, ()))
    return next((verdict for verdict in verdicts if verdict is not None), None)


def _value(judge: Execution, name: str, row: Row, day: datetime.date) -> Any:
    try:
        return judge.value(name, row, day)
    except Unresolved as error:
        return error
