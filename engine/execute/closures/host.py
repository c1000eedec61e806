"""Rules of coarse rows (hospitals, groups, pools) as closures, beside the judge's run: where there are many of them
the judge takes too long.

*Coarse* is every row but those of a table that is settled, or that belong to such a row. A rule that itself looks at
other rows (a sum, a rank) is left to the judge: it knows which rows take part.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from threading import RLock
from typing import Any

from engine.data.kept_values import ByColumn
from engine.execute.closures.alike import AlikeRows, Beside, HasBelow
from engine.execute.closures.compile import Run
from engine.execute.closures.figures import NO_FIGURES, Figures
from engine.execute.closures.given import tables_below
from engine.execute.closures.over_none import NotNone, over_none
from engine.execute.closures.pairs import to_value
from engine.execute.closures.reading import Readings
from engine.execute.closures.rows import Case, Cells
from engine.execute.closures.stands_in import MakeBelow
from engine.execute.reference import lookups
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.execute.result import SheetColumn
from engine.language.values import Unresolved, Value
from engine.rulebook.model import Rule

MANY = 1000
"""Coarse rows of which it pays to look which are alike."""


def _outcome(run: Run, cells: Cells) -> Value | Unresolved:
    try:
        return to_value(run(cells))
    except Unresolved as error:
        return error


class CoarseRows:
    """Values, failures and their names are those of ``judge``; they are kept beside its own, as long as these are."""

    main = ""
    case_tables: frozenset[str] = frozenset()
    figures: Figures = NO_FIGURES

    def __init__(self, judge: Execution) -> None:
        self.judge = judge
        self.alone = RLock()
        self._by_epoch: dict[datetime.date, Readings] = {}
        self._rows: dict[tuple, Cells] = {}
        self._kept_with: object = None
        self._alike: dict[tuple, tuple[list[Row], AlikeRows]] = {}
        self._alike_before: dict[tuple, tuple[list[Row], AlikeRows]] = {}

    def _begin_again_if_rows_left(self) -> None:
        """What is kept is of the phase in which it was worked out."""
        known = self.judge.phases.now.known
        if known is not self._kept_with:
            accepted = self.judge.phases.accepted
            was_accepted = accepted is not None and self._kept_with is accepted.known
            self._alike_before = self._alike if was_accepted else {}
            self._by_epoch, self._rows, self._alike, self._kept_with = {}, {}, {}, known

    def takes(self, name: str, row: Row, day: datetime.date) -> bool:
        """Whether rule ``name`` on ``row`` is worked out here: of coarse rows, without a look at others."""
        return self.takes_rows(row.grain) and not self.judge.aggregates(self.judge.scope(day).book, name)

    def rule_value(self, name: str, row: Row, day: datetime.date) -> Value:
        """A rule on its own row. Raises :class:`Unresolved`."""
        try:
            return to_value(self._readings(day).of(row.grain).rule(name)(self._cells(row, day)))
        except Unresolved as error:
            raise error.on(row.grain, row.key) from None

    def on_row(self, name: str, base: str, day: datetime.date) -> Callable[[Row], Value]:
        """``name`` as read from rows of ``base`` by the rules of ``day``: several times as fast for many rows of a
        coarse base as asking for each value. What it returns raises :class:`Unresolved`.
        """
        if not self.takes_rows(base):
            return lambda row: self.judge.value(name, row, day)
        readings = self._readings(day)
        run = readings.of(base).name(name).run
        epoch, rows = self.judge.scope(day).book.day, self._rows

        def value(row: Row) -> Value:
            key = (row.grain, row.key, epoch)
            cells = rows.get(key)
            if cells is None:
                cells = rows[key] = readings.cells(row, day)
            try:
                return to_value(run(cells))
            except Unresolved as error:
                raise error.on(row.grain, row.key) from None

        return value

    def at_keys(
        self, name: str, base: str, day: datetime.date, keys: Sequence[tuple[Value, ...]]
    ) -> list[Value | Unresolved] | None:
        """``name`` as read from the rows of ``base`` at ``keys`` by the rules of ``day``; ``None`` where these are
        better asked one by one, with :meth:`on_row`.
        """
        if len(keys) < MANY or not self._may_be_alike(base):
            return None
        found = self._alike_at(base, day, keys)
        _, there = self._alike.get((base, self.judge.scope(day).book.day), (None, None))
        if there is not None:
            found.take_over(there)
        return found.values(name)

    def kept_rows(self, base: str, columns: list[SheetColumn]) -> Sequence[Sequence[Value | Unresolved]]:
        """Values of all rows of ``base``."""
        rows, fixed = self.judge.rows_of(base), self.judge.days.day_of(base)
        if fixed is not None and (alike := self._alike_rows(base, fixed, rows)) is not None:
            return ByColumn([alike.values(column.name) for column in columns])
        if fixed is not None:
            return self._kept_of_day(base, columns, fixed, rows)
        by_day: dict[datetime.date, list[int]] = {}
        for place, row in enumerate(rows):
            by_day.setdefault(self.judge.own_day(row), []).append(place)
        found: list[list[Value | Unresolved]] = [[] for _ in rows]
        for day, places in by_day.items():
            lines = self._kept_of_day(base, columns, day, [rows[place] for place in places])
            for place, line in zip(places, lines, strict=True):
                found[place] = line
        return found

    def work_out(self, base: str, name: str, rows: list[Row]) -> None:
        """``name`` on ``rows`` of ``base``, for whoever reads it later; what fails is told of by who reads it."""
        runs: dict[datetime.date, Run] = {}
        fixed = self.judge.days.day_of(base)
        if fixed is not None and (alike := self._alike_rows(base, fixed, rows)) is not None:
            alike.column(name)
            return
        for row in rows:
            day = fixed or self.judge.own_day(row)
            if day not in runs:
                try:
                    runs[day] = self._readings(day).of(base).name(name).run
                except Unresolved:
                    return
            with suppress(Unresolved):
                runs[day](self._cells(row, day))

    def _kept_of_day(
        self, base: str, columns: list[SheetColumn], day: datetime.date, rows: list[Row]
    ) -> list[list[Value | Unresolved]]:
        """The rows that are of one day, a column at a time."""
        names = self._readings(day).of(base)
        every = [self._cells(row, day) for row in rows]
        found = []
        for column in columns:
            run = names.name(column.name).run
            found.append([_outcome(run, cells) for cells in every])
        return [list(values) for values in zip(*found, strict=True)]

    def _alike_rows(self, base: str, day: datetime.date, rows: list[Row]) -> AlikeRows | None:
        """``rows``, all of ``base``, where they are so many that it pays to look which are alike."""
        if len(rows) < MANY or not self._may_be_alike(base):
            return None
        self._begin_again_if_rows_left()
        key = (base, self.judge.scope(day).book.day)
        of, found = self._alike.get(key, (None, None))
        if found is None or of is not rows:
            found = self._alike_at(base, day, [row.key for row in rows])
            if key in self._alike_before:  # what 需要 reads is the same before and after rows are held
                found.take_over(self._alike_before[key][1], self.judge.first_names.__contains__)
            self._alike[key] = (rows, found)
        return found

    def _may_be_alike(self, base: str) -> bool:
        """Whether rows of ``base`` are but keys."""
        return self.takes_rows(base) and base not in self.judge.now.tables

    def _alike_at(self, base: str, day: datetime.date, keys: Sequence[tuple[Value, ...]]) -> AlikeRows:
        judge = self.judge
        book, fixed = judge.scope(day).book, judge.days.day_of(base)
        own = fixed is not None and judge.scope(fixed).book.day == book.day
        names, has_below = self._readings(day).of(base), partial(self._has_below, base)
        aggregates = partial(judge.aggregates, book)
        beside = Beside(names, lambda row: self._cells(row, day), has_below, aggregates, own)
        return AlikeRows(beside, base, day, keys)

    def _has_below(self, base: str, rule: Rule, source: str) -> HasBelow | None:
        """Which rows of ``base`` have rows of ``source`` below them, where these are of a small table."""
        judge = self.judge
        if not self.takes_rows(judge.scope(judge.closing).base(source)):
            return None
        return judge.grains.groups_known(source, base, not judge.phases.settled or rule.name in judge.first_names)

    def takes_rows(self, base: str) -> bool:
        """Whether rows of ``base`` are worked out here: they are neither settled nor belong to such rows."""
        judge = self.judge
        if judge.given or judge.observer is not None or not judge.selection.main_tables:
            return False
        return base not in self._data_tables

    @cached_property
    def _data_tables(self) -> frozenset[str]:
        tables = self.judge.selection.main_tables
        return frozenset([*tables, *(n for main in tables for n in tables_below(self.judge.now, main))])

    def _readings(self, day: datetime.date) -> Readings:
        """Of the epoch that ``day`` is in."""
        self._begin_again_if_rows_left()
        epoch = self.judge.scope(day).book.day
        if epoch not in self._by_epoch:
            self._by_epoch[epoch] = Readings(self, day)
        return self._by_epoch[epoch]

    def _cells(self, row: Row, day: datetime.date) -> Cells:
        """The row with what is known of it by the rules of the epoch that ``day`` is in."""
        key = (row.grain, row.key, self.judge.scope(day).book.day)
        cells = self._rows.get(key)
        if cells is None:
            cells = self._rows[key] = self._readings(day).cells(row, day)
        return cells

    # -- what closures ask of an execution ------------------------------------------------------------

    def shortened(self, rule: Rule, day: datetime.date, ask: Run) -> Run:
        """``ask``, but where the aggregates of a rule run over small tables and over no rows of theirs."""
        base = self.judge.scope(day).base(rule.grain)
        body = over_none(rule, self._readings(day).of(base), partial(self._surely_none, base, rule))
        of_epoch = self._of_epoch(base, day)

        def run(cells: Cells) -> Any:
            if not of_epoch(cells.row):
                return ask(cells)
            try:
                return body(cells)
            except NotNone:
                return ask(cells)
            except Unresolved as error:
                raise error.at(rule.name).on(cells.row.grain, cells.row.key) from None

        return run

    def _surely_none(self, base: str, rule: Rule, source: str) -> Callable[[Cells], bool] | None:
        """Whether a row of ``base`` has no rows of ``source`` below it, where these are of a small table."""
        groups_of = self._has_below(base, rule, source)
        if groups_of is None:
            return None

        def none(cells: Cells) -> bool:
            groups = groups_of()
            return groups is not None and cells.row.key not in groups

        return none

    def _of_epoch(self, base: str, day: datetime.date) -> Callable[[Row], bool]:
        """Whether the rules of a row's own day are those of ``day``."""
        judge = self.judge
        epoch, fixed = judge.scope(day).book.day, judge.days.day_of(base)
        if fixed is not None:
            same = judge.scope(fixed).book.day == epoch
            return lambda row: same
        return lambda row: judge.scope(judge.own_day(row)).book.day == epoch

    def rows_found(self) -> dict[tuple, Cells | None]:
        """All rows here stay kept."""
        return {}

    def computed_fields(self, grain: str) -> frozenset[str]:
        """Fields of a table that the program computes instead of reading."""
        return self.judge.scope(self.judge.closing).computed

    def missing_field(self, name: str, cells: Cells) -> Value:
        """Why a row has no value of a field. Raises :class:`Unresolved`."""
        return lookups.field_value(self.judge, name, cells.row)

    @contextmanager
    def standing(self, cells: Cells) -> Iterator[Execution]:
        """A coarse row needs no case."""
        yield self.judge

    def row_of_case(self, base: str, key: tuple, reader: Cells, make: MakeBelow) -> Cells | None:
        """No row here is a case."""
        raise Unresolved(f"{base} 不是一行所属的表", base, "走不到")

    def may_lack(self, table: str, case: Case, sparse: bool = False) -> bool:
        """No row here is a case."""
        return False
