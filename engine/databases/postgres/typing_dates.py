"""Dates, and months as year × 12 + month − 1, from columns of PostgreSQL."""

from __future__ import annotations

import datetime

from sqlglot import exp

from engine.data.column_kinds import LOCAL, WHOLE, bare, is_text
from engine.data.staging.placeholders import is_day, is_month
from engine.data.staging.remote.dialect import Typed
from engine.data.staging.remote.surely import DATE, MONTH, MONTHS
from engine.data.staging.sql import Sql, between, cast, date, every, func, text, when, whole
from engine.databases.postgres.typing_text import like, trimmed
from engine.rulebook.model import Field

_FIRST, _LAST = datetime.date(1, 1, 1), datetime.date(9999, 12, 31)


def date_typed(kind: str, cell: Sql, field: Field) -> Typed:
    """As a date; the time of a moment is left off."""
    if bare(kind) in ("date", LOCAL):
        day = cell if bare(kind) == "date" else cast(cell, "DATE")
        return Typed(is_day(field, day), day)
    if not is_text(kind) and bare(kind) not in WHOLE:
        return Typed(exp.false(), cast(exp.null(), "DATE"))
    shown = trimmed(cell)
    dashed = func("substr", shown, whole(5), whole(1)).eq(text("-"))
    size = exp.Case(ifs=[exp.If(this=dashed, true=whole(10))], default=whole(8))
    day = cast(func("left", shown, size), "DATE")
    return Typed(when(like(shown, DATE), is_day(field, day), exp.false()), day)


def month_typed(kind: str, cell: Sql) -> Typed:
    """As a month; a date must be the first of one."""
    if bare(kind) in ("date", LOCAL):
        there = between(cell, date(_FIRST), date(_LAST)) if bare(kind) == "date" else _midnight(cell)
        first = func("date_part", text("day"), cell).eq(whole(1))
        day = cast(cell, "DATE")
        year, month = (cast(func("date_part", text(part), day), "INTEGER") for part in ("year", "month"))
        months = _months(year, month)
        return Typed(when(there, every([first, is_month(months)]), exp.false()), months)
    if not is_text(kind) and bare(kind) not in WHOLE:
        return Typed(exp.false(), cast(exp.null(), "INTEGER"))
    shown = trimmed(cell)
    year = cast(func("left", shown, whole(4)), "INTEGER")
    months = _months(year, cast(func("right", shown, whole(2)), "INTEGER"))
    return Typed(when(like(shown, MONTH), is_month(months), exp.false()), months)


def _months(year: Sql, month: Sql) -> Sql:
    return exp.paren(year * whole(MONTHS) + month - whole(1))


def _midnight(cell: Sql) -> Sql:
    """Infinities are outside, and are not asked for their day."""
    inside = between(cell, date(_FIRST), date(_LAST))
    return when(inside, func("date_trunc", text("day"), cell).eq(cell.copy()), exp.false())
