"""Where files of examples are wrong: what cannot be read, and what came out otherwise when the examples ran last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.assist.fixes.fix import Edit, Fix
from engine.assist.reached import Reached
from engine.excel.computed import Taken, can_be_taken, place_of, to_take
from engine.excel.example_grid import Grid
from engine.excel.examples_apart import Apart, examples_apart
from engine.excel.files import TextFile
from engine.excel.grid import Refused
from engine.files.errors import DataError
from engine.rulebook.book import Book
from engine.rulebook.checked_file import read_checked
from engine.rulebook.layers import shown
from engine.rulebook.problems import Problem
from engine.testing.compared import Compared
from engine.testing.runner import Outcome, test_files


@dataclass(frozen=True)
class Differs:
    """``text[start:end]`` of the file ``path`` is not what came out of the example. ``fixes``: what may stand there
    instead, first of this value alone, then of all of the example in this file.
    """

    path: Path
    start: int
    end: int
    example: str
    said: str
    fixes: tuple[Fix, ...] = ()


def ill_written(book: Book) -> list[Problem]:
    """What is wrong with how the files of examples of a region are written."""
    problems: list[Problem] = []
    for _, path in test_files(book):
        read_checked(path, shown(path), "test", problems, book.files)
    return problems


def differing(reached: Reached) -> list[Differs]:
    """Of all examples that ran and did not come out as they say, in the order of files and places."""
    found: list[Differs] = []
    for _, path in test_files(reached.book):
        wrong = [
            outcome
            for (file, name), outcome in reached.outcomes.items()
            if file == path.name and name != path.name and not outcome.passed
        ]
        apart = _apart(reached.book, path) if wrong else {}
        for outcome in wrong:
            example = apart.get(outcome.name)
            if example is not None:
                found += _of(example, outcome, path)
    return found


def _apart(book: Book, path: Path) -> dict[str, Apart]:
    def beside(name: str) -> TextFile:
        other = book.files.resolve(book.folder / name)
        if not other.is_relative_to(book.files.resolve(book.folder)):
            raise Refused("不是这个地区的文件")
        return TextFile.read(other, book.files.resolve(book.folder), book.files)

    with suppress(Refused, DataError, OSError):
        file = TextFile(path, path.name, book.files.read(path))
        return {one.name: one for one in examples_apart(file, beside)}
    return {}


def _of(example: Apart, outcome: Outcome, path: Path) -> Iterator[Differs]:
    takes = to_take(example, outcome)
    told = 0
    for one in outcome.cells:
        part, row = place_of(one)
        grid = example.grid(part)
        if one.right or grid is None or one.name not in grid.titles or row >= len(grid.rows):
            continue
        cell = grid.cell(row, grid.titles.index(one.name))
        if cell.slot is None:
            continue
        told += 1
        file = grid.rows[row].file
        start, end = _without_blanks(file.text, *cell.slot.span)
        yield Differs(
            file.path, start, end, outcome.name, _said(one), tuple(_fixes(example, takes, file, part, row, one))
        )
    if told < sum(not one.right for one in outcome.cells) or not told:
        end = example.start + len(outcome.name)
        yield Differs(path, example.start, end, outcome.name, "\n".join(outcome.failures))


def _without_blanks(text: str, start: int, end: int) -> tuple[int, int]:
    """An empty cell stays as wide as it is."""
    cell = text[start:end]
    if not cell.strip():
        return start, end
    return start + len(cell) - len(cell.lstrip()), end - len(cell) + len(cell.rstrip())


def _said(one: Compared) -> str:
    wanted = one.wanted or "空"
    if one.why:
        return f"{one.name}：应得 {wanted}，却无法确定：{one.why}"
    return f"{one.name}：应得 {wanted}，得到 {one.got}"


def _fixes(example: Apart, takes: list[Taken], file: TextFile, part: str, row: int, one: Compared) -> Iterator[Fix]:
    """``takes``: what may be taken over of the whole example."""
    if not can_be_taken(one):
        return
    edits = {(take.part, take.row, take.title): _edit(example.grid(take.part), take, file) for take in takes}
    own = edits.get((part, row, one.name))
    if own is None:
        return
    yield Fix(f"应得改成得到的 {one.got}", (own,))
    there = [edit for edit in edits.values() if edit is not None]
    if len(there) > 1:
        yield Fix(f"例子“{example.name}”的 {len(there)} 个应得都改成得到的", tuple(there))


def _edit(grid: Grid | None, take: Taken, file: TextFile) -> Edit | None:
    """``None`` where it stands in another file."""
    if grid is None or grid.rows[take.row].file.path != file.path:
        return None
    with suppress(Refused):
        _, change = grid.change(take.row, grid.titles.index(take.title), take.now)
        return Edit(change.start, change.end, change.new)
    return None
