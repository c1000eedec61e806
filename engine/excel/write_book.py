"""The workbook: text in every cell, what may be typed in white, all else grey and protected."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.excel.grid import Column, Sheet, letter_of
from engine.files.errors import DataError
from engine.files.whole import write_whole

ID, FILES, CHOICES, ABOUT = "编号", "_文件", "_类别", "说明"
FILE, DIGEST = "文件", "SHA-256"
SPARE_ROWS = 200
"""Rows below a table in which more may be typed."""
MOST_TEXT = 32_767
_NARROWEST, _WIDEST, _SAMPLE = 8, 40, 300
_UNSEEN = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
_MAY = {
    "insert_rows": True, "sort": True, "autofilter": True, "format_columns": True, "format_rows": True,
    "format_cells": True, "select_locked_cells": True, "select_unlocked_cells": True,
}  # fmt: skip
_ABOUT = (
    "白的格可以改，灰的不能改。改完存盘（.xlsx），用 casemix tables {region} --from 这个文件 读回去："
    "先列出改了什么、检查对不对，再写。",
    "没有改的格，规则文件里一个字也不会变；改了的，只变那几行，注释都留着。",
    "加一行：在表的最下面接着写（例子里，写在那个小表下面的空行里）。删一行：把那一行白的格都清空。",
    "数照规则里的写法：50%、0.4、≤ 200、(200, 300]、一个类别。所有的格都是文本，写什么就是什么，没有公式。",
    "新的参数、规则、表，改公式，改名字：写在规则文件里，这里没有。沿用来的参数也不在这里，要改先在规则文件里 替换。",
    "规则文件在导出以后改过，这个工作簿就读不回去了，要重新导出。",
)


def write_book(path: Path, title: str, region: str, sheets: Sequence[Sheet], files: Sequence[tuple[str, str]]) -> None:
    """``files``: name and SHA-256 of each file that cells stand in. The workbook appears whole or not at all.

    Raises ``OSError``, ``DataError``.
    """
    import xlsxwriter

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    _Writer(book).all(title, region, sheets, files)
    book.close()
    write_whole(path, made.getvalue())


class _Writer:
    def __init__(self, book: Any) -> None:
        text = {"num_format": "@", "valign": "top", "text_wrap": True}
        self.book = book
        self.open = book.add_format({**text, "locked": False, "border": 1, "border_color": "#D5DAE0"})
        self.spare = book.add_format({**text, "locked": False})
        self.shut = book.add_format({**text, "bg_color": "#EEF0F3", "font_color": "#4A525B", "border": 1,
                                     "border_color": "#D5DAE0"})  # fmt: skip
        self.head = book.add_format(
            {**text, "bold": True, "bg_color": "#DCE6F4", "border": 1, "border_color": "#B9C6D8"}
        )
        self.plain = book.add_format({"text_wrap": True, "valign": "top"})
        self.bold = book.add_format({"bold": True, "font_size": 14})

    def all(self, title: str, region: str, sheets: Sequence[Sheet], files: Sequence[tuple[str, str]]) -> None:
        self._about(title, region, sheets)
        lists = _Lists()
        for sheet in sheets:
            self._sheet(sheet, lists)
        self._hidden(FILES, [(FILE, DIGEST), *files])
        self._hidden(CHOICES, lists.rows())

    def _about(self, title: str, region: str, sheets: Sequence[Sheet]) -> None:
        page = self.book.add_worksheet(ABOUT)
        page.set_column(0, 0, 110)
        page.write_string(0, 0, _text(f"{title}：规则里的数"), self.bold)
        lines = [line.format(region=region) for line in _ABOUT]
        lines.append("工作表：" + "、".join(f"{sheet.title}（{len(sheet.rows)} 行）" for sheet in sheets))
        for number, line in enumerate(lines, 2):
            page.write_string(number, 0, _text(line), self.plain)
        page.protect("", _MAY)

    def _sheet(self, sheet: Sheet, lists: _Lists) -> None:
        page = self.book.add_worksheet(sheet.title)
        widths = [_width([column.title, *_texts(sheet, column)]) for column in sheet.columns]
        page.write_string(0, 0, ID, self.head)
        page.set_column(0, 0, 6, None, {"hidden": True})
        for place, (column, width) in enumerate(zip(sheet.columns, widths, strict=True), 1):
            page.set_column(place, place, width, self.spare if column.editable else None)
            page.write_string(0, place, _text(column.title), self.head)
            if column.note:
                page.write_comment(0, place, _text(column.note), {"x_scale": 2, "y_scale": 1.4, "visible": False})
        line = 0
        begins_table = False
        for number, row in enumerate(sheet.rows, 1):
            line += 2 if row.heading and number > 1 else 1
            begins_table |= row.heading
            page.write_string(line, 0, str(number), self.shut)
            for place, column in enumerate(sheet.columns, 1):
                cell = row.cells.get(column.title)
                is_open = cell is not None and cell.slot is not None
                style = self.head if row.heading and cell is not None else self.open if is_open else self.shut
                if cell is None and begins_table:
                    continue
                page.write_string(line, place, _text(cell.text if cell is not None else ""), style)
        self._choices(page, sheet, line, lists)
        page.freeze_panes(1, 2)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        page.ignore_errors({"number_stored_as_text": f"A1:{letter_of(len(sheet.columns))}{line + SPARE_ROWS}"})
        if not begins_table and line:
            page.autofilter(0, 0, line, len(sheet.columns))
        page.protect("", _MAY)

    def _choices(self, page: Any, sheet: Sheet, last: int, lists: _Lists) -> None:
        below = last + (SPARE_ROWS if sheet.add is not None else 0)
        for place, column in enumerate(sheet.columns, 1):
            if column.choices:
                self._offer(page, (1, place, below, place), lists.range_of(column.choices), column.strict)
        for number, row in enumerate(sheet.rows, 1):
            for place, column in enumerate(sheet.columns, 1):
                cell = row.cells.get(column.title)
                if cell is not None and cell.choices and not row.heading:
                    self._offer(page, (number, place, number, place), lists.range_of(cell.choices), True)

    def _offer(self, page: Any, area: tuple[int, int, int, int], source: str, strict: bool) -> None:
        page.data_validation(*area, {
            "validate": "list", "source": source, "error_type": "warning" if strict else "information",
            "error_title": "不在列表里", "error_message": "规则里只有下拉列表中的这几类；几个一起写用、隔开",
        })  # fmt: skip

    def _hidden(self, title: str, rows: Sequence[Sequence[str]]) -> None:
        page = self.book.add_worksheet(title)
        for line, row in enumerate(rows):
            for place, text in enumerate(row):
                page.write_string(line, place, _text(text))
        page.protect("")
        page.very_hidden()


class _Lists:
    """Lists to choose from, a column each: in a cell's own rule they may have no more than 255 signs."""

    def __init__(self) -> None:
        self._lists: list[tuple[str, ...]] = []

    def range_of(self, choices: tuple[str, ...]) -> str:
        if choices not in self._lists:
            self._lists.append(choices)
        letter = letter_of(self._lists.index(choices))
        return f"='{CHOICES}'!${letter}$1:${letter}${len(choices)}"

    def rows(self) -> list[list[str]]:
        longest = max(map(len, self._lists), default=0)
        return [[each[line] if line < len(each) else "" for each in self._lists] for line in range(longest)]


def _text(text: str) -> str:
    if len(text) > MOST_TEXT:
        raise DataError(f"有超过 {MOST_TEXT} 个字的值，Excel 的一格放不下", "写在规则文件里改")
    return _UNSEEN.sub("\ufffd", text)


def _texts(sheet: Sheet, column: Column) -> list[str]:
    return [row.cells[column.title].text for row in sheet.rows[:_SAMPLE] if column.title in row.cells]


def _width(texts: Sequence[str]) -> float:
    longest = max(sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text) for text in texts)
    return min(max(longest * 1.1 + 3, _NARROWEST), _WIDEST)
