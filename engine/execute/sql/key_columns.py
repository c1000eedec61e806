"""The keys of a combination (``combinations``) as columns of SQL, and a row of such columns back as values."""

from __future__ import annotations

from sqlglot import exp

from engine.databases.trees import made_of
from engine.execute.sql import ints
from engine.execute.sql.frame import decoded
from engine.execute.sql.lowered import Lowered
from engine.language.types import Kind
from engine.language.values import Value

SQL_TYPES = {Kind.BOOL: "BOOLEAN", Kind.DATE: "DATE", Kind.MONTH: "BIGINT"}
"""Of what is no number; a text is VARCHAR."""


def mark_of(keys: list[Lowered], absent_too: bool) -> tuple:
    """By what combinations are known again: a value and a tenth of it stand in one column, over other denominators."""
    return (absent_too, *((key.kind, key.den) for key in keys), *(made_of(part) for part in key_parts(keys)))


def key_parts(keys: list[Lowered]) -> list[exp.Expression]:
    """The columns that keys are."""
    parts: list[exp.Expression] = []
    for key in keys:
        parts.append(key.value)
        if key.over is not None:
            parts.append(key.over.sql)
    return parts


def key_types(keys: list[Lowered]) -> list[str]:
    """Of which types these are."""
    types = []
    for key in keys:
        if key.num is not None:
            types.append(ints.WIDE_TYPE if key.num.wide else ints.NARROW_TYPE)
            if key.over is not None:
                types.append(ints.WIDE_TYPE if key.over.wide else ints.NARROW_TYPE)
        else:
            types.append(SQL_TYPES.get(key.kind, "VARCHAR"))
    return types


_AS_THEY_ARE = (Kind.TEXT, Kind.CLASS, Kind.DATE)


def all_decoded(keys: list[Lowered], rows: list[tuple]) -> list[tuple[Value, ...]]:
    """The values of keys in each of ``rows``."""
    if all(key.kind in _AS_THEY_ARE and not key.is_known for key in keys):
        return rows
    return [decoded_keys(keys, row) for row in rows]


def decoded_keys(keys: list[Lowered], row: tuple) -> tuple[Value, ...]:
    """The values of keys in a row of those columns."""
    cells = iter(row)
    found = []
    for key in keys:
        value = next(cells)
        den = next(cells) if key.over is not None else None
        found.append(decoded(key, value, den))
    return tuple(found)
