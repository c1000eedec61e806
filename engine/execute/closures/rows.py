"""Rows that closures compute on: what is known of a row by name, filled in as rules are worked out."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from engine.data.values import OutOfRange
from engine.execute.closures.pairs import to_cell, to_value
from engine.execute.reference.rows import Record, Row

Key = tuple[Any, ...]


class Cells(dict[str, Any]):
    """Fields, keys and rules of one row by name, numbers as pairs; a failure as its ``Unresolved``.

    ``day``: the day of the rules it is read by. ``case``: what it belongs to (``None`` for rows of published tables).
    A field that is not there is asked of ``missing``, which raises why.
    """

    __slots__ = ("_row", "case", "day", "missing")

    def __init__(
        self, cells: dict[str, Any], day: datetime.date, missing: Missing, case: Case | None = None,
        row: Row | None = None,
    ) -> None:  # fmt: skip
        dict.__init__(self, cells)
        self.day, self.missing, self.case, self._row = day, missing, case, row

    def __missing__(self, name: str) -> Any:
        return to_cell(self.missing(name, self))

    @property
    def row(self) -> Row:
        """The same row as the reference engine knows it."""
        if self._row is None:
            assert self.case is not None
            self._row = self.case.make_row(self)
        return self._row


Missing = Callable[[str, Cells], Any]


class Case:
    """One case with the rows of other tables that belong to it.

    ``record``: its fields as they were read; ``below``: typed rows by table, of the tables that were given.
    """

    __slots__ = ("below", "cells", "keys", "record", "rows", "table")

    def __init__(
        self, table: str, keys: tuple[str, ...], record: dict[str, Any], below: dict[str, list[Record]]
    ) -> None:
        self.table, self.keys, self.record, self.below = table, keys, record, below
        self.rows: dict[tuple[str, Key], Cells | None] = {}
        self.cells: Cells | None = None

    def make_row(self, cells: Cells) -> Row:
        """The reference engine's row, from what was read of the case."""
        record: Record = {name: to_value(cell) for name, cell in self.record.items()}
        return Row(self.table, tuple(record.get(key) for key in self.keys), record, 0)  # type: ignore[misc]

    def rows_below(self, table: str, keys: tuple[str, ...]) -> list[Row]:
        """The rows that were given of another table."""
        return [
            Row(table, tuple(record.get(key) for key in keys), record, number)  # type: ignore[misc]
            for number, record in enumerate(self.below.get(table, ()))
        ]


def cells_of_record(record: Record, but: frozenset[str]) -> dict[str, Any]:
    """The fields of a record that have a value or are absent; those out of range are asked for when they are read."""
    return {
        name: to_cell(value) for name, value in record.items() if name not in but and value.__class__ is not OutOfRange
    }
