"""A big table as the host sees it: one row at a time."""

from __future__ import annotations

from dataclasses import dataclass

from engine.execute.reference.rows import Row, TableRows
from engine.execute.sql.on_rows import OnRows
from engine.language.values import Value

FETCHED = 20_000
"""Rows that are fetched into Python at a time."""


@dataclass
class FrameRows(TableRows):
    """A big table as the host sees it: one row at a time."""

    reading: OnRows | None = None
    _found: tuple[object, dict[tuple[Value, ...], list[Row]]] | None = None

    def find(self, key: tuple[Value, ...]) -> list[Row]:
        """A table of few rows is fetched whole: who asks for one key asks for many."""
        assert self.reading is not None
        execution, base = self.reading.execution, self.reading.base
        if self.reading.frame.staged.count > FETCHED:
            return execution.rows_where(self.reading, self.reading.at_key(key))
        state = execution.states[base]
        taking_part = (len(state.inside), state.refused, state.held)
        if self._found is None or self._found[0] != taking_part:
            by_key: dict[tuple[Value, ...], list[Row]] = {}
            for row in execution.rows_where(self.reading, []):
                by_key.setdefault(row.key, []).append(row)
            self._found = taking_part, by_key
        return self._found[1].get(key, [])
