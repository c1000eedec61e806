"""Calls that look beyond the row: 取, aggregates, 上期, working days; windows and bands have files of their
own.
"""

from __future__ import annotations

import ast
import datetime
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction

from engine.execute.reference import lookups
from engine.execute.reference.aggregates import AGGREGATES
from engine.execute.reference.along import along
from engine.execute.reference.asks import Asks
from engine.execute.reference.bands import bands
from engine.execute.reference.inputs import Before
from engine.execute.reference.nodes import Called
from engine.execute.reference.rows import Row
from engine.execute.reference.windows import rank, row_before, running, share
from engine.language.functions import read_on_rows
from engine.language.values import Unresolved, Value

ONE_DAY = datetime.timedelta(days=1)
MOST_INSIDE = 24
"""So many rules inside each other, over several periods: those before are then worked out one by one, the first first.
"""


def look_up(execution: Asks, node: Called, row: Row, day: datetime.date) -> Value:
    """取(name, key = …): the value at those keys, the others from the row."""
    name = node.origin.name_at(0)
    scope = execution.scope(day)
    home = scope.home(name)
    assert home is not None
    given = {kw.arg: kw.value for kw in node.keywords}
    key = []
    for part in scope.keys(home):
        if part in given:
            key.append(execution.computed(given[part], row, day))
        else:
            key.append(execution.value(part, row, day))
    if any(part is None for part in key):
        return None
    target = lookups.row_at(execution, scope.base(home), tuple(key), day)
    return None if target is None else execution.value(name, target, day)


def aggregate(execution: Asks, node: Called, row: Row, day: datetime.date) -> Value:
    """An aggregate over the rows below, each as of its own date."""
    name, source = node.name, node.source
    if execution.elsewhere.holds(execution.scope(execution.closing).base(source)):
        return execution.elsewhere.aggregate(node, row, day)
    where = node.where
    rows = below(execution, source, row)
    if where is not None:
        rows = [item for item in rows if execution.holds(where, item)]
    if read_on_rows(node.origin) is None:
        return AGGREGATES[name](rows)
    values = []
    for item in rows:
        value = execution.computed(node.args[0], item, execution.own_day(item))
        if value is None:
            raise Unresolved(f"{name} 的一行没有值；用 当 有 … 只算有值的行", cause="汇总用到空值")
        values.append(value)
    rest = [execution.computed(arg, row, day) for arg in node.args[1:]]
    return None if None in rest else AGGREGATES[name](values, *rest)


def below(execution: Asks, source: str, row: Row) -> list[Row]:
    """The rows an aggregate of the current rule runs over."""
    return execution.group(source, row.grain, row, execution.over_accepted())


def previous(execution: Asks, node: Called, row: Row, day: datetime.date) -> Value:
    """上期: the value that the period before has."""
    name = node.origin.name_at(0)
    first = node.args[1] if len(node.args) > 1 else None
    given = execution.given.get(Before(name))
    if given is not None:
        return given.get(row.key, given.get(None))
    in_series = execution.program.series is not None
    if in_series and execution.period.first_of_year():
        return _first(execution, first, row, day)
    home = execution.scope(day).home(name) or row.grain
    key = tuple(execution.value(part, row, day) for part in execution.scope(day).keys(home))
    is_rule = execution.scope(day).as_rule(name)
    if execution.published is not None and is_rule:
        found, value = execution.published.value(name, execution.scope(day).base(home), key)
        return value if found else _first(execution, first, row, day)
    earlier = execution.before
    if earlier is None:
        raise Unresolved(
            f"没有上期的 {name}：{execution.period.previous()} 的数据没有交来"
            "（用 --previous 指明上期的结果，或从首期起连着运行）",
            name,
            "没有上期",
        )
    earlier.asked_inside = execution.rules_inside
    if earlier.asked_inside >= MOST_INSIDE:
        _oldest_first(earlier, name, home, key)
    target = _at(earlier, home, key)
    if target is None:
        return _first(execution, first, row, day)
    return earlier.value(name, target, earlier.own_day(target))


def _oldest_first(execution: Asks, name: str, home: str, key: tuple[Value, ...]) -> None:
    """Works a value out in all periods before, from the first on: each then finds that of the one before it.

    What cannot be known is told by the period that needs it.
    """
    periods: list[Asks] = []
    in_series = execution.program.series is not None
    while not (in_series and execution.period.first_of_year()) and execution.before is not None:
        execution = execution.before
        periods.append(execution)
    for period in reversed(periods):
        period.asked_inside = 0
        target = _at(period, home, key)
        if target is not None:
            with suppress(Unresolved):
                period.value(name, target, period.own_day(target))


def _at(execution: Asks, home: str, key: tuple[Value, ...]) -> Row | None:
    return next((item for item in execution.rows_of(home) if item.key == key), None)


def _first(execution: Asks, first: ast.expr | None, row: Row, day: datetime.date) -> Value:
    return None if first is None else execution.computed(first, row, day)


def working_days(execution: Asks, node: Called, row: Row, day: datetime.date) -> Value:
    """工作日数: days after the first up to the last on which the calendar says 是."""
    first, last = (execution.computed(arg, row, day) for arg in node.args[:2])
    if first is None or last is None:
        return None
    assert isinstance(first, datetime.date) and isinstance(last, datetime.date)
    name = node.origin.name_at(2)
    home = execution.scope(day).home(name)
    assert home is not None
    count, current = 0, first + ONE_DAY
    if last - first > datetime.timedelta(days=3660):
        raise Unresolved("工作日数 的两天相隔超过十年", cause="日期不合理")
    while current <= last:
        target = lookups.row_at(execution, home, (current,), day)
        if target is None:
            raise Unresolved(f"{home} 没有 {current} 这一天", home, "没有这一行")
        is_workday = lookups.field_value(execution, name, target)
        if is_workday is None:
            raise Unresolved(f"{home} 没有写 {current} 是不是 {name}", home, "日历里空着")
        count += bool(is_workday)
        current += ONE_DAY
    return Fraction(count)


CALLS: dict[str, Callable[..., Value]] = {
    "取": look_up,
    "名次": rank,
    "上一条": row_before,
    "累计": running,
    "沿": along,
    "上期": previous,
    "逐段": bands,
    "分摊": share,
    "工作日数": working_days,
    **dict.fromkeys(AGGREGATES, aggregate),
}
