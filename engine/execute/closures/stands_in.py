"""The protocols by which ``reading`` asks who runs it: a desk that prices single cases (``one_case``), or coarse rows
beside a run in SQL (``host``). Both answer the same questions: which judge, which rows are there, what a case may lack.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from engine.execute.closures.compile import Run
from engine.execute.closures.figures import Figures
from engine.execute.closures.rows import Case, Cells
from engine.execute.reference.asks import Asks
from engine.execute.reference.rows import Row
from engine.language.values import Value
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Rule

MakeBelow = Callable[[Row, datetime.date, Case], Cells]
"""A row that belongs to a case, for closures."""


class Judges(Asks, Protocol):
    """The reference engine's run, with what it says of a rule."""

    def rule_value(self, name: str, row: Row, day: datetime.date) -> Value:
        """A rule on its own row."""

    def parameter(self, name: str, day: datetime.date) -> Value:
        """The figure in force on ``day``."""

    def belongs(self, subset: str, row: Row, /) -> bool:
        """Whether a row meets a narrowed grain's condition."""

    def aggregates(self, book: Snapshot, name: str) -> bool:
        """Whether a rule looks at other rows itself."""


class StandsIn(Protocol):
    """``main``: the table of which single cases are priced, ``case_tables``: it and those below it (none where coarse
    rows are worked out); ``figures``: values that a finished run published; ``alone``: one thread at a time.
    """

    main: str
    case_tables: frozenset[str]
    figures: Figures

    @property
    def judge(self) -> Judges:
        """Who says what names, rules and calls are that are rare."""

    @property
    def alone(self) -> AbstractContextManager[bool | None]:
        """The lock."""

    # -- rows and the case that they belong to

    def rows_found(self) -> dict[tuple, Cells | None]:
        """Where the rows of one table are kept that were looked up."""

    def computed_fields(self, grain: str) -> frozenset[str]:
        """Fields of a table that the program computes instead of reading."""

    def missing_field(self, name: str, cells: Cells) -> Value:
        """Why a row has no value of a field. Raises :class:`Unresolved`."""

    def standing(self, cells: Cells) -> AbstractContextManager[Judges]:
        """Who judges ``cells``: where these are of a case, it is all there is of its tables."""

    def row_of_case(self, base: str, key: tuple, reader: Cells, make: MakeBelow) -> Cells | None:
        """The row at ``key`` of a table that belongs to the case. Raises :class:`Unresolved`."""

    def may_lack(self, table: str, case: Case, sparse: bool = False) -> bool:
        """Whether ``case`` may be without rows of ``table``."""

    def shortened(self, rule: Rule, day: datetime.date, ask: Run) -> Run:
        """``ask``, or a shorter way to the same under the rules of ``day``."""
