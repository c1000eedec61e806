"""A table of an XLSX workbook."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from engine.data.sheets.one_table import merged_cells, only_sheet, table_of
from engine.data.sheets.xlsx_cells import CellTypes
from engine.data.sheets.xlsx_parts import Package, SheetPart
from engine.data.sheets.xlsx_rows import BadSheet, NotNumbered, SheetRows
from engine.files.errors import DataError
from engine.files.raw import RawCell, RawTable

_T = TypeVar("_T")
_SUSPECT, _TIGHTEST = 200_000_000, 200
"""Bytes from which on a workbook may not be packed more than so many times."""


def read_xlsx(path: Path, name: str, origin: str) -> RawTable:
    """The table in ``path``; formulas count by the value that is stored with them.

    Raises :class:`DataError`, or whatever zip and XML raise for what is no workbook.
    """
    with zipfile.ZipFile(path) as archive:
        _refuse_bomb(archive, origin)
        return _Book(archive, origin).table(name)


@dataclass(frozen=True)
class SheetCells:
    """A sheet as it stands: number of the row and its cells, up to the last that holds something; merged ranges."""

    title: str
    rows: list[tuple[int, list[RawCell]]]
    merged: list[str]
    first_day: datetime.date


def sheet_in(data: bytes, sheet: str, name: str, origin: str) -> SheetCells:
    """The sheet of that title; where ``sheet`` is empty the one called ``name``, or the only one that is not empty.

    Raises :class:`DataError`, or whatever zip and XML raise for what is no workbook.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _refuse_bomb(archive, origin)
        return _Book(archive, origin).cells(sheet, name)


def sheet_titles(path: Path, origin: str) -> list[str]:
    """In the order of the workbook. Raises as :func:`read_xlsx` does."""
    with zipfile.ZipFile(path) as archive:
        _refuse_bomb(archive, origin)
        return [sheet.title for sheet in Package(archive).sheets]


def _refuse_bomb(archive: zipfile.ZipFile, origin: str) -> None:
    """A small file that unpacks to more than memory holds."""
    parts = archive.infolist()
    packed, unpacked = sum(part.compress_size for part in parts), sum(part.file_size for part in parts)
    if unpacked > _SUSPECT and unpacked > _TIGHTEST * packed:
        raise DataError(f"{origin}：展开后有 {unpacked // 10**6} MB，不像是正常的工作簿", "请用 Excel 另存，或改用 CSV")


class _Book:
    def __init__(self, archive: zipfile.ZipFile, origin: str) -> None:
        self._origin = origin
        self._package = Package(archive)
        self._types = CellTypes(self._package.texts(), self._package.formats(), self._package.epoch)

    def table(self, name: str) -> RawTable:
        sheet = self._meant(name)
        return self._all_or_cut(sheet, lambda cut: self._read(sheet, name, cut))

    def cells(self, title: str, name: str) -> SheetCells:
        titles = [sheet.title for sheet in self._package.sheets]
        if title and title not in titles:
            raise DataError(f"{self._origin}：没有工作表“{title}”", f"有 {'、'.join(titles)}")
        try:
            sheet = self._meant(title or name)
        except DataError as error:
            raise DataError(error.message, "在 行 里写 工作表: 其中的一张") from error
        return self._all_or_cut(sheet, lambda cut: self._as_it_stands(sheet, cut))

    def _meant(self, name: str) -> SheetPart:
        sheets = {sheet.title: sheet for sheet in self._package.sheets}
        found = [name] if name in sheets else [title for title, sheet in sheets.items() if self._is_filled(sheet)]
        return sheets[only_sheet(found, name, self._origin)]

    def _all_or_cut(self, sheet: SheetPart, read: Callable[[bool], _T]) -> _T:
        try:
            try:
                return read(True)
            except NotNumbered:
                return read(False)
        except BadSheet as error:
            cure = "写出这个文件的程序有错：请改好重新导出，或导出为 CSV"
            raise DataError(f"{self._origin}：工作表“{sheet.title}”{error}", cure) from error

    def _as_it_stands(self, sheet: SheetPart, cut: bool) -> SheetCells:
        with closing(self._package.open(sheet)) as stream:
            rows = SheetRows(stream, self._types, cut)
            return SheetCells(sheet.title, list(rows), rows.merged, self._package.epoch.date())

    def _is_filled(self, sheet: SheetPart) -> bool:
        for cut in (True, False):
            try:
                with closing(self._package.open(sheet)) as stream:
                    return any(True for _ in SheetRows(stream, self._types, cut))
            except NotNumbered:
                continue
            except BadSheet:
                break
        return True

    def _read(self, sheet: SheetPart, name: str, cut: bool) -> RawTable:
        with closing(self._package.open(sheet)) as stream:
            rows = SheetRows(stream, self._types, cut)
            records = iter(rows)
            try:
                table = table_of(records, name, self._origin, self._package.epoch.date())
            except DataError:
                for _ in records:  # merged cells stand at the end of a sheet, and may be why
                    pass
                if not rows.merged:
                    raise
        if rows.merged:
            raise merged_cells(self._origin, rows.merged)
        return table
