"""A table staged in a database: its columns as measured, and the way back to a row's file, line and typed values."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from engine.data.cells.reader import out_of_range
from engine.data.staging.storage import value_of
from engine.data.typed import Rejected
from engine.data.values import Cell
from engine.rulebook.model import Field, Table

if TYPE_CHECKING:
    from sqlglot import exp

ROW = "rn"
"""The column with the row's number: unique, not the line, and not without gaps."""
Bound = int | datetime.date | None


@dataclass(frozen=True)
class StagedColumn:
    """``name``: the SQL column (c0, c1 …), stored as :mod:`engine.data.staging.storage` says; absent is NULL.

    ``out_of_range``: a BOOLEAN column (o0 …) that is TRUE where the value is unresolved, else FALSE; ``None`` where no
    row has such a value. Unresolved is a value out of its range, which stands in ``name``, and, of rows given
    unevenly (tests), a field this row was not given and others were: NULL. ``nullable``: some row has NULL here.
    ``low`` and ``high``: the least and greatest that stands in a column of numbers (scaled), dates or months, also
    out of range; ``None`` if nothing does. ``digits``: of a number, whose column holds value × 10^digits, as BIGINT if
    low and high have at most 18 digits, else as HUGEINT.
    """

    field: Field
    name: str
    out_of_range: str | None
    nullable: bool
    low: Bound
    high: Bound
    digits: int | None


class Store(Protocol):
    """Where rows are staged. Types are named as :mod:`engine.databases.interface` says."""

    def rows(self, query: exp.Expression) -> list[tuple[Any, ...]]:
        """The rows of a query."""

    def create(self, name: str, spec: Mapping[str, str]) -> None:
        """An empty temporary table: column to type."""

    def insert(self, name: str, spec: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> None:
        """Adds rows to it: a list of equal length for each column."""


class Delivery(Protocol):
    """What a staged table came from."""

    def sources(self, numbers: Sequence[int]) -> dict[int, tuple[str, int]]:
        """File and line of each of these rows that there is."""

    def unchanged(self) -> None:
        """Raises :class:`DataError` if what is read is not what was staged."""


@dataclass(frozen=True)
class StagedTable:
    """``relation``: a view or temporary table of ``store``: ROW, then the columns of ``columns``, in that order.

    ``columns`` by field: key, 归期 and wanted fields, as in a LoadedTable; a computed field that was not delivered is
    none. ``count`` rows are good; ``cancelled`` are settlements and refunds that add up to nothing. ``digest``: of rows
    typed in Python the digest of the rows; of a file that is read by a view the digest of the delivery (table, wanted
    columns, bytes of the file).
    """

    table: Table
    relation: str
    columns: dict[str, StagedColumn]
    count: int
    rejected: list[Rejected]
    unknown_columns: tuple[str, ...]
    missing_columns: tuple[str, ...]
    delivered: bool
    digest: str
    store: Store = field(repr=False, compare=False)
    delivery: Delivery = field(repr=False, compare=False)
    cancelled: tuple[Rejected, ...] = ()

    def source(self, rn: int) -> tuple[str, int]:
        """File and line of a row, looked up when asked. Raises ``KeyError`` if there is no such row."""
        return self.delivery.sources([rn])[rn]

    def sources(self, numbers: Sequence[int]) -> dict[int, tuple[str, int]]:
        """The same of several rows, of those that there are."""
        return self.delivery.sources(numbers)

    def unchanged(self) -> None:
        """Raises :class:`DataError` if the file a view reads has changed since it was staged."""
        self.delivery.unchanged()

    def record(self, rn: int) -> dict[str, Cell]:
        """The typed values of a row, equal to those of ``load_table``. Raises ``KeyError`` if there is no such row."""
        return self.records([rn])[rn]

    def records(self, numbers: Sequence[int]) -> dict[int, dict[str, Cell]]:
        """The same of several rows in one query; of those that there are."""
        from sqlglot import exp

        from engine.data.staging.sql import column, quoted_table

        shown = [name for c in self.columns.values() for name in (c.name, c.out_of_range) if name is not None]
        listed = [exp.Literal.number(number) for number in numbers]
        query = exp.select(column(ROW), *(column(name) for name in shown)).from_(quoted_table(self.relation))
        found = self.store.rows(query.where(exp.In(this=column(ROW), expressions=listed)))
        return {row[0]: self._record(dict(zip(shown, row[1:], strict=True))) for row in found}

    def values_of(self, field: str) -> list[Cell]:
        """What stands in a field, each value once."""
        from sqlglot import exp

        from engine.data.staging.sql import column, quoted_table

        staged = self.columns[field]
        query = exp.select(column(staged.name)).distinct().from_(quoted_table(self.relation))
        return [value_of(staged.field, cell) for (cell,) in self.store.rows(query)]

    def _record(self, cells: Mapping[str, Any]) -> dict[str, Cell]:
        record: dict[str, Cell] = {}
        for name, staged in self.columns.items():
            value = value_of(staged.field, cells[staged.name])
            unresolved = staged.out_of_range is not None and cells[staged.out_of_range]
            if not unresolved:
                record[name] = value
            elif value is not None:
                record[name] = out_of_range(staged.field, value)
        return record
