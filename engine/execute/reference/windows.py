"""Calls over the rows of the rule's own grain: 名次, 上一条, 累计, 分摊. Worked out once for all rows.

What cannot be known of one row makes the values of its own partition unresolved, not those of others; only
where its partition cannot be known are all of them.
"""

from __future__ import annotations

import ast
import datetime
from collections.abc import Callable
from fractions import Fraction

from engine.execute.reference.aggregates import shares
from engine.execute.reference.asks import Asks
from engine.execute.reference.rows import Row
from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import law_of
from engine.language.values import Unresolved, Value, render

Found = dict[tuple, object]


def window_keys(execution: Asks, node: ast.Call) -> tuple[str, ...]:
    """The keys that tell the partitions of a window apart."""
    call: tree.Call = node.origin  # type: ignore[attr-defined]
    return pool_of(execution, node)[1] if law_of(call.function).takes is Takes.POOL_AND_WEIGHT else call.per


def by_partition(execution: Asks, rows: list[Row], keys: tuple[str, ...], work: Callable[[list[Row]], Found]) -> Found:
    """``work`` on the rows of each partition; an ``Unresolved`` for every row of one that fails."""
    groups: dict[tuple, list[Row]] = {}
    for row in rows:
        part = execution.project(row, keys)
        if part is not None:
            groups.setdefault(part, []).append(row)
    found: Found = {}
    for items in groups.values():
        try:
            found.update(work(items))
        except Unresolved as error:
            found.update({row.key: error for row in items})
    return found


def at(found: Found, row: Row) -> object:
    value = found.get(row.key)
    if isinstance(value, Unresolved):
        raise value.again()
    return value


def rank(execution: Asks, node: ast.Call, row: Row, day: datetime.date) -> Value:
    """名次: 1, 2, 3 … in the partition; ties by key; rows left out are absent."""
    return at(execution.window(node, row, _ranks), row)  # type: ignore[return-value]


def _ranks(execution: Asks, node: ast.Call, rows: list[Row]) -> Found:
    where, call = node.where, node.origin  # type: ignore[attr-defined]

    def work(items: list[Row]) -> Found:
        taking_part = []
        for item in items:
            if where is None or execution.holds(where, item):
                value = execution.computed(node.args[0], item, execution.own_day(item))
                if value is not None:
                    taking_part.append((value, item.key))
        taking_part.sort(key=lambda pair: pair[1])
        taking_part.sort(key=lambda pair: pair[0], reverse=call.descending)  # type: ignore[arg-type,return-value]
        return {key: Fraction(place) for place, (_, key) in enumerate(taking_part, 1)}

    return by_partition(execution, rows, call.per, work)


def in_order(execution: Asks, node: ast.Call, rows: list[Row]) -> list[Row]:
    """Rows by what 按 names, ties by key; a row without it stands nowhere."""
    by = node.origin.by  # type: ignore[attr-defined]
    ordered = [(execution.value(by, row, execution.own_day(row)), row.key, row) for row in rows]
    return [item[2] for item in sorted((o for o in ordered if o[0] is not None), key=lambda item: item[:2])]


def row_before(execution: Asks, node: ast.Call, row: Row, day: datetime.date) -> Value:
    """上一条: the value on the row before this one, rows before the period included unless it says 限本期."""
    history = node.origin.history is not False  # type: ignore[attr-defined]
    before = at(execution.window(node, row, _before, history), row)
    if before is None:
        return None
    return execution.computed(node.args[0], before, execution.own_day(before))  # type: ignore[arg-type]


def _before(execution: Asks, node: ast.Call, rows: list[Row]) -> Found:
    def work(items: list[Row]) -> Found:
        ordered = in_order(execution, node, items)
        return {later.key: earlier for earlier, later in zip(ordered, ordered[1:], strict=False)}

    return by_partition(execution, rows, node.origin.per, work)  # type: ignore[attr-defined]


def running(execution: Asks, node: ast.Call, row: Row, day: datetime.date) -> Value:
    """累计: the sum up to and including this row."""
    return at(execution.window(node, row, _running), row)  # type: ignore[return-value]


def _running(execution: Asks, node: ast.Call, rows: list[Row]) -> Found:
    def work(items: list[Row]) -> Found:
        result: Found = {}
        sum_ = Fraction(0)
        failed: Unresolved | None = None
        for item in in_order(execution, node, items):
            if failed is None:
                try:
                    value = execution.computed(node.args[0], item, execution.own_day(item))
                    if value is None:
                        raise Unresolved("累计 的一行没有值", cause="汇总用到空值")
                    sum_ += value  # type: ignore[operator]
                except Unresolved as error:
                    failed = error
            result[item.key] = failed or sum_
        return result

    return by_partition(execution, rows, node.origin.per, work)  # type: ignore[attr-defined]


def share(execution: Asks, node: ast.Call, row: Row, day: datetime.date) -> Value:
    """分摊: this row's share of its pool; all rows that read the same pool share it."""
    return at(execution.window(node, row, _shares), row)  # type: ignore[return-value]


def _shares(execution: Asks, node: ast.Call, rows: list[Row]) -> Found:
    home, keys = pool_of(execution, node)
    seen: set[tuple] = set()

    def work(items: list[Row]) -> Found:
        key = execution.project(items[0], keys) or ()
        seen.add(key)
        pool = execution.computed(node.args[0], items[0], pool_day(execution, home, key))
        weights = []
        for item in items:
            weight = execution.computed(node.args[1], item, execution.own_day(item))
            if weight is None or pool is None:
                raise Unresolved("分摊 用到空值", cause="汇总用到空值")
            weights.append((item.key, weight))
        return shares(pool, weights)  # type: ignore[arg-type, return-value]

    found = by_partition(execution, rows, keys, work)
    if home is not None and not execution.elsewhere.by_parts(rows):
        refuse_unshared(execution, node, home, seen)
    return found


def pool_of(execution: Asks, node: ast.Call) -> tuple[str | None, tuple[str, ...]]:
    """The finest grain that the pool is a value of (``None``: only parameters), and the keys that tell pools apart."""
    scope = execution.scope(execution.closing)
    homes = [scope.home(part.id) for part in node.origin.args[0].walk() if isinstance(part, tree.Name)]  # type: ignore[attr-defined]
    keys: dict[str, None] = {}
    for home in homes:
        keys.update(dict.fromkeys(scope.keys(home) if home else ()))
    finest = next((home for home in homes if home and set(scope.keys(home)) == set(keys)), None)
    return finest, tuple(scope.keys(finest)) if finest else tuple(keys)


def pool_day(execution: Asks, home: str | None, key: tuple) -> datetime.date:
    """The pool is read once, as of its own row's date, whichever row asks first."""
    if home is None:
        return execution.closing
    return execution.own_day(Row(execution.scope(execution.closing).base(home), key))


def refuse_unshared(execution: Asks, node: ast.Call, home: str, seen: set[tuple]) -> None:
    """A pool with money and no row to share it is an error, not money that disappears."""
    for row in execution.rows_of(home):
        if row.key not in seen:
            pool = execution.computed(node.args[0], row, execution.own_day(row))
            if pool:
                where = ",".join(render(part) for part in row.key)
                raise Unresolved(f"分摊 的总额（{home} {where}）有钱，没有一行可以分", cause="没有权数")
