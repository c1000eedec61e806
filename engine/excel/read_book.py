"""What was typed in a workbook, against what the files say: each difference with its cell."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from engine.data.values import BadCell
from engine.data.workbook import read_workbook, titles_of
from engine.excel.files import Change, TextFile
from engine.excel.grid import Adder, Cell, Refused, Row, Sheet, letter_of
from engine.excel.write_book import DIGEST, FILE, FILES, ID
from engine.files.errors import DataError
from engine.files.raw import RawTable


@dataclass(frozen=True, order=True)
class Address:
    """A cell of the workbook; no ``letter``: the row, no ``line``: the sheet."""

    sheet: str
    line: int = 0
    letter: str = ""

    def __str__(self) -> str:
        where = f" {self.letter}{self.line}" if self.letter else f" 第 {self.line} 行" if self.line else ""
        return f"工作表“{self.sheet}”{where}"


@dataclass(frozen=True)
class Edit:
    """``words``: what was changed from what to what."""

    at: Address
    file: TextFile
    change: Change
    words: str


@dataclass(frozen=True)
class Wrong:
    """What cannot be taken from a cell."""

    at: Address
    message: str


@dataclass
class Read:
    """``typed``: of each sheet what the workbook says now, row by row, by the lines of the sheet."""

    edits: list[Edit] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    typed: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    letters: dict[str, dict[str, str]] = field(default_factory=dict)


def read_book(path: Path, sheets: Sequence[Sheet], digests: Mapping[str, str]) -> Read:
    """``digests``: SHA-256 of the files now; a workbook of other files is refused. Raises :class:`DataError`."""
    titles = titles_of(path, path.name)
    if FILES not in titles:
        raise DataError(f"{path.name} 不是 casemix tables 写出的工作簿", "先用 casemix tables 地区 --out 写出，再改")
    _refuse_other_files(read_workbook(path, FILES, path.name), digests, path.name)
    found = Read()
    for sheet in sheets:
        if sheet.title not in titles:
            found.remarks.append(f"没有工作表“{sheet.title}”：那一张没有读")
            continue
        try:
            table = read_workbook(path, sheet.title, path.name)
        except DataError as error:
            found.wrong.append(Wrong(Address(sheet.title), str(error)))
            continue
        _Compared(sheet, table, found).all()
    return found


def _refuse_other_files(table: RawTable, digests: Mapping[str, str], origin: str) -> None:
    then = {str(row[table.columns.index(FILE)]): str(row[table.columns.index(DIGEST)]) for row in table.rows}
    changed = sorted(name for name in {*then, *digests} if then.get(name) != digests.get(name))
    if changed:
        names = "、".join(changed[:5]) + (" 等" if len(changed) > 5 else "")
        raise DataError(f"{origin} 是从别的规则导出的：{names} 和导出的时候不一样了", "重新导出，在新的工作簿里改")


@dataclass
class _Compared:
    sheet: Sheet
    table: RawTable
    found: Read
    removed: set[int] = field(default_factory=set)

    def all(self) -> None:
        letters = {title: letter_of(place) for place, title in enumerate(self.table.columns)}
        self.found.letters[self.sheet.title] = letters
        missing = [column.title for column in self.sheet.columns if column.title not in letters]
        if missing or ID not in letters:
            what = "、".join(missing or [ID])
            self.wrong(0, f"少了列 {what}：列名不能改、不能删；只改白的格")
            return
        for broken in self.table.broken:
            self.wrong(broken.line, broken.reason)
        seen: set[int] = set()
        above: Row | None = None
        for line, cells in zip(self.table.lines, self.table.rows, strict=True):
            typed = self._cells(line, cells)
            if typed is None:
                continue
            number = self._number(text_of(typed.pop(ID, None)))
            if number is None or number in seen:
                self._new(line, {title: text_of(cell) for title, cell in typed.items()}, above)
                continue
            seen.add(number)
            above = self.sheet.rows[number - 1]
            self._old(line, typed, above)
        for number, row in enumerate(self.sheet.rows, 1):
            if number not in seen:
                self._gone(0, row)

    def _number(self, text: str) -> int | None:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
        return number if 0 < number <= len(self.sheet.rows) else None

    def _cells(self, line: int, cells: Sequence[object]) -> dict[str, object] | None:
        """The cells of a row by title; ``None`` where one cannot be told."""
        found: dict[str, object] = {}
        good = True
        for title, cell in zip(self.table.columns, cells, strict=True):
            if isinstance(cell, BadCell):
                self.wrong(line, cell.reason, title)
                good = False
            else:
                found[title] = cell
        return found if good else None

    def _old(self, line: int, typed: dict[str, object], row: Row) -> None:
        texts = {
            title: meant(cell, row.cells[title].text if title in row.cells else "") for title, cell in typed.items()
        }
        open_ = {title: cell for title, cell in row.cells.items() if cell.slot is not None}
        if open_ and not any(texts.get(title) for title in open_) and any(cell.text for cell in open_.values()):
            self._gone(line, row)
            return
        now = {title: cell.text for title, cell in row.cells.items()}
        for title, text in texts.items():
            cell = row.cells.get(title)
            if text == (cell.text.strip() if cell is not None else ""):
                continue
            if cell is None or cell.slot is None:
                why = "列名不能改" if row.heading else "这一格不能改，在规则文件里改"
                self.wrong(line, f"{why}（原来是“{cell.text if cell else ''}”）", title)
                continue
            if self._edit(line, title, row, cell, text):
                now[title] = text
        self._keep(line, now)

    def _edit(self, line: int, title: str, row: Row, cell: Cell, text: str) -> bool:
        try:
            assert cell.slot is not None
            made = cell.slot.change(text)
        except Refused as refused:
            self.wrong(line, f"{row.shown}：{refused}", title)
            return False
        at = Address(self.sheet.title, line, self.found.letters[self.sheet.title][title])
        words = f"{row.shown} {title}：{_shown(cell.text)} → {_shown(text)}"
        self.found.edits.append(Edit(at, row.file, made, words))
        return True

    def _gone(self, line: int, row: Row) -> None:
        if row.span is None:
            what = "列名那一行" if row.heading else row.shown
            self.wrong(line, f"{what} 不能在这里删，在规则文件里删")
            return
        at = Address(self.sheet.title, line)
        self.found.edits.append(Edit(at, row.file, Change(*row.span, ""), f"{row.shown} 删去"))

    def _new(self, line: int, texts: dict[str, str], above: Row | None) -> None:
        typed = {title: text for title, text in texts.items() if text}
        if not typed:
            return
        add: Adder | None = self.sheet.add or (above.add if above is not None else None)
        if add is None:
            self.wrong(line, "这里不能加行")
            return
        try:
            file, change = add(typed)
        except Refused as refused:
            self.wrong(line, str(refused))
            return
        said = "，".join(f"{title} {text}" for title, text in typed.items())
        self.found.edits.append(Edit(Address(self.sheet.title, line), file, change, f"加一行：{said}"))
        self._keep(line, typed)

    def _keep(self, line: int, texts: dict[str, str]) -> None:
        self.found.typed.setdefault(self.sheet.title, []).append((line, texts))

    def wrong(self, line: int, message: str, title: str = "") -> None:
        letter = self.found.letters.get(self.sheet.title, {}).get(title, "")
        self.found.wrong.append(Wrong(Address(self.sheet.title, line, letter), message))


def text_of(cell: object) -> str:
    """A cell as it would be typed in a text cell; numbers and dates as Excel shows them without a format."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        plain = format(Decimal(repr(cell)), "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return str(cell).strip()


def meant(cell: object, before: str) -> str:
    """The text of a cell that had ``before``. What Excel turned into a number is what it was if it is the same number,
    and a percentage if it was one: 0.4 in the place of 50% is 40%.
    """
    text = text_of(cell)
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return text
    number, percent = _number(text), before.endswith("%")
    old = _number(before.removesuffix("%"))
    if number is None or old is None:
        return text
    number = number * 100 if percent else number
    return before if number == old else format(number.normalize(), "f") + "%" * percent


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text.isascii() and text.strip() == text else None
    except InvalidOperation:
        return None


def _shown(text: str) -> str:
    return text if text else "（空）"
