"""Published tables read once, and single cases that are priced over them one after the other."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import RLock

from engine.execute.at_most import AtMost
from engine.execute.closures.compile import Run
from engine.execute.closures.figures import NO_FIGURES, Figures
from engine.execute.closures.of_case import Tables, phases_of_case
from engine.execute.closures.pairs import to_value
from engine.execute.closures.rows import Case, Cells
from engine.execute.closures.stands_in import MakeBelow
from engine.execute.period import Period
from engine.execute.reference import lookups
from engine.execute.reference.execution import Execution
from engine.execute.reference.inputs import Data, Published
from engine.execute.reference.phases import Phase, Phases
from engine.execute.reference.rows import Row, TableRows
from engine.language.values import Value
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Program, Rule

MOST_ROWS = 20_000
"""Rows of one published table, or combinations of its keys, that are kept with their values."""
MOST_VALUES = 200_000
"""Values of published rows that the judge keeps."""


@dataclass
class SingleCases:
    """``judge``: the reference engine's run over published tables; ``main``: the table whose rows are priced, of which
    it has none; ``case_tables``: that and those below it.

    ``figures``: values of coarser grains that a finished run published. ``alone``: one thread at a time asks a judge.
    """

    judge: Execution
    main: str
    case_tables: frozenset[str]
    figures: Figures = NO_FIGURES
    alone: AbstractContextManager[bool | None] = field(default_factory=RLock)

    @classmethod
    def over(
        cls, book: Book, program: Program, period: Period, data: Data, published: Published | None = None, *,
        main: str, case_tables: frozenset[str] = frozenset(), figures: Figures = NO_FIGURES,
    ) -> SingleCases:  # fmt: skip
        """``data``: of the published tables."""
        run = Execution(book, program, period, data, published, elsewhere=figures.elsewhere)
        run.hold()
        kept = Phases(_bounded(), _bounded(), run.phases.first_names)
        return cls(run.over(run.selection, kept), main, case_tables, figures)

    @property
    def now(self) -> Snapshot:
        """The rules of the closing day."""
        return self.judge.now

    @cached_property
    def _tables(self) -> Tables:
        return Tables(self.case_tables, self.judge.scope(self.judge.closing))

    # -- a case and who judges it ------------------------------------------------------------

    @contextmanager
    def standing(self, cells: Cells) -> Iterator[Execution]:
        """The judge of the case of ``cells``; a row of a published table needs no case."""
        with self.alone:
            case = cells.case
            if case is None:
                yield self.judge
                return
            if case.judge is None:
                case.judge = self.judge_of(case)
            yield case.judge

    def judge_of(self, case: Case) -> Execution:
        """A run in which ``case`` and the rows that belong to it are all there are of their tables, none sorted yet."""
        published, keys = self.judge.selection, self._tables.scope.keys
        rows = {table: case.rows_below(table, keys(table)) for table in self.case_tables - {self.main}}
        rows[self.main] = [case.row]
        tables = {name: self._filled(published.tables[name], rows[name], name in case.below) for name in rows}
        selection = replace(
            published,
            tables={**published.tables, **tables},
            verdicts={**published.verdicts, **{name: {} for name in rows}},
            everything={**published.everything, **rows},
            warned={},
        )
        return self.judge.over(selection, phases_of_case(self.judge.phases, self._tables))

    def _filled(self, table: TableRows, rows: list[Row], given: bool) -> TableRows:
        filled = TableRows(table.table, table.keys, table.delivered if table.table.name == self.main else given)
        filled.fill(rows)
        return filled

    # -- what closures ask of an execution ------------------------------------------------------------

    def rows_found(self) -> dict[tuple, Cells | None]:
        """Where rows of a published table are kept."""
        return AtMost(MOST_ROWS)

    def computed_fields(self, grain: str) -> frozenset[str]:
        """Fields of a table that the program computes instead of reading."""
        return self._tables.scope.computed

    def missing_field(self, name: str, cells: Cells) -> Value:
        """Why a row has no value of a field. Raises :class:`Unresolved`."""
        return lookups.field_value(self.judge, name, cells.row)

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
            with self.standing(reader) as judge:
                row = lookups.row_at(judge, base, tuple(map(to_value, key)), reader.day)
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


def _bounded() -> Phase:
    return Phase(AtMost(MOST_VALUES))
