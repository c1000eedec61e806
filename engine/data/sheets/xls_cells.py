"""The cells of a sheet of an XLS."""

from __future__ import annotations

import struct

from engine.data.sheets.xls_records import Globals, records
from engine.data.sheets.xls_texts import short_text
from engine.data.values import BadCell
from engine.files.raw import RawCell

_NUMBER, _PACKED, _PACKED_ROW = 0x0203, 0x027E, 0x00BD
_SHARED_TEXT, _TEXTS, _ERROR_OR_BOOL = 0x00FD, frozenset((0x0204, 0x00D6)), 0x0205
_FORMULAS, _TEXT_OF_FORMULA, _MERGED = frozenset((0x0006, 0x0206, 0x0406)), 0x0207, 0x00E5
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_EXACT = 10**15
"""Excel keeps no whole number from here on exactly."""
MOST_COLUMNS = 256


class DoubleCell(Exception):
    """One cell has two contents: its row and column, from 1."""

    def __init__(self, row: int, column: int) -> None:
        super().__init__(row, column)
        self.row, self.column = row, column


class XlsSheet:
    """``rows``: by row and column, from 0, what is not empty; ``merged``: first and last row, first and last column.

    Raises :class:`DoubleCell`, and ``ValueError``, ``struct.error`` or ``IndexError`` for spoilt records.
    """

    def __init__(self, stream: bytes, start: int, book: Globals) -> None:
        self.rows: dict[int, dict[int, RawCell]] = {}
        self.merged: list[tuple[int, int, int, int]] = []
        self._book = book
        self._waiting: tuple[int, int] | None = None
        for kind, parts in records(stream, start):
            self._add(kind, parts)

    def _add(self, kind: int, parts: list[bytes]) -> None:
        body = parts[0]
        if kind == _SHARED_TEXT:
            row, column, _, place = struct.unpack_from("<HHHI", body)
            self._put(row, column, self._book.texts[place])
        elif kind == _NUMBER:
            row, column, style, number = struct.unpack_from("<HHHd", body)
            self._put(row, column, self._number(number, style))
        elif kind == _PACKED:
            row, column, style, packed = struct.unpack_from("<HHHI", body)
            self._put(row, column, self._number(_unpacked(packed), style))
        elif kind == _PACKED_ROW:
            row, first = struct.unpack_from("<HH", body)
            for place, at in enumerate(range(4, len(body) - 7, 6)):
                style, packed = struct.unpack_from("<HI", body, at)
                self._put(row, first + place, self._number(_unpacked(packed), style))
        elif kind in _TEXTS:
            row, column = struct.unpack_from("<HH", body)
            self._put(row, column, short_text(body, 6, 2, self._book.codec))
        elif kind == _ERROR_OR_BOOL:
            row, column, _, value, is_error = struct.unpack_from("<HHHBB", body)
            self._put(row, column, _error(value) if is_error else bool(value))
        elif kind in _FORMULAS:
            self._formula(body)
        elif kind == _TEXT_OF_FORMULA and self._waiting is not None:
            row, column = self._waiting
            self.rows[row][column] = short_text(b"".join(parts), 0, 2, self._book.codec)
            self._waiting = None
        elif kind == _MERGED:
            (count,) = struct.unpack_from("<H", body)
            self.merged += [struct.unpack_from("<4H", body, 2 + 8 * place) for place in range(count)]

    def _formula(self, body: bytes) -> None:
        """A number, or what sort of value it has; a text follows in a record of its own."""
        row, column, style = struct.unpack_from("<HHH", body)
        sort = body[6] if body[12:14] == b"\xff\xff" else -1
        if sort == -1:
            self._put(row, column, self._number(struct.unpack_from("<d", body, 6)[0], style))
        elif sort == 1:
            self._put(row, column, bool(body[8]))
        elif sort == 2:
            self._put(row, column, _error(body[8]))
        else:  # 3 is an empty text, which programs that do not calculate leave, too
            self._put(row, column, BadCell("公式没有存下算出的值", "D101"))
            self._waiting = (row, column) if sort == 0 else None

    def _put(self, row: int, column: int, value: RawCell) -> None:
        if column >= MOST_COLUMNS:
            raise ValueError(f"column {column}")
        cells = self.rows.setdefault(row, {})
        if column in cells:
            raise DoubleCell(row + 1, column + 1)
        cells[column] = value

    def _number(self, number: float, style: int) -> RawCell:
        if isinstance(number, float) and number.is_integer() and abs(number) < _EXACT:
            number = int(number)  # as an XLSX has it
        return self._book.number(number, style)


def _unpacked(packed: int) -> float:
    """Thirty bits of a whole number or of the beginning of a float, perhaps a hundred times too big."""
    number: float
    if packed & 2:
        number = (packed >> 2) - (1 << 30 if packed & 0x8000_0000 else 0)
    else:
        (number,) = struct.unpack("<d", struct.pack("<II", 0, packed & 0xFFFF_FFFC))
    return number / 100 if packed & 1 else number


def _error(code: int) -> BadCell:
    return BadCell(f"单元格是错误值 {_ERRORS.get(code, code)}", "D101")
