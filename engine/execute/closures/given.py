"""Rows that a program hands over, read as a delivered file is: the same values, the same refusals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.data.load import LoadedTable, load_table
from engine.data.places import Places
from engine.files.raw import RawTable
from engine.language.types import Kind
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Table

CALL = "调用时给出的行"


@dataclass(frozen=True)
class _Given(Places):
    """One delivery."""

    table: RawTable | None = None

    def raw(self, table: str, fields: Collection[str] | None = None) -> list[RawTable]:
        return [] if self.table is None else [self.table]


def read_given(
    table: Table, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], computed: Collection[str]
) -> LoadedTable:
    """``rows`` as a table of ``columns``; a name that a row lacks is an empty cell. Lines count from 1."""
    cells = [tuple(row.get(name) for name in columns) for row in rows]
    raw = RawTable(table.name, tuple(columns), cells, range(1, len(cells) + 1), CALL)
    return load_table(table, _Given(table=raw), columns_needed=columns, optional_columns=computed)


def tables_below(book: Snapshot, main: str) -> tuple[str, ...]:
    """Tables whose rows belong to a row of ``main``: a key refers to it."""
    return tuple(
        table.name
        for table in book.tables.values()
        if table.name != main and not is_settled(table) and any(table.fields[key].refers == main for key in table.key)
    )


def is_settled(table: Table) -> bool:
    """Whether the rows of a table are settled by their date."""
    return table.period_field is not None and table.fields[table.period_field].type.kind is Kind.DATE
