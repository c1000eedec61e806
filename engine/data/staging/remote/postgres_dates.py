"""Dates, and months as year × 12 + month − 1, from columns of PostgreSQL."""

from __future__ import annotations

import datetime

from sqlglot import exp

from engine.data.postgres.cells import LOCAL, bare
from engine.data.staging.remote.dialect import Typed
from engine.data.staging.remote.postgres_numbers import WHOLE
from engine.data.staging.remote.postgres_text import is_text, like, trimmed
from engine.data.staging.sql import Sql, between, cast, date, func, text, when, whole

_YEAR = "(000[1-9]|00[1-9][0-9]|0[1-9][0-9][0-9]|[1-9][0-9][0-9][0-9])"
_DAYS = ("(0[1-9]|1[0-2])", "(0[1-9]|1[0-9]|2[0-8])"), ("(0[13-9]|1[0-2])", "(29|30)"), ("(0[13578]|1[02])", "31")
"""Months and days that every year has: the 29th of February is left to Python."""
_ISO = "|".join(f"{month}-{day}" for month, day in _DAYS)
_EIGHT = "|".join(f"{month}{day}" for month, day in _DAYS)
_DATE = rf"^{_YEAR}(-({_ISO})([T ]00:00(:00(\.0+)?)?)?|({_EIGHT}))$"
_MONTH = f"^{_YEAR}[-/.]?(0[1-9]|1[0-2])$"
_FIRST, _LAST = datetime.date(1, 1, 1), datetime.date(9999, 12, 31)
_MONTHS = 12


def date_typed(kind: str, cell: Sql) -> Typed:
    """As a date; a moment must be midnight."""
    if bare(kind) == "date":
        return Typed(between(cell, date(_FIRST), date(_LAST)), cell)
    if bare(kind) == LOCAL:
        return Typed(_midnight(cell), cast(cell, "DATE"))
    if not is_text(kind) and bare(kind) not in WHOLE:
        return Typed(exp.false(), cast(exp.null(), "DATE"))
    shown = trimmed(cell)
    return Typed(like(shown, _DATE), cast(func("left", shown, whole(10)), "DATE"))


def month_typed(kind: str, cell: Sql) -> Typed:
    """As a month; a date must be the first of one."""
    if bare(kind) in ("date", LOCAL):
        there = between(cell, date(_FIRST), date(_LAST)) if bare(kind) == "date" else _midnight(cell)
        first = func("date_part", text("day"), cell).eq(whole(1))
        day = cast(cell, "DATE")
        year, month = (cast(func("date_part", text(part), day), "INTEGER") for part in ("year", "month"))
        return Typed(when(there, first, exp.false()), _months(year, month))
    if not is_text(kind) and bare(kind) not in WHOLE:
        return Typed(exp.false(), cast(exp.null(), "INTEGER"))
    shown = trimmed(cell)
    year = cast(func("left", shown, whole(4)), "INTEGER")
    return Typed(like(shown, _MONTH), _months(year, cast(func("right", shown, whole(2)), "INTEGER")))


def _months(year: Sql, month: Sql) -> Sql:
    return exp.paren(year * whole(_MONTHS) + month - whole(1))


def _midnight(cell: Sql) -> Sql:
    """Infinities are outside, and are not asked for their day."""
    inside = between(cell, date(_FIRST), date(_LAST))
    return when(inside, func("date_trunc", text("day"), cell).eq(cell.copy()), exp.false())
