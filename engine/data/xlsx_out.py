"""Rows to an XLSX workbook people can read: bold frozen header, fitting widths, numbers if Excel keeps them exact."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from engine.data.columns import OutColumn, number_text, value_text
from engine.data.csv_out import starts_like_formula
from engine.files.errors import DataError
from engine.language.types import Kind
from engine.language.values import Value

MAX_ROWS, MAX_TEXT, EXACT_DIGITS = 1_048_576, 32_767, 15
_SAMPLE, _NARROWEST, _WIDEST = 500, 8, 44
_UNSEEN = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
"""Signs that no XML may hold."""
_DATE = (1980, 1, 1, 0, 0, 0)
"""Of the parts of a workbook: the same data give the same file, and a clock that is wrong cannot spoil it."""


class _Archive(ZipFile):
    """A ZIP whose parts do not bear the time of this machine, which ZIP refuses where it is before 1980."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *more: Any, **named: Any) -> None:
        if isinstance(zinfo_or_arcname, str):
            zinfo_or_arcname = ZipInfo(zinfo_or_arcname, _DATE)
            zinfo_or_arcname.compress_type = ZIP_DEFLATED
        super().writestr(zinfo_or_arcname, data, *more, **named)


def write_xlsx(path: Path, sheet_name: str, columns: Sequence[OutColumn], rows: Sequence[Sequence[Value]]) -> None:
    """One sheet. Raises :class:`DataError` for more rows than a sheet holds or a longer text than a cell holds."""
    import openpyxl
    from openpyxl.writer.excel import ExcelWriter

    if len(rows) >= MAX_ROWS:
        raise DataError(f"“{sheet_name}”有 {len(rows)} 行，超过 Excel 的 {MAX_ROWS - 1} 行", "请用 parquet 或 csv")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_UNSEEN.sub("_", re.sub(r"[\\/*?:\[\]']", "_", sheet_name))[:31])
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns):
        letter = openpyxl.utils.get_column_letter(place + 1)
        sheet.column_dimensions[letter].width = _width(column, [row[place] for row in rows[:_SAMPLE]])
    sheet.append([_heading(sheet, column) for column in columns])
    for row in rows:
        sheet.append([_cell(sheet, column, value) for column, value in zip(columns, row, strict=True)])
    if columns:
        last = openpyxl.utils.get_column_letter(len(columns))
        sheet.auto_filter.ref = f"A1:{last}{len(rows) + 1}"
    with _Archive(path, "w", ZIP_DEFLATED, strict_timestamps=False) as archive:
        ExcelWriter(book, archive).save()


def _heading(sheet: Any, column: OutColumn) -> Any:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell = _text_cell(sheet, column.heading)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E8EEF7")
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return cell


def _cell(sheet: Any, column: OutColumn, value: Value) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if value is None:
        return None
    if column.type.kind is Kind.NUMBER:
        assert isinstance(value, (Fraction, int))
        text = number_text(value, column.digits)
        if len(text.replace(".", "").lstrip("-0")) > EXACT_DIGITS or "/" in text:
            return _text_cell(sheet, text)
        cell = WriteOnlyCell(sheet, value=Decimal(text))
        cell.number_format = _number_format(column, text)
        return cell
    if column.type.kind is Kind.DATE and isinstance(value, datetime.date) and value >= datetime.date(1901, 1, 1):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    return _text_cell(sheet, value_text(value))


def _text_cell(sheet: Any, text: str) -> Any:
    """A cell that stays text whatever it starts with."""
    from openpyxl.cell import WriteOnlyCell

    if len(text) > MAX_TEXT:
        raise DataError(f"有超过 {MAX_TEXT} 个字的单元格，Excel 放不下", "请用 parquet 或 csv")
    cell = WriteOnlyCell(sheet, value=_UNSEEN.sub("\ufffd", text))
    cell.data_type = "s"
    if starts_like_formula(text):
        cell.quotePrefix = True
    return cell


def _number_format(column: OutColumn, text: str) -> str:
    decimals = len(text.partition(".")[2])
    whole = "#,##0" if dict(column.type.unit.powers) == {"元": 1} else "0"
    return f"{whole}.{'0' * decimals}" if decimals else whole


def _width(column: OutColumn, values: list[Value]) -> float:
    texts = [column.heading, *(value_text(value, column.digits) for value in values)]
    longest = max(sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text) for text in texts)
    return min(max(longest * 1.1 + 3, _NARROWEST), _WIDEST)
