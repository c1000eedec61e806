"""Which tables are big, and the data of a run: big tables staged in a database, small ones in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.data.staging.model import StagedTable
from engine.data.typed import Rejected
from engine.databases.interface import Database
from engine.execute.period import Period
from engine.execute.reference.rows import Record
from engine.execute.reference.run import MemoryTables
from engine.language.types import Kind
from engine.rulebook.book import Book
from engine.rulebook.model import Program
from engine.rulebook.scope import Scope


@dataclass
class SqlTables:
    """Implements :class:`engine.execute.sql.data_rows.SqlData`."""

    database: Database
    small: MemoryTables
    staged: dict[str, StagedTable] = field(default_factory=dict)

    @property
    def unreadable(self) -> Mapping[str, Sequence[Rejected]]:
        return self.small.unreadable

    def rows(self, table: str) -> list[Record] | None:
        return None if table in self.staged else self.small.rows(table)

    def sources_of(self, rows: Sequence[tuple[str, int]]) -> dict[tuple[str, int], tuple[str, int]]:
        found = self.small.sources_of([(table, number) for table, number in rows if table not in self.staged])
        for table, staged in self.staged.items():
            numbers = [number for name, number in rows if name == table]
            known = staged.sources(numbers)
            found |= {(table, number): known.get(number, ("", 0)) for number in numbers}
        return found


def big_tables(book: Book, program: Program, period: Period) -> tuple[str, ...]:
    """Tables whose rows are settled (归期 is a date), and those whose rows belong to such a row."""
    scope = Scope(book.at(max(period.end, book.start)), program, period.kind)
    tables = scope.book.tables
    main = [n for n, t in tables.items() if t.period_field and t.fields[t.period_field].type.kind is Kind.DATE]
    below = [
        name
        for name, table in tables.items()
        if name not in main and any(scope.determines(name, scope.keys(m)) and scope.keys(m) for m in main)
    ]
    found = [*main, *below]
    plain = [name for name in found if all(f.type.kind is not Kind.INTERVAL for f in tables[name].fields.values())]
    return tuple(name for name in plain if not any(tables[name].fields[k].wildcard for k in tables[name].key))
