"""Calls that look beyond the row: 取, aggregates, windows, 上期, 逐段, 分摊, working days."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.execute.reference import lookups
from engine.execute.reference.aggregates import AGGREGATES, quantile, shares
from engine.execute.reference.rows import Row
from engine.language import tree
from engine.language.values import Interval, Unresolved, Value
from engine.rulebook.model import DecisionTable, Formula
from engine.rulebook.parts import cell_condition

if TYPE_CHECKING:
    from engine.execute.reference.execution import Execution

ONE_DAY = datetime.timedelta(days=1)


def look_up(execution: Execution, node: ast.Call, row: Row, day: datetime.date) -> Value:
    """取(name, key = …): the value at those keys, the others from the row."""
    name = node.origin.args[0].id  # type: ignore[attr-defined]
    scope = execution.scope(day)
    home = scope.home(name)
    assert home is not None
    given = {kw.arg: kw.value for kw in node.keywords}
    key = []
    for part in scope.keys(home):
        if part in given:
            key.append(execution.evaluator.evaluate(given[part], row, day))
        else:
            key.append(execution.value(part, row, day))
    if any(part is None for part in key):
        return None
    target = lookups.row_at(execution, scope.base(home), tuple(key), day)
    return None if target is None else execution.value(name, target, day)


def aggregate(execution: Execution, node: ast.Call, row: Row, day: datetime.date) -> Value:
    """An aggregate over the rows below, each as of its own date."""
    name, source = node.func.id, node.origin.source  # type: ignore[attr-defined]
    where = node.where  # type: ignore[attr-defined]
    rows = below(execution, source, row)
    if where is not None:
        rows = [item for item in rows if _holds(execution, where, item)]
    if name == "计数":
        return Fraction(len(rows))
    values = []
    for item in rows:
        value = execution.evaluator.evaluate(node.args[0], item, execution.own_day(item))
        if value is None:
            raise Unresolved(f"{name} 的一行没有值；用 当 有 … 只算有值的行", cause="汇总用到空值")
        values.append(value)
    if name == "分位数":
        share = execution.evaluator.evaluate(node.args[1], row, day)
        return None if share is None else quantile(values, share)
    return AGGREGATES[name](values)  # type: ignore[return-value]


def below(execution: Execution, source: str, row: Row) -> list[Row]:
    """The rows an aggregate of the current rule runs over."""
    first = not execution.settled or execution.busy_first()
    return execution.group(source, row.grain, row, first)


def _holds(execution: Execution, where: ast.expr, row: Row) -> bool:
    value = execution.evaluator.evaluate(where, row, execution.own_day(row))
    if value is None:
        raise Unresolved("条件用到空值；先用 有、没有 或 缺省 处理", cause="条件用到空值")
    return bool(value)


def rank(execution: Execution, node: ast.Call, row: Row, day: datetime.date) -> Value:
    """名次: 1, 2, 3 … in the partition; ties by key; rows left out are absent."""
    ranks = execution.window(node, row, _ranks)
    return ranks.get(row.key)


def _ranks(execution: Execution, node: ast.Call, rows: list[Row]) -> dict[tuple, Value]:
    where, descending = node.where, node.origin.descending  # type: ignore[attr-defined]
    found: dict[tuple, list[tuple]] = {}
    for row in rows:
        if where is not None and not _holds(execution, where, row):
            continue
        value = execution.evaluator.evaluate(node.args[0], row, execution.own_day(row))
        part = execution.project(row, node.origin.per)  # type: ignore[attr-defined]
        if value is not None and part is not None:
            found.setdefault(part, []).append((value, row.key))
    result: dict[tuple, Value] = {}
    for items in found.values():
        items.sort(key=lambda item: item[1])
        items.sort(key=lambda item: item[0], reverse=descending)
        result.update({key: Fraction(place) for place, (_, key) in enumerate(items, 1)})
    return result


def row_before(execution: Execution, node: ast.Call, row: Row, day: datetime.date) -> Value:
    """上一条: the value on the row before this one, rows before the period included."""
    before = execution.window(node, row, _before, history=True).get(row.key)
    if before is None:
        return None
    return execution.evaluator.evaluate(node.args[0], before, execution.own_day(before))  # type: ignore[arg-type]


def _ordered(execution: Execution, node: ast.Call, rows: list[Row]) -> dict[tuple, list[Row]]:
    found: dict[tuple, list[tuple]] = {}
    for row in rows:
        part = execution.project(row, node.origin.per)  # type: ignore[attr-defined]
        order = execution.value(node.origin.by, row, execution.own_day(row))  # type: ignore[attr-defined]
        if part is not None and order is not None:
            found.setdefault(part, []).append((order, row.key, row))
    return {part: [item[2] for item in sorted(items, key=lambda item: item[:2])] for part, items in found.items()}


def _before(execution: Execution, node: ast.Call, rows: list[Row]) -> dict[tuple, object]:
    result: dict[tuple, object] = {}
    for items in _ordered(execution, node, rows).values():
        for earlier, later in zip(items, items[1:], strict=False):
            result[later.key] = earlier
    return result


def running(execution: Execution, node: ast.Call, row: Row, day: datetime.date) -> Value:
    """累计: the sum up to and including this row."""
    return execution.window(node, row, _running).get(row.key)


def _running(execution: Execution, node: ast.Call, rows: list[Row]) -> dict[tuple, Value]:
    result: dict[tuple, Value] = {}
    for items in _ordered(execution, node, rows).values():
        sum_ = Fraction(0)
        for item in items:
            value = execution.evaluator.evaluate(node.args[0], item, execution.own_day(item))
            if value is None:
                raise Unresolved("累计 的一行没有值", cause="汇总用到空值")
            sum_ += value  # type: ignore[operator]
            result[item.key] = sum_
    return result


def previous(execution: Execution, node: ast.Call, row: Row, day: datetime.date) -> Value:
    """上期: the value that the period before has."""
    name = node.origin.args[0].id  # type: ignore[attr-defined]
    first = node.args[1] if len(node.args) > 1 else None
    if ("上期", name) in execution.given:
        return execution.given[("上期", name)].get(row.key, execution.given[("上期", name)].get(None))  # type: ignore[index]
    in_series = execution.program.series is not None
    if in_series and execution.period.first_of_year():
        return _first(execution, first, row, day)
    home = execution.scope(day).home(name) or row.grain
    key = tuple(execution.value(part, row, day) for part in execution.scope(day).keys(home))
    if execution.published is not None:
        found, value = execution.published.value(name, execution.scope(day).base(home), key)
        return value if found else _first(execution, first, row, day)
    earlier = execution.before()
    if earlier is None:
        raise Unresolved(f"没有上期的 {name}：{execution.period.previous()} 的数据没有交来", name, "没有上期")
    target = next((item for item in earlier.rows_of(home) if item.key == key), None)
    if target is None:
        return _first(execution, first, row, day)
    return earlier.value(name, target, earlier.own_day(target))


def _first(execution: Execution, first: ast.expr | None, row: Row, day: datetime.date) -> Value:
    return None if first is None else execution.evaluator.evaluate(first, row, day)


def bands(execution: Execution, node: ast.Call, row: Row, day: datetime.date) -> Value:
    """逐段: the band values integrated from the start to the variable; negative where the variable is below the start."""
    rule = execution.scope(day).book.rules[node.origin.args[0].id]  # type: ignore[attr-defined]
    if not isinstance(rule.body, DecisionTable):
        raise Unresolved(f"{rule.name} 待定", rule.name, "待定")
    variable = node.origin.args[1].id  # type: ignore[attr-defined]
    stop = execution.evaluator.evaluate(node.args[1], row, day)
    start = execution.evaluator.evaluate(node.args[2], row, day) if len(node.args) > 2 else Fraction(0)
    if stop is None or start is None:
        return None
    low, high = min(start, stop), max(start, stop)  # type: ignore[type-var]
    column = rule.body.columns.index(variable)
    sum_, covered = Fraction(0), Fraction(0)
    for line in rule.body.rows:
        cells = [cell_condition(rule.body, line, i) for i in range(len(rule.body.columns)) if i != column]
        if not all(cell is None or execution.truth(cell, rule.grain, row, day) for cell in cells):
            continue
        band = _band(execution, line.cells[column], rule.grain, row, day)
        inside = _overlap(band, low, high)
        if inside > 0:
            if line.value is None:
                raise Unresolved(f"{rule.name} 的这一段待定", rule.name, "待定")
            value = execution.evaluate(line.value, rule.grain, row, day, rule.type)
            if value is None:
                return None
            sum_ += inside * value  # type: ignore[operator]
            covered += inside
    if covered != high - low:  # type: ignore[operator]
        raise Unresolved(f"{rule.name} 的各段没有正好盖住从 {start} 到 {stop}", rule.name, "各段没有盖住")
    return sum_ if stop >= start else -sum_  # type: ignore[operator]


def _band(execution: Execution, cell: Formula | None, grain: str, row: Row, day: datetime.date) -> Interval:
    if cell is None:
        return Interval(None, None)

    def worth(node: tree.Node) -> Value:
        return execution.evaluate(Formula("", node), grain, row, day)

    if isinstance(cell.tree, tree.Compare):
        bound = worth(cell.tree.operand)
        return Interval(None, bound) if cell.tree.op in ("<", "<=") else Interval(bound, None)  # type: ignore[arg-type]
    item = cell.tree.items[0] if isinstance(cell.tree, tree.Items) and len(cell.tree.items) == 1 else None
    if isinstance(item, tree.Between):
        ends = [None if end is None else worth(end) for end in (item.low, item.high)]
        return Interval(ends[0], ends[1])  # type: ignore[arg-type]
    if isinstance(cell.tree, tree.Items) and not cell.tree.items:
        return Interval(None, None)
    raise Unresolved("逐段 的列要写成区间", cause="不是区间")


def _overlap(band: Interval, low: Fraction, high: Fraction) -> Fraction:
    start = low if band.low is None else max(low, band.low)  # type: ignore[type-var]
    stop = high if band.high is None else min(high, band.high)  # type: ignore[type-var]
    return max(stop - start, Fraction(0))  # type: ignore[operator]


def share(execution: Execution, node: ast.Call, row: Row, day: datetime.date) -> Value:
    """分摊: this row's share of its pool; all rows that read the same pool share it."""
    scope = execution.scope(day)
    pool_names = [n.id for n in node.origin.args[0].walk() if isinstance(n, tree.Name)]  # type: ignore[attr-defined]
    keys: tuple[str, ...] = ()
    for name in pool_names:
        home = scope.home(name)
        for key in scope.keys(home) if home else ():
            keys += (key,) if key not in keys else ()

    def all_shares(execution: Execution, node: ast.Call, rows: list[Row]) -> dict[tuple, Value]:
        groups: dict[tuple, list[Row]] = {}
        for item in rows:
            part = execution.project(item, keys)
            if part is not None:
                groups.setdefault(part, []).append(item)
        found: dict[tuple, Value] = {}
        for items in groups.values():
            pool = execution.evaluator.evaluate(node.args[0], items[0], execution.own_day(items[0]))
            weights = []
            for item in items:
                weight = execution.evaluator.evaluate(node.args[1], item, execution.own_day(item))
                if weight is None or pool is None:
                    raise Unresolved("分摊 用到空值", cause="汇总用到空值")
                weights.append((item.key, weight))
            found.update(shares(pool, weights))  # type: ignore[arg-type]
        return found

    return execution.window(node, row, all_shares).get(row.key)


