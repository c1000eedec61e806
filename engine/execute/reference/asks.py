"""The protocol by which rules, calls and checks ask a run of the judge: for other values, the rows of a grain, sums and
windows over them, and what the run stands on. Everything raises :class:`Unresolved` where something cannot be known.
"""

from __future__ import annotations

import ast
import datetime
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from engine.execute.period import Period
from engine.execute.reference.days import Days
from engine.execute.reference.formulas import Formulas
from engine.execute.reference.inputs import Before, Data, Published
from engine.execute.reference.nodes import Called
from engine.execute.reference.phases import Phases
from engine.execute.reference.rows import Record, Row, TableRows
from engine.execute.reference.rows_elsewhere import Elsewhere
from engine.execute.reference.verdicts import Selection
from engine.language import tree
from engine.language.types import Type
from engine.language.values import Unresolved, Value
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Formula, Program
from engine.rulebook.scope import Scope

T = TypeVar("T")
Found = Mapping[tuple, T | Unresolved]
"""Something for the key of each row, or why it cannot be known."""
Work = Callable[["Asks", Called, list[Row]], Found[T]]
"""What is done once over all rows of a window."""


class Stands(Protocol):
    """What a run stands on: rules, program, period, rows. ``closing``: the day for what has no time of its own."""

    book: Book
    program: Program
    period: Period
    days: Days
    formulas: Formulas
    closing: datetime.date

    @property
    def data(self) -> Data:
        """Where rows come from."""

    @property
    def selection(self) -> Selection:
        """Where each row ended."""

    @property
    def now(self) -> Snapshot:
        """The rules of the closing day."""

    @property
    def wanted(self) -> set[str]:
        """Every name the program reaches."""

    @property
    def wanted_tables(self) -> set[str]:
        """Tables of which a wanted name is a field, or that are named themselves."""

    def scope(self, day: datetime.date, /) -> Scope:
        """Name resolution under the rules of ``day``."""


Watch = Callable[[str, object, str, int], None]
"""Hears a decision: the formula, the node of it that decides, which end or other argument it held a value against, and
whether the value, before it is rounded, lay below (−1), at (0) or above it (1). A choice by a condition says 1 or −1.
"""


class Asks(Stands, Protocol):
    """One run, seen from inside: from a rule, a call or a check on a row.

    ``given``: values that are given instead of worked out; ``phases``: which rows take part, and what was worked out
    over them; ``elsewhere``: what another engine answers; ``asked_inside``: how many rules were being worked out inside
    each other, in later periods, when this one was asked; ``watch``: hears on which side of a bound a value lies.
    """

    selection: Selection
    phases: Phases
    elsewhere: Elsewhere
    published: Published | None
    given: dict[str | Before, dict[tuple | None, Value]]
    given_grains: dict[str, str]
    free_tables: dict[str, Record]
    extra_rows: dict[str, list[tuple]]
    asked_inside: int
    watch: Watch | None

    @property
    def rules_inside(self) -> int:
        """How many rules are being worked out inside each other, here and in the periods that asked this one."""

    @property
    def before(self) -> Asks | None:
        """The same program over the period before, where its data were delivered."""

    def own_day(self, row: Row, /) -> datetime.date:
        """The date of a row."""

    # -- values on a row

    def value(self, name: str, row: Row, day: datetime.date) -> Value:
        """``name`` as read from ``row`` on ``day``."""

    def evaluate(
        self, formula: Formula, grain: str, row: Row, day: datetime.date,
        expected: Type | None = None, rooted: bool = False,
    ) -> Value:  # fmt: skip
        """A formula of ``grain`` on ``row`` under the rules of ``day``."""

    def computed(self, node: ast.expr, row: Row, day: datetime.date) -> Value:
        """A compiled formula, or a part of one, on ``row``."""

    def truth(self, formula: Formula, grain: str, row: Row, day: datetime.date) -> bool:
        """A condition; absent is not an answer."""

    def holds(self, where: ast.expr, row: Row) -> bool:
        """A compiled 当 on a row, as of that row's date; absent is not an answer."""

    def bound(
        self, formula: Formula, grain: str, day: datetime.date, expected: Type | None = None, rooted: bool = False, /
    ) -> tree.Node:
        """A formula with every name understood."""

    def note(self, what: str, name: str, place: object, outcome: object) -> None:
        """Tells who listens which branch or table row was tried, and whether it applied."""

    # -- rows

    def table(self, name: str) -> TableRows:
        """The rows of a table that take part."""

    def in_grain(self, grain: str, row: Row, /) -> bool:
        """Whether a row belongs to ``grain`` and to every grain that it narrows."""

    def rows_of(self, grain: str, first: bool = False, /) -> list[Row]:
        """The rows of a grain in key order; ``first``: all accepted ones, not only those that are settled."""

    def group(self, source: str, grain: str, row: Row, first: bool, /) -> list[Row]:
        """The rows of ``source`` below ``row`` of ``grain``."""

    def project(self, row: Row, keys: tuple[str, ...], /) -> tuple | None:
        """The keys that a row determines; ``None`` where one of them is absent."""

    def combinations(self, source: str, keys: tuple[str, ...], first: bool, /) -> list[tuple]:
        """The combinations of ``keys`` that the rows of ``source`` lead to."""

    def window(self, node: Called, row: Row, work: Work[T], history: bool = False, /) -> Found[T]:
        """``work`` over all rows that share a window with ``row``'s rule, done once; ``history``: also rows before."""

    # -- which rule is asking

    def over_accepted(self) -> bool:
        """Whether its sums run over all accepted rows, not only over the settled ones."""

    def grain_of_rule(self, row: Row) -> str:
        """Its grain, whose rows a window runs over."""

    # -- sorting rows

    def rows_left(self) -> None:
        """Some rows take part no longer."""

    def settle(self, held: bool = True) -> None:
        """From here on sums run over the settled rows; ``held``: whether a row may have been held."""
