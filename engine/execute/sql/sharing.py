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
from engine.execute.sql.frame import ROW, SmallTable
from engine.execute.sql.ints import Int, grouped, typed
from engine.execute.sql.key_columns import key_types
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
    frame = reading.frame
    rows = frame.let(exp.Coalesce(this=grouped(all_of(conditions)), expressions=[exp.false()]))
    known = reading.host.combinations(parts)
    fen = [pools.get(key) for key in known.values]
    pool = reading.host.whole_numbers(known, [None if one is None else one[0] for one in fen])
    total = reading.host.whole_numbers(known, [None if one is None else max(one[1], 1) for one in fen])
    if pool is None or total is None:
        return Lowered(Kind.NUMBER, exp.Null(), rows, True)
    given = _given(reading, parts, weight, conditions, ints.absolute(pool), total, pools)
    fens = Int(exp.Coalesce(this=given.sql, expressions=[ints.typed(ints.constant(0))]), 0, given.high, given.wide)
    if pool.low < 0:
        fens = ints.multiply(fens, ints.sign(pool))
    nothing = exp.Is(this=grouped(pool.sql), expression=exp.Null())
    fail = frame.let(all_of([rows, nothing]))
    found = Int(case([(fail, exp.Null()), (rows, typed(fens))], exp.Null()), fens.low, fens.high, fens.wide)
    return number(ints.narrowed(found), 100, fail, True)


def _given(
    reading: OnRows, parts: list[Lowered], weight: Lowered, conditions: list[exp.Expression], pool: Int, total: Int,
    pools: dict[tuple, tuple[int, int] | None],
) -> Int:  # fmt: skip
    """The fen of each row that has a weight, joined by row number; NULL where it has none.

    Only those rows are numbered by their remainders: what has no weight has no remainder either.
    """
    frame, database = reading.frame, reading.frame.database
    assert weight.num is not None
    exact = frame.let_int(ints.multiply(pool, weight.num))
    exact = Int(exact.sql, max(exact.low, 0), max(exact.high, 0), exact.wide)  # rows that share have no negative weight
    floor = frame.let_int(ints.truncated(exact, total, pool.size))
    used = ints.multiply(floor, total)
    rest = ints.narrowed(Int(ints.subtract(exact, used).sql, 0, max(total.high - 1, 0), True))
    some = exp.NEQ(this=grouped(weight.num.sql), expression=ints.whole(0))
    shared = not_(exp.Is(this=grouped(pool.sql), expression=exp.Null()))
    keys, order = reading.parts(parts), reading.key_order()
    listed = [exp.column(ROW), typed(floor), frame.let(rest.sql), *keys, *order]
    weighed = database.keep(frame.selected(listed, [*conditions, some, shared]))
    width = len(keys)
    names = [f"x{3 + place}" for place in range(width)]
    left = _left(reading, parts, names, weighed, pools)
    by = [exp.column(name, "w") for name in names]
    ordered = [exp.Ordered(this=exp.column("x2", "w"), desc=True, nulls_first=False)]
    ordered += [exp.Ordered(this=exp.column(f"x{3 + width + n}", "w"), nulls_first=False) for n in range(len(order))]
    place = exp.Window(this=exp.RowNumber(), partition_by=by, order=exp.Order(expressions=ordered), over="OVER")
    numbered = exp.select(
        exp.alias_(exp.column("x0", "w"), ROW),
        exp.alias_(exp.column("x1", "w"), "fen"),
        exp.alias_(exp.column("u0", "l") if names else ints.whole(left[1]), "more"),
        exp.alias_(place, "place"),
    ).from_(exp.to_table(weighed, alias="w"))
    if names:
        on = [exp.EQ(this=part.copy(), expression=exp.column(f"k{n}", "l")) for n, part in enumerate(by)]
        numbered = numbered.join(
            exp.to_table(left[0], alias="l"), on=exp.and_(*on, copy=False), join_type="left", copy=False
        )
    one, none = typed(ints.constant(1)), typed(ints.constant(0))
    more = exp.LTE(this=exp.column("place"), expression=exp.column("more"))
    step = exp.Case().when(more, one, copy=False).else_(none, copy=False)
    fen = exp.Add(this=exp.column("fen"), expression=exp.Paren(this=step))
    table = database.keep(exp.select(ROW, exp.alias_(fen, "fen")).from_(numbered.subquery("z", copy=False), copy=False))
    database.drop(weighed)
    relation = exp.select(ROW, "fen").from_(exp.to_table(table))
    joined = frame.join([exp.column(ROW)], relation, [ROW], (ROW, table))
    return Int(frame.joined_column(joined, "fen"), 0, floor.high + 1, floor.wide)


def _left(
    reading: OnRows, parts: list[Lowered], names: list[str], weighed: str,
    pools: dict[tuple, tuple[int, int] | None],
) -> tuple[str, int]:  # fmt: skip
    """A table of how many fen are left over in each partition; the number itself where there is only one."""
    query = exp.select(*names, exp.Sum(this=exp.column("x1"))).from_(exp.to_table(weighed))
    if names:
        query = query.group_by(*[exp.column(name) for name in names], copy=False)
    raw, left = [], []
    for row in reading.frame.database.rows(query):
        found = pools.get(reading.decode(parts, row[: len(names)]))
        raw.append(row[: len(names)])
        left.append(0 if found is None else abs(found[0]) - int(row[-1] or 0))
    if not names:
        return "", left[0] if left else 0
    table = SmallTable(key_types(parts), raw)
    table.columns.append(("u0", ints.NARROW_TYPE, left))
    return table.upload(reading.frame.database), 0


def _pool_row(execution: InSql, base: str, home: str | None, key: tuple) -> Row:
    """The row that the pool is a value of."""
    if home is None:
        return Row(base, ())
    at = execution.scope(execution.closing).base(home)
    found = row_at(execution.judge, at, key, pool_day(execution.judge, home, key))
    return Row(at, key) if found is None else found
