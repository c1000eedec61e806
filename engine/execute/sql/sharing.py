"""分摊 on data rows: the pools are read on the host, the shares are worked out in SQL."""

from __future__ import annotations

import datetime
from dataclasses import replace

from sqlglot import exp

from engine.execute.reference.lookups import row_at
from engine.execute.reference.nodes import Called
from engine.execute.reference.rows import Row
from engine.execute.reference.windows import pool_day, pool_of, refuse_unshared
from engine.execute.sql import ints
from engine.execute.sql.added_up import SUM, added_up, smallest
from engine.execute.sql.asked_together import Asked
from engine.execute.sql.fen_left_over import Weighed, widths
from engine.execute.sql.frame import ROW
from engine.execute.sql.ints import Int, grouped, typed
from engine.execute.sql.lowered import Lowered, all_of, case, is_false, is_true, missing, not_, number, unresolved
from engine.execute.sql.not_in_sql import NotInSql
from engine.execute.sql.on_rows import InSql, OnRows
from engine.language import tree
from engine.language.types import Kind
from engine.language.values import Unresolved, number_of


def share(reading: OnRows, node: tree.Call, day: datetime.date) -> Lowered:
    """Each row's share in fen: the whole fen below its exact share, and one more for the largest remainders."""
    execution, frame = reading.execution, reading.frame
    call = execution.formulas.compiled_tree(node)
    assert isinstance(call, Called)
    home, names = pool_of(execution.judge, call)
    weight = frame.let_low(reading.own_node(node.args[1]))
    parts = [frame.let_low(reading.own(name)) for name in names]
    rule = execution.now.rules.get(reading.current)
    member = reading.in_grain(rule.grain if rule is not None else reading.base)
    conditions = execution.conditions(reading.base, execution.first_now(reading.current))
    if execution.any_row(reading, [member.fail, *(part.fail for part in parts)], conditions):
        return unresolved(Kind.NUMBER)
    conditions = [*conditions, *([] if is_true(member.value) else [member.value])]
    conditions += [not_(gone) for part in parts if (gone := missing(part)) is not None and not is_false(gone)]
    if weight.num is None or weight.over is not None:
        if isinstance(weight.value, exp.Null):
            return unresolved(Kind.NUMBER)
        raise NotInSql(f"{reading.current} 分摊 的权数除不尽：给它写明 舍入")
    beside: Asked | None = None
    if home is not None and rule is not None:  # the pool is likely the least of two sums, of which this is one
        total = replace(node, function=SUM, args=(node.args[1],), source=rule.grain)
        base = execution.scope(execution.closing).base(home)
        beside = Asked(call, total, reading, base, names, execution.first_now(reading.current))
    pools = _pools(execution, reading, call, home, parts, weight, conditions, beside)
    if home is not None:
        try:
            refuse_unshared(execution.judge, call, home, set(pools))
        except Unresolved:
            return unresolved(Kind.NUMBER)
    try:
        return _shares(reading, parts, weight, conditions, pools)
    except ints.TooLarge:
        raise NotInSql(f"{reading.current} 分摊 的总额乘权数太长；权数写明较少的小数") from None


def _pools(
    execution: InSql, reading: OnRows, call: Called, home: str | None, parts: list[Lowered], weight: Lowered,
    conditions: list[exp.Expression], beside: Asked | None,
) -> dict[tuple, tuple[int, int] | None]:  # fmt: skip
    """By partition: the pool in fen and the sum of weights; ``None`` where there are no shares.

    ``beside``: what will be asked of the same rows next.
    """
    assert weight.num is not None
    weights = added_up(weight, max(reading.frame.staged.count, 1))
    states = [weights]
    if weight.num.low < 0:
        states.append(smallest(weight))
    found: dict[tuple, tuple[int, int] | None] = {}
    rows = execution.upward.grouped_rows(reading, parts, conditions, states, beside)
    for raw, _, ((wrong, sums), *others) in rows:
        total, least = sums[0], others[0][1][0] if len(states) > 1 else 0
        key = reading.decode(parts, raw)
        found[key] = None
        try:
            target = _pool_row(execution, reading.base, home, key)
            pool = execution.judge.computed(call.args[0], target, pool_day(execution.judge, home, key))
        except Unresolved:
            continue
        if wrong or pool is None or (least is not None and int(least) < 0):
            continue
        fen = number_of(pool) * 100
        if fen.denominator == 1 and (total or not fen):
            found[key] = (int(fen), int(total))
    return found


def _shares(
    reading: OnRows, parts: list[Lowered], weight: Lowered, conditions: list[exp.Expression],
    pools: dict[tuple, tuple[int, int] | None],
) -> Lowered:  # fmt: skip
    frame, database = reading.frame, reading.frame.database
    assert weight.num is not None
    rows = frame.let(exp.Coalesce(this=grouped(all_of(conditions)), expressions=[exp.false()]))
    known = reading.host.combinations(parts)
    fen = [pools.get(key) for key in known.values]
    pool = reading.host.whole_numbers(known, [None if one is None else one[0] for one in fen])
    totals = [None if one is None else max(one[1], 1) for one in fen]
    total, width = reading.host.whole_numbers(known, totals), reading.host.whole_numbers(known, widths(totals))
    if pool is None or total is None or width is None:
        return Lowered(Kind.NUMBER, exp.Null(), rows, True)
    exact = frame.let_int(ints.multiply(ints.absolute(pool), weight.num))
    exact = Int(exact.sql, max(exact.low, 0), max(exact.high, 0), exact.wide)  # rows that share have no negative weight
    floor = frame.let_int(ints.truncated(exact, total, pool.size))
    used = ints.multiply(floor, total)
    rest = frame.let_int(ints.narrowed(Int(ints.subtract(exact, used).sql, 0, max(total.high - 1, 0), True)))
    some = exp.NEQ(this=grouped(weight.num.sql), expression=ints.whole(0))
    shared = not_(exp.Is(this=grouped(pool.sql), expression=exp.Null()))
    order = reading.key_order()
    listed = [
        exp.column(ROW),
        typed(floor),
        rest.sql,
        typed(ints.truncated(rest, width)),
        *reading.parts(parts),
        *order,
    ]
    # only rows with a weight: others have no remainder either
    weighed = database.keep(frame.selected(listed, [*conditions, some, shared]))
    given = Weighed(reading, weighed, parts, len(order)).given({key: abs(one[0]) for key, one in pools.items() if one})
    table = database.keep(given)
    database.drop(weighed)
    joined = frame.join([exp.column(ROW)], exp.select(ROW, "fen").from_(exp.to_table(table)), [ROW], (ROW, table))
    none = exp.Coalesce(this=frame.joined_column(joined, "fen"), expressions=[ints.typed(ints.constant(0))])
    fens = Int(none, 0, floor.high + 1, floor.wide)
    if pool.low < 0:
        fens = ints.multiply(fens, ints.sign(pool))
    nothing = exp.Is(this=grouped(pool.sql), expression=exp.Null())
    fail = frame.let(all_of([rows, nothing]))
    found = Int(case([(fail, exp.Null()), (rows, typed(fens))], exp.Null()), fens.low, fens.high, fens.wide)
    return number(ints.narrowed(found), 100, fail, True)


def _pool_row(execution: InSql, base: str, home: str | None, key: tuple) -> Row:
    """The row that the pool is a value of."""
    if home is None:
        return Row(base, ())
    at = execution.scope(execution.closing).base(home)
    found = row_at(execution.judge, at, key, pool_day(execution.judge, home, key))
    return Row(at, key) if found is None else found
