"""Parquet files and the tables of a DuckDB file. Nothing is fetched: external access is off for databases."""

from __future__ import annotations

import atexit
import os
import re
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.data.duckdb_moments import LOCAL, is_moment, moments_of_parquet
from engine.data.plain_paths import literal_path, plain_path
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


def memory_connection() -> Any:
    """A fresh in-memory DuckDB that fetches nothing from the network."""
    import duckdb

    return duckdb.connect(config=_OFFLINE)


def shared_connection() -> Any:
    """A connection of its own (settings, temporary tables) to one in-memory DuckDB of this process: to open another for
    each small file takes longer than to read it.
    """
    return _of_process(os.getpid()).cursor()


@lru_cache(maxsize=1)
def _of_process(number: int) -> Any:
    """A process that was forked has its own."""
    atexit.register(_of_process.cache_clear)  # before the modules that it needs to end are gone
    return memory_connection()


Zone = Callable[[Sequence[str], Collection[str]], str]
"""From the columns of a table and those of them that are moments, the time zone to read those in ("": none is read)."""


def read_parquet(paths: Sequence[Path], name: str, origin: str, zone: Zone = lambda _, __: "") -> RawTable:
    """The table in a Parquet file, or in several of the same columns. Raises :class:`DataError` if it is not one."""
    import duckdb

    files = [*map(literal_path, paths)]
    relation = "read_parquet($1, binary_as_string=true, hive_partitioning=false)"
    with shared_connection() as connection:
        try:
            columns = _described(connection, relation, [files])
            moments = moments_of_parquet(connection, files, dict(columns), origin)
            return _read(connection, relation, [files], columns, moments, name, origin, zone)
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


def read_database_table(path: Path, name: str, origin: str, zone: Zone = lambda _, __: "") -> RawTable:
    """One table of a DuckDB file; ``name`` must come from :func:`database_tables`. Raises :class:`DataError`."""
    import duckdb

    relation = f"main.{quoted(name)}"
    with _open(path, origin) as connection:
        try:
            columns = _described(connection, relation, [])
            moments = frozenset(column for column, kind in columns if is_moment(kind))
            if moments:
                moments |= generated_columns(connection, name)
            return _read(connection, relation, [], columns, moments, name, origin, zone)
        except duckdb.Error as error:
            raise DataError(f"{origin}：读不出来", _first_line(error)) from error


def generated_columns(connection: Any, table: str, catalog: str = "") -> frozenset[str]:
    """Columns that DuckDB works out when they are read: out of a moment, in the time zone of the session."""
    found = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = $1 AND schema_name = 'main' AND is_generated "
        "AND ($2 = '' OR database_name = $2)",
        [table, catalog],
    ).fetchall()
    return frozenset(name for (name,) in found)


def _open(path: Path, origin: str) -> Any:
    import duckdb

    try:
        return duckdb.connect(
            str(plain_path(path)), read_only=True, config=_OFFLINE | {"enable_external_access": "false"}
        )
    except duckdb.Error as error:
        raise DataError(f"{origin}：打不开这个 DuckDB 文件", "文件是否正被别的程序写？" + _first_line(error)) from error


def _described(connection: Any, relation: str, arguments: list[Any]) -> list[tuple[str, str]]:
    described = connection.execute(f"describe select * from {relation}", arguments).fetchall()
    return [(column, kind) for column, kind, *_ in described]


def _read(
    connection: Any,
    relation: str,
    arguments: list[Any],
    described: list[tuple[str, str]],
    moments: frozenset[str],
    name: str,
    origin: str,
    zone: Zone,
) -> RawTable:
    """Cells keep their type; a type Python has no exact counterpart of comes as text."""
    titles = trimmed_header([column for column, _ in described], origin)
    named = zip(described, titles, strict=False)
    place = zone(titles, [title for (column, _), title in named if column in moments])
    if place:
        connection.execute("SET TimeZone = $1", [place])  # for columns that are worked out
    columns = [_column(column, kind, column in moments, place) for column, kind in described]
    dates = [at for at, (_, kind) in enumerate(columns) if kind in ("DATE", LOCAL)]
    infinite = _some_infinite(connection, relation, arguments, [columns[at][0] for at in dates]) if dates else []
    ends = [at for at, there in zip(dates, infinite, strict=True) if there]
    selected = [cell for cell, _ in columns] + [infinity(columns[at][0]) for at in ends]
    rows = connection.execute(f"select {', '.join(selected)} from {relation}", arguments).fetchall()
    rows = with_singles(with_infinities(rows, ends), [kind for _, kind in columns])
    return RawTable(name, tuple(titles), rows, range(1, len(rows) + 1), origin)


def _column(name: str, kind: str, is_zoned: bool, zone: str) -> tuple[str, str]:
    """The SQL of a column's cells and their type."""
    cell = quoted(name)
    if is_zoned and zone and kind.startswith("TIMESTAMP"):
        moment = cell if is_moment(kind) else f"timezone('UTC', cast({cell} as timestamp))"
        return f"cast(timezone({_literal(zone)}, {moment}) as timestamp)", LOCAL
    return (cell, kind) if is_native(kind) else (f"cast({cell} as varchar)", kind)


def _some_infinite(connection: Any, relation: str, arguments: list[Any], cells: list[str]) -> list[bool]:
    """Of each of some columns, whether an infinity stands in it."""
    asked = ", ".join(f"coalesce(bool_or(isinf({cell})), false)" for cell in cells)
    return list(connection.execute(f"select {asked} from {relation}", arguments).fetchone())


def infinity(cell: str) -> str:
    """SQL of the text of an infinite date, NULL of any other: as a Python date it would be the last there is."""
    return f"case when isinf({cell}) then cast({cell} as varchar) end"


def with_infinities(rows: list[tuple[Any, ...]], places: Sequence[int]) -> list[tuple[Any, ...]]:
    """Rows that end in the texts of :func:`infinity` for the cells at ``places``, as they are to be read."""
    if not places:
        return rows
    result = []
    for row in rows:
        cells = list(row[: -len(places)])
        for at, text in zip(places, row[-len(places) :], strict=True):
            if text is not None:
                cells[at] = text
        result.append(tuple(cells))
    return result


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


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
