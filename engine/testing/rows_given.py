"""Rows in an example: a small table between bars, a list of rows, or a CSV file of the region."""

from __future__ import annotations

import datetime
from functools import lru_cache
from pathlib import Path

from engine.data.load import load_region_rows
from engine.execute.reference import lookups
from engine.execute.reference.rows import Record
from engine.files.csv_text import csv_from
from engine.files.errors import DataError
from engine.files.named_files import FILE, Files
from engine.language.values import Unresolved
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.source import Mapping, Scalar, Sequence
from engine.testing.pipe_table import PipeTable, read_pipe_table
from engine.testing.typed_text import TestProblem

FROM_FILE = "行"


def rows_in(node: object, name: str, folder: Path, files: Files) -> PipeTable | None:
    """The rows that ``node`` writes for ``name``; ``None`` where it is a single value.

    ``{行: tables/NAME.csv}`` reads a file of ``folder`` (the region's) among ``files``. Raises :class:`TestProblem`.
    """
    if isinstance(node, Mapping) and [key.text for key, _ in node.entries] == [FROM_FILE]:
        (_, path), *_ = node.entries
        return _from_file(path.text if isinstance(path, Scalar) else "", name, folder, files)
    if isinstance(node, (Mapping, Sequence)):
        return _from_list(node, name)
    if isinstance(node, Scalar) and ("\n" in node.text or "|" in node.text):
        return read_pipe_table(node.text)
    return None


@lru_cache(maxsize=64)
def own_rows(book: Book, name: str, day: datetime.date) -> list[Record]:
    """The rows of a table that lives in the region, read once for all its examples. Raises :class:`TestProblem`."""
    table = book.at(day).tables[name]
    try:
        return [dict(row) for row in load_region_rows(table, Path(table.rows_file or ""), book.files).rows]
    except DataError as error:
        raise TestProblem(f"{error.message} {error.hint}".strip()) from None


def how_to_give(error: Unresolved, rules: Snapshot, book: Book) -> str:
    """What an example may write for a field that it does not give: a value, or the table's rows, from its file if the
    region has one; "" where that is not why the value cannot be known.
    """
    tables = rules.columns.get(error.name, ()) if error.cause == lookups.NOT_GIVEN else ()
    if not tables:
        return ""
    file = f"tables/{tables[0]}.csv"
    if book.files.kind(book.folder / file) == FILE:
        return f"写一个值，或给表 {tables[0]} 的行，如 {tables[0]}: {{{FROM_FILE}: {file}}}"
    return f"写一个值，或给表 {tables[0]} 的行：小表、列表，或 {{{FROM_FILE}: tables/名字.csv}}"


def _from_list(node: Mapping | Sequence, name: str) -> PipeTable:
    items = node.items if isinstance(node, Sequence) else (node,)
    rows = []
    for item in items:
        if not isinstance(item, Mapping) or not all(isinstance(cell, Scalar) for _, cell in item.entries):
            raise TestProblem(f"{name} 的一行写成 {{名: 值, …}}")
        rows.append({key.text: cell.text for key, cell in item.entries if isinstance(cell, Scalar)})
    return PipeTable(tuple(rows[0]) if rows else (), (), tuple(enumerate(rows, 1)))


def _from_file(path: str, name: str, folder: Path, files: Files) -> PipeTable:
    file = folder / path
    parts = path.replace("\\", "/").split("/")
    if not path or ".." in parts or ":" in path or not files.resolve(file).is_relative_to(files.resolve(folder)):
        raise TestProblem(f"{name} 的 行：{path[:60]} 不是地区文件夹里的文件；写相对路径，如 tables/名字.csv")
    if files.kind(file) != FILE:
        raise TestProblem(f"{name} 的 行：地区文件夹里没有 {path}")
    try:
        table = csv_from(files.read, file, name, path)
    except DataError as error:
        raise TestProblem(f"{name} 的 行：{error.message} {error.hint}".strip()) from None
    if table.broken:
        raise TestProblem(f"{name} 的 行：{path} 第 {table.broken[0].line} 行{table.broken[0].reason}")
    rows = [dict(zip(table.columns, map(_text, cells), strict=True)) for cells in table.rows]
    return PipeTable(table.columns, (), tuple(enumerate(rows, 1)))


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()
