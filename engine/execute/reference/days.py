"""Which rules hold on which day, and which day a row is of."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from engine.execute.period import Period
from engine.execute.reference.rows import Row
from engine.language import tree
from engine.language.functions import law_of
from engine.language.values import Month, Unresolved
from engine.rulebook.bind import Binder
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Program
from engine.rulebook.parts import formulas_of, names_in
from engine.rulebook.scope import Scope


@dataclass(frozen=True)
class _Time:
    """Where rows of a grain have their time: a field of the record (归期), and which keys are times."""

    field: str | None
    keys: tuple[bool, ...]


class Days:
    """The rules of each day of one run, built once for all days between two changes.

    ``closing``: the day for what has no time of its own.
    """

    def __init__(self, book: Book, program: Program, period: Period) -> None:
        self.book, self.program, self.period = book, program, period
        self.closing = period.start if program.rules_as_of_start else period.end
        self._last = period.end
        self._by_day: dict[datetime.date, tuple[Scope, Binder]] = {}
        self._by_epoch: dict[datetime.date, tuple[Scope, Binder]] = {}
        self._times: dict[str, _Time] = {}
        self._older: dict[tuple[str, int], datetime.date] = {}

    def scope(self, day: datetime.date) -> Scope:
        """Name resolution under the rules of ``day``. Raises :class:`Unresolved` before there are any."""
        found = self._by_day.get(day)
        return found[0] if found is not None else self._rules(day)[0]

    def binder(self, day: datetime.date) -> Binder:
        """Types of formulas under the rules of ``day``."""
        return self._rules(day)[1]

    def _rules(self, day: datetime.date) -> tuple[Scope, Binder]:
        found = self._by_day.get(day)
        if found is None:
            try:
                epoch = self.book.epoch(day)
            except ValueError as error:
                raise Unresolved(str(error), cause="尚未施行") from None
            if epoch not in self._by_epoch:
                scope = Scope(self.book.at(epoch), self.program, self.period.kind)
                self._by_epoch[epoch] = (scope, Binder(scope))
            found = self._by_day[day] = self._by_epoch[epoch]
        return found

    @cached_property
    def now(self) -> Snapshot:
        """The rules of the closing day."""
        return self.scope(self.closing).book

    def own_day(self, row: Row) -> datetime.date:
        """The date of a row: its own 归期, the end of the time it is of, or the period's end."""
        if self.program.rules_as_of_start:
            return self.closing
        time = self._times.get(row.grain) or self._time(row.grain)
        if time.field is not None and row.record is not None:
            found = row.record.get(time.field)
            if isinstance(found, datetime.date):
                return self._older.get((row.grain, row.number), found) if self._older else found
        for value, is_time in zip(row.key, time.keys, strict=False):
            if is_time and isinstance(value, Month):
                return min(value.last_day(), self._last)
            if is_time and isinstance(value, datetime.date):
                return min(value, self._last)
            if is_time and isinstance(value, Fraction):
                return min(datetime.date(int(value), 12, 31), self._last)
        return self._last

    def day_of(self, grain: str) -> datetime.date | None:
        """The one day that all rows of a base grain are of, if they have no time of their own."""
        if self.program.rules_as_of_start:
            return self.closing
        time = self._times.get(grain) or self._time(grain)
        return self._last if time.field is None and not any(time.keys) else None

    def _time(self, grain: str) -> _Time:
        table = self.now.tables.get(grain)
        scope = self.scope(self.closing)
        keys = tuple(is_time_of_settling(scope, name) for name in scope.keys(grain))
        self._times[grain] = _Time(table.period_field if table is not None else None, keys)
        return self._times[grain]

    def see_by_first_rules(self, row: Row) -> None:
        """A row older than the rules is looked at by the first rules there are."""
        if self.own_day(row) < self.book.start:
            self._older[row.grain, row.number] = self.book.start


def rules_of(book: Book, program: Program, period: Period) -> list[Snapshot]:
    """Every state of the rules that a run may meet, the last one last.

    One for a program that takes the rules as of the period's start; otherwise those of each day of the period, and of
    the days before it where the program chooses its rows itself.
    """
    if program.rules_as_of_start:
        return [book.at(max(period.start, book.start))]
    first = book.start if program.rows else max(period.start, book.start)
    return book.between(first, period.end)


def is_time_of_settling(scope: Scope, key: str) -> bool:
    """Whether a key says when: it is some table's 归期, or a rule that reads nothing but the 归期 of its row.

    Any other month or year (of birth, of admission) is a key like another.
    """
    tables = scope.book.tables.values()
    if any(table.period_field == key for table in tables):
        return True
    rule = scope.book.rules.get(key)
    if rule is None or not scope.as_rule(key):
        return False
    nodes = (node for formula in formulas_of(rule.body) for node in formula.tree.walk())
    if any(isinstance(node, tree.Call) and law_of(node.function).recurs for node in nodes):
        return False  # a month or a quarter of any year
    home = scope.book.tables.get(scope.base(rule.grain))
    names = {name for formula in formulas_of(rule.body) for name in names_in(formula.tree)}
    return home is not None and names == {home.period_field}
