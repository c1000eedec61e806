"""Moments in Parquet files and DuckDB tables: columns whose values are points of time, not dates of a place.

In Parquet those are ``isAdjustedToUTC``, a converted type without a logical one (which means the same), and INT96,
which has no word for it: what writes it (Spark, Hive) counts from UTC. DuckDB reads INT96 as a time without a zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.files.errors import DataError

LOCAL = "TIMESTAMP"
MOMENT = "TIMESTAMP WITH TIME ZONE"
_SCHEMA = """
SELECT file_name, name, type, num_children, converted_type, logical_type
FROM parquet_schema($1) WHERE name IS NOT NULL
"""


def is_moment(kind: str) -> bool:
    """Whether an SQL type of DuckDB is one."""
    return kind == MOMENT or kind.startswith("TIMESTAMPTZ")


def moments_of_parquet(connection: Any, paths: list[str], kinds: Mapping[str, str], origin: str) -> frozenset[str]:
    """The columns that are. Raises :class:`DataError` if one is in some of the files only; ``duckdb.Error``."""
    if not any(kind.startswith("TIMESTAMP") for kind in kinds.values()):
        return frozenset()
    files: dict[str, list[tuple[Any, ...]]] = {}
    for file, *entry in connection.execute(_SCHEMA, [paths]).fetchall():
        files.setdefault(file, []).append(tuple(entry))
    found = [{name for name, is_one in _leaves(entries) if is_one} for entries in files.values()]
    every, some = set.intersection(*found), set.union(*found)
    mixed = sorted(some - every)
    if mixed:
        raise DataError(
            f"{origin}：列 {'、'.join(mixed)} 在有的文件里带时区，在有的文件里不带",
            "让写出这些文件的程序写成同一种类型",
        )
    return frozenset(every | {name for name, kind in kinds.items() if is_moment(kind)})


def _leaves(entries: Sequence[tuple[Any, ...]]) -> list[tuple[str, bool]]:
    """The columns of a file that have no parts, in the order of its schema, of which the first entry is the whole."""
    result: list[tuple[str, bool]] = []
    inside = 0
    for name, kind, children, converted, logical in entries[1:]:
        if not inside and not children:
            result.append((name, _is_adjusted(kind, converted, logical)))
        inside = max(inside - 1, 0) + (children or 0)
    return result


def _is_adjusted(kind: str, converted: str | None, logical: str | None) -> bool:
    if kind == "INT96":
        return True
    if logical is None:
        return converted is not None and converted.startswith("TIMESTAMP")
    return logical.startswith("Timestamp") and "isAdjustedToUTC=1" in logical
