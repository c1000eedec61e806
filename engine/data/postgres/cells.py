"""The text of a value of PostgreSQL, by the type of its column, to the cell that a file would have.

The texts that :func:`sent` asks for say all of a value whatever the session's DateStyle, extra_float_digits and time
zone are: JSON's text of a date is always ISO's, the bytes of a float are the float.
"""

from __future__ import annotations

import datetime
import re
import struct
from collections.abc import Callable
from decimal import Decimal

from engine.files.raw import RawCell

_SIZED = re.compile(r"\((\d+)(?:,(-?\d+))?\)")
_WHOLE = frozenset(("smallint", "integer", "bigint", "oid"))
TEXTS = frozenset(
    ("text", "character varying", "character", "bpchar", '"char"', "name", "uuid", "enum", "citext", "inet", "cidr")
)
_NOT_READ = {"money": "货币类型的写法随数据库的设置变，改成 numeric"}
MOMENT, LOCAL = "timestamp with time zone", "timestamp without time zone"
_FLOATS = {"real": ("float4send", "!f"), "double precision": ("float8send", "!d")}


def bare(kind: str) -> str:
    """A type without its size: ``numeric(12,2)`` is ``numeric``; it may stand in the middle, ``time(0) without …``."""
    return " ".join(_SIZED.sub("", kind).split())


def size(kind: str) -> tuple[int, int] | None:
    """Digits and decimals of a ``numeric`` that has them."""
    found = _SIZED.search(kind) if bare(kind) == "numeric" else None
    return (int(found[1]), int(found[2] or 0)) if found else None


def why_not_read(kind: str) -> str:
    """Why cells of a type are not read at all (Chinese, what to do); empty if they are."""
    known = _WHOLE | TEXTS | {"numeric", "double precision", "real", "boolean", "date", LOCAL}
    if bare(kind) in known:
        return ""
    return _NOT_READ.get(bare(kind), "它不是数、文本、日期或是否") + "；请建一个视图，转换成可读的类型"


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
        return lambda text: None if text is None else _single(_unpacked(kind, text))
    return cell_maker(kind)


def _unpacked(kind: str, text: str) -> float:
    return float(struct.unpack(_FLOATS[kind][1], bytes.fromhex(text))[0])


def _single(number: float) -> Decimal:
    """By the shortest decimal that is this number and no other of 32 bits."""
    if number - number != 0:  # NaN, infinities
        return Decimal(number)
    for digits in range(1, 9):
        text = f"{number:.{digits}g}"
        if struct.unpack("!f", struct.pack("!f", float(text)))[0] == number:
            return Decimal(text)
    return Decimal(f"{number:.9g}")


def cell_maker(kind: str) -> Callable[[str | None], RawCell]:
    """A function from the text of a cell to the cell; what Python has no value for stays text, and is refused later."""
    made: dict[str, Callable[[str], RawCell]] = {
        "numeric": Decimal,
        "real": Decimal,
        "double precision": float,
        "boolean": lambda text: text in ("true", "t"),
        "date": _date,
        LOCAL: _moment,
    }
    make: Callable[[str], RawCell] = int if bare(kind) in _WHOLE else made.get(bare(kind), str)
    return lambda text: None if text is None else make(text)


def _date(text: str) -> RawCell:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:  # before the year 1, after 9999, infinity
        return text


def _moment(text: str) -> RawCell:
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
