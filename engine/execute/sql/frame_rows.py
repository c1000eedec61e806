"""A big table as the judge reads it when it follows a key: the one row is fetched from the database."""

from __future__ import annotations

from dataclasses import dataclass

from engine.execute.reference.rows import Row, TableRows
from engine.execute.sql.frame import FETCHED
from engine.execute.sql.on_rows import OnRows
from engine.language.values import Value


@dataclass
class FrameRows(TableRows):
    """A big table as the host sees it: one row at a time."""

    reading: OnRows | None = None

    def find(self, key: tuple[Value, ...]) -> list[Row]:
        """A table of few rows is fetched whole: who asks for one key asks for many."""
        assert self.reading is not None
        execution = self.reading.execution
        if self.reading.frame.staged.count > FETCHED:
            return execution.rows_where(self.reading, self.reading.at_key(key))
        return execution.phases.of_rows(True).kept(id(self), self._by_key).get(key, [])

    def _by_key(self) -> dict[tuple[Value, ...], list[Row]]:
        assert self.reading is not None
        found: dict[tuple[Value, ...], list[Row]] = {}
        for row in self.reading.execution.rows_where(self.reading, []):
            found.setdefault(row.key, []).append(row)
        return found
