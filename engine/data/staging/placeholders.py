"""In SQL: days that programs write where there is none (:mod:`engine.data.cells.placeholders`)."""

from __future__ import annotations

from engine.data.cells.placeholders import FIRST_MONTH, LAST_MONTH, real_days
from engine.data.staging.sql import Sql, between, date, whole
from engine.language.values import Month
from engine.rulebook.model import Field

_MONTHS = 12


def is_day(field: Field, value: Sql) -> Sql:
    """TRUE of a date that is none of those days."""
    first, last = real_days(field)
    return between(value, date(first), date(last))


def is_month(value: Sql) -> Sql:
    """The same of a month as year × 12 + month − 1."""
    return between(value, whole(_number(FIRST_MONTH)), whole(_number(LAST_MONTH)))


def _number(month: Month) -> int:
    return month.year * _MONTHS + month.month - 1
