"""The text of a value as PostgreSQL writes it, by the type of its column, to the cell that a file would have."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal

from engine.files.raw import RawCell

_SIZED = re.compile(r"\((\d+)(?:,(-?\d+))?\)")
_WHOLE = frozenset(("smallint", "integer", "bigint", "oid"))
TEXTS = frozenset(
    ("text", "character varying", "character", "bpchar", '"char"', "name", "uuid", "enum", "citext", "inet", "cidr")
)
_NOT_READ = {
    "money": "货币类型的写法随数据库的设置变，改成 numeric",
    "timestamp with time zone": "带时区的时刻要先说清是哪一个时区的日期",
}


def bare(kind: str) -> str:
    """A type without its size: ``numeric(12,2)`` is ``numeric``."""
    return _SIZED.sub("", kind).strip()


def size(kind: str) -> tuple[int, int] | None:
    """Digits and decimals of a ``numeric`` that has them."""
    found = _SIZED.search(kind) if bare(kind) == "numeric" else None
    return (int(found[1]), int(found[2] or 0)) if found else None


def why_not_read(kind: str) -> str:
    """Why cells of a type are not read at all (Chinese, what to do); empty if they are."""
    known = _WHOLE | TEXTS | {"numeric", "double precision", "real", "boolean", "date", "timestamp without time zone"}
    if bare(kind) in known:
        return ""
    return _NOT_READ.get(bare(kind), "它不是数、文本、日期或是否") + "；请建一个视图，转换成可读的类型"


def cell_maker(kind: str) -> Callable[[str | None], RawCell]:
    """A function from the text of a cell to the cell; what Python has no value for stays text, and is refused later."""
    made: dict[str, Callable[[str], RawCell]] = {
        "numeric": Decimal,
        "real": Decimal,
        "double precision": float,
        "boolean": lambda text: text in ("true", "t"),
        "date": _date,
        "timestamp without time zone": _moment,
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
