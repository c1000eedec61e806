"""Which formats show a number as a date, a time or a length of time, and which date that is."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.data.values import BadCell
from engine.files.raw import RawCell

_DATES_IN_CHINA = frozenset((*range(27, 37), *range(50, 59)))
"""Numbers of formats that every Chinese Excel has built in; all are of dates and times."""


@dataclass(frozen=True)
class Formats:
    """By number of a cell's style: whether its number is a date or a time, or how long something took."""

    dates: frozenset[int]
    spans: frozenset[int]

    def shown(self, number: float, style: int, epoch: datetime.datetime) -> RawCell:
        """The number itself, or the date, time or length of time that its format makes of it."""
        return _date_of(number, epoch, style in self.spans) if style in self.dates else number


def formats_of(styles: Iterable[int], own: Mapping[int, str]) -> Formats:
    """``styles``: the number of the format of each; ``own``: those that the workbook defines."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    dates, spans = set(), set()
    for place, number in enumerate(styles):
        code = own.get(number, BUILTIN_FORMATS.get(number, ""))
        if is_timedelta_format(code):
            spans.add(place)
        if is_date_format(code) or (number not in own and number in _DATES_IN_CHINA):
            dates.add(place)
    return Formats(frozenset(dates), frozenset(spans))


def epoch(is_1904: bool) -> datetime.datetime:
    """The day before the first."""
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

    return MAC_EPOCH if is_1904 else WINDOWS_EPOCH


def _date_of(number: float, start: datetime.datetime, is_span: bool) -> RawCell:
    from openpyxl.utils.datetime import from_excel

    try:
        return from_excel(number, start, timedelta=is_span)
    except (OverflowError, ValueError):
        return BadCell(f"日期格式的单元格里是 {number}，没有这样的日期", "D101")
