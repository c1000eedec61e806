"""The rows of one big table as a relation to which computed columns are added, layer upon layer, without copies."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlglot import exp

from engine.data.staging.model import StagedTable
from engine.databases.interface import Database
from engine.databases.marks import COMPUTED_FILTER, KEY_TYPE
from engine.databases.trees import columns_of, copied, made_of, named, table
from engine.execute.sql import ints
from engine.execute.sql.ints import Int
from engine.execute.sql.lowered import Lowered
from engine.execute.sql.row_kinds import COUNT, RowKinds
from engine.language.types import Kind
from engine.language.values import Month, Value

ROW = "rn"
FETCHED = 20_000
"""Rows that are fetched into Python at a time."""


@dataclass
class SmallTable:
    """A table of values that the host worked out, one row a combination of keys. Columns may come later: the table is
    made anew when a query reads one that is not there yet.
    """

    key_types: list[str]
    raw: list[tuple]
    columns: list[tuple[str, str, list[Any]]] = field(default_factory=list)
    name: str = ""
    uploaded: int = -1

    def upload(self, database: Database) -> str:
        if self.uploaded < len(self.columns):
            keys = [(f"k{n}", kind, [row[n] for row in self.raw]) for n, kind in enumerate(self.key_types)]
            # under the same name: a query that was made before and is yet to run may read it
            self.name, self.uploaded = database.table([*keys, *self.columns], self.name), len(self.columns)
        return self.name


@dataclass
class RowsOf:
    """The rows of another frame with the columns that were asked for so far, and ``there``, which is TRUE."""

    frame: Frame
    conditions: list[exp.Expression]
    columns: dict[str, None]

    def select(self) -> exp.Select:
        columns = [exp.column(name) for name in self.columns]
        inner = self.frame.relation(columns, self.conditions).subquery("q", copy=False)
        listed = [named(copied(column), column.name) for column in columns]
        return exp.select(*listed, named(exp.true(), "there")).from_(inner, copy=False)


@dataclass
class Joined:
    """A relation joined by keys: its columns are there from ``level`` on. ``null_safe``: NULL equals NULL."""

    alias: str
    keys: tuple[exp.Expression, ...]
    level: int
    relation: SmallTable | RowsOf | exp.Select
    key_columns: tuple[str, ...]
    null_safe: bool = False


@dataclass
class Column:
    name: str
    level: int
    sql: exp.Expression | None
    joined: Joined | None = None
    inner: str = ""
    window: bool = False

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The columns that it is worked out or joined from."""
        sources = self.joined.keys if self.joined is not None else () if self.sql is None else (self.sql,)
        return tuple(dict.fromkeys(c for source in sources for c in columns_of(source)))


