"""名次, 上一条 and 累计 on the rows of a big table, as SQL windows. 分摊 is in :mod:`sharing`, 沿 in :mod:`along`."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from sqlglot import exp

from engine.execute.sql import ints
from engine.execute.sql.along import along
from engine.execute.sql.ints import Int, typed
from engine.execute.sql.lowered import (
    Lowered,
    all_of,
    any_of,
    case,
    is_null,
    missing,
    not_,
    number,
    unresolved,
)
from engine.execute.sql.not_in_sql import NotInSql
from engine.execute.sql.on_rows import OnRows
from engine.execute.sql.sharing import share
from engine.execute.sql.window import Window, flag, ordered, partition_fails
from engine.language import tree
from engine.language.types import Kind


def rank(reading: OnRows, node: tree.Call, day: datetime.date) -> Lowered:
    window = Window(reading, node)
    if window.hopeless:
        return unresolved(Kind.NUMBER)
    value = reading.own_node(node.args[0])
    where = None if node.where is None else reading.own_truth_node(node.where)
    if isinstance(value.value, exp.Null) and value.fail is None:
        return Lowered(Kind.NUMBER, exp.Null(), None, True)
    taking = all_of([window.rows, *([] if where is None else [where.value]), not_(is_null(value.value))])
    taking = reading.frame.let(flag(taking))
    wrong = any_of([missing(where) if where is not None else None, _and(where, value.fail)])
    order = [ordered(reading, value, bool(node.descending)), *window.by_key()]
    place = window.over(exp.RowNumber(), [taking], order)
    fail = partition_fails(window, wrong)
    found = case([*([(fail, exp.Null())] if fail is not None else []), (taking, place)], exp.Null())
    return number(Int(found, 1, max(reading.frame.staged.count, 1), False), 1, fail, True)


def _and(where: Lowered | None, fail: exp.Expression | None) -> exp.Expression | None:
    if fail is None or where is None:
        return fail
    return all_of([where.value, fail])


def running(reading: OnRows, node: tree.Call, day: datetime.date) -> Lowered:
    window = Window(reading, node)
    if window.hopeless:
        return unresolved(Kind.NUMBER)
    value, by = reading.own_node(node.args[0]), window.by()
    if value.num is None or value.over is not None:
        if isinstance(value.value, exp.Null):
            return unresolved(Kind.NUMBER)
        raise NotInSql(f"{reading.current} 累计 除不尽的数：给它写明 舍入")
    gone = missing(by)
    stands = reading.frame.let(exp.true() if gone is None else not_(gone))
    order = [ordered(reading, by, False), *window.by_key()]
    rows = max(reading.frame.staged.count, 1)
    low, high = min(value.num.low, 0) * rows, max(value.num.high, 0) * rows
    ints.column(exp.Null(), low, high)
    total = window.over(exp.Sum(this=typed(value.num)), [stands], order, running=True)
    fail = partition_fails(window, by.fail)
    bad = missing(value)
    if bad is not None:
        so_far = window.over(exp.LogicalOr(this=flag(bad)), [stands], order, running=True)
        fail = any_of([fail, all_of([window.rows, stands, so_far])])
    found = case(
        [*([(fail, exp.Null())] if fail is not None else []), (all_of([window.rows, stands]), total)], exp.Null()
    )
    return number(ints.narrowed(Int(found, low, high, True)), value.den, fail, True)


def row_before(reading: OnRows, node: tree.Call, day: datetime.date) -> Lowered:
    if reading.stands_alone:
        return Lowered(Kind.ABSENT, exp.Null(), None, True)
    history = node.history is not False and reading.base in reading.execution.selection.main_tables
    window = Window(reading, node, history=history)
    if window.hopeless:
        return unresolved(Kind.NUMBER)
    value, by = reading.own_node(node.args[0]), window.by()
    gone = missing(by)
    stands = reading.frame.let(exp.true() if gone is None else not_(gone))
    order = [ordered(reading, by, False), *window.by_key()]

    def before(part: exp.Expression) -> exp.Expression:
        return window.over(exp.Lag(this=part.copy()), [stands], order)

    there = all_of([window.rows, stands])
    fail = partition_fails(window, by.fail)
    if value.fail is not None:
        fail = any_of([fail, all_of([there, flag(before(value.fail))])])
    if isinstance(value.value, exp.Null):
        return Lowered(value.kind, exp.Null(), fail, True)
    hide = [(fail, exp.Null())] if fail is not None else []
    if value.num is None:
        shown = reading.frame.let(value.value)
        return Lowered(value.kind, case([*hide, (there, before(shown))], exp.Null()), fail, True)
    num = Int(
        case([*hide, (there, before(typed(value.num)))], exp.Null()), value.num.low, value.num.high, value.num.wide
    )
    if value.over is None:
        return number(num, value.den, fail, True)
    over = Int(before(typed(value.over)), value.over.low, value.over.high, value.over.wide)
    return number(num, value.den, fail, True, over)


WINDOWS: dict[str, Callable[[OnRows, tree.Call, datetime.date], Lowered]] = {
    "名次": rank, "累计": running, "上一条": row_before, "分摊": share, "沿": along,
}  # fmt: skip
