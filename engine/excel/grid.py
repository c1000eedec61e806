"""What stands in the workbook: sheets of rows of cells, and how each cell, new row or dropped row changes its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.excel.files import Change, TextFile

_NEW = "新"
_NO_MORE = "这里加不了行：写定了 末行，或各行写在一行里；在文件里加"


class Refused(Exception):
    """What was typed cannot stand there: a sentence (Chinese)."""


class Slot(Protocol):
    """Where the text of a cell stands. ``span``: from and to in the file, for problems that are found there."""

    @property
    def span(self) -> tuple[int, int]: ...

    def change(self, text: str) -> Change:
        """Raises :class:`Refused`."""
        ...


@dataclass(frozen=True)
class Cell:
    """``slot`` is ``None`` where nothing may be typed; ``choices``: what is offered for this one."""

    text: str
    slot: Slot | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """``choices``: what is offered to choose from; ``strict``: nothing else may stand there."""

    title: str
    note: str = ""
    editable: bool = True
    choices: tuple[str, ...] = ()
    strict: bool = False


class Adder(Protocol):
    """Makes the change for a row that was typed below; ``cells`` by title, none of them empty."""

    def __call__(self, cells: Mapping[str, str]) -> tuple[TextFile, Change]:
        """Raises :class:`Refused`."""
        ...


@dataclass(frozen=True)
class Row:
    """``span``: what is taken out of the file if the row is emptied; ``None``: it cannot be. ``heading``: a heading
    within the sheet; ``add``: makes a row right below this one; ``number``: by which problems call it.
    """

    file: TextFile
    cells: Mapping[str, Cell]
    shown: str
    span: tuple[int, int] | None = None
    heading: bool = False
    add: Adder | None = None
    number: int = 0


@dataclass
class Sheet:
    """``about``: the span of the rows in their file, for problems that are told of all of it. ``entry``: the span of
    the entry, where that stands in another file. ``headings``: of fields whose column bears another name, as in a
    published file. ``decides``: a decision table, of which exactly one row has to hold, whatever there is.
    """

    title: str
    columns: list[Column]
    rows: list[Row] = field(default_factory=list)
    add: Adder | None = None
    about: tuple[TextFile, int, int] | None = None
    entry: tuple[TextFile, int, int] | None = None
    headings: Mapping[str, str] = field(default_factory=dict)
    decides: bool = False

    @property
    def grows(self) -> bool:
        """Whether rows can be put to it and taken out."""
        return self.add is not None or any(row.add is not None or row.span is not None for row in self.rows)

    def change(self, number: int, title: str, text: str) -> tuple[TextFile, Change]:
        """Another text in a cell, by row from 0. Raises :class:`Refused`."""
        row = self._row(number)
        cell = row.cells.get(title)
        if cell is None:
            raise Refused(f"没有列 {title}：列是 {'、'.join(column.title for column in self.columns)}")
        if cell.slot is None:
            raise Refused("这一格在规则文件里改")
        return row.file, cell.slot.change(text)

    def one_more(self, below: int, texts: Mapping[str, str] | None = None) -> tuple[TextFile, Change]:
        """A row right below another (below the last: -1), like it but for ``texts``; where there is none, one with a
        word to write over: a line of nothing is no row. Raises :class:`Refused`.
        """
        row = self.rows[below] if self.rows else None
        add = (row.add if row is not None else None) or self.add
        if add is None:
            raise Refused(_NO_MORE)
        first = {self.columns[0].title: _NEW}
        like = {title: cell.text for title, cell in row.cells.items()} if row is not None else first
        return add({title: text for title, text in (like | dict(texts or {})).items() if text})

    def new_row(self, texts: Mapping[str, str]) -> tuple[TextFile, Change]:
        """A row below all others, of these texts alone. Raises :class:`Refused`."""
        unknown = [title for title in texts if title not in {column.title for column in self.columns}]
        if unknown:
            raise Refused(f"没有列 {unknown[0]}：列是 {'、'.join(column.title for column in self.columns)}")
        if self.add is None:
            raise Refused(_NO_MORE)
        return self.add(texts)

    def without(self, number: int) -> tuple[TextFile, Change]:
        """One row less. Raises :class:`Refused`."""
        row = self._row(number)
        if row.span is None:
            raise Refused("这一行在这里删不了：只有这一行，写定了 末行，或各行写在一行里；在文件里删")
        return row.file, Change(*row.span, "")

    def _row(self, number: int) -> Row:
        if not 0 <= number < len(self.rows):
            raise Refused(f"没有第 {number + 1} 行：一共 {len(self.rows)} 行")
        return self.rows[number]


def letter_of(place: int) -> str:
    """The name of a column, counted from 0."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
