"""Parquet files and the tables of a DuckDB file. Nothing is fetched: external access is off for databases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.files.errors import DataError
from engine.files.raw import RawTable, trimmed_header

_NATIVE = re.compile(
    r"(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|BIGNUM|DECIMAL\(.*\)|DOUBLE|BOOLEAN|DATE|TIMESTAMP|VARCHAR)$"
)
_OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal_path(path: Path) -> str:
    """``path`` as DuckDB's file functions need it to mean this one file: what looks like a pattern is escaped."""
    return re.sub(r"[*?\[]", lambda mark: f"[{mark.group()}]", str(path.absolute()))


def memory_connection() -> Any:
    """A fresh in-memory DuckDB that fetches nothing from the network."""
    import duckdb

    return duckdb.connect(config=_OFFLINE)


def read_parquet(paths: Sequence[Path], name: str, origin: str) -> RawTable:
    """The table in a Parquet file, or in several of the same columns. Raises :class:`DataError` if it is not one."""
    import duckdb

    with memory_connection() as connection:
        try:
            return _read(
                connection,
                "read_parquet($1, binary_as_string=true, hive_partitioning=false)",
                [[*map(literal_path, paths)]],
                name,
                origin,
            )
        except duckdb.Error as error:
            raise DataError(f"{origin}：不是可读的 Parquet 文件", _first_line(error)) from error


def database_tables(path: Path, origin: str) -> tuple[str, ...]:
    """Names of the tables of a DuckDB file. Views are not read: they can make rows without end."""
    with _open(path, origin) as connection:
        found = connection.execute(
            "select table_name from information_schema.tables "
            "where table_schema = 'main' and table_type = 'BASE TABLE' order by 1"
        ).fetchall()
    return tuple(name for (name,) in found)


def read_database_table(path: Path, name: str, origin: str) -> RawTable:
    """One table of a DuckDB file; ``name`` must come from :func:`database_tables`. Raises :class:`DataError`."""
    import duckdb

    with _open(path, origin) as connection:
        try:
            return _read(connection, f"main.{quoted(name)}", [], name, origin)
        except duckdb.Error as error:
            raise DataError(f"{origin}：读不出来", _first_line(error)) from error


def _open(path: Path, origin: str) -> Any:
    import duckdb

    try:
        return duckdb.connect(str(path), read_only=True, config=_OFFLINE | {"enable_external_access": "false"})
    except duckdb.Error as error:
        raise DataError(f"{origin}：打不开这个 DuckDB 文件", "文件是否正被别的程序写？" + _first_line(error)) from error


def _read(connection: Any, relation: str, arguments: list[Any], name: str, origin: str) -> RawTable:
    """Cells keep their type; a type Python has no exact counterpart of comes as text."""
    described = connection.execute(f"describe select * from {relation}", arguments).fetchall()
    columns = [(column, kind) for column, kind, *_ in described]
    selected = ", ".join(
        quoted(column) if is_native(kind) else f"cast({quoted(column)} as varchar)" for column, kind in columns
    )
    rows = connection.execute(f"select {selected} from {relation}", arguments).fetchall()
    rows = with_singles(rows, [kind for _, kind in columns])
    titles = trimmed_header([column for column, _ in columns], origin)
    return RawTable(name, tuple(titles), rows, range(1, len(rows) + 1), origin)


def is_native(kind: str) -> bool:
    """Whether cells of an SQL type come as they are; others come as text."""
    return _NATIVE.match(kind) is not None


def with_singles(rows: list[tuple[Any, ...]], kinds: Sequence[str]) -> list[tuple[Any, ...]]:
    """The text of a FLOAT as a decimal: the shortest is DuckDB's; Python would print the digits of the double."""
    singles = [place for place, kind in enumerate(kinds) if kind == "FLOAT"]
    return [_with_decimals(row, singles) for row in rows] if singles else rows


def _with_decimals(row: tuple[Any, ...], places: list[int]) -> tuple[Any, ...]:
    cells = list(row)
    for place in places:
        if cells[place] is not None:
            cells[place] = Decimal(cells[place])
    return tuple(cells)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
