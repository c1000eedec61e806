"""The rows that a sum runs over, where they lie in a database: counted, added up and put in order by queries."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from fractions import Fraction

from sqlglot import exp

from engine.execute.reference.rows import Row
from engine.execute.sql.added_up import moments
from engine.execute.sql.data_rows import DataRows
from engine.execute.sql.frame import ROW, decoded
from engine.execute.sql.ints import TooLarge
from engine.execute.sql.lowered import Lowered, is_false, is_true, missing, not_
from engine.execute.sql.on_rows import OnRows
from engine.explain.explains import Explains
from engine.explain.values_below import Valued, Values, values_of
from engine.language import tree
from engine.language.types import Kind
from engine.language.values import Value


class BelowThere:
    """``rows``: the engine that holds the rows; ``first``: whether the sum runs over all accepted ones."""

    def __init__(self, walk: Explains, rows: DataRows, source: str, row: Row, where: tree.Node | None) -> None:
        execution = walk.execution
        self.walk, self.rows = walk, rows
        scope = execution.scope(execution.closing)
        self.reading = rows.readings[scope.base(source)]
        first = execution.over_accepted()
        keys = scope.keys(row.grain)
        group = rows.upward.group(self.reading, source, keys, row.key, first)
        self.conditions = group.conditions
        held = None if where is None else self.reading.own_truth_node(where)
        self.count = rows.upward.rows_in(group)
        self.met = self.count
        if held is not None and where is not None:
            self._refuse_unknown(held, where)
            if not is_true(held.value):
                self.conditions.append(held.value)
                self.met = 0 if is_false(held.value) else rows.count_of(self.reading, self.conditions)

    def _refuse_unknown(self, held: Lowered, where: tree.Node) -> None:
        unknown = missing(held)
        if unknown is None or is_false(unknown):
            return
        condition = self.walk.execution.formulas.compiled_tree(where)
        order = self.reading.key_order()
        for row in self.rows.rows_where(self.reading, [*self.conditions, unknown], order, 1, of=[]):
            self.walk.execution.holds(condition, row)

    def values(self, node: tree.Node | None) -> Values:
        return ValuesThere(self.walk, self.rows, self.reading, self.conditions, self.met, node)


class ValuesThere:
    """What ``node`` is on the rows that meet ``conditions``, ``count`` of them, in the order of their keys."""

    def __init__(
        self, walk: Explains, rows: DataRows, reading: OnRows, conditions: list[exp.Expression], count: int,
        node: tree.Node | None,
    ) -> None:  # fmt: skip
        self.walk, self.rows, self.reading, self.conditions = walk, rows, reading, conditions
        self.count, self.node = count, node

    def __len__(self) -> int:
        return self.count

    def first(self, most: int) -> Sequence[Valued]:
        found = self.rows.rows_where(self.reading, self.conditions, self.reading.key_order(), min(most, self.count), [])
        return [(row, Fraction(1)) for row in found] if self.node is None else values_of(self.walk, self.node, found)

    def named(self, most: int) -> Sequence[Row]:
        scope = self.walk.execution.scope(self.walk.execution.closing)
        keys = [self.reading.staged(name) for name in scope.keys(self.reading.base)]
        listed = [exp.column(ROW), *self.reading.parts(keys)]
        query = self.reading.frame.selected(listed, self.conditions, self.reading.key_order(), most)
        return [
            Row(self.reading.base, self.reading.decode(keys, key), None, int(rn))
            for rn, *key in self.reading.frame.database.rows(query)
        ]

    def largest(self, most: int) -> Sequence[Valued]:
        """The rows have only their keys."""
        low = self._low()
        if low is None or low.kind in (Kind.TEXT, Kind.CLASS, Kind.BOOL, Kind.ABSENT) or not self.count:
            return []
        gone = missing(low)
        conditions = self.conditions if gone is None else [*self.conditions, not_(gone)]
        if low.over is not None:
            return self._numbered(heapq.nlargest(most, self._each(low, conditions), key=lambda pair: pair[1]))  # type: ignore[arg-type,return-value]
        if low.is_known:
            return [(row, low.known) for row, _ in self.first(most)]
        order = [exp.Ordered(this=low.value.copy(), desc=True, nulls_first=False)]
        order += [exp.Ordered(this=key.copy(), nulls_first=False) for key in self.reading.key_order()]
        scope = self.walk.execution.scope(self.walk.execution.closing)
        keys = [self.reading.staged(name) for name in scope.keys(self.reading.base)]
        listed = [exp.column(ROW), low.value, *self.reading.parts(keys)]
        inner = self.reading.frame.relation([*listed, *self.reading.key_order()], conditions)
        query = exp.select(*(exp.alias_(one.copy(), f"x{n}") for n, one in enumerate(listed)))
        query = query.from_(inner.subquery("q", copy=False), copy=False).order_by(*order, copy=False).limit(most)
        found = self.reading.frame.database.rows(query)
        return [
            (Row(self.reading.base, self.reading.decode(keys, key), None, int(rn)), decoded(low, value, 1))
            for rn, value, *key in found
        ]

    def moments(self) -> tuple[int, Fraction, Fraction]:
        low = self._low()
        if low is None or low.num is None:
            return 0, Fraction(0), Fraction(0)
        gone = missing(low)
        conditions = self.conditions if gone is None else [*self.conditions, not_(gone)]
        try:
            parts = moments(low, max(self.count, 1))
            inner = self.reading.frame.relation([low.value, *parts], conditions)
            listed = [exp.alias_(part.copy(), f"x{n}") for n, part in enumerate(parts)]
            query = exp.select(*listed).from_(inner.subquery("q", copy=False), copy=False)
            count, total, squares = self.reading.frame.database.row(query)
            return int(count), Fraction(int(total or 0), low.den), Fraction(int(squares or 0), low.den**2)
        except TooLarge:
            count, sum_, squared = 0, Fraction(0), Fraction(0)
            for _, value in self._each(low, conditions):
                assert isinstance(value, Fraction)
                count, sum_, squared = count + 1, sum_ + value, squared + value * value
            return count, sum_, squared

    def _low(self) -> Lowered | None:
        return None if self.node is None else self.reading.own_node(self.node)

    def _each(self, low: Lowered, conditions: list[exp.Expression]) -> Iterator[tuple[int, Value]]:
        """Row number and value, in the order of keys."""
        over = exp.Null() if low.over is None else low.over.sql
        query = self.reading.frame.selected([exp.column(ROW), low.value, over], conditions, self.reading.key_order())
        for chunk in self.reading.frame.database.chunks(query):
            for rn, value, below in chunk:
                yield int(rn), decoded(low, value, below)

    def _numbered(self, found: Sequence[tuple[int, Value]]) -> list[Valued]:
        rows = self.rows.rows_numbered(self.reading, [rn for rn, _ in found])
        return [(row, value) for row, (_, value) in zip(rows, found, strict=True)]
