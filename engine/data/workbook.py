"""XLSX workbooks: the sheet that bears the table's name, or the only one that is not empty."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.data.values import BadCell
from engine.files.errors import DataError
from engine.files.raw import RawCell, RawTable, is_blank, tidy_table

_EXACT_DIGITS = 15
"""Excel keeps that many digits of a number; a longer whole number has already lost some."""
_SUSPECT, _TIGHTEST = 200_000_000, 200
"""Bytes from which on a workbook may not be packed more than so many times."""


def read_workbook(path: Path, name: str, origin: str) -> RawTable:
    """The table in ``path``; formulas count by the value Excel stored. Raises :class:`DataError`."""
    try:
        _refuse_bomb(path, origin)
        return _read(path, name, origin)
    except (DataError, MemoryError):
        raise
    except Exception as error:  # openpyxl raises whatever its parsers raise, also in the middle of a sheet
        raise DataError(f"{origin}：不是可读的 XLSX 工作簿", "请用 Excel 另存为 .xlsx（不加密）") from error


def _refuse_bomb(path: Path, origin: str) -> None:
    """A small file that unpacks to more than memory holds."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    packed, unpacked = sum(part.compress_size for part in parts), sum(part.file_size for part in parts)
    if unpacked > _SUSPECT and unpacked > _TIGHTEST * packed:
        raise DataError(f"{origin}：展开后有 {unpacked // 10**6} MB，不像是正常的工作簿", "请用 Excel 另存，或改用 CSV")


def _read(path: Path, name: str, origin: str) -> RawTable:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = _sheet_of(book, name, origin)
        if _mentions(path, sheet, rb"<mergeCell[ >]"):
            raise DataError(f"{origin}：有合并单元格", "取消合并，每格填全")
        formulas = _formula_cells(path, sheet) if _mentions(path, sheet, rb"<f[ >/]") else frozenset()
        records = _records(sheet, formulas)
        _, header = next(records, (0, []))
        return tidy_table(name, origin, header, _padded(records, len(header)))
    finally:
        book.close()


def _sheet_of(book: Any, name: str, origin: str) -> Any:
    if name in book.sheetnames:
        return book[name]
    filled = [sheet for sheet in book.worksheets if any(True for _, cells in _records(sheet, frozenset()) if cells)]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        raise DataError(f"{origin}：工作簿是空的")
    names = "、".join(sheet.title for sheet in filled)
    raise DataError(f"{origin}：有多张工作表（{names}），没有一张叫“{name}”", "把要用的工作表改成这个名字")


def _records(sheet: Any, formulas: frozenset[tuple[int, int]]) -> Iterator[tuple[int, list[RawCell]]]:
    """(row number, cells up to the last that is not empty)."""
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()  # some programs write a wrong extent, which would cut off data
    for line, row in enumerate(sheet.iter_rows(), start=1):
        cells = [_raw(cell, (line, place) in formulas) for place, cell in enumerate(row, start=1)]
        while cells and is_blank(cells[-1]):
            cells.pop()
        yield line, cells


def _padded(records: Iterator[tuple[int, list[RawCell]]], width: int) -> Iterator[tuple[int, list[RawCell]]]:
    for line, cells in records:
        yield line, cells + [None] * (width - len(cells))


def _raw(cell: Any, is_formula: bool) -> RawCell:
    value = cell.value
    if value is None:
        return BadCell("公式没有存下算出的值", "D101") if is_formula else None
    if cell.data_type == "e":
        return BadCell(f"单元格是错误值 {value}", "D101")
    if type(value) is int and abs(value) >= 10**_EXACT_DIGITS:
        return float(value)
    return value


def _formula_cells(path: Path, sheet: Any) -> frozenset[tuple[int, int]]:
    """Row and column of every formula, to tell a formula without a stored value from an empty cell."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=False)
    try:
        twin = book[sheet.title]
        twin.reset_dimensions()
        return frozenset(
            (line, place)
            for line, row in enumerate(twin.iter_rows(), start=1)
            for place, cell in enumerate(row, start=1)
            if cell.data_type == "f"
        )
    finally:
        book.close()


def _mentions(path: Path, sheet: Any, pattern: bytes) -> bool:
    """Whether the sheet's XML has a match, read in pieces that overlap."""
    part = getattr(sheet, "_worksheet_path", "").lstrip("/")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        parts = [part] if part in names else [name for name in names if name.startswith("xl/worksheets/")]
        return any(_found(archive, name, pattern) for name in parts)


def _found(archive: zipfile.ZipFile, part: str, pattern: bytes) -> bool:
    with archive.open(part) as stream:
        tail = b""
        while piece := stream.read(1 << 20):
            if re.search(pattern, tail + piece):
                return True
            tail = piece[-32:]
    return False
