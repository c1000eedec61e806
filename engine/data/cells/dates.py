"""Dates and year-months in the styles people and programs write them; a time of day after a date is left off."""

from __future__ import annotations

import datetime
import re

from engine.data.cells.refused import Refused, shown
from engine.language.values import Month

_CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?"
_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|\.([0-9]{1,2})\.([0-9]{1,2})"
    r"|([0-9]{2})([0-9]{2})|年([0-9]{1,2})月([0-9]{1,2})日)"
    r"(?:[T ](.*))?"
)
_RUN_TOGETHER = re.compile(r"([0-9]{8})(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?")
"""20250104103011, or without the seconds."""
_TIME = re.compile(_CLOCK)
_ZONED = re.compile(rf"{_CLOCK} ?(?:[Zz]|[+-][0-9]{{2}}:?(?:[0-9]{{2}})?)")
_MONTH = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})|([0-9]{2})|年([0-9]{1,2})月)")
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
WINDOWS = datetime.date(1899, 12, 30)
"""The day from which a workbook counts, unless it says that it counts from 1904."""


def parse_date(raw: object) -> datetime.date:
    """``2025-03-01``, ``2025/3/1``, ``2025.3.1``, ``20250301``, ``2025年3月1日``, with a time of day too, and
    ``20250301103011``; a workbook's date. A moment with a zone is refused: it may be another day elsewhere.

    Raises :class:`Refused`.
    """
    if isinstance(raw, datetime.datetime):
        if raw.tzinfo is not None:
            raise Refused(f"{shown(raw)}带有时区：要先说清是哪一个时区的日期")
        return raw.date()
    if isinstance(raw, datetime.date):
        return raw
    text = _text_of(raw)
    together = _RUN_TOGETHER.fullmatch(text)
    match = _DATE.fullmatch(together[1] if together else text)
    if not match:
        raise Refused(f"{shown(raw)}不是日期，应写成 2025-03-01{_why_not_date(text)}")
    year, *parts, clock = match.groups()
    if clock is not None and not _TIME.fullmatch(clock.strip()):
        raise Refused(_why_not_time(raw, clock.strip()))
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


def as_day(cell: object, first: datetime.date) -> object:
    """The day that a number in a workbook stands for, counted from ``first``; any other cell as it is.

    Only numbers of five digits (1927 to 2173) are surely days, and the last day that a workbook can write: four are a
    year, six a year and month, eight a date. A time of day is the part after the point.
    """
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return cell
    last = (datetime.date(9999, 12, 31) - first).days
    if not 10_000 <= cell < 100_000 and cell != last:
        return cell
    days = int(cell)
    if cell - days > 1 - 0.5 / 86_400:  # rounded to the second it is the next day
        return cell
    return first + datetime.timedelta(days=days)


def _at_midnight(moment: datetime.datetime) -> datetime.date:
    if moment.tzinfo is not None or moment.time() != datetime.time():
        raise Refused(f"{shown(moment)}带有时刻，应只有年月")
    return moment.date()


def _text_of(raw: object) -> str:
    """``20250301`` and ``202503`` may be numbers in a workbook or a column."""
    if isinstance(raw, bool):
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw).strip()


def _why_not_date(text: str) -> str:
    serial = _SERIAL.fullmatch(text)
    if serial is None:
        return ""
    day = WINDOWS + datetime.timedelta(days=int(serial[1]))
    return f"：像是电子表格里日期的序号（多半是 {day}），这里不能确定，请把这一列设成日期格式再导出"


def _why_not_time(raw: object, clock: str) -> str:
    if _ZONED.fullmatch(clock):
        return f"{shown(raw)}带有时区：要先说清是哪一个时区的日期"
    return f"{shown(raw)}里的时刻看不懂，应写成 2025-03-01 或 2025-03-01 10:30:11"
