"""What came out of examples when they ran last, by where it is shown."""

from __future__ import annotations

from collections.abc import Iterator

from engine.assist.examples import examples_of
from engine.assist.reached import Reached
from engine.excel.computed import place_of
from engine.excel.example_files import ExampleFile
from engine.excel.example_grid import Grid
from engine.excel.examples_apart import Apart
from engine.rulebook.book import Book
from engine.testing.compared import Compared
from engine.testing.runner import Outcome
from engine.workbench.desk import Desk


def mentioning(book: Book | None, name: str) -> set[tuple[str, str]]:
    """(name of the file, name of the example) of those that mention an entry."""
    return {(one.path.name, one.name) for one in examples_of(book, name)} if book is not None else set()


def outcome_of(desk: Desk, found: Reached | None, file: ExampleFile, example: Apart) -> Outcome | None:
    return found.outcome(desk.folder / file.name, example.name) if found is not None else None


def cells_of(outcome: Outcome | None, grid: Grid) -> dict[tuple[int, str], Compared]:
    """What was compared of a grid, by row from 0 and title."""
    found = {}
    for one in outcome.cells if outcome is not None else ():
        part, row = place_of(one)
        if part == grid.part:
            found[row, one.name] = one
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
