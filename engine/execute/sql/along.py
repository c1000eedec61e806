"""沿 on data rows: SQL orders them and works out 首行 and all of 后行 that 前值 has no part in; where a row has others
before it the host goes through them.
"""

from __future__ import annotations

import datetime
from dataclasses import replace
from math import ceil, floor

from sqlglot import exp

from engine.execute.reference.along import MOST_ROWS, brought_in
from engine.execute.sql import ints
from engine.execute.sql.along_rows import Later
from engine.execute.sql.arithmetic import compared, rounded
from engine.execute.sql.frame import Frame
from engine.execute.sql.lowered import Lowered, all_of, any_of, constant, failing, merged, missing, not_, unresolved
from engine.execute.sql.on_rows import OnRows
from engine.execute.sql.window import Window, flag, ordered, partition_fails
from engine.language import tree
from engine.language.types import Kind
from engine.language.values import Unresolved, number_of


def along(reading: OnRows, node: tree.Call, day: datetime.date) -> Lowered:
    """What comes of each row."""
    first = _brought(reading.own_node(node.args[0]), node, reading.frame)
    if reading.stands_alone:
        return first
    history = node.history is not False and reading.base in reading.execution.selection.main_tables
    window = Window(reading, node, history=history)
    if window.hopeless:
        return unresolved(first.kind)
    by = window.by()
    gone = missing(by)
    stands = reading.frame.let(exp.true() if gone is None else not_(gone))
    order = [ordered(reading, by, False), *window.by_key()]
    place = window.over(exp.RowNumber(), [stands], order)
    count = window.over(exp.Count(this=exp.Star()), [stands])
    there = reading.frame.let(flag(all_of([window.rows, stands])))
    some = all_of([there, _above(count, 1), not_(_above(count, MOST_ROWS))])
    parted = [ordered(reading, key, False) for key in window.keys]
    later = Later(reading, node, first).on_rows(some, place, [*parted, *order])
    fail = any_of([partition_fails(window, by.fail), all_of([there, _above(count, MOST_ROWS)])])
    steps = [] if fail is None else [(fail, unresolved(later.kind))]
    steps += [(all_of([there, not_(_above(place, 1))]), first), (there, later)]
    return merged(steps, constant(later.kind, None), later.kind)


def _above(sql: exp.Expression, number: int) -> exp.Expression:
    return exp.GT(this=sql.copy(), expression=ints.whole(number))


def _brought(low: Lowered, node: tree.Call, frame: Frame) -> Lowered:
    """A number rounded, and unresolved outside its range; anything else as it is."""
    if node.rounded is None or node.within is None or low.num is None:
        return low
    if low.is_known:
        try:
            return constant(low.kind, brought_in(node, low.known))
        except Unresolved:
            return unresolved(low.kind)
    low = frame.let_low(rounded(low, node.rounded.digits, node.rounded.mode, frame))
    assert low.num is not None
    within, sure = node.within, replace(low, fail=None, absent=False)
    bounds = (("<" if within.low_closed else "<=", within.low), (">" if within.high_closed else ">=", within.high))
    outside = any_of([compared(op, sure, constant(Kind.NUMBER, bound)).value for op, bound in bounds])
    found = low if outside is None else failing(low, frame.let(flag(outside)))
    least, most = (number_of(bound) * low.den for bound in (within.low, within.high))
    lowest, highest = max(ceil(least), low.num.low), min(floor(most), low.num.high)
    if found.num is None or lowest > highest:
        return unresolved(low.kind)
    return replace(found, num=replace(found.num, low=lowest, high=highest))
