"""Rows whose key may stand twice in a file, found by the hash of the key, a part of all hashes at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp

from engine.data.staging.files import RN, RawFile
from engine.data.staging.model import ROW
from engine.data.staging.source_column import Seen, SourceColumn
from engine.data.staging.sql import Sql, column, func, named, quoted_table, run, select_from, whole
from engine.data.staging.upload import create, create_as
from engine.data.staging.view import ODD_ROW, Shape, as_shape, clean_rows

AT_ONCE = 8_000_000
"""Hashes held in memory at a time (some 60 bytes each)."""
_HASH = "h"


def find_twice(
    connection: Any,
    name: str,
    rows: int,
    hashed: Sql,
) -> int:
    """Makes the table ``name`` of the numbers of all rows whose hash stands twice, and says how many there are.

    These are all rows of each key that stands twice, and hardly ever others; ``hashed`` as of :func:`hashes`.
    """
    often = f"{name}_hash"
    create(connection, often, {_HASH: "UBIGINT"})
    parts = max(1, -(-rows // AT_ONCE))
    for part in range(parts):
        some = select_from(hashed, column(_HASH)).group_by(column(_HASH))
        if parts > 1:
            some = some.where(exp.Mod(this=column(_HASH), expression=whole(parts)).eq(whole(part)))
        run(connection, exp.insert(some.having(exp.Count(this=exp.Star()) > whole(1)), quoted_table(often)))
    (found,) = run(connection, exp.select(exp.Count(this=exp.Star())).from_(quoted_table(often))).fetchone()
    if not found:
        return 0
    inside = exp.In(this=column(_HASH), query=exp.select(column(_HASH)).from_(quoted_table(often)).subquery())
    create_as(connection, name, select_from(hashed, named(column(ROW), ODD_ROW)).where(inside))
    (found,) = run(connection, exp.select(exp.Count(this=exp.Star())).from_(quoted_table(name))).fetchone()
    return int(found)


def hashes(
    file: RawFile,
    columns: Sequence[SourceColumn],
    seen: Mapping[str, Seen],
    shapes: Mapping[str, Shape],
    odd: str | None,
    keys: str | None,
) -> exp.Select | exp.Union:
    """ROW and hash of every key: of the clean rows from the file, of the others (``odd``) from the table ``keys``."""
    parts = [c for c in columns if c.is_key and c.raw is not None]
    values = [as_shape(c.typed(seen[c.field.name])[0], shapes[c.field.name].kind, c, seen[c.field.name]) for c in parts]
    clean = clean_rows(file, odd, [named(column(RN), ROW), named(func("hash", *values), _HASH)])
    if keys is None:
        return clean
    there = func("hash", *(column(f"c{c.place}") for c in parts))
    more = exp.select(column(ROW), named(there, _HASH)).from_(quoted_table(keys))
    return exp.union(clean, more, distinct=False)
