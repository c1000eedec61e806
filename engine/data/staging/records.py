"""Rows that were typed in Python, uploaded as a temporary table: workbooks, several places, small files, tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from engine.data.columns import value_text
from engine.data.digest import text_digest
from engine.data.load import LoadedTable
from engine.data.staging.model import ROW, StagedColumn, StagedTable, Store
from engine.data.staging.storage import digits_of, is_ordered, refuse_unstaged, sql_type, storer_of
from engine.data.typed import Rejected
from engine.data.values import Cell, OutOfRange
from engine.rulebook.model import Field, Table

_CHUNK = 50_000


class TypedRows:
    """The delivery of rows that stand in memory: ``sources[rn]`` is where a row comes from."""

    def __init__(self, table: Table, sources: Sequence[tuple[str, int]], count: int) -> None:
        self._name, self._sources, self._count = table.name, sources, count

    def sources(self, numbers: Sequence[int]) -> dict[int, tuple[str, int]]:
        there = [rn for rn in numbers if 0 <= rn < self._count]
        return {rn: self._sources[rn] if self._sources else (self._name, rn + 1) for rn in there}

    def unchanged(self) -> None:
        """Rows in memory do not change."""


def stage_loaded(store: Store, loaded: LoadedTable, name: str, columns: Sequence[str] | None = None) -> StagedTable:
    """The rows of ``loaded`` as the temporary table ``name``; ROW is the place in ``loaded.rows``.

    ``columns``: the fields to stage, for a table without rows; ``None``: those the rows have, and all if there are no
    rows.
    """
    staged = _stage(store, loaded.table, loaded.rows, name, columns)
    count = len(loaded.rows)
    return StagedTable(
        loaded.table,
        name,
        staged,
        count,
        loaded.rejected,
        loaded.unknown_columns,
        loaded.missing_columns,
        loaded.delivered,
        loaded.digest,
        store,
        TypedRows(loaded.table, loaded.sources, count),
        loaded.cancelled,
    )


def stage_records(
    store: Store,
    table: Table,
    records: Sequence[Mapping[str, Cell]],
    name: str,
    columns: Sequence[str] | None = None,
) -> StagedTable:
    """The same from plain records. A field that only some records have is unresolved in the others."""
    staged = _stage(store, table, records, name, columns)
    texts = [[_text(record.get(name)) for name in staged] for record in records]
    digest = text_digest([table.name, *staged], texts)
    rejected: list[Rejected] = []
    delivery = TypedRows(table, (), len(records))
    return StagedTable(table, name, staged, len(records), rejected, (), (), True, digest, store, delivery)


def _text(value: Cell) -> str:
    return f"!{value.reason}" if isinstance(value, OutOfRange) else value_text(value)


def _stage(
    store: Store, table: Table, rows: Sequence[Mapping[str, Cell]], name: str, columns: Sequence[str] | None
) -> dict[str, StagedColumn]:
    if columns is None:
        seen: set[str] = set().union(*{frozenset(row) for row in rows}) if rows else set(table.fields)
        columns = [field for field in table.fields if field in seen]
    refuse_unstaged([table.fields[field] for field in columns])
    staged = {field: _measured(table.fields[field], rows, place) for place, field in enumerate(columns)}
    spec = {ROW: "BIGINT"}
    for column in staged.values():
        spec[column.name] = sql_type(column.field, column.low, column.high)
        if column.out_of_range is not None:
            spec[column.out_of_range] = "BOOLEAN"
    store.create(name, spec)
    storers = {field: storer_of(table.fields[field], table.name) for field in staged}
    numbered = iter(enumerate(rows))
    while chunk := list(islice(numbered, _CHUNK)):
        cells: dict[str, list[object]] = {ROW: [number for number, _ in chunk]}
        for field, column in staged.items():
            cells[column.name] = [storers[field](plain(row.get(field))) for _, row in chunk]
            if column.out_of_range is not None:
                cells[column.out_of_range] = [is_unresolved(row, field) for _, row in chunk]
        store.insert(name, spec, cells)
    return staged


def _measured(field: Field, rows: Iterable[Mapping[str, Cell]], place: int) -> StagedColumn:
    store = storer_of(field, field.name)
    low = high = None
    nullable = unresolved = False
    ordered = is_ordered(field)
    for row in rows:
        value: Any = plain(row.get(field.name))
        unresolved = unresolved or is_unresolved(row, field.name)
        if value is None:
            nullable = True
        elif ordered:
            low = value if low is None or value < low else low
            high = value if high is None or value > high else high
    flag = f"o{place}" if unresolved else None
    return StagedColumn(field, f"c{place}", flag, nullable, store(low), store(high), digits_of(field))  # type: ignore[arg-type]


def plain(cell: Cell) -> Any:
    """The value that stands in a cell, in range or not."""
    return cell.value if isinstance(cell, OutOfRange) else cell


def is_unresolved(row: Mapping[str, Cell], name: str) -> bool:
    """Whether a row has no certain value of a field that its table has."""
    return name not in row or isinstance(row[name], OutOfRange)
