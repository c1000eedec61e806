"""沿: the rows of a group one after another, each from its own values and what came of the row before."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar

from engine.execute.reference.asks import Asks, Found
from engine.execute.reference.nodes import Called
from engine.execute.reference.rows import Row
from engine.execute.reference.windows import at, by_partition, in_order
from engine.language import tree
from engine.language.functions import VALUE_BEFORE
from engine.language.values import Unresolved, Value, readable, render, round_to

MOST_ROWS = 10_000
"""Rows of one group."""
AnyRow = TypeVar("AnyRow")


def along(execution: Asks, node: Called, row: Row, day: datetime.date) -> Value:
    """What comes of this row, rows before the period included unless it says 限本期."""
    history = node.origin.history is not False
    return at(execution.window(node, row, _along, history), row)


def _along(execution: Asks, node: Called, rows: list[Row]) -> Found[Value]:
    call = node.origin

    def work(items: list[Row]) -> Found[Value]:
        ordered = in_order(execution, node, items)
        if len(ordered) > MOST_ROWS:
            error = too_many(call, execution.project(items[0], call.per) or (), len(ordered))
            return {item.key: error for item in ordered}
        return dict(zip((item.key for item in ordered), values_along(execution, node, ordered), strict=True))

    return by_partition(execution, rows, call.per, work)


def values_along(execution: Asks, node: Called, ordered: list[Row]) -> Iterator[Value | Unresolved]:
    """What comes of each row of one group, which stand in their order."""
    first, later = node.args

    def on_first(row: Row) -> Value:
        return execution.computed(first, row, execution.own_day(row))

    def on_later(row: Row, before: Value) -> Value:
        return execution.computed(later, after(row, before), execution.own_day(row))

    found = fold(ordered, on_first, on_later, lambda value: brought_in(node.origin, value))
    for row, value in zip(ordered, found, strict=True):
        yield value.on(row.grain, row.key) if isinstance(value, Unresolved) else value


def after(row: Row, before: Value | Unresolved) -> Row:
    """The row as 后行 reads it."""
    leaves: Mapping[str, Value | Unresolved] = {**(row.leaves or {}), VALUE_BEFORE: before}
    return replace(row, leaves=leaves)


def fold(
    rows: Iterable[AnyRow],
    on_first: Callable[[AnyRow], Any],
    on_later: Callable[[AnyRow, Any], Any],
    bring: Callable[[Any], Any],
) -> Iterator[Any]:
    """A value or an :class:`Unresolved` for each row: what cannot be known of one cannot be of any later one."""
    before: Any = None
    failed: Unresolved | None = None
    for place, row in enumerate(rows):
        if failed is None:
            try:
                before = bring(on_later(row, before) if place else on_first(row))
            except Unresolved as error:
                failed = error
        yield before if failed is None else failed


def brought_in(call: tree.Call, value: Value) -> Value:
    """A number rounded and found to be in its range; anything else as it is. Raises :class:`Unresolved`."""
    if call.rounded is None or call.within is None or not isinstance(value, Fraction):
        return value
    rounded = round_to(value, call.rounded.digits, call.rounded.mode)
    if rounded not in call.within:
        raise Unresolved(f"{call.function} 推出 {readable(rounded)}，不在范围 {call.within} 里", cause="超出范围")
    return rounded


def too_many(call: tree.Call, part: tuple[Value, ...], count: int) -> Unresolved:
    """For every row of a group that is too long."""
    which = "，".join(f"{name} = {render(value)}" for name, value in zip(call.per, part, strict=True))
    group = f"每 {'、'.join(call.per)} 的一组（{which}）" if call.per else "没有写 每，全部的行是一组，它"
    return Unresolved(f"{call.function} 最多推 {MOST_ROWS} 行，{group}有 {count} 行", cause="一组的行太多")
