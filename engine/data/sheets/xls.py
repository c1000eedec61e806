"""A table of an XLS workbook (Excel 95 to 2003, WPS, and what hospital systems still export)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.data.sheets.compound import CompoundFile
from engine.data.sheets.date_formats import epoch
from engine.data.sheets.one_table import merged_cells, only_sheet, table_of
from engine.data.sheets.xls_cells import DoubleCell, XlsSheet
from engine.data.sheets.xls_records import Encrypted, globals_of
from engine.files.errors import DataError
from engine.files.raw import RawCell, RawTable, is_blank

_MOST_BYTES = 1 << 30


def read_xls(path: Path, name: str, origin: str) -> RawTable:
    """The table in ``path``. Raises :class:`DataError`, or ``ValueError``, ``struct.error`` … for what is no XLS."""
    if path.stat().st_size > _MOST_BYTES:
        raise DataError(f"{origin}：超过 1 GB，不像是正常的 XLS", "请另存为 .xlsx 或 CSV")
    try:
        file = CompoundFile(path.read_bytes())
        names = file.names()
        if "EncryptedPackage" in names:
            raise Encrypted
        return _table(file.stream("Workbook" if "Workbook" in names else "Book"), name, origin)
    except Encrypted as error:
        raise DataError(f"{origin}：工作簿有密码", "请用 Excel 另存为 .xlsx（不加密）") from error


def _table(stream: bytes, name: str, origin: str) -> RawTable:
    book = globals_of(stream)
    try:
        wanted = [name] if name in book.sheets else list(book.sheets)
        sheets = {title: XlsSheet(stream, book.sheets[title], book) for title in wanted}
    except DoubleCell as error:
        raise DataError(
            f"{origin}：第 {error.row} 行第 {error.column} 列有两个内容",
            "写出它的程序有错：请改好重新导出，或导出为 CSV",
        ) from error
    title = name if name in sheets else only_sheet([t for t, s in sheets.items() if any(_rows(s))], name, origin)
    if sheets[title].merged:
        raise merged_cells(origin, [_range(*one) for one in sheets[title].merged])
    return table_of(_rows(sheets[title]), name, origin, epoch(book.epoch_1904).date())


def _rows(sheet: XlsSheet) -> Iterator[tuple[int, list[RawCell]]]:
    """The rows that hold something."""
    for row in sorted(sheet.rows):
        filled = {column: value for column, value in sheet.rows[row].items() if not is_blank(value)}
        if filled:
            yield row + 1, [filled.get(column) for column in range(max(filled) + 1)]


def _range(top: int, bottom: int, left: int, right: int) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}"
