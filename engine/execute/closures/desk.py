"""Where cases are priced one after the other: with closures, or by the reference engine where those do not apply."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from engine.execute.closures.by_reference import Sorted, sort_case
from engine.execute.closures.one_case import CaseExecution
from engine.execute.closures.pairs import to_cell
from engine.execute.closures.pricer import Pricer
from engine.execute.closures.rows import Case, Cells
from engine.execute.reference.rows import Record
from engine.execute.reference.selection import applicable


class Desk:
    """Prices ``names`` of the cases of ``execution``; checks named in ``left_out`` (提醒) are not looked at.

    Any number of threads may ask: what is kept between cases is of published tables only.
    """

    def __init__(self, execution: CaseExecution, names: Sequence[str], left_out: Sequence[str] = ()) -> None:
        self.execution, self.names, self.left_out = execution, tuple(names), tuple(left_out)
        main = execution.now.tables[execution.main]
        self._date = main.period_field or ""
        self._keys = execution.scope(execution.closing).keys(execution.main)
        self._fixed_day = execution.closing if execution.program.rules_as_of_start else None
        below = execution.case_tables - {execution.main}
        self._sorted_below = frozenset(name for name in below if self._is_sorted(name))
        self._by_day: dict[datetime.date, Pricer] = {}
        self._by_epoch: dict[datetime.date, Pricer] = {}

    def price(
        self, record: dict[str, Any], known: dict[str, Any], below: dict[str, list[Record]] | None = None
    ) -> tuple[Case, Sorted]:
        """The case, and where it ends and what it is worth.

        ``record``: its fields as they were read; ``known``: those that are a value or absent; ``below``: typed rows of
        the tables that were given with it.
        """
        below = below or {}
        day = record[self._date] if self._fixed_day is None else self._fixed_day
        case = self._case(record, known, below, day)
        pricer = self._by_day.get(day) or self._pricer(day)
        if pricer is None or (below and not self._sorted_below.isdisjoint(below)):
            return case, self._by_reference(case)
        warned: list[str] = []
        try:
            verdict = pricer.verdict(case, warned)
            return case, Sorted(verdict, warned, pricer.values(case) if verdict is None else [])
        except RecursionError:
            case = self._case(record, known, below, day)
            return case, self._by_reference(case)

    def _case(
        self, record: dict[str, Any], known: dict[str, Any], below: dict[str, list[Record]], day: datetime.date
    ) -> Case:
        return Case(self.execution.main, self._keys, record, known, below, day, self.execution.missing_field)

    def _is_sorted(self, table: str) -> bool:
        """Whether rows of a table below may be out of the period or rejected on their own account."""
        return bool(applicable(self.execution, table)) or self.execution.now.tables[table].period_field is not None

    def _pricer(self, day: object) -> Pricer | None:
        """The rules of a day made ready; ``None`` before there are any."""
        if not isinstance(day, datetime.date):
            return None
        try:
            epoch = self.execution.book.epoch(day)
        except ValueError:
            return None
        with self.execution.alone:
            if epoch not in self._by_epoch:
                self._by_epoch[epoch] = Pricer(self.execution, day, self.names, self.left_out)
            self._by_day[day] = self._by_epoch[epoch]
        return self._by_day[day]

    def _by_reference(self, row: Cells) -> Sorted:
        found = sort_case(self.execution, row, self.names, self.left_out)
        found.values = list(map(to_cell, found.values))
        return found
