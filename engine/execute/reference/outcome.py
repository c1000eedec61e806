"""The protocol by which those who tell how a run ended (statements, accounts, 必须, refusals) ask it: where its rows
went, and what stands in the lines of statements. A run of the judge meets it, and one in SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from engine.execute.period import Period
from engine.execute.reference.asks import Asks, Stands
from engine.execute.reference.rows import Record, Row
from engine.execute.reference.verdicts import Verdict
from engine.execute.result import Account, SheetColumn
from engine.language.values import Unresolved, Value
from engine.rulebook.model import Check, Formula, Statement


class Failed(NamedTuple):
    """A value of a statement that cannot be known: the row's key, the column, and why."""

    key: str
    heading: str
    why: str


class Outcome(Stands, Protocol):
    """One run, seen from outside. Rows are told apart by table and number."""

    remarks: list[str]

    @property
    def judge(self) -> Asks:
        """The same run seen from inside: what a value is, and why it is not known."""

    def hold(self) -> None:
        """Holds rows of which a needed value cannot be known."""

    def notes(self) -> list[str]:
        """What to know about how the run went."""

    # -- where rows went

    def verdicts_of(self, *states: str) -> list[tuple[str, int, Verdict]]:
        """Rows that ended in one of ``states``, in order; of very many only some."""

    def held_count(self) -> int:
        """How many are held."""

    def came_in(self, table: str) -> int:
        """How many rows of a table are of the run, the refused ones too: all but those outside the period."""

    def account(self, table: str) -> Account:
        """Where the rows of a table went."""

    def any_rows(self, table: str) -> bool:
        """Whether a table has rows at all, of whatever period."""

    def delivered_in(self, table: str, period: Period) -> bool:
        """Whether a table has rows of ``period``."""

    def record_of(self, table: str, number: int) -> Record:
        """The fields of a row."""

    def key_of(self, table: str, number: int) -> tuple[Value, ...]:
        """The key of a row."""

    def keys_of(self, rows: Sequence[tuple[str, int]]) -> dict[tuple[str, int], tuple[Value, ...]]:
        """The keys of rows."""

    def rows_with_codes(self, table: str, field: str, codes: Sequence[str]) -> list[tuple[int, int]]:
        """For each code: how many rows have it, and how many have one that begins with it."""

    # -- what is told of them

    def rows_to_assert(self, check: Check) -> list[Row]:
        """The rows on which a 必须 is looked at; of very many those on which it does not hold."""

    def count_rows(self, grain: str) -> int:
        """How many rows a grain has."""

    def rows_where_true(self, formula: Formula, grain: str) -> int:
        """On how many rows of a grain a condition is known to hold."""

    def lines(self, statement: Statement, columns: list[SheetColumn]) -> tuple[Sequence[list[Value]], list[Failed]]:
        """The lines of a statement, and what could not be known."""

    def with_constant(self, rows: Sequence[list[Value]], value: Value) -> Sequence[list[Value]]:
        """Rows with one more column that is the same on every row."""

    def kept_rows(self, base: str, columns: list[SheetColumn]) -> Sequence[Sequence[Value | Unresolved]]:
        """Values of all rows of a grain."""
