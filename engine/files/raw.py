"""A table as its file has it: header trimmed, cells untouched, rows of a wrong shape set apart."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.files.errors import DataError

RawCell = object
MOST_COLUMNS = 2000
"""``None``, ``str``, ``int``, ``float``, ``Decimal``, ``bool``, ``date``, ``datetime``, or a ``BadCell``."""


@dataclass(frozen=True)
class BrokenRow:
    """A row whose cells cannot be matched to the header: its line, and why (Chinese)."""

    line: int
    reason: str


@dataclass(frozen=True)
class RawTable:
    """One delivery of a table. ``lines[i]`` is where ``rows[i]`` begins: line of a text file, row of a sheet or file.

    ``origin`` is the file as people know it. ``first_day``: the day from which numbers count that stand for days, in
    a workbook. ``left``: columns of the file that a mapping takes nothing from.
    """

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[RawCell, ...]]
    lines: Sequence[int]
    origin: str
    broken: tuple[BrokenRow, ...] = ()
    first_day: datetime.date | None = None
    left: tuple[str, ...] = ()


def is_blank(cell: RawCell) -> bool:
    """Whether a cell holds nothing: missing, or only blanks."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def tidy_table(
    name: str, origin: str, header: Sequence[RawCell], records: Iterable[tuple[int, Sequence[RawCell]]]
) -> RawTable:
    """A :class:`RawTable` from the cells of a text file or sheet; ``records`` are (line, cells).

    Rows without any content are not rows. Columns without a heading are dropped if nothing stands in them.
    Raises :class:`DataError` for a header that is missing or names a column twice.
    """
    titles = trimmed_header(header, origin)
    width = len(titles)
    unnamed = [place for place, title in enumerate(titles) if not title]
    rows: list[tuple[RawCell, ...]] = []
    lines: list[int] = []
    broken: list[BrokenRow] = []
    for line, cells in records:
        if all(map(is_blank, cells)):
            continue
        if len(cells) > width and all(map(is_blank, cells[width:])):
            cells = cells[:width]
        if len(cells) != width:
            broken.append(BrokenRow(line, f"这一行有 {len(cells)} 个单元格，表头有 {width} 列"))
        elif unnamed and not all(is_blank(cells[place]) for place in unnamed):
            broken.append(BrokenRow(line, "没有表头的列里有内容"))
        else:
            kept = (cell for cell, title in zip(cells, titles, strict=True) if title) if unnamed else cells
            rows.append(tuple(kept))
            lines.append(line)
    return RawTable(name, tuple(title for title in titles if title), rows, lines, origin, tuple(broken))


def trimmed_header(header: Sequence[RawCell], origin: str) -> list[str]:
    """The column names without surrounding blanks or byte order marks; trailing blank ones are cut off."""
    if len(header) > MOST_COLUMNS:
        raise DataError(f"{origin}：表头有 {len(header)} 列，超过 {MOST_COLUMNS} 列", "检查分隔符，或去掉不要的列")
    titles = ["" if cell is None else str(cell).strip().strip("\ufeff").strip() for cell in header]
    while titles and not titles[-1]:
        titles.pop()
    if not any(titles):
        raise DataError(f"{origin}：没有表头", "第一行应是字段名")
    twice = sorted({title for title in titles if title and titles.count(title) > 1})
    if twice:
        raise DataError(f"{origin}：表头里有重复的列 {'、'.join(twice)}", "每个字段只能有一列")
    return titles
