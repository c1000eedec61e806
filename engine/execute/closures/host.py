"""Rules of coarse rows as closures inside any execution: for hosts, groups and pools that are many.

``class Fast(HostClosures, Execution)`` and nothing else. What looks at other rows, and rows of tables that are
settled or belong to such, stay with the execution it is mixed into.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

from engine.execute.closures.compile import Run
from engine.execute.closures.figures import NO_FIGURES, Figures
from engine.execute.closures.given import tables_below
from engine.execute.closures.pairs import to_value
from engine.execute.closures.reading import Readings
from engine.execute.closures.rows import Case, Cells
from engine.execute.closures.stands_in import MakeBelow
from engine.execute.reference import lookups
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.execute.result import SheetColumn
from engine.language import tree
from engine.language.values import Unresolved, Value
from engine.rulebook.model import Formula, Rule


def _outcome(run: Run, cells: Cells) -> Value | Unresolved:
    try:
        return to_value(run(cells))  # type: ignore[no-any-return]
    except Unresolved as error:
        return error


class _Known(dict[tuple, Any]):
    """What was worked out; where it is forgotten, ``also`` is called."""

    def __init__(self, known: dict[tuple, Any], also: Callable[[], None]) -> None:
        super().__init__(known)
        self.also = also

    def clear(self) -> None:
        super().clear()
        self.also()


class HostClosures(Execution):
    """Values, failures and their names are those of the execution; they are kept beside its own."""

    main = ""
    case_tables: frozenset[str] = frozenset()
    figures: Figures = NO_FIGURES

    def __post_init__(self) -> None:
        self.alone = RLock()
        self._by_epoch: dict[datetime.date, Readings] = {}
        self._rows: dict[tuple, Cells] = {}
        self._data_grains: frozenset[str] | None = None
        self.known = _Known(self.known, self._forget_closures)
        super().__post_init__()

    def settle(self) -> None:
        super().settle()
        self._forget_closures()
        self.known = _Known(self.known, self._forget_closures)

    def _forget_closures(self) -> None:
        self._by_epoch.clear()
        self._rows.clear()

    def rule_value(self, name: str, row: Row, day: datetime.date) -> Value:
        if name in self.given or self.observer is not None or not self._is_coarse(row.grain):
            return super().rule_value(name, row, day)
        if self.aggregates(self.scope(day).book, name):
            return super().rule_value(name, row, day)
        try:
            return to_value(self._readings(day).of(row.grain).rule(name)(self._cells(row, day)))  # type: ignore[no-any-return]
        except Unresolved as error:
            raise error.on(row.grain, row.key) from None

    def on_row(self, name: str, base: str, day: datetime.date) -> Callable[[Row], Value]:
        """``name`` as read from rows of ``base`` by the rules of ``day``: several times as fast for many rows of a
        coarse base as asking for each value. What it returns raises :class:`Unresolved`.
        """
        if self.observer is not None or not self._is_coarse(base):
            return lambda row: self.value(name, row, day)
        readings = self._readings(day)
        run = readings.of(base).name(name).run
        epoch = self.scope(day).book.day

        def value(row: Row) -> Value:
            key = (row.grain, row.key, epoch)
            cells = self._rows.get(key)
            if cells is None:
                cells = self._rows[key] = readings.cells(row, day)
            try:
                return to_value(run(cells))  # type: ignore[no-any-return]
            except Unresolved as error:
                raise error.on(row.grain, row.key) from None

        return value

    def kept_rows(self, base: str, columns: list[SheetColumn]) -> list[list[Value | Unresolved]]:
        if self.observer is not None or not self._is_coarse(base):
            return super().kept_rows(base, columns)
        found: list[list[Value | Unresolved]] = []
        by_day: dict[datetime.date, list[Run]] = {}
        for row in self.rows_of(base):
            day = self.own_day(row)
            if day not in by_day:
                names = self._readings(day).of(base)
                by_day[day] = [names.name(column.name).run for column in columns]
            cells = self._cells(row, day)
            found.append([_outcome(run, cells) for run in by_day[day]])
        return found

    def _readings(self, day: datetime.date) -> Readings:
        """Of the epoch that ``day`` is in."""
        epoch = self.scope(day).book.day
        if epoch not in self._by_epoch:
            self._by_epoch[epoch] = Readings(self, day)
        return self._by_epoch[epoch]

    def _cells(self, row: Row, day: datetime.date) -> Cells:
        """The row with what is known of it by the rules of the epoch that ``day`` is in."""
        key = (row.grain, row.key, self.scope(day).book.day)
        cells = self._rows.get(key)
        if cells is None:
            cells = self._rows[key] = self._readings(day).cells(row, day)
        return cells

    def _is_coarse(self, grain: str) -> bool:
        """Whether rows of a base grain are neither settled nor belong to such rows."""
        if self._data_grains is None:
            tables = self.selection.main_tables
            if not tables:
                return False
            self._data_grains = frozenset([*tables, *(n for main in tables for n in tables_below(self.now, main))])
        return grain not in self._data_grains and not self.given

    # -- what closures ask of an execution ------------------------------------------------------------

    def shortened(self, rule: Rule, day: datetime.date, ask: Run) -> Run:
        """``ask``, but for a rule that is an aggregate over small tables and has no rows below most of its own: what it
        is over none is asked once.
        """
        scope = self.scope(day)
        epoch = scope.book.day
        if not isinstance(rule.body, Formula) or not isinstance(rule.body.tree, tree.Call):
            return ask
        try:
            bound = self.formulas.bound(rule.body, rule.grain, day, rule.type, rule.rounding is not None)
        except Unresolved:
            return ask
        source = bound.source if isinstance(bound, tree.Call) and len(bound.args) == 1 else None
        if source is None or not self._is_coarse(scope.base(source)):
            return ask
        first = not self.settled or rule.name in self.first_names
        over_none: list[Any] = []

        def run(cells: Cells) -> Any:
            row = cells.row
            none = self.grains.surely_none(source, row.grain, row.key, first)
            if not none or self.scope(self.own_day(row)).book.day != epoch:
                return ask(cells)
            if not over_none:
                over_none.append(ask(cells))
            return over_none[0]

        return run

    def computed_fields(self, grain: str) -> frozenset[str]:
        """Fields of a table that the program computes instead of reading."""
        return self.scope(self.closing).computed

    def missing_field(self, name: str, cells: Cells) -> Value:
        """Why a row has no value of a field. Raises :class:`Unresolved`."""
        return lookups.field_value(self, name, cells.row)

    @contextmanager
    def standing(self, cells: Cells) -> Iterator[None]:
        """A coarse row needs no case."""
        yield

    def row_of_case(self, base: str, key: tuple, reader: Cells, make: MakeBelow) -> Cells | None:
        """No row here is a case."""
        raise Unresolved(f"{base} 不是一行所属的表", base, "走不到")

    def may_lack(self, table: str, case: Case, sparse: bool = False) -> bool:
        """No row here is a case."""
        return False
