"""Rows that live in a region, from a file of its own or one as it was published: check and run read them alike.

Of a published file only the columns that 列 names are looked at, below its line of headings; a line of a wide file
becomes as many rows as 展开 has items.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from engine.data.sheets.one_table import merged_cells
from engine.data.sheets.xlsx import SheetCells, sheet_in
from engine.files.csv_text import MOST_TITLES, records_from
from engine.files.errors import DataError, why
from engine.files.raw import BrokenRow, RawCell, RawTable, is_blank, tidy_table
from engine.rulebook.model import RowsFrom, Table, Unfolded
from engine.rulebook.nearest import nearest

Record = tuple[int, Sequence[RawCell]]
"""A line of a file: its number, its cells."""
_RANGE = re.compile(r"([A-Z]+)([0-9]+)(?::([A-Z]+)([0-9]+))?")


@dataclass(frozen=True)
class RegionRows:
    """``raw``: the rows under the names of fields. ``sheet``: empty of a text file. ``places``: of each item of 展开
    (one if there is none) the fields and the columns, from 1, where they stand.
    """

    raw: RawTable
    sheet: str
    heading: int
    places: tuple[dict[str, int], ...]

    def cell(self, number: int, field: str) -> str:
        """``C5`` of a row and field in a sheet; empty of a text file, or where no one cell is meant."""
        column = self.places[number % len(self.places)].get(field)
        return f"{letters(column)}{self.raw.lines[number]}" if self.sheet and column else ""


def region_rows(table: Table, path: Path, read: Callable[[Path], bytes], origin: str) -> RegionRows:
    """Raises :class:`DataError` for a file that is none, a heading that is missing, merged cells that matter."""
    at = table.rows_from
    if path.suffix.lower() == ".csv":
        records: Iterator[Record] = records_from(read, path, origin)
        return _rows(table, at, records, origin, None)
    sheet = _sheet(table, path, read, origin)
    where = f"{origin} 工作表“{sheet.title}”"
    return _rows(table, at, iter(sheet.rows), where, sheet)


def _sheet(table: Table, path: Path, read: Callable[[Path], bytes], origin: str) -> SheetCells:
    save_as = "请用 Excel 或 WPS 打开，另存为 .xlsx（不加密）"
    try:
        return sheet_in(read(path), table.rows_from.sheet, table.name, origin)
    except (DataError, MemoryError):
        raise
    except OSError as error:
        raise DataError(f"{origin}：读不出来（{why(error)}）") from error
    except Exception as error:  # whatever zip and XML raise
        raise DataError(f"{origin}：不是可读的 XLSX 工作簿", save_as) from error


def _rows(table: Table, at: RowsFrom, records: Iterator[Record], origin: str, sheet: SheetCells | None) -> RegionRows:
    above, header, rest = _split(records, at.heading)
    below = [(line, _said(cells, at.blanks)) for line, cells in rest if not at.last or line <= at.last]
    _refuse_titles(table, at, above, header, below, origin)
    if at.picks:
        found = _picked(table, at, header, below, origin, sheet is not None)
    else:
        width = len(header)
        padded = ((n, [*cells, *[None] * (width - len(cells))]) if sheet else (n, cells) for n, cells in below)
        raw = tidy_table(table.name, origin, header, padded)
        titles = [_plain(cell) for cell in header]
        found = RegionRows(raw, "", at.heading, ({name: titles.index(name) + 1 for name in raw.columns},))
    if sheet is None:
        return found
    _refuse_merged(found, at, sheet, origin)
    return replace(found, raw=replace(found.raw, first_day=sheet.first_day), sheet=sheet.title)


def _split(records: Iterator[Record], heading: int) -> tuple[list[Record], Sequence[RawCell], Iterator[Record]]:
    """What stands above the headings, the headings (none where the line is empty), and what follows."""
    above: list[Record] = []
    for line, cells in records:
        if line == heading:
            return above, cells, records
        if line > heading:
            return above, (), _put_back((line, cells), records)
        above.append((line, cells))
    return above, (), iter(())


def _put_back(first: Record, rest: Iterator[Record]) -> Iterator[Record]:
    yield first
    yield from rest


def _said(cells: Sequence[RawCell], blanks: tuple[str, ...]) -> Sequence[RawCell]:
    """The cells with what means nothing left empty."""
    return [None if _plain(cell) in blanks else cell for cell in cells] if blanks else cells


def _plain(cell: RawCell) -> str:
    return "" if cell is None else str(cell).strip().strip("\ufeff").strip()


def _alike(heading: str) -> str:
    """A heading without the blanks and line breaks by which printed ones are filled."""
    return "".join(heading.split())


def _refuse_titles(
    table: Table, at: RowsFrom, above: list[Record], header: Sequence[RawCell], below: list[Record], origin: str
) -> None:
    """Says where the headings stand if the line of the headings is another one."""
    wanted = {_alike(heading) for heading in _headings(table, at)}
    if _has(header, wanted):
        return
    for line, cells in [*above, *islice(below, MOST_TITLES)]:
        if _has(cells, wanted):
            names = "字段名" if not at.picks else "列名"
            cure = f"写 行: {{文件: …, 表头行: {line}}}，照公布的原样用"
            cure = f"删去上面 {line - 1} 行标题，让{names}在第一行；或{cure}" if at.heading == 1 and line > 1 else cure
            raise DataError(f"{origin} 的第 {at.heading} 行不是{names}，第 {line} 行才是", cure)


def _has(cells: Sequence[RawCell], wanted: set[str]) -> bool:
    here = {_alike(_plain(cell)) for cell in cells} - {""}
    return bool(here) and len(here & wanted) * 2 > min(len(here), len(wanted))


def _headings(table: Table, at: RowsFrom) -> list[str]:
    named = [*at.columns, *(pair for item in at.unfolded for pair in item.columns)]
    return [heading for _, heading in named] if at.picks else list(table.fields)


def _picked(
    table: Table, at: RowsFrom, header: Sequence[RawCell], records: list[Record], origin: str, padded: bool
) -> RegionRows:
    titles = [_alike(_plain(cell)) for cell in header]
    items = at.unfolded or (Unfolded((), ()),)
    own = {field for item in items for field in (*dict(item.given), *dict(item.columns))}
    shared = {f: _place(f, heading, titles, header, at, origin) for f, heading in at.columns}
    for name in table.fields:
        if name not in shared and name not in own and _alike(name) in titles:
            shared[name] = _place(name, name, titles, header, at, origin)
    places = tuple(
        shared | {f: _place(f, heading, titles, header, at, origin) for f, heading in item.columns} for item in items
    )
    names = tuple(dict.fromkeys([*shared, *(field for field in table.fields if field in own), *sorted(own)]))
    used = sorted({place for one in places for place in one.values()})
    rows: list[tuple[RawCell, ...]] = []
    lines: list[int] = []
    broken: list[BrokenRow] = []
    for line, cells in records:
        if all(is_blank(cells[place - 1]) for place in used if place <= len(cells)):
            continue
        if not padded and len(cells) != len(header):
            broken.append(BrokenRow(line, f"这一行有 {len(cells)} 个单元格，表头有 {len(header)} 列"))
            continue
        for item, place in zip(items, places, strict=True):
            given = dict(item.given)
            rows.append(tuple(given[n] if n in given else _cell(cells, place.get(n)) for n in names))
            lines.append(line)
    raw = RawTable(table.name, names, rows, lines, origin, tuple(broken))
    return RegionRows(raw, "", at.heading, places)


def _cell(cells: Sequence[RawCell], place: int | None) -> RawCell:
    return cells[place - 1] if place is not None and place <= len(cells) else None


def _place(field: str, heading: str, titles: list[str], header: Sequence[RawCell], at: RowsFrom, origin: str) -> int:
    """The column, from 1, that has the heading."""
    found = [number for number, title in enumerate(titles, 1) if title == _alike(heading)]
    if len(found) == 1:
        return found[0]
    if found:
        where = "、".join(letters(number) for number in found)
        raise DataError(f"{origin}：第 {at.heading} 行有 {len(found)} 列叫 {heading}（{where}）", "改掉其中一个的列名")
    there = [_plain(cell) for cell in header if not is_blank(cell)]
    shown = "、".join(there[:12]) + (" 等" if len(there) > 12 else "")
    hint = nearest(heading, there) or (f"这一行的列名是 {shown}" if there else "这一行是空的，看看 表头行")
    raise DataError(f"{origin}：第 {at.heading} 行没有列 {heading}（字段 {field}）", hint)


def _refuse_merged(found: RegionRows, at: RowsFrom, sheet: SheetCells, origin: str) -> None:
    """Merged cells in the headings or rows that are read; titles above and notes below may be merged."""
    used = {place for one in found.places for place in one.values()}
    bad = [span for span in sheet.merged if _matters(span, at, used if at.picks else set())]
    if bad:
        raise merged_cells(origin, bad)


def _matters(span: str, at: RowsFrom, used: set[int]) -> bool:
    match = _RANGE.fullmatch(span)
    if match is None:
        return True
    left, top, right, bottom = match[1], int(match[2]), match[3] or match[1], int(match[4] or match[2])
    if bottom < at.heading or (at.last and top > at.last):
        return False
    return not used or any(_number(left) <= place <= _number(right) for place in used)


def _number(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def letters(column: int) -> str:
    """The name of a column, counted from 1."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
