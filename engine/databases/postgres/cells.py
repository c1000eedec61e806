"""The text of a value of PostgreSQL, by the type of its column, to the cell that a file would have.

The texts that :func:`sent` asks for say all of a value whatever the session's DateStyle, extra_float_digits and time
zone are: JSON's text of a date is always ISO's, the bytes of a float are the float.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from engine.data import column_kinds
from engine.data.column_kinds import LOCAL, MOMENT, bare, shortest_single
from engine.files.raw import RawCell

_NOT_READ = {"money": "货币类型的写法随数据库的设置变，改成 numeric"}
_FLOATS = {"real": ("float4send", "!f"), "double precision": ("float8send", "!d")}


def why_not_read(kind: str) -> str:
    """Why cells of a type are not read at all (Chinese, what to do); empty if they are."""
    own = _NOT_READ.get(bare(kind))
    return f"{own}；请建一个视图，转换成可读的类型" if own else column_kinds.why_not_read(kind)


def sent(kind: str, zone: str) -> str:
    """The text that is fetched of a cell: SQL for psycopg, with the places {cell} and {zone} ({zone} may be unused)."""
    if bare(kind) == MOMENT and zone:
        return "pg_catalog.btrim(pg_catalog.to_json(pg_catalog.timezone({zone}, {cell}))::pg_catalog.text, '\"')"
    if bare(kind) in ("date", LOCAL):
        return "pg_catalog.btrim(pg_catalog.to_json({cell})::pg_catalog.text, '\"')"
    if kind in _FLOATS:
        return f"pg_catalog.encode(pg_catalog.{_FLOATS[kind][0]}({{cell}}), 'hex')"
    return "{cell}::pg_catalog.text"


def sent_cell_maker(kind: str) -> Callable[[str | None], RawCell]:
    """A function from the text of :func:`sent` to the cell; what Python has no value for stays text."""
    if kind == "double precision":
        return lambda text: None if text is None else _unpacked(kind, text)
    if kind == "real":
        return lambda text: None if text is None else shortest_single(_unpacked(kind, text))
    return column_kinds.cell_maker(kind)


def _unpacked(kind: str, text: str) -> float:
    return float(struct.unpack(_FLOATS[kind][1], bytes.fromhex(text))[0])
