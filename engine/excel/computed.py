"""What came out in the place of what an example said must come out: all of it as one change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.drafts import Drafts
from engine.excel.drafted import keep_changes
from engine.excel.example_files import example_file, file_of
from engine.excel.example_grid import Grid
from engine.excel.examples_apart import CASES, EXPECTED, Apart
from engine.excel.files import Change, TextFile
from engine.excel.grid import Refused
from engine.rulebook.book import Book
from engine.testing.compared import Compared
from engine.testing.runner import Outcome, run_tests


@dataclass(frozen=True)
class Taken:
    """A cell of a grid, with its row from 0: ``was`` is written there, ``now`` came out."""

    part: str
    row: int
    title: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.part} 第 {self.row + 1} 行 {self.title}：{self.was or '空'} → {self.now}"


def place_of(one: Compared) -> tuple[str, int]:
    """The part of the example whose grid has the value, and its row from 0."""
    return CASES if not one.grain and one.row else f"{EXPECTED} {one.grain}".strip(), max(one.row - 1, 0)


def can_be_taken(one: Compared) -> bool:
    """Whether what came out can be written: it is known, and its decimals end."""
    return not one.why and "≈" not in one.got


def to_take(example: Apart, outcome: Outcome) -> list[Taken]:
    """What came out otherwise and can be written where the example says it, in its order."""
    found = []
    for one in outcome.cells:
        part, row = place_of(one)
        grid = example.grid(part)
        if one.right or not can_be_taken(one) or grid is None or one.name not in grid.titles or row >= len(grid.rows):
            continue
        cell = grid.cell(row, grid.titles.index(one.name))
        if cell.slot is not None:
            found.append(Taken(part, row, one.name, cell.text, one.got))
    return found


def staying(example: Apart, those: Sequence[Taken]) -> list[str]:
    """What stands in the example beside them."""
    gone = {(one.part, one.row, one.title) for one in those}
    return [
        grid.cell(row, place).text
        for grid in example.grids
        for row in range(len(grid.rows))
        for place, title in enumerate(grid.titles)
        if (grid.part, row, title) not in gone
    ]


def take(drafts: Drafts, file: str, example: str, those: Sequence[Taken]) -> None:
    """Writes them, as drafts of the example's file and of files that have rows of it.

    Raises ``Refused`` where another text stands in a cell by now, ``KeptMeanwhile``, ``OSError``.
    """
    apart = example_file(drafts, file).example(example)
    by_file: dict[str, tuple[TextFile, list[Change]]] = {}
    for one in those:
        grid = apart.grid(one.part) if apart is not None else None
        if grid is None or not _stands(grid, one):
            raise Refused("例子刚刚改过：再看一次")
        text, change = grid.change(one.row, grid.titles.index(one.title), one.now)
        by_file.setdefault(text.name, (text, []))[1].append(change)
    for text, changes in by_file.values():
        keep_changes(drafts, text, changes)


def _stands(grid: Grid, one: Taken) -> bool:
    return (
        one.title in grid.titles
        and one.row < len(grid.rows)
        and grid.cell(one.row, grid.titles.index(one.title)).text == one.was
    )


def take_computed(drafts: Drafts, book: Book, example: str, file: str = "") -> list[Taken]:
    """Runs an example of ``book``, which has the drafts laid over it, and writes all that :func:`to_take` finds.

    Raises ``Refused`` where there is no such example, or several; as :func:`take` does.
    """
    of = file_of(drafts, example, file)
    path, apart = (drafts.folder / of.name).resolve(), of.example(example)
    ran = run_tests(book, wanted=lambda other, name: (other.resolve(), name) == (path, example))
    outcome = next((one for one in ran if one.name == example), None)
    if apart is None or outcome is None:
        raise Refused(f"例子“{example}”没有运行")
    found = to_take(apart, outcome)
    take(drafts, of.name, example, found)
    return found
