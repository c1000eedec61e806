"""The examples of a file one by one: each with its grids of what is given and what must come out."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from engine.excel.example_grid import Grid
from engine.excel.examples import NAME, PART, example_sheet
from engine.excel.files import TextFile
from engine.excel.grid import Cell, Refused
from engine.excel.rows_apart import Beside, rows_apart
from engine.rulebook.spans import Written, written

CASES, EXPECTED = "分情形", "应得"


@dataclass
class Apart:
    """An example as a page shows it. ``start`` and ``line``: where it stands; ``elsewhere``: what it says that no grid
    can show, and why.
    """

    name: str
    start: int
    line: int
    program: str = ""
    period: str = ""
    note: str = ""
    grids: list[Grid] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def grid(self, part: str) -> Grid | None:
        return next((one for one in self.grids if one.part == part), None)


def examples_apart(file: TextFile, beside: Beside) -> list[Apart]:
    """The examples of a file, in its order. ``beside``: gives the files that have rows of examples, by what is written.
    Raises ``Refused`` for a file that is no YAML.
    """
    try:
        root = written(file.text)
    except yaml.YAMLError:
        raise Refused("这个文件现在读不成 YAML") from None
    return [_apart(file, key, body, beside) for key, body in root.entries] if root is not None else []


def _apart(file: TextFile, key: Written, body: Written, beside: Beside) -> Apart:
    one = Apart(key.value, key.start, file.line_of(key.start))
    for word, value in body.entries:
        if word.value == "程序":
            one.program = value.value
        elif word.value == "期间":
            one.period = value.value
        elif word.value == "说明":
            one.note = value.value.strip()
    alone = Written(key.start, body.end, entries=[(key, body)], kind="mapping")
    for row in example_sheet([(file, alone)]).rows:
        part = row.cells[PART].text
        cells = [cell for title, cell in row.cells.items() if title not in (NAME, PART)]
        if row.heading:
            one.grids.append(Grid(part, [cell.text for cell in cells], 0 if part.startswith(EXPECTED) else len(cells)))
            continue
        grid = one.grids[-1]
        if part == CASES and not grid.rows:
            grid.judged = _before_bars(file, cells)
        grid.rows.append(row)
    for grid in one.grids:
        spans = [cell.slot.span[0] for row in grid.rows for cell in row.cells.values() if cell.slot is not None]
        grid.at = min(spans, default=0)
    for word, value in body.entries:
        if word.value in ("已知", EXPECTED) and value.kind == "mapping":
            for name, node in value.entries:
                part = f"{word.value} {name.value}"
                if node.kind != "scalar":
                    _rows(one, file, part, node, beside)
                elif node.style == "|" and one.grid(part) is None:
                    one.elsewhere.append(f"{part}：小表各行的格数不一样")
    one.grids.sort(key=lambda grid: grid.at)
    return one


def _rows(one: Apart, file: TextFile, part: str, node: Written, beside: Beside) -> None:
    try:
        one.grids.append(rows_apart(file, part, node, part.startswith(EXPECTED), beside))
    except Refused as refused:
        one.elsewhere.append(f"{part}：{refused}")


def _before_bars(file: TextFile, cells: list[Cell]) -> int:
    """How many columns are given: those before the two bars."""
    spans = [cell.slot.span for cell in cells if cell.slot is not None]
    if spans and file.text[: spans[0][0]].endswith("||"):
        return 0
    ends = (number for number, (_, end) in enumerate(spans, 1) if file.text[end : end + 2] == "||")
    return next(ends, len(cells))
