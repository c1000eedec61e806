"""The examples of all files as their texts stand now, drafts too, and what came out when they ran last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.assist.examples import examples_of
from engine.assist.keys import is_example
from engine.assist.reached import Reached
from engine.excel.example_grid import Grid
from engine.excel.examples_apart import CASES, Apart, examples_apart
from engine.excel.files import Change, TextFile
from engine.excel.grid import Refused
from engine.rulebook.book import Book
from engine.testing.compared import Compared
from engine.testing.runner import Outcome
from engine.workbench.desk import Desk


@dataclass
class File:
    """``revision``: of the draft that the text is (0: the file's own). ``drafts``: of files that have rows of examples.
    ``unread``: why there are no examples.
    """

    name: str
    text: TextFile
    revision: int
    examples: list[Apart] = field(default_factory=list)
    unread: str = ""
    drafts: list[str] = field(default_factory=list)

    def changed(self, change: Change) -> str:
        return self.text.changed([change]).decode("utf-8")

    def example(self, name: str) -> Apart | None:
        return next((one for one in self.examples if one.name == name), None)


def read_file(desk: Desk, name: str) -> File:
    """One file of examples. Takes a while, as all of these."""
    text, revision = desk.text_file(name)
    found = File(name, text, revision)

    def beside(path: str) -> TextFile:
        try:
            file = desk.drafts.inside(path).relative_to(desk.drafts.folder).as_posix()
        except ValueError:
            raise Refused("不是这个地区的文件") from None
        other, drafted = desk.text_file(file)
        if not drafted and not other.path.is_file():
            raise Refused("没有这个文件")
        if drafted:
            found.drafts.append(file)
        return other

    try:
        found.examples = examples_apart(found.text, beside)
    except Refused as refused:
        found.unread = str(refused)
    return found


def read_files(desk: Desk) -> list[File]:
    return [read_file(desk, name) for name in desk.files() if is_example(desk.folder / name, desk.folder)]


def mentioning(book: Book | None, name: str) -> set[tuple[str, str]]:
    """(name of the file, name of the example) of those that mention an entry."""
    return {(one.path.name, one.name) for one in examples_of(book, name)} if book is not None else set()


def outcome_of(desk: Desk, found: Reached | None, file: File, example: Apart) -> Outcome | None:
    return found.outcome(desk.folder / file.name, example.name) if found is not None else None


def cells_of(outcome: Outcome | None, grid: Grid) -> dict[tuple[int, str], Compared]:
    """What was compared of a grid, by row from 0 and title."""
    found = {}
    for one in outcome.cells if outcome is not None else ():
        part = CASES if not one.grain and one.row else f"应得 {one.grain}".strip()
        if part == grid.part:
            found[max(one.row - 1, 0), one.name] = one
    return found


def said(one: Compared) -> str:
    """How a value differs, as a line."""
    why = f"：{one.why}" if one.why else ""
    got = one.got if one.why else f"得到 {one.got}"
    return f"应得 {one.wanted or '空'}，{got}{why}"


def not_of_a_cell(outcome: Outcome) -> Iterator[str]:
    """What went wrong with the example as a whole."""
    told = [one.name for one in outcome.cells if not one.right]
    for failure in outcome.failures:
        if not any(f"{name}：" in failure or f"{name}（" in failure or f"{name}、" in failure for name in told):
            yield failure
