"""What a change would do: problems that were not there before, at the cells they come from, and examples that fail."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.check import check_book
from engine.excel.examples import TITLE as EXAMPLES
from engine.excel.files import TextFile
from engine.excel.grid import Sheet
from engine.excel.listing import sheets_of
from engine.excel.read_book import Address, Edit, Read
from engine.files.named_files import Buffers
from engine.rulebook.book import Book, load
from engine.rulebook.locate import Located
from engine.rulebook.problems import Place, Problem
from engine.testing.runner import run_tests


@dataclass(frozen=True)
class Found:
    """A problem, and the cell it comes from (``None``: none that the workbook shows)."""

    problem: Problem
    at: Address | None


@dataclass(frozen=True)
class Failing:
    name: str
    at: Address | None
    failures: tuple[str, ...]


@dataclass
class Tried:
    """``differs``: sheets in which the files would not say what the workbook says; nothing may be written then."""

    problems: list[Found]
    failing: list[Failing]
    differs: list[str]

    @property
    def refused(self) -> bool:
        return bool(self.differs) or any(found.problem.is_error for found in self.problems)


def tried(book: Book, sheets: Sequence[Sheet], read: Read, changed: Mapping[str, bytes]) -> Tried:
    """Checks the region as the changed files would make it, and runs its examples if nothing is wrong."""
    before = {_known(problem) for problem in check_book(book)}
    new = load(Located(book.folder), Buffers({book.folder / name: data for name, data in changed.items()}, book.files))
    after = sheets_of(new)
    cells = _Cells(book.folder, after, read)
    new_problems = [problem for problem in check_book(new) if _known(problem) not in before]
    problems = [Found(problem, cells.at(problem)) for problem in new_problems]
    made = Tried(problems, [], _differing(sheets, after, read))
    if not made.refused:
        failed = {(o.name, o.failures) for o in run_tests(book) if not o.passed}
        for outcome in run_tests(new):
            if not outcome.passed and (outcome.name, outcome.failures) not in failed:
                at = cells.example(outcome.name, outcome.failures)
                made.failing.append(Failing(outcome.name, at, outcome.failures))
    return made


def _known(problem: Problem) -> tuple[str, str]:
    return problem.code, problem.message


def _inside(file: str, folder: Path) -> str | None:
    try:
        return Path(file).resolve().relative_to(folder).as_posix()
    except ValueError:
        return None


def _differing(sheets: Sequence[Sheet], after: Sequence[Sheet], read: Read) -> list[str]:
    """The titles of sheets that would not come out again as they are in the workbook."""
    now = {sheet.title: sorted(_texts(row.cells) for row in sheet.rows) for sheet in after}
    wanted = {title: sorted(_typed(texts) for _, texts in rows) for title, rows in read.typed.items()}
    return [sheet.title for sheet in sheets if sheet.title in wanted and now.get(sheet.title) != wanted[sheet.title]]


_FAILED = re.compile(r"第 (\d+) 行 ([^：]+)：")
_OF_PLACE = ("文件",)
"""Columns that say where a row stands: they move with the lines above it."""
_SHOWN_ONLY = ("例子", "部分", "单位", "限", "依据", "状态", "说明")


def _texts(cells: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return _typed({title: str(getattr(cell, "text", "")) for title, cell in cells.items()})


def _typed(texts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What identifies a row: what can be typed in it; names of examples are not given with a row that was added."""
    left_out = (*_OF_PLACE, *(_SHOWN_ONLY if "起始日期" in texts else ("例子", "部分")))
    return tuple(
        sorted((title, text.strip()) for title, text in texts.items() if text.strip() and title not in left_out)
    )


@dataclass
class _Cells:
    """Finds the cell of the workbook for a place in the changed files."""

    folder: Path
    after: Sequence[Sheet]
    read: Read

    def at(self, problem: Problem) -> Address | None:
        place = problem.place
        name = _inside(place.file, self.folder)
        if name is None:
            return None
        for sheet in self.after:
            for row in sheet.rows:
                if row.file.name == name and (found := self._in_row(sheet, row.cells, row.file, problem)):
                    return found
        for sheet in self.after:
            if sheet.about is not None and sheet.about[0].name == name:
                file, start, end = sheet.about
                if file.line_of(start) <= place.line <= file.line_of(max(end - 1, start)):
                    return self._edited(sheet.title)
        return self._edited_in(name)

    def _in_row(self, sheet: Sheet, cells: Mapping, file: TextFile, problem: Problem) -> Address | None:
        place = problem.place
        field = problem.message.partition("：")[0]
        named = cells.get(sheet.headings.get(field, field))
        if place.column <= 1 and named is not None and named.slot is not None:
            offset = named.slot.span[0] if file.line_of(named.slot.span[0]) == place.line else -1
        else:
            offset = _offset(file, place)
        for title, cell in cells.items():
            if cell.slot is not None and cell.slot.span[0] <= offset < max(cell.slot.span[1], cell.slot.span[0] + 1):
                line = self._line(sheet.title, cells)
                letter = self.read.letters.get(sheet.title, {}).get(title, "")
                return Address(sheet.title, line, letter) if line else None
        spans = [cell.slot.span for cell in cells.values() if cell.slot is not None]
        if spans and sheet.about is not None and file.line_of(min(spans)[0]) == place.line:
            line = self._line(sheet.title, cells)
            return self._edited_of(sheet.title, line) if line else None
        return None

    def _edited_of(self, title: str, line: int) -> Address:
        """The cell of a row that was changed; of a row in which none was the row."""
        here = [edit.at for edit in self.read.edits if (edit.at.sheet, edit.at.line) == (title, line)]
        return here[0] if len(here) == 1 else Address(title, line)

    def _line(self, title: str, cells: Mapping) -> int:
        wanted = _texts(cells)
        rows = self.read.typed.get(title, [])
        return next((line for line, texts in rows if _typed(texts) == wanted), 0)

    def _edited(self, title: str) -> Address | None:
        return next((edit.at for edit in self.read.edits if edit.at.sheet == title), Address(title))

    def _edited_in(self, name: str) -> Address | None:
        found: list[Edit] = [edit for edit in self.read.edits if edit.file.name == name]
        return found[0].at if len(found) == 1 else None

    def example(self, name: str, failures: Sequence[str]) -> Address | None:
        """The expected value that is not met, if it stands in the example's 分情形; else where the example begins."""
        rows = [(line, texts) for line, texts in self.read.typed.get(EXAMPLES, []) if texts.get("例子") == name]
        table = [(line, texts) for line, texts in rows if texts.get("部分") == "分情形"]
        failed = _FAILED.match(failures[0]) if failures else None
        if failed and 0 < int(failed[1]) < len(table):
            line = table[int(failed[1])][0]
            titles = {heading: title for title, heading in table[0][1].items()}
            letter = self.read.letters.get(EXAMPLES, {}).get(titles.get(failed[2], ""), "")
            return Address(EXAMPLES, line, letter)
        return Address(EXAMPLES, rows[0][0]) if rows else None


def _offset(file: TextFile, place: Place) -> int:
    return file.start_of_line(place.line) + max(place.column - 1, 0)
