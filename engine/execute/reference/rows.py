"""Rows that values are of: rows of tables with their record, and combinations of keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.data.values import Cell
from engine.execute.reference.near_keys import NearKeys
from engine.language.types import Kind
from engine.language.values import Interval, Unresolved, Value, render
from engine.rulebook.model import Table

Record = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of ``grain`` (a base grain).

    ``key`` leaves out a 归期 that the period fixes; ``record`` only of a table; ``leaves``: of a row that stands
    for all with the same values, these.
    """

    grain: str
    key: tuple[Value, ...]
    record: Record | None = field(default=None, compare=False)
    number: int = field(default=-1, compare=False)
    leaves: Mapping[str, Value | Unresolved] | None = field(default=None, compare=False)

    def sort_key(self) -> tuple:
        return self.key


def row_of(table: str, keys: Sequence[str], record: Record, number: int) -> Row:
    """The row of a table that ``record`` is."""
    # a row whose key is out of range is refused when it is read, long before this
    return Row(table, tuple(record.get(key) for key in keys), record, number)  # type: ignore[misc]


@dataclass
class TableRows:
    """The rows of one table that take part in a run, and how they are found by key.

    ``unreadable``: the keys of rows that could not be read, as people write them.
    """

    table: Table
    keys: tuple[str, ...]
    delivered: bool
    rows: list[Row] = field(default_factory=list)
    index: dict[tuple, Row] = field(default_factory=dict)
    ranged: bool = False
    read: set[int] = field(default_factory=set)
    unreadable: frozenset[str] = frozenset()
    _first: dict[tuple, Row] = field(default_factory=dict)
    _near: NearKeys | None = None

    def fill(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)
        self.ranged = any(
            self.table.fields[key].type.kind is Kind.INTERVAL or self.table.fields[key].wildcard for key in self.keys
        )
        self.index = {} if self.ranged else {row.key: row for row in self.rows}
        self._first = self._first or self.index
        self._near = None

    def none_at(self, key: tuple[Value, ...]) -> str:
        """That there is no row at ``key``, and which one is likely meant unless it was there and was taken out.

        Only of registers: a table with a 归期 has other rows each period, and not the same at hand on every engine.
        """
        if self._near is None:
            self._near = NearKeys(self.index.keys() if self.table.period_field is None else ())
        where = "、".join(f"{name} = {render(part)}" for name, part in zip(self.keys, key, strict=True))
        if ",".join(render(part) for part in key) in self.unreadable:
            why = "（交来的那一行拒收了）"
        else:
            why = "" if key in self._first else self._near.meant(key)
        return f"表 {self.table.name} 没有 {where} 的行{why}"

    def find(self, key: tuple[Value, ...]) -> list[Row]:
        """The rows at ``key``: none or one, unless intervals overlap."""
        if not self.ranged:
            row = self.index.get(key)
            return [row] if row is not None else []
        return [row for row in self.rows if all(map(_matches, row.key, key))]


def _matches(cell: Value, value: Value) -> bool:
    if isinstance(cell, Interval):
        return cell.low is None and cell.high is None or value in cell
    return cell == value
