"""Types of MariaDB's columns by the names of :mod:`engine.data.column_kinds`, and their cells."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cache
from zoneinfo import ZoneInfo

from sqlglot import exp

from engine.data import column_kinds
from engine.data.column_kinds import LOCAL, MOMENT, bare, shortest_single
from engine.data.staging.sql import Sql, func, text, whole
from engine.files.raw import RawCell

_KINDS = {
    "tinyint": "smallint", "smallint": "smallint", "mediumint": "integer", "int": "integer", "bigint": "bigint",
    "year": "smallint", "float": "real", "double": "double precision", "date": "date", "datetime": LOCAL,
    "timestamp": MOMENT,
}  # fmt: skip
_UNSIGNED = {
    "tinyint": "smallint",
    "smallint": "integer",
    "mediumint": "integer",
    "int": "bigint",
    "bigint": "numeric(20,0)",
}
_TEXTS = frozenset(
    ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "uuid", "inet4", "inet6", "json")
)
FIRST, LAST = datetime.datetime(1970, 1, 1), datetime.datetime(2107, 1, 1)
"""Between which a TIMESTAMP lies."""


def kind_of(data_type: str, column_type: str, precision: int | None, scale: int | None) -> str:
    """The kind of a column of ``information_schema``."""
    if data_type in _TEXTS:
        return "text"
    if data_type == "decimal":
        return f"numeric({precision},{scale})"
    if "unsigned" in column_type and data_type in _UNSIGNED:
        return _UNSIGNED[data_type]
    return _KINDS.get(data_type, data_type)


def cell_maker(kind: str) -> Callable[[str | None], RawCell]:
    """A function from the text of a cell to the cell."""
    if bare(kind) == "real":
        return lambda text: None if text is None else shortest_single(float(text))
    return column_kinds.cell_maker(kind)


def moment_in(cell: Sql, zone: str) -> Sql:
    """The time in ``zone`` of a TIMESTAMP, from its seconds since 1970: the server may know no zones, and the session's
    is another.
    """
    seconds = func("unix_timestamp", cell)
    branches = [
        exp.If(this=exp.LT(this=seconds.copy(), expression=whole(until)), true=whole(offset))
        for until, offset in steps(zone)[:-1]
    ]
    last = whole(steps(zone)[-1][1])
    offset: Sql = exp.Case(ifs=branches, default=last) if branches else last
    return func(
        "casemix_after", text("1970-01-01 00:00:00"), exp.Add(this=seconds.copy(), expression=exp.paren(offset))
    )


@cache
def steps(zone: str) -> tuple[tuple[int, int], ...]:
    """(until, offset) of a zone, in seconds since 1970 and seconds from UTC, in order; the last is for ever after."""
    there = ZoneInfo(zone)

    def offset(second: int) -> int:
        at = datetime.datetime.fromtimestamp(second, datetime.UTC).astimezone(there).utcoffset()
        assert at is not None
        return int(at.total_seconds())

    day = 86400
    end = int((LAST - FIRST).total_seconds())
    found: list[tuple[int, int]] = []
    now = offset(0)
    for second in range(day, end, day):
        if offset(second) == now:
            continue
        low, high = second - day, second  # a change lies between them
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == now else (low, middle)
        found.append((high, now))
        now = offset(second)
    return (*found, (end, now))
