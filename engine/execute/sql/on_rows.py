"""The protocols by which the parts of lowering ask each other: for names and formulas on the rows of a big table, for
values that Python works out beside them, for sums over them, and for the run.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from sqlglot import exp

from engine.execute.closures.host import CoarseRows
from engine.execute.period import Period
from engine.execute.plan.columns import Columns
from engine.execute.plan.steps import Column
from engine.execute.reference.asks import Stands
from engine.execute.reference.execution import Execution
from engine.execute.reference.phases import Phases
from engine.execute.reference.rows import Row
from engine.execute.sql.added_up import State
from engine.execute.sql.frame import Frame
from engine.execute.sql.ints import Int
from engine.execute.sql.lowered import Lowered
from engine.execute.sql.sorted_rows import SortedRows
from engine.language import tree
from engine.language.types import Type
from engine.language.values import Value
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Formula, Rule, Table
from engine.rulebook.scope import Access


class OnHost(Protocol):
    """Values worked out once for each combination of what is read, and joined to the rows."""

    def prepare(self, columns: Sequence[Column]) -> None:
        """Asks for the combinations of keys at which these columns read other grains."""

    def store_kinds(self, columns: Sequence[Column]) -> None:
        """Stores the kinds of rows by the keys at which these columns read other grains."""

    def named_at(self, keys: list[Lowered], name: str, base: str, day: datetime.date) -> Lowered:
        """``name`` on the row of another grain, ``base``, at ``keys``."""

    def rule(self, rule: Rule, day: datetime.date) -> Lowered:
        """A rule, by the names that it reads."""

    def node(self, node: tree.Node, day: datetime.date) -> Lowered:
        """A formula, by the names that it reads."""

    def rounded_sum(self, node: tree.Node, digits: int, mode: str, day: datetime.date) -> Lowered | None:
        """A formula that is too long for SQL, rounded; ``None`` where that needs each combination of all it reads."""

    def leaves(self, names: list[str], day: datetime.date, work: Callable[[Row], Value]) -> Lowered:
        """``work`` on a row of which only ``names`` can be read."""

    def scalar(self, function: str, args: list[Lowered]) -> Lowered:
        """A function of its arguments alone that SQL has no words for."""

    def combinations(self, keys: list[Lowered]) -> Any:
        """The combinations of ``keys`` that occur, for :meth:`whole_numbers`."""

    def whole_numbers(self, known: Any, numbers: list[int | None]) -> Int | None:
        """A whole number for each combination, beside the rows; ``None`` if there is none at all."""

    def texts_by_row(self, rows: list[int], texts: list[str]) -> exp.Expression:
        """A text for some row numbers, beside the rows."""


class OnRows(Protocol):
    """What names and formulas are on the rows of one frame. ``used``: whether anything has read the rows."""

    base: str
    used: bool

    @property
    def stands_alone(self) -> bool:
        """Whether that is so now: 上一条 has no row to look at then."""

    @property
    def execution(self) -> InSql:
        """The run that the rows are of."""

    @property
    def frame(self) -> Frame:
        """The rows, with computed columns."""

    @property
    def host(self) -> OnHost:
        """What the host works out beside the rows."""

    @property
    def table(self) -> Table:
        """The table that the rows are of."""

    @property
    def current(self) -> str:
        """The rule that is being lowered."""

    # -- under the rules of a day

    def read(self, name: str, day: datetime.date) -> Lowered:
        """What a name is."""

    def node(self, node: tree.Node, day: datetime.date) -> Lowered:
        """What a bound formula is."""

    def in_sql(self, node: tree.Node, day: datetime.date) -> Lowered:
        """What a bound formula is, without help of the host. Raises :class:`TooLarge`."""

    def formula(
        self, formula: Formula, grain: str, day: datetime.date, expected: Type | None = None, rooted: bool = False
    ) -> Lowered:
        """What a formula as written is."""

    def fetch(self, access: Access, day: datetime.date) -> Lowered:
        """What ``access`` leads to."""

    def call(self, node: tree.Call, day: datetime.date) -> Lowered:
        """What a call is that looks beyond the row."""

    def on_host(self, node: tree.Node, day: datetime.date) -> Lowered:
        """A formula that SQL cannot say exactly."""

    def other_frame(self, other: OnRows, keys: list[Lowered], lower: Callable[[], Lowered]) -> Lowered:
        """A value of the row of another frame that has these keys."""

    # -- as of each row's own day

    @property
    def days(self) -> Sequence[tuple[exp.Expression | None, datetime.date]]:
        """Each state of the rules that rows may be of, with the condition that a row is of it or a later one."""

    def by_day(self, lower: Callable[[datetime.date], Lowered]) -> Lowered:
        """What ``lower`` gives under the rules of each row's own day."""

    def own(self, name: str) -> Lowered:
        """What a name is."""

    def own_node(self, node: tree.Node) -> Lowered:
        """What a bound formula is."""

    def own_truth_node(self, node: tree.Node) -> Lowered:
        """What a bound condition is."""

    def own_truth(self, formula: Formula, grain: str) -> Lowered:
        """What a condition as written is."""

    def in_grain(self, grain: str) -> Lowered:
        """Whether a row belongs to ``grain`` and all that it narrows."""

    # -- what was lowered

    def alone(self, work: Callable[[], Lowered]) -> Lowered:
        """What ``work`` lowers where each row is seen by itself, as if none stood before it: see ``Reading.alone``."""

    def ruled(self) -> list[tuple[str, Lowered]]:
        """The rules that are lowered now, by name."""

    def is_lowered(self, name: str) -> bool:
        """Whether ``name`` is lowered as of the closing day."""

    # -- rows

    def staged(self, name: str) -> Lowered:
        """A column of the table itself."""

    def key_order(self) -> list[exp.Expression]:
        """By what rows are put in order."""

    def at_key(self, key: tuple[Value, ...]) -> list[exp.Expression]:
        """That a row has this key."""

    def equals(self, low: Lowered, value: Value) -> exp.Expression:
        """Whether ``low`` is ``value``."""

    def in_period(self, period: Period) -> exp.Expression:
        """Whether the 归期 of a row lies in ``period``."""

    def parts(self, lows: list[Lowered]) -> list[exp.Expression]:
        """What tells combinations of values apart in SQL."""

    def decode(self, lows: list[Lowered], cells: Sequence[Any]) -> tuple[Value, ...]:
        """A combination of values from what SQL gave for its parts."""

    def distinct(self, lows: list[Lowered], conditions: Sequence[exp.Expression]) -> list[tuple[Value, ...]]:
        """The combinations of values that occur."""


