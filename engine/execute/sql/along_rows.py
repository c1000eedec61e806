"""后行 of 沿 on the host: rows are fetched in their order, some at a time, with all that SQL could work out of them;
what comes of each is written beside the rows.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby
from math import ceil, floor
from typing import Any

from sqlglot import exp

from engine.execute.closures.compile import Code, code_of
from engine.execute.closures.pairs import to_cell, to_value
from engine.execute.reference.along import brought_in, fold
from engine.execute.reference.to_ast import to_ast
from engine.execute.sql import ints
from engine.execute.sql.frame import ROW, decoded
from engine.execute.sql.ints import Int
from engine.execute.sql.lowered import Lowered, constant, month_number, number, plain_type
from engine.execute.sql.on_rows import OnRows
from engine.language import tree
from engine.language.functions import VALUE_BEFORE
from engine.language.types import Kind
from engine.language.values import Month, Unresolved, Value, number_of

AT_A_TIME = 100_000
"""Rows that are in Python at once, beside those of one group."""
_ITEMS = (tree.Number, tree.Text, tree.Date, tree.Truth, tree.Nothing, tree.Class, tree.Word, tree.Range)
_VALUE, _FAILED = "v", "f"


@dataclass
class _At:
    """A row that the host is at. ``place`` in its group; ``cells``: what was fetched of it; ``before``: what came of
    the row before.
    """

    number: int
    place: int
    cells: list[Any]
    before: Any = None


@dataclass
class Later:
    """``first``: 首行 in SQL. ``parts``: what SQL works out of 后行; a name in it, the place in ``parts``, stands for
    each.
    """

    reading: OnRows
    node: tree.Call
    first: Lowered
    parts: list[tuple[tree.Node, Lowered]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._run = code_of(to_ast(self._without_parts(self.node.args[1])), self).run

    # -- what is left of 后行 where SQL has done its part

    def _without_parts(self, node: tree.Node) -> tree.Node:
        if isinstance(node, _ITEMS):
            return node
        if isinstance(node, tree.Name) and self._is_many(node.id):
            return node
        if not node.reads_before and not isinstance(node, tree.Between):
            return tree.Name(str(self._part(node)))
        if isinstance(node, tree.Unary):
            return replace(node, operand=self._without_parts(node.operand))
        if isinstance(node, tree.Binary):
            return replace(node, left=self._without_parts(node.left), right=self._without_parts(node.right))
        if isinstance(node, tree.Member):
            items = tuple(self._without_parts(item) for item in node.items)
            return replace(node, operand=self._without_parts(node.operand), items=items)
        if isinstance(node, tree.Between):
            low, high = (None if end is None else self._without_parts(end) for end in (node.low, node.high))
            return replace(node, low=low, high=high)
        if isinstance(node, tree.Call):
            return replace(node, args=tuple(self._without_parts(arg) for arg in node.args))
        return node  # 前值

    def _part(self, node: tree.Node) -> int:
        for place, (part, _) in enumerate(self.parts):
            if part == node:
                return place
        self.parts.append((node, self.reading.own_node(node)))
        return len(self.parts) - 1

    def _is_many(self, name: str) -> bool:
        parameter = self.reading.execution.now.parameters.get(name)
        return parameter is not None and parameter.type.many

    # -- what a name in it is

    def name(self, name: str) -> Code:
        if name == VALUE_BEFORE:
            return Code(lambda at: at.before)
        if name.isdigit():
            return Code(_cell_at(int(name)))
        figure, day = self.reading.execution.judge.parameter, _cell_at(len(self.parts) + 1)
        return Code(lambda at: figure(name, datetime.date.fromordinal(day(at)[0])))

    def beyond(self, node: Any) -> Code:
        raise AssertionError("what looks beyond the row is worked out in SQL")

    # -- rows

    def on_rows(self, some: exp.Expression, place: exp.Expression, order: Sequence[exp.Expression]) -> Lowered:
        """What comes of each of ``some`` rows, which are whole groups, beside the rows."""
        day = self.reading.by_day(lambda day: constant(Kind.NUMBER, Fraction(day.toordinal())))
        fetched = _Fetched(self.reading, [*(low for _, low in self.parts), self.first, day])
        beside, rows = _Beside(self.reading, self.node, self._kind()), 0
        groups = groupby(_numbered(fetched.rows(some, place, order)), key=lambda pair: pair[0])
        for _, group in groups:
            items = [item for _, item in group]
            rows += len(items)
            for item, value in zip(items, self._along(items), strict=True):
                beside.put(item.number, value)
        self.reading.execution.gone_through(self.reading.current, rows)
        return beside.written()

    def _along(self, items: list[_At]) -> Iterator[Value | Unresolved]:
        first, run = len(self.parts), self._run

        def on_first(item: _At) -> Value:
            found = item.cells[first]
            if isinstance(found, Unresolved):
                raise found
            return to_value(found)

        def on_later(item: _At, before: Value) -> Value:
            item.before = to_cell(before)
            return to_value(run(item))

        return fold(items, on_first, on_later, lambda value: brought_in(self.node, value))

    def _kind(self) -> Kind:
        """Of the values; where 首行 is 空, that of 后行 without a row before."""
        if self.node.rounded is not None or self.first.kind is not Kind.ABSENT:
            return Kind.NUMBER if self.node.rounded is not None else self.first.kind
        found = self.reading.own_node(_first_of_all(self.node.args[1])).kind
        return Kind.TEXT if found is Kind.ABSENT else found


def _cell_at(place: int) -> Callable[[_At], Any]:
    def read(at: _At) -> Any:
        found = at.cells[place]
        if found.__class__ is Unresolved:
            raise found.again()
        return found

    return read


def _first_of_all(node: tree.Node) -> tree.Node:
    """``node`` with 空 for 前值."""
    if isinstance(node, tree.ValueBefore):
        return tree.Nothing()
    changes: dict[str, Any] = {}
    names: tuple[str, ...] = node.__match_args__  # the fields given by position: all but ``span``
    for name in names:
        value = getattr(node, name)
        if isinstance(value, tree.Node):
            changes[name] = _first_of_all(value)
        elif isinstance(value, tuple) and any(isinstance(part, tree.Node) for part in value):
            changes[name] = tuple(_first_of_all(part) for part in value)
    return replace(node, **changes)


def _numbered(rows: Iterator[_At]) -> Iterator[tuple[int, _At]]:
    """Rows with the number of their group."""
    group = 0
    for row in rows:
        group += row.place == 1
        yield group, row


def _first_column() -> exp.Expression:
    """The place in the order, which no row lacks."""
    return exp.Ordered(this=exp.column("x0"), nulls_first=False)


@dataclass
class _Fetched:
    """Rows with the values of ``lows``, as closures compute with them."""

    reading: OnRows
    lows: list[Lowered]

    def rows(self, some: exp.Expression, place: exp.Expression, order: Sequence[exp.Expression]) -> Iterator[_At]:
        """Of many rows a table is made, which is read piece by piece."""
        frame = self.reading.frame
        position = frame.let(_position(order), window=True)
        query = frame.selected([position, exp.column(ROW), place, *self._parts()], [some])
        if frame.staged.count <= AT_A_TIME:
            yield from self._decoded(frame.database.rows(query.order_by(_first_column(), copy=False)))
            return
        table = frame.database.keep_on_disk(query)
        for start in range(0, frame.staged.count, AT_A_TIME):
            piece = exp.select("*").from_(exp.to_table(table)).where(
                exp.GT(this=exp.column("x0"), expression=ints.whole(start)),
                exp.LTE(this=exp.column("x0"), expression=ints.whole(start + AT_A_TIME)),
                copy=False,
            )  # fmt: skip
            yield from self._decoded(frame.database.rows(piece.order_by(_first_column(), copy=False)))
        frame.database.drop(table)

    def _parts(self) -> Iterator[exp.Expression]:
        for low in self.lows:
            if not low.is_known and not isinstance(low.value, exp.Null):
                yield low.value
                if low.over is not None:
                    yield low.over.sql
            if low.fail is not None and not isinstance(low.fail, exp.Boolean):
                yield low.fail

    def _decoded(self, rows: list[tuple[Any, ...]]) -> Iterator[_At]:
        for _, number_of_row, place, *parts in rows:
            rest = iter(parts)
            cells = [_cell(low, rest) for low in self.lows]
            yield _At(int(number_of_row), int(place), cells)


def _position(order: Sequence[exp.Expression]) -> exp.Expression:
    return exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=[part.copy() for part in order]), over="OVER")


def _cell(low: Lowered, rest: Iterator[Any]) -> Any:
    """What stands in the next columns."""
    value: Value = low.known if low.is_known else None
    if not low.is_known and not isinstance(low.value, exp.Null):
        found = next(rest)
        value = decoded(low, found, None if low.over is None else next(rest))
    failed = isinstance(low.fail, exp.Boolean) and bool(low.fail.this)
    if low.fail is not None and not isinstance(low.fail, exp.Boolean):
        failed = bool(next(rest))
    return Unresolved("算不出") if failed else to_cell(value)


@dataclass
class _Beside:
    """A table of what came of rows, by row number."""

    reading: OnRows
    node: tree.Call
    kind: Kind
    _waiting: list[tuple[int, Value | Unresolved]] = field(default_factory=list)
    _table: str = ""

    def put(self, row: int, value: Value | Unresolved) -> None:
        self._waiting.append((row, value))
        if len(self._waiting) >= AT_A_TIME:
            self._insert()

    def _insert(self) -> None:
        numbers = [row for row, _ in self._waiting]
        cells = [self._cell(value) for _, value in self._waiting]
        failed = [isinstance(value, Unresolved) for _, value in self._waiting]
        database, self._waiting = self.reading.frame.database, []
        spec = {ROW: ints.NARROW_TYPE, _VALUE: self._type, _FAILED: "BOOLEAN"}
        if self._table:
            database.insert(self._table, spec, {ROW: numbers, _VALUE: cells, _FAILED: failed})
        else:
            listed = {ROW: numbers, _VALUE: cells, _FAILED: failed}
            self._table = database.table([(name, kind, listed[name]) for name, kind in spec.items()])

    def written(self) -> Lowered:
        """The values as columns of the frame."""
        if self._waiting or not self._table:
            self._insert()
        frame = self.reading.frame
        relation = exp.select(ROW, _VALUE, _FAILED).from_(exp.to_table(self._table))
        joined = frame.join([exp.column(ROW)], relation, [ROW], (ROW, self._table))
        value = frame.joined_column(joined, _VALUE)
        fail = frame.let(exp.Coalesce(this=frame.joined_column(joined, _FAILED), expressions=[exp.false()]))
        if self.node.rounded is None:
            return Lowered(self.kind, value, fail, True)
        return number(Int(value, *self._bounds, self._type == ints.WIDE_TYPE), self._den, fail, True)

    def _cell(self, value: Value | Unresolved) -> Any:
        if isinstance(value, Unresolved):
            return None
        if isinstance(value, Fraction):
            return int(value * self._den)
        return month_number(value) if isinstance(value, Month) else value

    @property
    def _den(self) -> int:
        assert self.node.rounded is not None
        return int(10**self.node.rounded.digits)

    @property
    def _bounds(self) -> tuple[int, int]:
        """Proven by 范围 and 舍入."""
        within = self.node.within
        assert within is not None
        low, high = (number_of(bound) * self._den for bound in (within.low, within.high))
        return ceil(low), floor(high)

    @property
    def _type(self) -> str:
        if self.node.rounded is None:
            return plain_type(self.kind)
        return ints.WIDE_TYPE if ints.column(exp.Null(), *self._bounds).wide else ints.NARROW_TYPE
