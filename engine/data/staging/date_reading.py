"""Dates, and months as year × 12 + month − 1, from dates, moments, and text in the styles people write."""

from __future__ import annotations

import datetime

from sqlglot import exp

from engine.data.staging.placeholders import is_day, is_month
from engine.data.staging.reading import WHOLE_DIGITS, Reading, is_text, never
from engine.data.staging.sql import Sql, between, cast, date, every, func, matches, text, try_cast, when, whole
from engine.rulebook.model import Field

_CLOCK = "([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?"
_ISO_MOMENT = "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?)?"
_EIGHT = "[0-9]{8}([0-9]{4}([0-9]{2})?)?"
_TOGETHER = "([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9])?"
_STYLES = (
    "[0-9]{4}((-[0-9]{1,2}-[0-9]{1,2}|/[0-9]{1,2}/[0-9]{1,2}|[.][0-9]{1,2}[.][0-9]{1,2}|[0-9]{4}"
    f"|年[0-9]{{1,2}}月[0-9]{{1,2}}日)([T ]{_CLOCK})?|[0-9]{{4}}{_TOGETHER})"
)
_MONTH_STYLES = "[0-9]{4}([-/.][0-9]{1,2}|[0-9]{2}|年[0-9]{1,2}月)"
_MONTHS = 12


def date_reading(kind: str, base: Sql, field: Field) -> Reading:
    """The reading of ``base``, cells of SQL type ``kind``, as a date; the time of a moment is left off."""
    if kind in ("DATE", "TIMESTAMP"):
        day = base if kind == "DATE" else cast(base, "DATE")
        return Reading(is_day(field, day), lambda _: day.copy())
    if not is_text(kind) and kind not in WHOLE_DIGITS:
        return never("DATE")
    shown = base if is_text(kind) else cast(base, "VARCHAR")
    iso = _iso_text(shown)
    good = when(matches(shown, _STYLES), is_day(field, try_cast(iso, "DATE")), exp.false())
    strict = when(matches(shown, _ISO_MOMENT), is_day(field, try_cast(shown, "DATE")), exp.false())
    return Reading(good, lambda _: cast(iso, "DATE"), strict, lambda _: cast(shown, "DATE"))


def month_reading(kind: str, base: Sql) -> Reading:
    """The same as a month; a date must be the first of one."""
    if kind in ("DATE", "TIMESTAMP"):
        at_all = _in_calendar(base) if kind == "DATE" else _midnight(base)
        months = _months(func("year", base), func("month", base))
        first = every([func("day", base).eq(whole(1)), is_month(months)])
        return Reading(when(at_all, first, exp.false()), lambda _: months.copy())
    if not is_text(kind) and kind not in WHOLE_DIGITS:
        return never("INTEGER")
    shown = base if is_text(kind) else cast(base, "VARCHAR")
    year = try_cast(func("substring", shown, whole(1), whole(4)), "INTEGER")
    after = func("regexp_extract", func("substring", shown, whole(5)), text("[0-9]+"))
    month = try_cast(after, "INTEGER")
    known = every([between(month, whole(1), whole(_MONTHS)), is_month(_months(year, month))])
    good = when(matches(shown, _MONTH_STYLES), known, exp.false())
    return Reading(good, lambda _: _months(year, month), calm=False)


def _months(year: Sql, month: Sql) -> Sql:
    return cast(year.copy() * whole(_MONTHS) + month.copy() - whole(1), "INTEGER")


def _in_calendar(base: Sql) -> Sql:
    """Python knows the years 1 to 9999; DuckDB has others, and infinity."""
    return between(base, date(datetime.date.min), date(datetime.date.max))


def _midnight(base: Sql) -> Sql:
    first, last = (cast(date(day), "TIMESTAMP") for day in (datetime.date.min, datetime.date.max))
    inside = between(base, first, last)
    return when(inside, cast(cast(base, "DATE"), "TIMESTAMP").eq(base.copy()), exp.false())


def _iso_text(shown: Sql) -> Sql:
    """Text in one of the styles as 2025-3-1, without the time."""
    day = func("split_part", func("split_part", shown, text(" "), whole(1)), text("T"), whole(1))
    parts = [func("substring", day, whole(start), whole(size)) for start, size in ((1, 4), (5, 2), (7, 2))]
    dashed = func("concat", parts[0], text("-"), parts[1], text("-"), parts[2])
    return when(matches(day, _EIGHT), dashed, func("translate", day, text("/.年月日"), text("----")))