class Sums(Protocol):
    """Sums over data rows that were asked for."""

    def looked_at(self) -> bool:
        """Whether any was."""

    def keys_seen(self, reading: OnRows, keys: list[Lowered], conditions: list[exp.Expression]) -> list[tuple] | None:
        """The combinations of ``keys`` on the rows that meet ``conditions``, as they stand in SQL, if they were asked
        for with anything.
        """

    def grouped_rows(
        self, reading: OnRows, keys: list[Lowered], conditions: list[exp.Expression], states: Sequence[State],
        beside: Any = None,
    ) -> list[tuple[tuple, int, list[tuple[bool, Sequence[Any]]]]]:  # fmt: skip
        """For each group: its key in SQL, how many rows it has, and of each state whether it is bad and its parts.
        ``beside``: the aggregate that will be asked next.
        """


class InSql(Stands, Protocol):
    """A run whose big tables stand in a database. ``judge``: who works out what is coarse, and says why;
    ``columns``: what is known of columns beforehand.
    """

    states: dict[str, SortedRows]
    phases: Phases
    judge: Execution
    coarse: CoarseRows
    columns: Columns

    @property
    def readings(self) -> Mapping[str, OnRows]:
        """The big tables."""

    @property
    def upward(self) -> Sums:
        """Sums that were asked for over their rows."""

    # -- what is known of the rules beforehand

    @property
    def first_names(self) -> set[str]:
        """Names whose aggregates run over all accepted rows."""

    def first_now(self, name: str) -> bool:
        """Whether aggregates of rule ``name`` run over all accepted rows."""

    def states_of_rules(self) -> Sequence[Snapshot]:
        """Each state of the rules that a row may be of."""

    def is_time(self, key: str) -> bool:
        """Whether a key says when."""

    def parent_of(self, table: str) -> str:
        """The settled table that the rows of ``table`` belong to, where they do."""

    def sees_older(self, base: str) -> bool:
        """Whether rules of the run look at rows of the table from before the period."""

    def too_long(self, name: str, size: str) -> None:
        """Notes a rule whose numbers might not fit what SQL holds."""

    def gone_through(self, name: str, rows: int) -> None:
        """Notes of a rule that the host went through rows one by one."""

    # -- which rows

    def conditions(self, base: str, first: bool) -> list[exp.Expression]:
        """What the rows of a frame meet that are accepted (``first``) or settled."""

    def conditions_from(self, base: str, reader: str) -> list[exp.Expression]:
        """The same for accepted rows that are found by key from a row of ``reader``."""

    def widest(self, base: str) -> list[exp.Expression]:
        """Conditions that every row meets that is looked at in any way."""

    def older_and_run(self, reading: OnRows) -> list[exp.Expression]:
        """The rows that 上一条 sees."""

    def member(self, reading: OnRows, grain: str, first: bool) -> list[exp.Expression]:
        """Conditions of belonging to ``grain``."""

    def refuse_unknown_keys(
        self, reading: OnRows, lows: list[Lowered], keys: tuple[str, ...], conditions: list[exp.Expression]
    ) -> None:
        """Raises :class:`Unresolved` where the keys of a row cannot be known."""

    def any_row(
        self, reading: OnRows, fails: Sequence[exp.Expression | None], conditions: Sequence[exp.Expression]
    ) -> bool:
        """Whether one of ``fails`` is true on a row."""

    def count_true(self, reading: OnRows, fail: exp.Expression, conditions: Sequence[exp.Expression]) -> int:
        """On how many rows that meet the conditions ``fail`` is true."""

    def count_of(
        self, reading: OnRows, conditions: Sequence[exp.Expression], fails: Sequence[exp.Expression | None] = ()
    ) -> int:
        """How many rows meet the conditions; whether one of ``fails`` is true on them is asked by the way."""

    def rows_where(
        self, reading: OnRows, conditions: Sequence[exp.Expression], order: Sequence[exp.Expression] = (),
        limit: int | None = None, of: Sequence[exp.Expression] | None = None,
    ) -> list[Row]:  # fmt: skip
        """Rows of a frame in Python."""

    def row(self, reading: OnRows, rn: int) -> Row:
        """The row of a number."""

    def rows_numbered(self, reading: OnRows, numbers: Sequence[int]) -> Iterator[Row]:
        """The rows of these numbers, in this order."""

    # -- sorting rows

    def rows_left(self) -> None:
        """Some rows take part no longer: what was lowered is lowered anew."""

    def settle(self, held: bool = True) -> None:
        """From here on sums run over the settled rows; ``held``: whether a row may have been held."""
