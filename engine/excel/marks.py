"""Which cells of a sheet a problem means: the one where it stands, those of the rows and columns that it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from engine.excel.files import TextFile
from engine.excel.grid import Row, Sheet
from engine.rulebook.problems import Problem

_ROW = re.compile(r"第 (\d+) 行")
_ALIKE = re.compile(r"（同样的共 \d+ 行：第 ([\d、]+) 行")
"""The lines of the file in which the same is wrong."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
Marks = dict[tuple[int, str], str]
"""What is told of a cell, by row from 0 and title."""


def problems_of(sheet: Sheet, problems: Sequence[Problem]) -> list[Problem]:
    """Those that stand among the rows of the sheet, or at its entry."""
    places = [place for place in (sheet.about, sheet.entry) if place is not None]
    return [one for one in problems if any(_stands_in(one, *place) for place in places)]


def marks(sheet: Sheet, problems: Sequence[Problem]) -> Marks:
    """``problems``: of this sheet."""
    found: Marks = {}
    for one in problems:
        for cell in _meant(sheet, one):
            found[cell] = "；".join(filter(None, (found.get(cell), one.message)))
    return found


def _meant(sheet: Sheet, one: Problem) -> list[tuple[int, str]]:
    exact = _at_its_place(sheet, one)
    if exact is not None:
        return [exact]
    titles = [column.title for column in sheet.columns]
    field, _, said = one.message.partition("：")
    heading = sheet.headings.get(field, field)
    columns = [heading] if heading in titles else [title for title in titles if title in (said or field)] or titles
    return [(number, title) for number in _rows_meant(sheet, one, said or field, columns) for title in columns]


def _at_its_place(sheet: Sheet, one: Problem) -> tuple[int, str] | None:
    """The cell that the problem points into: of a whole row or entry it points at the first sign, which is none."""
    if one.place.column <= 1 or sheet.about is None or not _is_of(sheet.about[0], one):
        return None
    at = sheet.about[0].start_of_line(one.place.line) + one.place.column - 1
    for number, row in _rows_at(sheet, one.place.line):
        for title, cell in row.cells.items():
            if cell.slot is not None and cell.slot.span[0] <= at < cell.slot.span[1]:
                return number, title
    return None


def _rows_meant(sheet: Sheet, one: Problem, said: str, columns: list[str]) -> list[int]:
    """The rows that are named; else those where it stands, else those whose bounds it names, else all."""
    named = [int(number) - 1 for number in _ROW.findall(one.message)] if "的表第" in one.message else []
    if named:
        return [number for number in named if number < len(sheet.rows)]
    if sheet.about is not None and _is_of(sheet.about[0], one):
        alike = _ALIKE.search(one.message)
        lines = [int(line) for line in alike[1].split("、")] if alike else [one.place.line]
        inside = [number for line in lines for number, _ in _rows_at(sheet, line)]
        if inside:
            return inside
    bounds = set(_NUMBER.findall(said))
    texts = [[row.cells[title].text for title in columns if title in row.cells] for row in sheet.rows]
    near = [n for n, cells in enumerate(texts) if any(bounds & set(_NUMBER.findall(text)) for text in cells)]
    return near or list(range(len(sheet.rows)))


def _rows_at(sheet: Sheet, line: int) -> list[tuple[int, Row]]:
    found = []
    for number, row in enumerate(sheet.rows):
        spans = [cell.slot.span for cell in row.cells.values() if cell.slot is not None]
        if spans and row.file.line_of(min(spans)[0]) <= line <= row.file.line_of(max(spans)[1]):
            found.append((number, row))
    return found


def _is_of(file: TextFile, one: Problem) -> bool:
    return bool(one.place.file) and Path(one.place.file).absolute() == file.path


def _stands_in(one: Problem, file: TextFile, start: int, end: int) -> bool:
    return _is_of(file, one) and file.line_of(start) <= one.place.line <= file.line_of(max(end - 1, start))
