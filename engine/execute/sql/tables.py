"""The data of a run: big tables staged in a database, small ones in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.data.staging.model import StagedTable
from engine.data.typed import Rejected
from engine.databases.interface import Database
from engine.execute.reference.rows import Record
from engine.execute.reference.run import MemoryTables


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
