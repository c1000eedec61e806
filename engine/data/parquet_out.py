"""Rows to a Parquet file through DuckDB; every number goes in as text and is stored exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from engine.data.columns import OutColumn, check_values, number_text, numbers_of, scaled_number, truths_of, value_text
from engine.data.duckdb_files import quoted, shared_connection
from engine.data.plain_paths import plain_path
from engine.files.errors import DataError
from engine.language.types import Kind
from engine.language.values import Value

PRECISION = 38
"""Decimal digits a DECIMAL can have."""
_CHUNK = 50_000


@dataclass(frozen=True)
class Stored:
    """A column of a Parquet file: its name there, its SQL type, and its cells as text or bool (``None``: NULL)."""

    name: str
    sql_type: str
    cells: Sequence[str | bool | None]


WriteParquet = Callable[[Path, Sequence[Stored]], None]
"""Writes columns to a file that is not there yet."""


def stored_column(column: OutColumn, values: list[Value]) -> Stored:
    """How a column of a statement is stored: DECIMAL(38, digits), BIGINT, DATE, BOOLEAN, else text."""
    kind, digits = column.type.kind, column.digits
    if kind is Kind.NUMBER and digits is not None:
        numbers = numbers_of(column, values)
        _refuse_too_long(column, numbers, digits)
        long = digits or any(v is not None and not -(2**63) <= scaled_number(v, 0) < 2**63 for v in numbers)
        sql_type = f"DECIMAL({PRECISION}, {digits})" if long else "BIGINT"
        return Stored(column.heading, sql_type, [None if v is None else number_text(v, digits) for v in numbers])
    if kind is Kind.BOOL:
        return Stored(column.heading, "BOOLEAN", truths_of(column, values))
    check_values(column, values)
    sql_type = "DATE" if kind is Kind.DATE else "VARCHAR"
    return Stored(column.heading, sql_type, [None if value is None else value_text(value) for value in values])


class ParquetFiles:
    """Writes Parquet files through one connection."""

    def __init__(self) -> None:
        self._duckdb: Any = None

    def close(self) -> None:
        if self._duckdb is not None:
            self._duckdb.close()

    def write(self, path: Path, columns: Sequence[Stored]) -> None:
        """One file, rows in the order given. Raises :class:`DataError` for columns that differ only in letter case."""
        if not columns:
            raise ValueError(f"{path.name} would have no columns")
        folded = [column.name.casefold() for column in columns]
        twice = sorted({column.name for column in columns if folded.count(column.name.casefold()) > 1})
        if twice:
            raise DataError(f"{path.name}：列名重复（不分大小写）：{'、'.join(twice)}", "换一个列名")
        if self._duckdb is None:
            self._duckdb = shared_connection()
        _copy(self._duckdb, path, columns)


def _copy(connection: Any, path: Path, columns: Sequence[Stored]) -> None:
    """In one statement, as most files are small; many rows go through a table, a part at a time."""
    names = [f"c{number}" for number in range(len(columns))]
    carried = ["BOOLEAN" if column.sql_type == "BOOLEAN" else "VARCHAR" for column in columns]
    given = ", ".join(
        f"unnest(${place}::{kind}[]) as {name}"
        for place, (name, kind) in enumerate(zip(names, carried, strict=True), start=1)
    )
    shown = ", ".join(
        f"cast({name} as {column.sql_type}) as {quoted(column.name)}"
        for name, column in zip(names, columns, strict=True)
    )
    if len(columns[0].cells) <= _CHUNK:
        _to_file(connection, path, shown, f"(select {given})", [column.cells for column in columns])
        return
    spec = ", ".join(f"{name} {kind}" for name, kind in zip(names, carried, strict=True))
    try:
        connection.execute(f"create temp table t ({spec})")
        for start in range(0, len(columns[0].cells), _CHUNK):
            chunk = [column.cells[start : start + _CHUNK] for column in columns]
            connection.execute(f"insert into t select {given}", chunk)
        _to_file(connection, path, shown, "t", [])
    finally:
        connection.execute("drop table if exists t")


def _to_file(connection: Any, path: Path, shown: str, rows: str, cells: Sequence[Sequence[str | bool | None]]) -> None:
    import duckdb

    target = "'" + str(plain_path(path)).replace("'", "''") + "'"
    try:
        connection.execute(f"copy (select {shown} from {rows}) to {target} (format parquet, compression zstd)", cells)
    except duckdb.IOException as error:
        full = "space" in str(error).lower()
        raise DataError(f"{path.name}：写不出来{'，磁盘空间不够' if full else ''}", "检查磁盘空间和权限") from error


def _refuse_too_long(column: OutColumn, numbers: list[Fraction | None], digits: int) -> None:
    limit = 10**PRECISION
    if any(value is not None and abs(scaled_number(value, digits)) >= limit for value in numbers):
        raise DataError(f"列“{column.heading}”有超过 {PRECISION} 位的数，存不下", "检查单位和量级")