def working_days(execution: Execution, node: ast.Call, row: Row, day: datetime.date) -> Value:
    """工作日数: days after the first up to the last on which the calendar says 是."""
    first, last = (execution.evaluator.evaluate(arg, row, day) for arg in node.args[:2])
    if first is None or last is None:
        return None
    name = node.origin.args[2].id  # type: ignore[attr-defined]
    home = execution.scope(day).home(name)
    assert home is not None
    count, current = 0, first + ONE_DAY  # type: ignore[operator]
    if last - first > datetime.timedelta(days=3660):  # type: ignore[operator]
        raise Unresolved("工作日数 的两天相隔超过十年", cause="日期不合理")
    while current <= last:  # type: ignore[operator]
        target = lookups.row_at(execution, home, (current,), day)
        if target is None:
            raise Unresolved(f"{home} 没有 {current} 这一天", home, "没有这一行")
        count += bool(lookups.field_value(execution, name, target))
        current += ONE_DAY
    return Fraction(count)


CALLS: dict[str, Callable[..., Value]] = {
    "取": look_up,
    "名次": rank,
    "上一条": row_before,
    "累计": running,
    "上期": previous,
    "逐段": bands,
    "分摊": share,
    "工作日数": working_days,
    "计数": aggregate,
    "分位数": aggregate,
    **dict.fromkeys(AGGREGATES, aggregate),
}
