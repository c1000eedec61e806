"""A grid of an example: rows that are given or must come out, wherever they are written."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.excel.files import Change, TextFile
from engine.excel.grid import Cell, Refused, Row


@dataclass
class Grid:
    """``part``: 已知, 应得, 分情形, or one of the first two with the name of the table or grain whose rows these are.

    ``titles``: of the columns; those from ``judged`` on must come out. ``at``: where it stands in the example's file;
    ``beside``: the file that has the rows, if that is another. ``blank``: what is written where there is nothing.
    """

    part: str
    titles: list[str]
    judged: int
    rows: list[Row] = field(default_factory=list)
    at: int = 0
    beside: str = ""
    blank: str = "空"

    def cell(self, row: int, column: int) -> Cell:
        """By row and column from 0."""
        return self.rows[row].cells[f"第{column + 1}列"]

    def change(self, row: int, column: int, text: str) -> tuple[TextFile, Change]:
        """Another text in a cell, by row and column from 0. Raises ``Refused``."""
        slot = self.cell(row, column).slot
        if slot is None:
            raise Refused("这一格在文件里改")
        return self.rows[row].file, slot.change(text)

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
            like = last.cells[f"第{place + 1}列"].text or self.blank
            cells[f"第{place + 1}列"] = (texts or {}).get(title, like) or self.blank
        return last.add(cells)

    def without(self, row: int) -> tuple[TextFile, Change]:
        """One row less. Raises ``Refused`` for the only one."""
        span = self.rows[row].span
        if span is None:
            raise Refused("这一行不能删：至少要有一行")
        return self.rows[row].file, Change(*span, "")