@dataclass
class Frame:
    """``columns`` by name, each on the first layer where all that it reads is there; ``by_what``: the name of what
    is worked out."""

    database: Database
    base: str
    staged: StagedTable
    columns: dict[str, Column] = field(default_factory=dict)
    by_what: dict[Hashable, str] = field(default_factory=dict)
    joins: dict[Hashable, Joined] = field(default_factory=dict)
    kinds: RowKinds | None = None
    """Kinds of its rows, which stand in their place where that makes no difference."""

    def __post_init__(self) -> None:
        self.relation_name = self.staged.relation
        self.columns[ROW] = Column(ROW, 0, None)
        for staged in self.staged.columns.values():
            self.columns[staged.name] = Column(staged.name, 0, None)
            if staged.out_of_range is not None:
                self.columns[staged.out_of_range] = Column(staged.out_of_range, 0, None)

    # -- columns ------------------------------------------------------------

    def level(self, *expressions: exp.Expression) -> int:
        """The layer on which all columns that ``expressions`` read are there."""
        found = [self.columns[name].level for e in expressions for name in columns_of(e)]
        return max(found, default=0)

    def let(self, sql: exp.Expression, window: bool = False) -> exp.Expression:
        """A column for ``sql``; the same column for the same tree. Columns and constants stay what they are."""
        if isinstance(sql, (exp.Column, exp.Literal, exp.Boolean, exp.Null)):
            return copied(sql)
        said = made_of(sql)
        name = self.by_what.get(said)
        if name is None:
            name = self.by_what[said] = f"v{len(self.columns)}"
            self.columns[name] = Column(name, self.level(sql) + 1, sql, window=window)
        return exp.column(name)

    def let_int(self, number: Int) -> Int:
        if number.constant is not None or isinstance(number.sql, exp.Column):
            return number
        return Int(
            self.let(ints.typed(number) if number.constant is not None else number.sql),
            number.low,
            number.high,
            number.wide,
        )

    def let_low(self, low: Lowered) -> Lowered:
        """A lowered value whose parts are columns."""
        fail = None if low.fail is None else self.let(low.fail)
        if low.is_known:
            return low
        if low.num is None:
            return Lowered(low.kind, self.let(low.value), fail, low.absent, None, 1, None, low.known)
        num = self.let_int(low.num)
        over = None if low.over is None else self.let_int(low.over)
        return Lowered(low.kind, num.sql, fail, low.absent, num, low.den, over, low.known, low.span)

    def join(
        self, keys: Sequence[exp.Expression], relation: SmallTable | RowsOf | exp.Select, key_columns: Sequence[str],
        mark: Hashable, null_safe: bool = False,
    ) -> Joined:  # fmt: skip
        """Join ``relation`` once per ``mark``: its rows are unique by ``key_columns``."""
        if mark not in self.joins:
            bound = tuple(self.let(key) for key in keys)
            level = self.level(*bound) + 1
            self.joins[mark] = Joined(f"j{len(self.joins)}", bound, level, relation, tuple(key_columns), null_safe)
        return self.joins[mark]

    def joined_column(self, joined: Joined, inner: str) -> exp.Expression:
        name = f"{joined.alias}{inner}"
        if name not in self.columns:
            self.columns[name] = Column(name, joined.level, None, joined, inner)
        return exp.column(name)

    def rebase(
        self, table: str, base: Collection[str], worked_out: Collection[str], conditions: Sequence[exp.Expression]
    ) -> None:
        """From here on the rows are those that meet ``conditions``, in ``table``, where the delivered columns ``base``
        stand and those that are ``worked_out``. Other delivered columns are joined from where they stood.
        """
        if self.kinds is not None:
            same = self.kinds.conditions == frozenset(map(made_of, conditions))
            self.kinds = replace(self.kinds, conditions=frozenset()) if same else None
        here = {*base, ROW, COUNT}
        others = [name for name, column in self.columns.items() if column.level == 0 and name not in here]
        former = exp.select(ROW, *others).from_(exp.to_table(self.relation_name))
        self.relation_name = table
        for name in worked_out:
            self.columns[name] = Column(name, 0, None)
        if others:
            beside = Joined(f"j{len(self.joins)}", (exp.column(ROW),), 1, former, (ROW,))
            self.joins["beside", table] = beside
            for name in others:
                if name not in worked_out:
                    self.columns[name] = Column(name, 1, None, beside, name)
        self._level_again()

    def _level_again(self) -> None:
        """Each column again on the first layer where all that it reads is there."""
        for name, column in self.columns.items():  # in the order in which they were made: what is read comes first
            if column.joined is not None:
                column.joined.level = column.level = self.level(*column.joined.keys) + 1
            elif column.sql is not None:
                self.columns[name].level = self.level(column.sql) + 1
        for joined in self.joins.values():
            joined.level = self.level(*joined.keys) + 1

    def stands_for(self, kinds: RowKinds) -> None:
        """From here on questions may be asked of the kinds."""
        self.kinds = kinds
        self.columns[COUNT] = Column(COUNT, 0, None)

    # -- queries ------------------------------------------------------------

    def kinds_for(
        self, parts: Iterable[exp.Expression], conditions: Sequence[exp.Expression]
    ) -> tuple[str, Sequence[exp.Expression]]:
        """The table of kinds of rows, if ``parts`` can be asked of it, and the conditions that are still to be met;
        else "" and all of them.
        """
        if self.kinds is None:
            return "", conditions
        said = {made_of(condition): condition for condition in conditions}
        left = [condition for made, condition in said.items() if made not in self.kinds.conditions]
        read = [self.columns[name] for name in self.read_by([*parts, *left])]
        delivered = {column.name for column in read if column.level == 0}
        known = delivered and delivered <= self.kinds.columns and not any(column.window for column in read)
        return (self.kinds.table, left) if known and self.kinds.conditions <= said.keys() else ("", conditions)

    def relation(
        self, wanted: Iterable[exp.Expression], conditions: Sequence[exp.Expression] = (), rows: str = ""
    ) -> exp.Select:
        """Rows that meet all ``conditions``, with every column that ``wanted`` reads. ``rows``: a table that stands in
        place of the frame's own.
        """
        wanted = list(wanted)
        needed = self.read_by([*wanted, *conditions])
        top = max((self.columns[name].level for name in needed), default=0)
        windows = [self.columns[name].level for name in needed if self.columns[name].window]
        first = max(windows, default=0)  # windows see rows that the conditions leave out
        outermost = {name for e in wanted for name in columns_of(e)}
        pending = [(max(self.level(condition), first), condition) for condition in conditions]
        query: exp.Select | None = None
        for level in range(top + 1):
            later = self._read_later(needed, pending, level, outermost)
            shown = [name for name in needed if self.columns[name].level <= level and name in later]
            query = self._layer(query, level, shown or [ROW], rows or self.relation_name)
            here = [condition for at, condition in pending if at == level]
            if here and level:
                query = exp.select(*[exp.column(name) for name in shown or [ROW]]).from_(
                    self.database.fenced(query).subquery("p", copy=False), copy=False
                )
                query.meta[COMPUTED_FILTER] = True
            for condition in here:  # of what was delivered: on the table itself
                query = query.where(copied(condition), copy=False)
        assert query is not None
        return self.database.fenced(query)

    def read_by(self, expressions: Iterable[exp.Expression]) -> list[str]:
        """All columns that are needed to work ``expressions`` out, each after those that it reads."""
        found: dict[str, None] = {}
        waiting = [name for e in expressions for name in columns_of(e)]
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found[name] = None
            waiting.extend(self.columns[name].reads)
        return sorted(found, key=lambda name: (self.columns[name].level, name))

    def _read_later(
        self, needed: list[str], pending: list[tuple[int, exp.Expression]], level: int, outermost: set[str]
    ) -> set[str]:
        """Columns that a later layer, a condition still to come or the end reads."""
        found = set(outermost)
        for name in needed:
            if self.columns[name].level > level:
                found.update(self.columns[name].reads)
        for at, condition in pending:
            if at >= level:
                found.update(columns_of(condition))
        return found

    def _layer(self, below: exp.Select | None, level: int, shown: list[str], rows: str) -> exp.Select:
        if below is None:
            return exp.select(*[exp.column(name) for name in shown]).from_(table(rows), copy=False)
        picked: list[Any] = []
        joins: dict[str, Joined] = {}
        for name in shown:
            column = self.columns[name]
            if column.level < level:
                picked.append(exp.column(name, "p"))
            elif column.joined is not None:
                joins[column.joined.alias] = column.joined
                picked.append(named(exp.column(column.inner, column.joined.alias), name))
            else:
                assert column.sql is not None
                picked.append(named(copied(column.sql, "p"), name))
        query = exp.select(*picked).from_(self.database.fenced(below).subquery("p", copy=False), copy=False)
        for joined in joins.values():
            equal = exp.NullSafeEQ if joined.null_safe else exp.EQ
            on = [
                equal(this=copied(key, "p"), expression=exp.column(inner, joined.alias))
                for key, inner in zip(joined.keys, joined.key_columns, strict=True)
            ]
            if isinstance(joined.relation, SmallTable):
                for one, kind in zip(on, joined.relation.key_types, strict=True):
                    one.meta[KEY_TYPE] = kind
            if isinstance(joined.relation, SmallTable):
                source: exp.Expression = table(joined.relation.upload(self.database), joined.alias)
            elif isinstance(joined.relation, RowsOf):
                source = joined.relation.select().subquery(joined.alias, copy=False)
            else:
                source = copied(joined.relation).subquery(joined.alias, copy=False)
            query.append("joins", exp.Join(this=source, side="LEFT", on=exp.and_(*on, copy=False)))
        return query

    # -- rows in Python ------------------------------------------------------------

    def fetch(
        self,
        lows: Sequence[Lowered],
        conditions: Sequence[exp.Expression] = (),
        order: Sequence[exp.Expression] = (),
        limit: int | None = None,
    ) -> list[tuple[list[Any], list[bool]]]:
        """Values of ``lows`` on the rows, and which of them are unresolved."""
        parts: list[exp.Expression] = []
        plans = []
        for low in lows:
            plans.append((low, len(parts)))
            parts.append(low.value)
            parts.append(exp.Null() if low.over is None else low.over.sql)
            parts.append(low.fail if low.fail is not None else exp.false())
        query = self.selected(parts, conditions, order, limit)
        found = []
        for row in self.database.rows(query):
            values = [decoded(low, row[at], row[at + 1]) for low, at in plans]
            found.append((values, [bool(row[at + 2]) for _, at in plans]))
        return found

    def selected(
        self,
        parts: Sequence[exp.Expression],
        conditions: Sequence[exp.Expression] = (),
        order: Sequence[exp.Expression] = (),
        limit: int | None = None,
        rows: str = "",
    ) -> exp.Select:
        inner = self.relation([*parts, *order], conditions, rows)
        query = exp.select(*[named(copied(part), f"x{place}") for place, part in enumerate(parts)]).from_(
            inner.subquery("q", copy=False), copy=False
        )
        if order:
            query = query.order_by(*[exp.Ordered(this=copied(part), nulls_first=False) for part in order], copy=False)
        return query.limit(limit, copy=False) if limit is not None else query


def decoded(low: Lowered, value: Any, over: Any) -> Value:
    """The Python value of a fetched cell."""
    if low.is_known:
        return low.known
    if value is None:
        return None
    if low.kind is Kind.NUMBER:
        return Fraction(int(value), low.den * (1 if low.over is None else int(over)))
    if low.kind is Kind.MONTH:
        return Month(int(value) // 12, int(value) % 12 + 1)
    if low.kind is Kind.BOOL:
        return bool(value)
    return value
