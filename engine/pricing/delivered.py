"""A case as data have it: its fields, and the rows that belong to it, as texts, found by its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.data.cells.reader import reader_of
from engine.data.cells.refused import shown
from engine.data.mapping import DataMapping
from engine.data.places import Source
from engine.data.values import BadCell, OutOfRange
from engine.databases.places import open_places
from engine.explain.keys import split
from engine.files.csv_text import records_from
from engine.files.errors import DataError
from engine.files.ordinary import read_bytes
from engine.files.raw import RawCell, is_blank, trimmed_header
from engine.language.values import render
from engine.pricing.problems import CannotPrice
from engine.pricing.region import Region
from engine.rulebook.model import Field, Table

LARGEST_CSV, LARGEST = 500_000_000, 50_000_000
"""Bytes of a file that is looked through; a CSV file row by row, others are read whole."""


class NotDelivered(DataError):
    """No place has the table at all."""


@dataclass(frozen=True)
class Delivered:
    """``record``: what stands in each field, empty ones left out; ``below``: by table, the rows that belong to it."""

    record: dict[str, str]
    below: dict[str, list[dict[str, str]]]
    origin: str
    line: int


def find_case(opened: Region, key: str, data: Sequence[str | Path], mapping: DataMapping | None = None) -> Delivered:
    """The case with this key (its parts between commas) as ``opened`` prices it: only fields that are read.

    Raises :class:`CannotPrice` for a key that has other parts and for a case that is not there, and what
    :func:`delivered_case` raises.
    """
    names, parts = opened.keys(opened.table), split(key)
    if len(parts) != len(names):
        raise CannotPrice(f"{opened.table} 的键是 {'、'.join(names)}，写 {len(names)} 项，用逗号隔开")
    below = [opened.tables[name] for name in opened.fields_below]
    found = delivered_case(
        opened.tables[opened.table], below, data, dict(zip(names, parts, strict=True)), mapping
    )  # fmt: skip
    if found is None:
        raise CannotPrice(f"数据里没有 {opened.table} {key}", hint="核对键和 --data")
    return as_asked(opened, found)


def as_asked(opened: Region, found: Delivered) -> Delivered:
    """Only what is read of a case: nothing else of a person goes further."""
    below = {
        table: [{name: row[name] for name in opened.fields_below[table] if name in row} for row in rows]
        for table, rows in found.below.items()
    }
    record = {name: found.record[name] for name in opened.fields if name in found.record}
    return replace(found, record=record, below=below)


def delivered_case(
    table: Table, below: Sequence[Table], data: Sequence[str | Path], key: Mapping[str, str],
    mapping: DataMapping | None = None,
) -> Delivered | None:  # fmt: skip
    """The row of ``table`` with this ``key``, as the last place has it that has it at all; ``None``: none has it.

    ``below``: tables whose rows belong to it. Raises :class:`NotDelivered` where no place has the table, and
    :class:`DataError` for what cannot be read or is too large.
    """
    places = open_places(data, mapping)
    try:
        sources = places.of(table.name)
        if not sources:
            raise NotDelivered(f"数据里没有表 {table.name}", "选有这张表的文件夹")
        for source in reversed(sources):
            for line, record in _rows_with(source, table, key):
                rows = {one.name: _below(places.of(one.name), one, table.name, key) for one in below}
                return Delivered(record, {name: found for name, found in rows.items() if found}, source.origin, line)
        return None
    finally:
        places.close()


def _below(sources: Sequence[Source], table: Table, above: str, key: Mapping[str, str]) -> list[dict[str, str]]:
    names = [name for name in table.key if table.fields[name].refers == above]
    if len(names) != 1 or len(key) != 1:
        return []
    wanted = {names[0]: next(iter(key.values()))}
    return [record for source in sources for _, record in _rows_with(source, table, wanted)]


def _rows_with(source: Source, table: Table, wanted: Mapping[str, str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines and rows in whose columns these texts stand."""
    columns, rows = _read(source, table)
    if lost := [name for name in wanted if name not in columns]:
        raise DataError(f"{source.origin}：没有列 {'、'.join(lost)}", "列名照表里的字段写，或用映射写明")
    fields = [table.fields.get(name) for name in columns]
    places = [(columns.index(name), fields[columns.index(name)], text) for name, text in wanted.items()]
    for line, cells in rows:
        if len(cells) >= len(columns) and all(_text(field, cells[at]) == text for at, field, text in places):
            told = zip(columns, fields, cells, strict=False)
            yield line, {name: text for name, field, cell in told if field is not None and (text := _text(field, cell))}


def _read(source: Source, table: Table) -> tuple[Sequence[str], Iterator[tuple[int, Sequence[RawCell]]]]:
    is_plain = source.kind == "csv" and source.mapping is None
    most = LARGEST_CSV if is_plain else LARGEST
    if source.remote is None and sum(path.stat().st_size for path in source.files if path.is_file()) > most:
        raise DataError(f"{source.origin}：文件太大，不从里面找一行", "结算以后在结果里看它的理由")
    if is_plain:
        records = records_from(read_bytes, source.path, source.origin)
        _, header = next(records, (0, []))
        return trimmed_header(header, source.origin), records
    raw = source.read(table.fields)
    return raw.columns, zip(raw.lines, raw.rows, strict=True)


def _text(field: Field | None, cell: RawCell) -> str:
    """As a person would type it: a text as it stands, another cell as it is read."""
    if is_blank(cell):
        return ""
    if isinstance(cell, str) or field is None:
        return str(cell).strip()
    value = reader_of(field)(cell)
    return shown(cell) if isinstance(value, BadCell | OutOfRange) else render(value)
