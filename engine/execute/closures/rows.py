"""Rows as closures see them: a dictionary of what is known of the row by name, filled in as rules are worked out."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from engine.data.values import OutOfRange
from engine.execute.closures.pairs import to_cell, to_value
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Record, Row, row_of

Key = tuple[Any, ...]


class Cells(dict[str, Any]):
    """Fields, keys and rules of one row by name, numbers as pairs; a failure as its ``Unresolved``.

    ``day``: the day of the rules it is read by. A field that is not there is asked of ``missing``, which raises why.
    """

    __slots__ = ("_row", "day", "missing")
    owner: Case | None = None

    def __init__(self, cells: dict[str, Any], day: datetime.date, missing: Missing, row: Row | None = None) -> None:
        dict.__init__(self, cells)
        self.day, self.missing, self._row = day, missing, row

    def __missing__(self, name: str) -> Any:
        return to_cell(self.missing(name, self))

    @property
    def case(self) -> Case | None:
        """The case that the row is, or belongs to; ``None`` for a row of a published table."""
        return self.owner

    @property
    def row(self) -> Row:
        """The same row as the reference engine knows it."""
        assert self._row is not None
        return self._row


Missing = Callable[[str, Cells], Any]


class CellsBelow(Cells):
    """A row that belongs to a case."""

    __slots__ = ("below", "owner")
    below: dict[str, list[Record]]


class Case(Cells):
    """A case with the rows of other tables that belong to it. It refers to nothing that refers back to it.

    ``record``: its fields as they were read; ``below``: typed rows by table, of the tables that were given; ``judge``:
    the reference engine's run with nothing but it, once one was asked.
    """

    __slots__ = ("below", "judge", "key_names", "record", "rows", "table")

    def __init__(
        self, table: str, keys: tuple[str, ...], record: dict[str, Any], known: dict[str, Any],
        below: dict[str, list[Record]], day: datetime.date, missing: Missing,
    ) -> None:  # fmt: skip
        dict.__init__(self, known)
        self.day, self.missing, self._row = day, missing, None
        self.table, self.key_names, self.record, self.below = table, keys, record, below
        self.rows: dict[tuple[str, Key], Cells | None] | None = None
        self.judge: Execution | None = None

    @property
    def case(self) -> Case:
        return self

    @property
    def row(self) -> Row:
        if self._row is None:
            record: Record = {name: to_value(cell) for name, cell in self.record.items()}
            self._row = row_of(self.table, self.key_names, record, 0)
        return self._row

    def rows_below(self, table: str, keys: tuple[str, ...]) -> list[Row]:
        """The rows that were given of another table."""
        return [row_of(table, keys, record, number) for number, record in enumerate(self.below.get(table, ()))]


def cells_of_record(record: Record, but: frozenset[str]) -> dict[str, Any]:
    """The fields of a record that have a value or are absent; those out of range are asked for when they are read."""
    return {
        name: to_cell(value) for name, value in record.items() if name not in but and value.__class__ is not OutOfRange
    }
