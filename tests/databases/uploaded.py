"""Rows of a test in a database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.data.staging.records import stage_records
from engine.databases.interface import Database
from engine.execute.period import Period
from engine.execute.plan.data_tables import data_tables
from engine.execute.reference.rows import Record
from engine.execute.reference.run import MemoryTables
from engine.execute.sql.tables import SqlTables
from engine.rulebook.book import Book
from engine.rulebook.model import Program


def in_memory(
    book: Book, program: Program, period: Period, data: MemoryTables, database: Database,
    big: Iterable[str] | None = None,
) -> SqlTables:  # fmt: skip
    """Rows that are typed already, the big tables among them uploaded."""
    names = data_tables(book, program, period) if big is None else big
    tables = book.at(max(period.end, book.start)).tables
    found = SqlTables(database, data)
    for place, name in enumerate(names):
        records: Sequence[Record] | None = data.rows(name)
        if records is not None:
            found.staged[name] = stage_records(database, tables[name], list(records), f"t{place}")  # type: ignore[arg-type]
    return found
