"""分摊 on data rows: the pools are read on the host, the shares are worked out in SQL."""

from __future__ import annotations

import ast
import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.execute.reference.lookups import row_at
from engine.execute.reference.rows import Row
from engine.execute.reference.windows import pool_day, pool_of, refuse_unshared
from engine.execute.sql import ints
from engine.execute.sql.host_values import NotInSql
from engine.execute.sql.ints import Int, grouped, typed
from engine.execute.sql.low import Low, all_of, case, is_false, is_true, missing, not_, number, unresolved
from engine.language import tree
from engine.language.types import Kind
from engine.language.values import Unresolved

if TYPE_CHECKING:
    from engine.execute.sql.execution import SqlExecution
    from engine.execute.sql.reading import Reading


def share(reading: Reading, node: tree.Call, day: datetime.date) -> Low:
    """Each row's share in fen: the whole fen below its exact share, and one more for the largest remainders."""
    execution, frame = reading.execution, reading.frame
    call = execution.formulas.compiled_tree(node)
    assert isinstance(call, ast.Call)
    home, names = pool_of(execution, call)
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
    pools = _pools(execution, reading, call, home, parts, weight, conditions)
    if home is not None:
        try:
            refuse_unshared(execution, call, home, set(pools))
        except Unresolved:
            return unresolved(Kind.NUMBER)
    try:
        return _shares(reading, parts, weight, conditions, pools)
    except ints.TooLarge:
        raise NotInSql(f"{reading.current} 分摊 的总额乘权数太长；权数写明较少的小数") from None


def _pools(
    execution: SqlExecution, reading: Reading, call: ast.Call, home: str | None, parts: list[Low], weight: Low,
    conditions: list[exp.Expression],
) -> dict[tuple, tuple[int, int] | None]:  # fmt: skip
    """By partition: the pool in fen and the sum of weights; ``None`` where there are no shares."""
    assert weight.num is not None
    key_parts = reading.parts(parts)
    gone = missing(weight)
    bad = exp.false() if gone is None else gone
    inner = reading.frame.relation([*key_parts, weight.num.sql, bad], conditions)
    sums = [exp.Sum(this=typed(weight.num)), exp.Min(this=typed(weight.num))]
    flag = exp.LogicalOr(this=exp.Coalesce(this=grouped(bad), expressions=[exp.false()]))
    listed = [*(part.copy() for part in key_parts), *sums, flag, exp.Count(this=exp.Star())]
    query = exp.select(*[exp.alias_(part, f"x{n}") for n, part in enumerate(listed)]).from_(
        inner.subquery("q", copy=False), copy=False
    )
    if key_parts:
        query = query.group_by(*[part.copy() for part in key_parts], copy=False)
    found: dict[tuple, tuple[int, int] | None] = {}
    width = len(key_parts)
    for row in reading.frame.database.rows(query):
        total, least, wrong, count = row[width:]
        if not count:
            continue
        key = reading.decode(parts, row[:width])
        found[key] = None
        try:
            target = _pool_row(execution, reading.base, home, key)
            pool = execution.evaluator.evaluate(call.args[0], target, pool_day(execution, home, key))
        except Unresolved:
            continue
        if wrong or pool is None or int(least) < 0:
            continue
        fen = pool * 100  # type: ignore[operator]
        assert isinstance(fen, Fraction)
        if fen.denominator == 1 and (total or not fen):
            found[key] = (int(fen), int(total))
    return found


def _shares(
    reading: Reading, parts: list[Low], weight: Low, conditions: list[exp.Expression],
    pools: dict[tuple, tuple[int, int] | None],
) -> Low:  # fmt: skip
    frame = reading.frame
    assert weight.num is not None
    rows = frame.let(exp.Coalesce(this=grouped(all_of(conditions)), expressions=[exp.false()]))
    known = reading.host.combinations(parts)
    fen = [pools.get(key) for key in known.values]
    pool = reading.host.whole_numbers(known, [None if one is None else one[0] for one in fen])
    total = reading.host.whole_numbers(known, [None if one is None else max(one[1], 1) for one in fen])
    if pool is None or total is None:
        return Low(Kind.NUMBER, exp.Null(), rows, True)
    exact = frame.let_int(ints.multiply(ints.absolute(pool), weight.num))
    # rows that share nothing have any weight: only those that do are divided
    low, high = max(exact.low, 0), max(exact.high, 0)
    exact = Int(frame.let(case([(rows, typed(exact))], exp.Null())), low, high, exact.wide)
    floor = frame.let_int(ints.truncated(exact, total))
    rest = frame.let(ints.remainder(exact, total).sql)
    partition = [rows.copy(), *(part.copy() for part in reading.parts(parts))]
    given = exp.Window(this=exp.Sum(this=typed(floor)), partition_by=partition, over="OVER")
    order = [exp.Ordered(this=rest.copy(), desc=True, nulls_first=False)]
    order += [exp.Ordered(this=key.copy(), nulls_first=False) for key in reading.key_order()]
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[p.copy() for p in partition],
        order=exp.Order(expressions=order),
        over="OVER",
    )
    left = ints.subtract(ints.absolute(pool), Int(frame.let(given, window=True), 0, max(pool.size, 1), True))
    more = exp.LTE(this=frame.let(place, window=True), expression=grouped(left.sql))
    step = exp.Case().when(more, typed(ints.constant(1)), copy=False).else_(typed(ints.constant(0)), copy=False)
    fens = ints.add(floor, Int(step, 0, 1, False))
    if pool.low < 0:
        fens = ints.multiply(fens, ints.sign(pool))
    nothing = exp.Is(this=grouped(pool.sql), expression=exp.Null())
    fail = frame.let(all_of([rows, nothing]))
    found = Int(case([(fail, exp.Null()), (rows, typed(fens))], exp.Null()), fens.low, fens.high, fens.wide)
    return number(ints.narrowed(found), 100, fail, True)


def _pool_row(execution: SqlExecution, base: str, home: str | None, key: tuple) -> Row:
    """The row that the pool is a value of."""
    if home is None:
        return Row(base, ())
    at = execution.scope(execution.closing).base(home)
    found = row_at(execution, at, key, pool_day(execution, home, key))
    return Row(at, key) if found is None else found
