"""A result that is open: what its record says, and its rows by page.

The first rows of an order are the greatest of a pass over the file. Whoever turns to rows far behind has the order of
all rows kept, as their numbers, until another order is asked for so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from sqlglot import exp

from engine.data.duckdb_files import memory_connection
from engine.data.plain_paths import literal_path
from engine.data.record import FolderRecord, read_record
from engine.data.staging.sql import DIALECT, Sql, column, every, func, quoted_table, text, whole
from engine.files.errors import DataError
from engine.results.conditions import Condition, sql_of
from engine.results.shown import shown
from engine.results.tables import STATEMENT, Table, tables_of

MOST = 100_000
"""Rows of a page at most."""
_AT_ONCE, _NEAR, _COUNTED = 20_000, 20_000, 50
"""Rows in memory at a time; up to which row the whole order is not kept; how many counts are remembered."""
_ORDER = "file_row_number"
"""DuckDB's own name for the number of a row in its file."""


@dataclass(frozen=True)
class Page:
    """``rows``: as the file has them, from ``start`` on; ``matching`` of ``total`` rows meet the conditions; ``sums``:
    of those, by heading, where a total means anything.
    """

    table: Table
    rows: list[tuple[Any, ...]]
    start: int
    matching: int
    total: int
    sums: dict[str, Decimal | int]

    @property
    def texts(self) -> list[list[str]]:
        """The rows as people read them."""
        return [[shown(cell) for cell in row] for row in self.rows]


def open_result(folder: Path) -> OpenResult:
    """Raises :class:`DataError` for a folder that is no result."""
    return OpenResult(read_record(folder))


Where = Sequence[Condition]
Sort = Sequence[tuple[str, bool]]


class OpenResult:
    """``record``: what ``run.json`` says. A file is held against its hash before its first row is read. Several threads
    may ask.
    """

    def __init__(self, record: FolderRecord) -> None:
        self.record = record
        self._sound: set[str] = set()
        self._counts: dict[tuple[str, tuple[Condition, ...]], tuple[Any, ...]] = {}
        self._kept: tuple[Any, ...] = ()
        self._connection = memory_connection()
        self._lock = Lock()

    @property
    def said(self) -> dict[str, Any]:
        return self.record.said

    @cached_property
    def tables(self) -> list[Table]:
        return tables_of(self.record.folder, self.said)

    def close(self) -> None:
        self._connection.close()

    def table(self, title: str) -> Table:
        """Raises :class:`DataError` for a title that is none."""
        found = next((table for table in self.tables if table.title == title), None)
        if found is None:
            raise DataError(f"这个结果里没有 {title}", f"有：{'、'.join(table.title for table in self.tables)}")
        return found

    def page(self, title: str, where: Where = (), sort: Sort = (), start: int = 0, count: int = 100) -> Page:
        """``sort``: headings, with True for the greatest first; equal rows stay in the order of the result."""
        table = self.table(title)
        start, count = max(start, 0), max(min(count, MOST), 0)
        with self._lock:
            matching, *found = self._counted(table, where)
            if sort or where:
                query = self._ordered(table, where, sort, start, count)
            else:
                last = exp.LT(this=column(_ORDER), expression=whole(start + count))
                query = self._all(table).where(exp.GTE(this=column(_ORDER), expression=whole(start)), last)
                query = query.order_by(column(_ORDER))
            rows = self._rows(query)
        adding = [c.heading for c in table.columns if c.adds_up]
        sums = {heading: value for heading, value in zip(adding, found, strict=True) if value is not None}
        return Page(table, rows, start, int(matching), table.rows, sums)

    def rows(self, title: str, where: Where = (), sort: Sort = ()) -> Iterator[tuple[Any, ...]]:
        """All of them, a part at a time in memory."""
        table = self.table(title)
        with memory_connection() as connection:
            query = self._wanted(self._all(table), table, where).order_by(*self._order(table, sort))
            found = connection.execute(query.sql(DIALECT))
            while part := found.fetchmany(_AT_ONCE):
                yield from part

    def totals(self, title: str) -> list[list[str]]:
        """The lines below a statement (合计) as the run worked them out."""
        table = self.table(title)
        lines = self.said["totals"].get(table.name, []) if table.kind == STATEMENT else []
        return [[str(cell) for cell in line] for line in lines]

    # -- queries ------------------------------------------------------------

    def _counted(self, table: Table, where: Where) -> tuple[Any, ...]:
        """How many rows meet the conditions, and their sums."""
        key = (table.title, tuple(where))
        if key not in self._counts:
            sums = [exp.Sum(this=column(c.heading)) for c in table.columns if c.adds_up]
            query = exp.select(exp.Count(this=exp.Star()), *sums).from_(self._source(table))
            while len(self._counts) >= _COUNTED:
                self._counts.pop(next(iter(self._counts)))
            self._counts[key] = self._rows(self._wanted(query, table, where))[0]
        return self._counts[key]

    def _ordered(self, table: Table, where: Where, sort: Sort, start: int, count: int) -> exp.Select:
        if start + count <= _NEAR:
            query = self._wanted(self._all(table), table, where).order_by(*self._order(table, sort))
            return query.limit(whole(count)).offset(whole(start))
        key: tuple[Any, ...] = (table.title, tuple(where), tuple(sort))
        if self._kept != key:
            numbers = exp.select(exp.alias_(column(_ORDER), "n")).from_(self._source(table))
            numbers = self._wanted(numbers, table, where).order_by(*self._order(table, sort))
            self._kept = ()
            made = exp.Create(this=quoted_table("kept"), kind="TABLE", expression=numbers, replace=True)
            self._connection.execute(made.sql(DIALECT))
            self._kept = key
        place = exp.column("rowid", table="kept", quoted=True)
        cells = [exp.column(c.heading, table="r", quoted=True) for c in table.columns]
        number, kept = exp.column(_ORDER, table="r", quoted=True), exp.column("n", table="kept", quoted=True)
        here = exp.select(exp.Star()).from_(self._source(table)).subquery("r")
        joined = exp.select(*cells).from_(here).join(quoted_table("kept"), on=exp.EQ(this=number, expression=kept))
        after, before = (
            exp.GTE(this=place, expression=whole(start)),
            exp.LT(this=place, expression=whole(start + count)),
        )
        return joined.where(after, before).order_by(place)

    def _all(self, table: Table) -> exp.Select:
        return exp.select(*(column(one.heading) for one in table.columns)).from_(self._source(table))

    def _order(self, table: Table, sort: Sort) -> list[Sql]:
        named = [*((table.column(heading).heading, down) for heading, down in sort), (_ORDER, False)]
        return [exp.Ordered(this=column(name), desc=down, nulls_first=False) for name, down in named]

    def _wanted(self, query: exp.Select, table: Table, where: Where) -> exp.Select:
        if not where:
            return query
        return query.where(every([sql_of(one, table.column(one.heading).kind) for one in where]))

    def _source(self, table: Table) -> Sql:
        if table.file not in self._sound:
            self.record.unchanged([table.file])
            self._sound.add(table.file)
        numbers = exp.PropertyEQ(this=exp.to_identifier(_ORDER), expression=exp.true())
        return func("read_parquet", text(literal_path(self.record.folder / table.file)), numbers)

    def _rows(self, query: exp.Select) -> list[tuple[Any, ...]]:
        return self._connection.execute(query.sql(DIALECT)).fetchall()  # type: ignore[no-any-return]
