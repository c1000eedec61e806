"""The table in a workbook: which sheet it is, its heading and rows, and no merged cells."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace

from engine.files.errors import DataError
from engine.files.raw import RawCell, RawTable, tidy_table

_SHOWN = 5


def only_sheet(titles: Sequence[str], name: str, origin: str) -> str:
    """The one title of the sheets that come into question. Raises :class:`DataError`."""
    if len(titles) == 1:
        return titles[0]
    if not titles:
        raise DataError(f"{origin}：工作簿是空的")
    names = "、".join(titles)
    raise DataError(f"{origin}：有多张工作表（{names}），没有一张叫“{name}”", "把要用的工作表改成这个名字")


def table_of(rows: Iterable[tuple[int, list[RawCell]]], name: str, origin: str, first_day: datetime.date) -> RawTable:
    """The first line is the heading; ``rows`` that hold nothing may be left out, and cells at their ends.

    ``first_day``: the day from which the workbook counts days.
    """
    records = iter(rows)
    line, header = next(records, (0, []))
    header = header if line == 1 else []
    width = len(header)
    padded = ((at, cells + [None] * (width - len(cells))) for at, cells in records)
    return replace(tidy_table(name, origin, header, padded), first_day=first_day)


def merged_cells(origin: str, ranges: Sequence[str]) -> DataError:
    """What to say of merged cells."""
    shown = "、".join(ranges[:_SHOWN]) + (f" 等 {len(ranges)} 处" if len(ranges) > _SHOWN else "")
    return DataError(f"{origin}：有合并单元格 {shown}", "取消合并，每格填全")
