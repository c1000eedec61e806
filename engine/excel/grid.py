"""What stands in the workbook: sheets of rows of cells, and how each cell, new row or dropped row changes its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.excel.files import Change, TextFile


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
    within the sheet; ``add``: makes a row below this one, where a sheet holds several tables.
    """

    file: TextFile
    cells: Mapping[str, Cell]
    shown: str
    span: tuple[int, int] | None = None
    heading: bool = False
    add: Adder | None = None


@dataclass
class Sheet:
    """``about``: the span of the entry in its file, for problems that are told of all of it. ``headings``: of fields
    whose column bears another name, as in a published file.
    """

    title: str
    columns: list[Column]
    rows: list[Row] = field(default_factory=list)
    add: Adder | None = None
    about: tuple[TextFile, int, int] | None = None
    headings: Mapping[str, str] = field(default_factory=dict)


def letter_of(place: int) -> str:
    """The name of a column, counted from 0."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
