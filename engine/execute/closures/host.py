"""Rules of coarse rows as closures inside any execution: for hosts, groups and pools that are many.

``class Fast(HostClosures, SqlExecution)`` and nothing else. What looks at other rows, and rows of tables that are
settled or belong to such, stay with the execution it is mixed into.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any

from engine.execute.closures.compile import Run
from engine.execute.closures.figures import NO_FIGURES, Figures
from engine.execute.closures.given import tables_below
from engine.execute.closures.pairs import to_value
from engine.execute.closures.reading import Readings
from engine.execute.closures.rows import Case, Cells
from engine.execute.reference import lookups
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.language.values import Unresolved, Value


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
        book = self.scope(day).book
        if self.aggregates(book, name):
            return super().rule_value(name, row, day)
        readings = self._by_epoch.get(book.day)
        if readings is None:
            readings = self._by_epoch[book.day] = Readings(self, day)
        key = (row.grain, row.key, book.day)
        cells = self._rows.get(key)
        if cells is None:
            cells = self._rows[key] = readings.cells(row, day)
        return to_value(readings.of(row.grain).rule(name)(cells))  # type: ignore[no-any-return]

    def in_bulk(
        self, grain: str, names: Sequence[str], keys: Iterable[tuple[Value, ...]], day: datetime.date
    ) -> Iterator[list[Value | Unresolved]]:
        """``names`` as read from the row of a coarse base grain at each key, by the rules of ``day``: several times as
        fast as asking for each value.
        """
        readings = Readings(self, day)
        runs = [readings.of(grain).name(name).run for name in names]
        for key in keys:
            row = lookups.row_at(self, grain, key, day) or Row(grain, key)
            cells = readings.cells(row, day)
            yield [_outcome(run, cells) for run in runs]

    def _is_coarse(self, grain: str) -> bool:
        """Whether rows of a base grain are neither settled nor belong to such rows."""
        if self._data_grains is None:
            tables = self.selection.main_tables
            if not tables:
                return False
            self._data_grains = frozenset([*tables, *(n for main in tables for n in tables_below(self.now, main))])
        return grain not in self._data_grains and not self.given

    # -- what closures ask of an execution ------------------------------------------------------------

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

    def row_of_case(self, base: str, key: tuple, reader: Cells, readings: Readings) -> Cells | None:
        """No row here is a case."""
        raise Unresolved(f"{base} 不是一行所属的表", base, "走不到")

    def may_lack(self, table: str, case: Case, sparse: bool = False) -> bool:
        """No row here is a case."""
        return False
