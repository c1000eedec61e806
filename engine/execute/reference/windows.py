"""Calls over the rows of the rule's own grain: 名次, 上一条, 累计, 分摊. Worked out once for all rows.

What cannot be known of one row makes the values of its own partition unresolved, not those of others; only
where its partition cannot be known are all of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction

from engine.execute.reference.aggregates import shares
from engine.execute.reference.asks import Asks, Found, T
from engine.execute.reference.nodes import Called
from engine.execute.reference.rows import Row
from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import law_of
from engine.language.values import Unresolved, Value, number_of, ordered, render


def window_keys(execution: Asks, node: Called) -> tuple[str, ...]:
    """The keys that tell the partitions of a window apart."""
    call = node.origin
    return pool_of(execution, node)[1] if law_of(call.function).takes is Takes.POOL_AND_WEIGHT else call.per


def by_partition(
    execution: Asks, rows: list[Row], keys: tuple[str, ...], work: Callable[[list[Row]], Found[T]]
) -> Found[T]:
    """``work`` on the rows of each partition; an ``Unresolved`` for every row of one that fails."""
    groups: dict[tuple, list[Row]] = {}
    for row in rows:
        part = execution.project(row, keys)
        if part is not None:
            groups.setdefault(part, []).append(row)
    found: dict[tuple, T | Unresolved] = {}
    for items in groups.values():
        try:
            found.update(work(items))
        except Unresolved as error:
            found.update({row.key: error for row in items})
    return found


def at(found: Found[T], row: Row) -> T | None:
    """What was found for a row."""
    value = found.get(row.key)
    if isinstance(value, Unresolved):
        raise value.again()
    return value


def rank(execution: Asks, node: Called, row: Row, day: datetime.date) -> Value:
    """名次: 1, 2, 3 … in the partition; ties by key; rows left out are absent."""
    return at(execution.window(node, row, _ranks), row)


def _ranks(execution: Asks, node: Called, rows: list[Row]) -> Found[Value]:
    where, call = node.where, node.origin

    def work(items: list[Row]) -> Found[Value]:
        taking_part = []
        for item in items:
            if where is None or execution.holds(where, item):
                value = execution.computed(node.args[0], item, execution.own_day(item))
                if value is not None:
                    taking_part.append((value, item.key))
        taking_part.sort(key=lambda pair: pair[1])
        taking_part.sort(key=lambda pair: ordered(pair[0]), reverse=bool(call.descending))
        return {key: Fraction(place) for place, (_, key) in enumerate(taking_part, 1)}

    return by_partition(execution, rows, call.per, work)


def in_order(execution: Asks, node: Called, rows: list[Row]) -> list[Row]:
    """Rows by what 按 names, ties by key; a row without it stands nowhere."""
    by = node.origin.by
    assert by is not None
    valued = [(execution.value(by, row, execution.own_day(row)), row.key, row) for row in rows]
    return [item[2] for item in sorted((one for one in valued if one[0] is not None), key=lambda item: item[:2])]


def row_before(execution: Asks, node: Called, row: Row, day: datetime.date) -> Value:
    """上一条: the value on the row before this one, rows before the period included unless it says 限本期."""
    history = node.origin.history is not False
    before = at(execution.window(node, row, _before, history), row)
    if before is None:
        return None
    return execution.computed(node.args[0], before, execution.own_day(before))


def _before(execution: Asks, node: Called, rows: list[Row]) -> Found[Row]:
    def work(items: list[Row]) -> Found[Row]:
        ordered = in_order(execution, node, items)
        return {later.key: earlier for earlier, later in zip(ordered, ordered[1:], strict=False)}

    return by_partition(execution, rows, node.origin.per, work)


def running(execution: Asks, node: Called, row: Row, day: datetime.date) -> Value:
    """累计: the sum up to and including this row."""
    return at(execution.window(node, row, _running), row)


def _running(execution: Asks, node: Called, rows: list[Row]) -> Found[Value]:
    def work(items: list[Row]) -> Found[Value]:
        result: dict[tuple, Value | Unresolved] = {}
        sum_ = Fraction(0)
        failed: Unresolved | None = None
        for item in in_order(execution, node, items):
            if failed is None:
                try:
                    value = execution.computed(node.args[0], item, execution.own_day(item))
                    if value is None:
                        raise Unresolved("累计 的一行没有值", cause="汇总用到空值")
                    sum_ += number_of(value)
                except Unresolved as error:
                    failed = error
            result[item.key] = failed or sum_
        return result

    return by_partition(execution, rows, node.origin.per, work)


def share(execution: Asks, node: Called, row: Row, day: datetime.date) -> Value:
    """分摊: this row's share of its pool; all rows that read the same pool share it."""
    return at(execution.window(node, row, _shares), row)


def _shares(execution: Asks, node: Called, rows: list[Row]) -> Found[Fraction]:
    home, keys = pool_of(execution, node)
    seen: set[tuple] = set()

    def work(items: list[Row]) -> Found[Fraction]:
        key = execution.project(items[0], keys) or ()
        seen.add(key)
        pool = execution.computed(node.args[0], items[0], pool_day(execution, home, key))
        weights = []
        for item in items:
            weight = execution.computed(node.args[1], item, execution.own_day(item))
            if weight is None or pool is None:
                raise Unresolved("分摊 用到空值", cause="汇总用到空值")
            weights.append((item.key, number_of(weight)))
        return shares(number_of(pool), weights)

    found = by_partition(execution, rows, keys, work)
    if home is not None and not execution.elsewhere.by_parts(rows):
        refuse_unshared(execution, node, home, seen)
    return found


def pool_of(execution: Asks, node: Called) -> tuple[str | None, tuple[str, ...]]:
    """The finest grain that the pool is a value of (``None``: only parameters), and the keys that tell pools apart."""
    scope = execution.scope(execution.closing)
    homes = [scope.home(part.id) for part in node.origin.args[0].walk() if isinstance(part, tree.Name)]
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


def refuse_unshared(execution: Asks, node: Called, home: str, seen: set[tuple]) -> None:
    """A pool with money and no row to share it is an error, not money that disappears."""
    for row in execution.rows_of(home):
        if row.key not in seen:
            pool = execution.computed(node.args[0], row, execution.own_day(row))
            if pool:
                where = ",".join(render(part) for part in row.key)
                raise Unresolved(f"分摊 的总额（{home} {where}）有钱，没有一行可以分", cause="没有权数")
