"""Whether a table staged in DuckDB is the table that load_table gives: rows, rejections, columns, errors."""

from __future__ import annotations

import atexit
import functools
from pathlib import Path
from typing import Any

import duckdb

from engine.data.duckdb_files import memory_connection, quoted
from engine.data.load import LoadedTable, load_table
from engine.data.staging.model import ROW, StagedColumn, StagedTable
from engine.data.staging.stage import stage_table
from engine.data.staging.storage import digits_of, is_ordered, sql_type, storer_of, value_of
from engine.data.values import OutOfRange
from engine.databases.places import open_places
from engine.files.errors import DataError
from engine.language.values import render
from engine.rulebook.model import Table


@functools.cache
def one_duckdb() -> Any:
    """A connection of it sees no temporary table of another; to open a new one takes longer than a few rows."""
    made = memory_connection()
    atexit.register(made.close)
    return made


def outcome(work):
    """What came of it: a result, or the error as text."""
    try:
        return work(), None
    except (DataError, ValueError, TypeError) as error:
        return None, f"{type(error).__name__}: {error}"


def agree(what: Table, places, **options) -> StagedTable | None:
    """Stages and loads the table and asserts that the outcomes are the same."""
    opened = open_places(places)
    loaded, wrong = outcome(lambda: load_table(what, opened, **options))
    attaches = any(str(place).endswith(".duckdb") for place in places)  # what is attached, all its connections see
    with memory_connection() if attaches else one_duckdb().cursor() as connection:
        staged, staged_wrong = outcome(lambda: stage_table(connection, what, opened, **options))
        assert staged_wrong == wrong
        if loaded is not None:
            assert_same(staged, loaded, connection)
        return staged


def assert_same(staged: StagedTable, loaded: LoadedTable, connection) -> None:
    assert staged.rejected == loaded.rejected
    assert (staged.unknown_columns, staged.missing_columns) == (loaded.unknown_columns, loaded.missing_columns)
    assert (staged.count, staged.delivered) == (len(loaded.rows), loaded.delivered)
    records = by_number(staged, connection)
    assert len(records) == staged.count
    expected = {origin_line: row for origin_line, row in zip(loaded.sources, loaded.rows, strict=True)}
    found = {staged.source(rn): record for rn, record in records.items()} if len(records) < 30 else None
    if found is not None:
        assert found == expected
        assert all(staged.record(rn) == record for rn, record in records.items())
        for origin_line, record in found.items():
            for name, value in record.items():
                if isinstance(value, OutOfRange):
                    assert value.value == expected[origin_line][name].value
    keys = [tuple(row[name] for name in loaded.table.key) for row in loaded.rows]
    assert {tuple(record[name] for name in loaded.table.key): record for record in records.values()} == dict(
        zip(keys, loaded.rows, strict=True)
    )
    if loaded.rows:
        assert list(staged.columns) == list(loaded.rows[0])
    kinds = {n: k for n, k, *_ in connection.execute(f"describe {quoted(staged.relation)}").fetchall()}
    for name, column in staged.columns.items():
        assert_measured(column, [row[name] for row in loaded.rows], kinds)
    staged.unchanged()


def by_number(staged: StagedTable, connection) -> dict:
    """Every row of the relation as ``record`` gives it."""
    shown = [ROW, *(name for c in staged.columns.values() for name in (c.name, c.out_of_range) if name)]
    found = connection.execute(f"select {', '.join(shown)} from {quoted(staged.relation)}").fetchall()
    result = {}
    for row in found:
        cells = dict(zip(shown, row, strict=True))
        record = {}
        for name, c in staged.columns.items():
            value = value_of(c.field, cells[c.name])
            flag = c.out_of_range is not None and cells[c.out_of_range]
            record[name] = OutOfRange(f"{name} {render(value)} 超出范围 {c.field.range}", value) if flag else value
        result[cells[ROW]] = record
    return result


def assert_measured(column: StagedColumn, cells: list, kinds: dict[str, str]) -> None:
    """``kinds``: the SQL type of each column of the relation."""
    plain = [cell.value if isinstance(cell, OutOfRange) else cell for cell in cells]
    store = storer_of(column.field, "")
    stored = [store(cell) for cell in plain if cell is not None]
    assert column.digits == digits_of(column.field)
    assert column.nullable == any(cell is None for cell in plain)
    assert (column.out_of_range is not None) == any(isinstance(cell, OutOfRange) for cell in cells)
    if is_ordered(column.field) and stored:
        assert (column.low, column.high) == (min(stored), max(stored))
    else:
        assert (column.low, column.high) == (None, None)
    assert kinds[column.name] == sql_type(column.field, column.low, column.high)
    if column.out_of_range is not None:
        assert kinds[column.out_of_range] == "BOOLEAN"


def write_text(folder: Path, name: str, medium: str, header: list[str], rows: list[list]) -> Path:
    """The rows as VARCHAR: in a Parquet file or in a DuckDB file (its path is returned)."""
    path = folder / (f"{name}.parquet" if medium == "parquet" else "data.duckdb")
    write_typed(path, name, [(title, "VARCHAR") for title in header], rows)
    return path


def write_typed(path: Path, name: str, spec: list[tuple[str, str]], rows: list[list]) -> None:
    """Cells go in as text and are cast to the types of ``spec``."""
    path.unlink(missing_ok=True)
    parquet = path.suffix == ".parquet"
    with one_duckdb().cursor() if parquet else duckdb.connect(str(path)) as connection:
        columns = ", ".join(f"{quoted(title)} {kind}" for title, kind in spec)
        connection.execute(f"create {'temporary ' if parquet else ''}table {quoted(name)} ({columns})")
        marks = ", ".join(f"cast(? as {kind})" for _, kind in spec)
        for row in rows:
            connection.execute(f"insert into {quoted(name)} values ({marks})", row)
        if parquet:
            connection.table(name).write_parquet(str(path))
