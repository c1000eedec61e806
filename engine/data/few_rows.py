"""Whether a delivery is so small that Python works it out before a database would have answered: which engine runs goes
by it.
"""

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
    sized = [(_bytes_of(source), source) for table in tables for source in places.of(table)]
    if any(size is None or size > _MOST_BYTES for size, _ in sized):
        return False
    left = FEW
    for size, source in sorted(sized, key=lambda one: one[0] or 0, reverse=True):  # the largest says the most
        rows = _rows_at_most(source, size or 0)
        if rows is None or rows > left:
            return False
        left -= rows
    return True


def _bytes_of(source: Source) -> int | None:
    """Of its files together; ``None`` of what is no file that tells how many rows it has."""
    if source.kind not in ("parquet", "csv", "workbook"):
        return None
    try:
        return sum(path.stat().st_size for path in source.files)
    except OSError:
        return None


def _rows_at_most(source: Source, size: int) -> int | None:
    try:
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
