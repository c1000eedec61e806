"""Dates and year-months in the styles people and programs write them."""

from __future__ import annotations

import datetime
import re

from engine.data.cells.refused import Refused, shown
from engine.language.values import Month

_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|\.([0-9]{1,2})\.([0-9]{1,2})"
    r"|([0-9]{2})([0-9]{2})|年([0-9]{1,2})月([0-9]{1,2})日)"
    r"(?:[T ](.*))?"
)
_MONTH = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})|([0-9]{2})|年([0-9]{1,2})月)")
_MIDNIGHT = re.compile(r"0{1,2}:00(:00(\.0+)?)?")


def parse_date(raw: object) -> datetime.date:
    """``2025-03-01``, ``2025/3/1``, ``2025.3.1``, ``20250301``, ``2025年3月1日``, at midnight too; a workbook's date.

    Raises :class:`Refused`.
    """
    if isinstance(raw, datetime.datetime):
        return _at_midnight(raw)
    if isinstance(raw, datetime.date):
        return raw
    text = _text_of(raw)
    match = _DATE.fullmatch(text)
    if not match:
        raise Refused(f"{shown(raw)}不是日期，应写成 2025-03-01")
    year, *parts, clock = match.groups()
    if clock is not None and not _MIDNIGHT.fullmatch(clock.strip()):
        raise Refused(f"{shown(raw)}带有时刻，应只有日期")
    month, day = (int(part) for part in parts if part is not None)
    try:
        return datetime.date(int(year), month, day)
    except ValueError as error:
        raise Refused(f"{shown(raw)}：没有这一天") from error


def parse_month(raw: object) -> Month:
    """``2025-03``, ``202503``, ``2025/3``, ``2025年3月``; the first day of a month of a workbook.

    Raises :class:`Refused`.
    """
    if isinstance(raw, Month):
        return raw
    if isinstance(raw, datetime.date):
        day = _at_midnight(raw) if isinstance(raw, datetime.datetime) else raw
        if day.day != 1:
            raise Refused(f"{shown(day)}是日期，应为年月，写成 2025-03")
        return Month(day.year, day.month)
    match = _MONTH.fullmatch(_text_of(raw))
    if not match:
        raise Refused(f"{shown(raw)}不是年月，应写成 2025-03")
    year, *parts = match.groups()
    month = int(next(part for part in parts if part is not None))
    if int(year) == 0 or not 1 <= month <= 12:
        raise Refused(f"{shown(raw)}：没有这个月")
    return Month(int(year), month)


def _at_midnight(moment: datetime.datetime) -> datetime.date:
    if moment.tzinfo is not None or moment.time() != datetime.time():
        raise Refused(f"{shown(moment)}带有时刻，应只有日期")
    return moment.date()


def _text_of(raw: object) -> str:
    """``20250301`` and ``202503`` may be numbers in a workbook or a column."""
    if isinstance(raw, bool):
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw).strip()
