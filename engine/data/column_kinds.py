"""The types of columns, by one set of names for all databases (those of PostgreSQL): each database's reader describes
its columns by these, so that cells are read, and messages worded, alike.
"""

from __future__ import annotations

import datetime
import re
import struct
from collections.abc import Callable
from decimal import Decimal

from engine.files.raw import RawCell

_SIZED = re.compile(r"\((\d+)(?:,(-?\d+))?\)")
WHOLE = {"smallint": 5, "integer": 10, "bigint": 19, "oid": 10}
"""Types of whole numbers, and how many digits they have at most."""
TEXTS = frozenset(
    ("text", "character varying", "character", "bpchar", '"char"', "name", "uuid", "enum", "citext", "inet", "cidr")
)
MOMENT, LOCAL = "timestamp with time zone", "timestamp without time zone"


def bare(kind: str) -> str:
    """A type without its size: ``numeric(12,2)`` is ``numeric``; it may stand in the middle, ``time(0) without …``."""
    return " ".join(_SIZED.sub("", kind).split())


def size(kind: str) -> tuple[int, int] | None:
    """Digits and decimals of a ``numeric`` that has them."""
    found = _SIZED.search(kind) if bare(kind) == "numeric" else None
    return (int(found[1]), int(found[2] or 0)) if found else None


def is_text(kind: str) -> bool:
    return bare(kind) in TEXTS


def why_not_read(kind: str) -> str:
    """Why cells of a type are not read at all (Chinese, what to do); empty if they are."""
    known = {*WHOLE, *TEXTS, "numeric", "double precision", "real", "boolean", "date", LOCAL}
    return "" if bare(kind) in known else "它不是数、文本、日期或是否；请建一个视图，转换成可读的类型"


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
    make: Callable[[str], RawCell] = int if bare(kind) in WHOLE else made.get(bare(kind), str)
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


def shortest_single(number: float) -> Decimal:
    """A float of 32 bits by the shortest decimal that is this number and no other of 32 bits."""
    if number - number != 0:  # NaN, infinities
        return Decimal(number)
    for digits in range(1, 9):
        text = f"{number:.{digits}g}"
        if struct.unpack("!f", struct.pack("!f", float(text)))[0] == number:
            return Decimal(text)
    return Decimal(f"{number:.9g}")
