"""The rows of a sheet, one after the other, in the memory of one row.

Formats reach further down than data, often to the last row there is: cells and rows of which nothing but a format is
written are cut out of the XML as text, before it is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import IO

from engine.data.sheets.xlsx_cells import CellTypes
from engine.data.sheets.xml import BadXml, event_parser, prefix_of
from engine.files.raw import RawCell, is_blank

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""Of a sheet, in Excel."""
_PIECE = 1 << 21
_EMPTY_CELL = rb"<P:c\s[^<>/]*+(?:/>|></P:c>)\s*+"
_EMPTY_ROW = rb"<P:row\s[^<>]*+>\s*+(?:CELL)*+</P:row>|<P:row\s[^<>/]*+/>"
_EMPTY_RUN = rb"/>(?:CELL){8,}+"
_PREFIX = re.compile(rb"<([\w.-]+:)?worksheet[\s>]")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,9})")


class BadSheet(Exception):
    """What no sheet may have: the sentence (Chinese)."""


class NotNumbered(Exception):
    """A row or cell without a number, which counts on from what was cut out before it."""


class SheetRows:
    """Iterates over (number of the row, cells up to the last that is not empty) of the rows that hold something.

    ``merged`` are the ranges of merged cells, known when all rows were given. Raises :class:`BadSheet` for rows or
    cells whose number does not rise or that Excel does not have, :class:`NotNumbered` where ``cut`` was too much.
    """

    def __init__(self, stream: IO[bytes], types: CellTypes, cut: bool) -> None:
        self.merged: list[str] = []
        self._stream, self._types, self._cut = stream, types, cut
        self._rows: list[tuple[int, list[RawCell]]] = []
        self._cells: list[RawCell] = []
        self._line = self._column = self._filled = self._aloud = 0
        self._kind = self._style = ""
        self._has_value = self._formula = False
        self._parser = event_parser()
        self._parser.StartElementHandler = self._root

    def __iter__(self) -> Iterator[tuple[int, list[RawCell]]]:
        for piece in self._pieces():
            self._parser.Parse(piece)
            yield from self._rows
            self._rows = []
        self._parser.Parse(b"", True)
        yield from self._rows

    def _pieces(self) -> Iterator[bytes]:
        cutter = _Cutter() if self._cut else None
        while piece := self._stream.read(_PIECE):
            yield piece if cutter is None else cutter.cut(piece)
        if cutter is not None:
            yield cutter.rest

    def _root(self, name: str, _: dict[str, str]) -> None:
        """The first element says what all names begin with."""
        prefix = prefix_of(name)
        row, cell, value, formula, text, aloud, merge = (
            prefix + local for local in ("row", "c", "v", "f", "t", "rPh", "mergeCell")
        )
        collect: list[str] = []

        def start(name: str, given: dict[str, str]) -> None:
            if name == cell:
                self._begin_cell(given)
            elif name == value or (name == text and not self._aloud and self._kind == "inlineStr"):
                self._has_value = True
                self._parser.CharacterDataHandler = collect.append
            elif name == row:
                self._begin_row(given)
            elif name == formula:
                self._formula = True
            elif name == aloud:
                self._aloud += 1
            elif name == merge:
                self.merged.append(given.get("ref", ""))

        def end(name: str) -> None:
            if name == cell:
                if self._has_value or self._formula:
                    self._end_cell("".join(collect) if self._has_value else None)
                collect.clear()
            elif name in (value, text):
                self._parser.CharacterDataHandler = None
            elif name == row:
                self._end_row()
            elif name == aloud:
                self._aloud -= 1

        self._parser.StartElementHandler = start
        self._parser.EndElementHandler = end

    def _begin_row(self, given: dict[str, str]) -> None:
        number = given.get("r")
        if number is None and self._cut:
            raise NotNumbered
        line = self._line + 1 if number is None else int(number)
        if line <= self._line:
            raise BadSheet(f"第 {self._line} 行后面又是第 {line} 行，行号没有递增，同一行会有两个内容")
        if line > MOST_ROWS:
            raise BadSheet(f"有第 {line} 行，工作表最多 {MOST_ROWS} 行")
        self._line, self._column, self._filled = line, 0, 0
        self._cells = []

    def _begin_cell(self, given: dict[str, str]) -> None:
        reference = given.get("r")
        if reference is None:
            if self._cut:
                raise NotNumbered
            column = self._column + 1
        else:
            column, line = _place_of(reference)
            if line != self._line:
                raise BadSheet(f"单元格 {reference} 写在第 {self._line} 行里")
        if column <= self._column:
            raise BadSheet(f"第 {self._line} 行里单元格的次序不对，第 {column} 列重复或在后")
        if column > MOST_COLUMNS:
            raise BadSheet(f"第 {self._line} 行有第 {column} 列，工作表最多 {MOST_COLUMNS} 列")
        self._column = column
        self._kind, self._style = given.get("t", "n"), given.get("s", "")
        self._has_value = self._formula = False

    def _end_cell(self, stored: str | None) -> None:
        value = self._types.value(self._kind, self._style, stored, self._formula)
        if value is None:
            return
        cells = self._cells
        if len(cells) < self._column - 1:
            cells += [None] * (self._column - 1 - len(cells))
        cells.append(value)
        if not is_blank(value):
            self._filled = self._column

    def _end_row(self) -> None:
        if self._filled:
            self._rows.append((self._line, self._cells[: self._filled]))


class _Cutter:
    """Cuts rows without content, and long runs of cells without content, out of the XML as it comes."""

    def __init__(self) -> None:
        self.rest = b""
        self._row: re.Pattern[bytes] | None = None
        self._run: re.Pattern[bytes] | None = None
        self._sure = True

    def cut(self, piece: bytes) -> bytes:
        """What is to be parsed now: up to the last tag, which may go on in the next piece."""
        piece = self.rest + piece
        self._sure = self._sure and b"<![CDATA[" not in piece and b"<!--" not in piece  # a cell in there is none
        if self._row is None:
            prefix = (_PREFIX.search(piece) or [b"", b""])[1] or b""
            cell = _EMPTY_CELL.replace(b"P:", prefix)
            self._row = re.compile(_EMPTY_ROW.replace(b"P:", prefix).replace(b"CELL", cell))
            self._run = re.compile(_EMPTY_RUN.replace(b"CELL", cell))
        end = piece.rfind(b"<") if self._sure else len(piece)
        whole, self.rest = piece[:end], piece[end:]
        if not self._sure or self._run is None:
            return whole
        return self._run.sub(b"/>", self._row.sub(b"", whole))


@lru_cache(maxsize=1)
def _columns() -> dict[str, int]:
    from openpyxl.utils import get_column_letter

    return {get_column_letter(number): number for number in range(1, MOST_COLUMNS + 1)}


def _place_of(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise BadXml(f"cell {reference[:20]}")
    column = _columns().get(match[1])
    if column is None:
        raise BadSheet(f"有单元格 {reference}，工作表最多 {MOST_COLUMNS} 列")
    return column, int(match[2])
