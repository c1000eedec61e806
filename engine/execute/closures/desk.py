"""Prices cases one after the other, for :mod:`engine.pricing`: with closures, or by the judge where closures do not
apply.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from engine.execute.closures.by_reference import Rejected, sort_case
from engine.execute.closures.one_case import SingleCases
from engine.execute.closures.pairs import to_cell
from engine.execute.closures.pricer import Pricer
from engine.execute.closures.rows import Case
from engine.execute.reference.rows import Record
from engine.execute.reference.selection import applicable
from engine.execute.reference.verdicts import Verdict


class Desk:
    """Prices ``names`` of ``cases``; checks named in ``left_out`` (提醒) are not looked at.

    Any number of threads may ask: what is kept between cases is of published tables only.
    """

    def __init__(self, cases: SingleCases, names: Sequence[str], left_out: Sequence[str] = ()) -> None:
        self.cases, self.names, self.left_out = cases, tuple(names), tuple(left_out)
        main, judge = cases.now.tables[cases.main], cases.judge
        self._main, self._missing = cases.main, cases.missing_field
        self._date = main.period_field or ""
        self._keys = judge.scope(judge.closing).keys(cases.main)
        self._fixed_day = judge.closing if judge.program.rules_as_of_start else None
        below = cases.case_tables - {cases.main}
        self._sorted_below = frozenset(name for name in below if self._is_sorted(name))
        self._by_day: dict[datetime.date, Pricer] = {}
        self._by_epoch: dict[datetime.date, Pricer] = {}

    def price(
        self, record: dict[str, Any], known: dict[str, Any], below: dict[str, list[Record]] | None = None
    ) -> tuple[Case, Verdict | None, list[str], list[Any], Sequence[Rejected]]:
        """The case, where it ends (``None``: settled), what it was warned of, its values, and which rows below it were
        rejected.

        ``record``: its fields as they were read; ``known``: those that are a value or absent; ``below``: typed rows of
        the tables that were given with it.
        """
        day = record[self._date] if self._fixed_day is None else self._fixed_day
        case = Case(self._main, self._keys, record, known, below or {}, day, self._missing)
        pricer = self._by_day.get(day) or self._pricer(day)
        if pricer is None or (below and not self._sorted_below.isdisjoint(below)):
            return self._by_reference(case)
        warned: list[str] = []
        try:
            verdict = pricer.verdict(case, warned)
            return case, verdict, warned, pricer.values(case) if verdict is None else [], ()
        except RecursionError:
            return self._by_reference(Case(self._main, self._keys, record, known, below or {}, day, self._missing))

    def _is_sorted(self, table: str) -> bool:
        """Whether rows of a table below may be out of the period or rejected on their own account."""
        return bool(applicable(self.cases.judge, table)) or self.cases.now.tables[table].period_field is not None

    def _pricer(self, day: object) -> Pricer | None:
        """The rules of a day made ready; ``None`` before there are any."""
        if not isinstance(day, datetime.date):
            return None
        try:
            epoch = self.cases.judge.book.epoch(day)
        except ValueError:
            return None
        with self.cases.alone:
            if epoch not in self._by_epoch:
                self._by_epoch[epoch] = Pricer(self.cases, day, self.names, self.left_out)
            self._by_day[day] = self._by_epoch[epoch]
        return self._by_day[day]

    def _by_reference(self, case: Case) -> tuple[Case, Verdict | None, list[str], list[Any], Sequence[Rejected]]:
        found = sort_case(self.cases, case, self.names, self.left_out)
        return case, found.verdict, found.warned, list(map(to_cell, found.values)), found.below
