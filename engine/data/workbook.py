"""Workbooks: the sheet that bears the table's name, or the only one that is not empty.

What a file is, its content says and not its name: hospital systems call XLSX, web pages and text ``.xls``.
"""

from __future__ import annotations

import re
from pathlib import Path

from engine.data.sheets.compound import MAGIC
from engine.files.errors import DataError, why
from engine.files.ordinary import refuse_strange
from engine.files.raw import RawTable

_ZIP = b"PK"
_PAGE = re.compile(rb"\s*<(!doctype html|html|head|body|meta|table|style|script)", re.I)
_OLD_XML = b"urn:schemas-microsoft-com:office:spreadsheet"
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx（不加密）"


def read_workbook(path: Path, name: str, origin: str) -> RawTable:
    """The table in ``path``; formulas count by the value that is stored with them. Raises :class:`DataError`."""
    try:
        refuse_strange(path)
        with path.open("rb") as stream:
            start = stream.read(4096)
        if start.startswith(MAGIC):
            from engine.data.sheets.xls import read_xls

            return read_xls(path, name, origin)
        if not start.startswith(_ZIP):
            raise DataError(f"{origin}：{_what(start)}，不是工作簿", _SAVE_AS)
        from engine.data.sheets.xlsx import read_xlsx

        return read_xlsx(path, name, origin)
    except (DataError, MemoryError):
        raise
    except OSError as error:
        raise DataError(f"{origin}：读不出来（{why(error)}）") from error
    except Exception as error:  # readers raise whatever their parsers raise, also in the middle of a sheet
        raise DataError(
            f"{origin}：不是可读的 {'XLS' if start.startswith(MAGIC) else 'XLSX'} 工作簿", _SAVE_AS
        ) from error


def titles_of(path: Path, origin: str) -> list[str]:
    """The sheets of an XLSX workbook, hidden ones too. Raises :class:`DataError`."""
    from engine.data.sheets.xlsx import sheet_titles

    try:
        refuse_strange(path)
        with path.open("rb") as stream:
            start = stream.read(4096)
        if not start.startswith(_ZIP):
            raise DataError(f"{origin} 不是 XLSX 工作簿", _SAVE_AS)
        return sheet_titles(path, origin)
    except (DataError, MemoryError):
        raise
    except OSError as error:
        raise DataError(f"{origin}：读不出来（{why(error)}）") from error
    except Exception as error:  # as above
        raise DataError(f"{origin}：不是可读的 XLSX 工作簿", _SAVE_AS) from error


def _what(start: bytes) -> str:
    if not start:
        return "是空文件"
    bare = start.removeprefix(b"\xef\xbb\xbf")
    if _OLD_XML in bare:
        return "内容是 Excel 2003 的 XML 表格"
    if _PAGE.match(bare):
        return "内容是网页（HTML）"
    return "内容是文本" if b"\0" not in start else "内容不认识"
