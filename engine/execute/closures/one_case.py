"""The reference engine's execution over published tables, into which one case at a time is put."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, ClassVar

from engine.execute.closures.compile import Run
from engine.execute.closures.figures import NO_FIGURES, Figures
from engine.execute.closures.pairs import to_value
from engine.execute.closures.rows import Case, Cells
from engine.execute.closures.stands_in import MakeBelow
from engine.execute.reference import lookups
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.language.values import Value
from engine.rulebook.model import Rule


class Known(dict[tuple, Any]):
    """What was worked out; that of the rows of ``grains`` is noted, to be taken away with the case."""

    def __init__(self, grains: frozenset[str]) -> None:
        super().__init__()
        self.grains = grains
        self.noted: list[tuple] = []

    def __setitem__(self, key: tuple, value: Any) -> None:
        if key[1] in self.grains:
            self.noted.append(key)
        super().__setitem__(key, value)

    def take_case_away(self) -> None:
        for key in self.noted:
            self.pop(key, None)
        self.noted.clear()


MOST_ROWS = 50_000
"""Rows of published tables and combinations of their keys that are kept with their values."""


@dataclass
class CaseExecution(Execution):
    """``main``: the table whose rows are priced; ``case_tables``: it and those below it.

    ``figures``: values of coarser grains that a finished run published.

    One case stands in it at a time, for what closures leave to the reference engine and for explanations: ``alone`` is
    the lock.
    """

    main: str = ""
    case_tables: frozenset[str] = frozenset()
    figures: Figures = field(default_factory=lambda: NO_FIGURES)

    def __post_init__(self) -> None:
        self.alone = RLock()
        self.standing_case: Case | None = None
        super().__post_init__()
        self.hold()
        self.known = Known(self.case_tables)
        for phase in self.phases.all():
            phase.known = self.known

    most_rows: ClassVar[int | None] = MOST_ROWS

    def looked_up_anew(self) -> None:
        """What was kept of the rows of published tables goes: there are too many."""
        with self.alone:
            self.known.clear()

    def computed_fields(self, grain: str) -> frozenset[str]:
        """Fields of a table that the program computes instead of reading."""
        return self.scope(self.closing).computed

    def rule_value(self, name: str, row: Row, day: datetime.date) -> Value:
        if name in self.figures:
            return self.figures.value(name, row.grain, row.key)
        return super().rule_value(name, row, day)

    def missing_field(self, name: str, cells: Cells) -> Value:
        """Why a row has no value of a field. Raises :class:`Unresolved`."""
        return lookups.field_value(self, name, cells.row)

    # -- the case that stands here ------------------------------------------------------------

    @contextmanager
    def standing(self, cells: Cells) -> Iterator[None]:
        """While the case of ``cells`` stands in the execution; a row of a published table needs no case."""
        with self.alone:
            case = cells.case
            if case is None or case is self.standing_case:
                yield
                return
            self.put(case)
            try:
                yield
            finally:
                self.take_away()

    def put(self, case: Case) -> None:
        """Lets ``case`` and the rows that belong to it be all there are of their tables."""
        self.standing_case = case
        self._fill(self.main, [case.row])
        for table in self.case_tables - {self.main}:
            self._fill(table, case.rows_below(table, self.scope(self.closing).keys(table)))
            self.selection.tables[table].delivered = table in case.below

    def take_away(self) -> None:
        """Forgets the case."""
        self.standing_case = None
        for table in self.case_tables:
            self._fill(table, [])
        self.known.take_case_away()
        base = self.scope(self.closing).base
        for phase in self.phases.all():
            for rows in (phase.lists, phase.groups):
                for key in [key for key in rows if base(key[0]) in self.case_tables]:
                    del rows[key]  # type: ignore[attr-defined]
            phase.windows.clear()

    def _fill(self, table: str, rows: list[Row]) -> None:
        self.selection.everything[table] = rows
        self.selection.verdicts[table] = {}
        self.selection.tables[table].fill(rows)

    def row_of_case(self, base: str, key: tuple, reader: Cells, make: MakeBelow) -> Cells | None:
        """The row at ``key`` of a table that belongs to the case, or of the case itself. Raises :class:`Unresolved`."""
        case = reader.case
        assert case is not None
        if base == self.main and key == tuple(case[name] for name in case.key_names):
            return case
        if not case.below.get(base) and self.may_lack(base, case, sparse=True):
            return None
        if case.rows is None:
            case.rows = {}
        if (base, key) not in case.rows:
            with self.standing(reader):
                row = lookups.row_at(self, base, tuple(map(to_value, key)), reader.day)
            case.rows[base, key] = None if row is None else make(row, reader.day, case)
        return case.rows[base, key]

    def may_lack(self, table: str, case: Case, sparse: bool = False) -> bool:
        """Whether ``case`` may be without rows of ``table``: an optional one, or one that was given (``sparse``: if it
        may lack rows).
        """
        declared = self.now.tables[table]
        return declared.optional or (table in case.below and (declared.sparse or not sparse))

    def shortened(self, rule: Rule, day: datetime.date, ask: Run) -> Run:
        """A single case saves nothing."""
        return ask
