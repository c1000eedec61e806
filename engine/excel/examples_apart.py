"""The examples of a file one by one: each with its grids of what is given and what must come out."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from engine.excel.examples import NAME, PART, example_sheet
from engine.excel.files import Change, TextFile
from engine.excel.grid import Cell, Refused, Row
from engine.rulebook.spans import Written, written

CASES, EXPECTED = "分情形", "应得"


@dataclass
class Grid:
    """``part``: 已知, 应得, 分情形, or one of the first two with the name of the table or grain whose rows these are.

    ``titles``: of the columns; those from ``judged`` on must come out.
    """

    part: str
    titles: list[str]
    judged: int
    rows: list[Row] = field(default_factory=list)

    def cell(self, row: int, column: int) -> Cell:
        """By row and column from 0."""
        return self.rows[row].cells[f"第{column + 1}列"]

    @property
    def grows(self) -> bool:
        """Whether rows can be put to it."""
        return bool(self.rows) and self.rows[-1].add is not None

    def one_more(self, texts: dict[str, str] | None = None) -> tuple[TextFile, Change]:
        """A row below the last: like it, but for ``texts`` by title. Raises ``Refused``."""
        last = self.rows[-1] if self.rows else None
        if last is None or last.add is None:
            raise Refused("这里加不了行：在文件里写")
        cells = {}
        for place, title in enumerate(self.titles):
            like = last.cells[f"第{place + 1}列"].text or "空"
            cells[f"第{place + 1}列"] = (texts or {}).get(title, like) or "空"
        return last.add(cells)

    def without(self, row: int) -> tuple[TextFile, Change]:
        """One row less. Raises ``Refused`` for the only one."""
        span = self.rows[row].span
        if span is None:
            raise Refused("这一行不能删：小表至少要有一行")
        return self.rows[row].file, Change(*span, "")


@dataclass
class Apart:
    """An example as a page shows it. ``start`` and ``line``: where it stands; ``elsewhere``: what it says that no grid
    has (lists of rows, files).
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


def examples_apart(file: TextFile) -> list[Apart]:
    """The examples of a file, in its order. Raises ``Refused`` for a file that is no YAML."""
    try:
        root = written(file.text)
    except yaml.YAMLError:
        raise Refused("这个文件现在读不成 YAML") from None
    return [_apart(file, key, body) for key, body in root.entries] if root is not None else []


def _apart(file: TextFile, key: Written, body: Written) -> Apart:
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
    shown = {grid.part for grid in one.grids}
    for word, value in body.entries:
        if word.value in ("已知", EXPECTED) and value.kind == "mapping":
            inner = ((name.value, node) for name, node in value.entries)
            one.elsewhere += [
                f"{word.value} {name}" for name, node in inner
                if f"{word.value} {name}" not in shown and (node.kind != "scalar" or node.style == "|")
            ]  # fmt: skip
    return one


def _before_bars(file: TextFile, cells: list[Cell]) -> int:
    """How many columns are given: those before the two bars."""
    spans = [cell.slot.span for cell in cells if cell.slot is not None]
    if spans and file.text[: spans[0][0]].endswith("||"):
        return 0
    ends = (number for number, (_, end) in enumerate(spans, 1) if file.text[end : end + 2] == "||")
    return next(ends, len(cells))
