"""Whether tables have so few rows that a database takes longer to be asked than they take to be worked out here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.data.places import Places, Source

FEW = 1_000
"""Rows of all the tables together."""
_MOST_BYTES = 1 << 18
"""Of the files of one table; of a workbook a fourth, whose rows nobody knows without unpacking it: it counts as half of
:data:`FEW`."""


def has_few_rows(places: Places, tables: Iterable[str]) -> bool:
    """Whether these tables have at most :data:`FEW` rows together, all in files that tell so at once.

    Not of a DuckDB file or a database, and not of a file that cannot be read: who reads it says why.
    """
    left = FEW
    for table in tables:
        for source in places.of(table):
            rows = _rows_at_most(source)
            if rows is None or rows > left:
                return False
            left -= rows
    return True


def _rows_at_most(source: Source) -> int | None:
    if source.kind not in ("parquet", "csv", "workbook"):
        return None
    try:
        size = sum(path.stat().st_size for path in source.files)
        if size > _MOST_BYTES:
            return None
        if source.kind == "parquet":
            return _rows_of_parquet(source.files)
        if source.kind == "csv":
            return sum(
                data.count(b"\n") + data.count(b"\r") + 1 for data in (path.read_bytes() for path in source.files)
            )
    except OSError:
        return None
    return FEW // 2 if size <= _MOST_BYTES // 4 else None


def _rows_of_parquet(paths: Sequence[Path]) -> int | None:
    import duckdb

    from engine.data.duckdb_files import shared_connection
    from engine.data.plain_paths import literal_path

    with shared_connection() as connection:
        try:
            found = connection.execute(
                "select sum(num_rows) from parquet_file_metadata($1)", [[*map(literal_path, paths)]]
            ).fetchone()
        except duckdb.Error:
            return None
    return None if found is None or found[0] is None else int(found[0])
