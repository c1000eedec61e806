"""Reading what is stored: fields, rows by key, constants, given values; and the rows of a grain."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection

from engine.data.values import OutOfRange
from engine.execute.reference.asks import Asks
from engine.execute.reference.rows import Row
from engine.language import tree
from engine.language.function_laws import Reach
from engine.language.functions import reach_of
from engine.language.types import Kind, Type
from engine.language.values import Unresolved, Value, render
from engine.rulebook.constants import literal
from engine.rulebook.model import REQUIRED, Check, Formula, Grain, Parameter, Rule
from engine.rulebook.parts import formulas_of


class Nothing:
    """Marks a value that is not given: absent may be."""


NOTHING = Nothing()
_OTHER_ROWS = (Reach.BELOW, Reach.GROUP, Reach.GROUP_AND_BEFORE, Reach.PERIOD)

MOST_COMBINATIONS = 1_000_000

OUT_OF_RANGE = "超出范围"
"""The cause of a value that its field does not allow."""
NOT_GIVEN = "没有给出"
"""The cause where an example gives no value for a field."""


def has_aggregate(rule: Rule) -> bool:
    """Whether a formula of the rule aggregates or looks at other rows itself: it is then as of its own
    row's date.
    """
    return any(looks_at_others(formula) for formula in formulas_of(rule.body))


def looks_at_others(formula: Formula) -> bool:
    """Whether a formula itself aggregates or looks at other rows."""
    return any(isinstance(node, tree.Call) and reach_of(node.function) in _OTHER_ROWS for node in formula.tree.walk())


def constant(node: tree.Node, type_: Type) -> Value:
    """The value of a parameter as written."""
    if isinstance(node, tree.Items):
        return frozenset(constant(item, type_) for item in node.items)  # type: ignore[return-value]
    if isinstance(node, tree.Word):
        return node.number if type_.kind is Kind.NUMBER and node.number is not None else node.text
    if isinstance(node, (tree.Name, tree.Class)):
        return node.id if isinstance(node, tree.Name) else node.word
    return literal(node)


def figure(parameter: Parameter, day: datetime.date) -> Value:
    """What a parameter is on ``day``. Raises :class:`Unresolved` where it is 待定 or not in force yet."""
    if not parameter.values:
        note = parameter.provenance.note or "没有来源给出数值"
        raise Unresolved(f"{parameter.name} 待定：{note}", parameter.name, REQUIRED)
    current = [formula for start, formula in parameter.values if start <= day]
    if not current:
        raise Unresolved(f"{parameter.name} 在 {day} 还没有取值", parameter.name, "尚未施行")
    return constant(current[-1].tree, parameter.type)


def given_value(execution: Asks, name: str, row: Row) -> Value | Nothing:
    """A value that a test sets: at this row's key, at a key this row leads to, or for all rows.

    A row that has ``name`` among its own keys keeps its key: 取(…, 级 = 低) reads the row of 低 whatever is set.
    """
    by_key = execution.given[name]
    if None in by_key and not (row.grain and name in execution.scope(execution.closing).keys(row.grain)):
        return _resolved(by_key[None], name)
    if row.key in by_key and execution.given_grains.get(name) == row.grain:
        return _resolved(by_key[row.key], name)
    return NOTHING


def _resolved(value: Value | OutOfRange | Unresolved, name: str) -> Value:
    if isinstance(value, Unresolved):
        raise value.again()
    if isinstance(value, OutOfRange):
        raise Unresolved(value.reason, name, OUT_OF_RANGE)
    return value


def row_at(execution: Asks, grain: str, key: tuple[Value, ...], day: datetime.date) -> Row | None:
    """The row of a grain at ``key``.

    ``None``: absent. Raises :class:`Unresolved` where a row has to be there.
    """
    book = execution.scope(day).book
    table = book.tables.get(grain)
    if table is None or grain in execution.selection.computed_tables:
        return Row(grain, key)
    if grain in execution.free_tables:
        return None if table.optional or table.sparse else Row(grain, key, execution.free_tables[grain])
    stored = execution.table(grain)
    found = stored.find(key)
    if len(found) == 1:
        stored.read.add(found[0].number)
        return found[0]
    if len(found) > 1:
        keys = "、".join(f"{name} = {render(part)}" for name, part in zip(stored.keys, key, strict=True))
        raise Unresolved(f"表 {grain} 有几行都适用于 {keys}", grain, "几行都适用")
    if not stored.delivered and not table.optional:
        raise Unresolved(f"表 {grain} 没有交来", grain, "表没有交来")
    if table.optional or table.sparse:
        return None
    raise Unresolved(stored.none_at(key), grain, "没有这一行")


def rows_at(execution: Asks, grain: str, day: datetime.date) -> Callable[[tuple[Value, ...]], Row | None]:
    """:func:`row_at` for many keys: a grain of keys has a row at each, which needs no look."""
    if execution.scope(day).book.tables.get(grain) is None:
        return lambda key: Row(grain, key)
    return lambda key: row_at(execution, grain, key, day)


def required_keys(execution: Asks, grain: str, day: datetime.date) -> Collection[tuple[Value, ...]] | None:
    """The keys of a stored table without which :func:`row_at` fails; ``None`` where a key may lack a row, or fit more
    than one.
    """
    table = execution.scope(day).book.tables.get(grain)
    selection = execution.selection
    if table is None or grain in selection.computed_tables or grain in execution.free_tables:
        return None
    stored = selection.tables[grain]
    known = stored.delivered and not stored.ranged and not table.optional and not table.sparse
    return stored.index.keys() if known and stored.index else None


def field_value(execution: Asks, name: str, row: Row) -> Value:
    """A field of a row of a table. Raises :class:`Unresolved` where it is out of range or was never read."""
    if row.record is not None and name not in row.record and execution.free_tables:
        raise Unresolved(f"测试的“已知”没有给出 {name}", name, NOT_GIVEN)
    if row.record is None or name not in row.record:
        raise Unresolved(f"表 {row.grain} 没有交来字段 {name}", name, "字段没有交来")
    value = row.record[name]
    if isinstance(value, OutOfRange):
        raise Unresolved(value.reason, name, OUT_OF_RANGE)
    return value


def base_rows(execution: Asks, base: str, first: bool) -> list[Row]:
    """All rows of a table, or the combinations of keys that are seen."""
    selection = execution.selection
    if base in execution.now.tables and base not in selection.computed_tables:
        stored = selection.tables[base]
        if not stored.delivered and not stored.table.optional:
            raise Unresolved(f"表 {base} 没有交来", base, "表没有交来")
        rows = selection.rows(base, accepted=first or not execution.phases.settled)
        stored.read.update(row.number for row in rows)
        return rows
    scope = execution.scope(execution.closing)
    keys = scope.keys(base)
    if not keys:
        return [Row(base, ())]
    known = execution.elsewhere.keys_of(base, first)
    if known is not None:
        return [Row(base, key) for key in known]
    seen = {key: None for key in execution.extra_rows.get(base, ())}
    entry = scope.book.grains.get(base)
    if entry is not None and entry.every:
        seen.update(dict.fromkeys(every_combination(execution, entry, first)))
        return [Row(base, key) for key in seen]
    for source in sources(execution, base, keys):
        seen.update(dict.fromkeys(execution.combinations(source, keys, first)))
    for key in carried(execution, base):
        seen.setdefault(key, None)
    return [Row(base, key) for key in seen]


def every_combination(execution: Asks, grain: Grain, first: bool) -> list[tuple[Value, ...]]:
    """The keys of a grain that combines the rows of others (每个), one with each of the rest."""
    scope = execution.scope(execution.closing)
    found: list[dict[str, Value]] = [{}]
    for one in grain.every:
        type_ = scope.dimension_type(one) if one not in scope.book.tables and one not in scope.book.grains else None
        if type_ is not None and type_.classes:
            rows: list[tuple[Value, ...]] = [(word,) for word in type_.classes]
        else:
            rows = [row.key for row in execution.rows_of(one, first)]
        if len(found) * len(rows) > MOST_COMBINATIONS:
            reason = f"{'、'.join(grain.every)} 的组合超过 {MOST_COMBINATIONS} 种"
            raise Unresolved(reason, grain.name, "组合太多")
        keys = scope.keys(one)
        found = [{**before, **dict(zip(keys, row, strict=True))} for before in found for row in rows]
    return [tuple(row[key] for key in grain.key) for row in found]


def carried(execution: Asks, base: str) -> list[tuple[Value, ...]]:
    """Rows of the period before in a series, where a wanted value of this grain looks back: what they carry goes on."""
    if execution.program.series is None or execution.period.first_of_year() or not looks_back(execution, base):
        return []
    if execution.free_tables:  # a region's test gives what it looks back at
        return []
    if execution.published is not None:
        return execution.published.keys_of(base)
    earlier = execution.before
    return [row.key for row in earlier.rows_of(base)] if earlier is not None else []


def looks_back(execution: Asks, base: str) -> bool:
    """Whether a wanted rule of the grain reads 上期."""
    scope = execution.scope(execution.closing)
    return any(
        rule.name in execution.wanted and scope.base(rule.grain) == base and _reads_before(rule)
        for rule in scope.book.rules.values()
    )


def _reads_before(rule: Rule) -> bool:
    nodes = (node for formula in formulas_of(rule.body) for node in formula.tree.walk())
    return any(isinstance(node, tree.Call) and reach_of(node.function) is Reach.PERIOD for node in nodes)


def sources(execution: Asks, base: str, keys: tuple[str, ...]) -> list[str]:
    """Where the rows of a key grain are seen: settled tables, tables with just its keys, and what is
    aggregated to it.
    """
    scope = execution.scope(execution.closing)
    book = scope.book
    found: dict[str, None] = {}
    for name in execution.selection.main_tables:
        if scope.determines(name, keys) and name not in execution.free_tables:
            found[name] = None
    for name in book.tables:
        if name in execution.wanted_tables and set(scope.keys(name)) == set(keys) and name != base:  # noqa: SIM102
            if execution.selection.tables[name].delivered and name not in execution.selection.computed_tables:
                found[name] = None
    for rule in book.rules.values():
        if rule.name not in execution.wanted or scope.base(rule.grain) != base:
            continue
        for source in sorted(aggregated(execution, rule)):
            if scope.base(source) != base and source not in found:
                stored = execution.selection.tables.get(scope.base(source))
                if stored is None or stored.delivered:
                    found[source] = None
    return list(found)


def aggregated(execution: Asks, rule: Rule) -> set[str]:
    """The grains a rule aggregates over directly."""
    from engine.rulebook.parts import parts

    found = set()
    for part in parts(rule):
        if not has_aggregate(rule):
            break
        try:
            bound = execution.bound(part.formula, part.grain, execution.closing, part.expected, part.rooted)
        except Unresolved:
            continue
        found |= {n.source for n in bound.walk() if isinstance(n, tree.Call) and n.source}
    return found


def check_value(execution: Asks, check: Check, row: Row, day: datetime.date) -> Value:
    """筛查: the first grade that applies, 未命中, or 不适用 where what it needs is absent or cannot be
    known.
    """
    key = (check.name, row.grain, row.key, execution.scope(day).book.day)
    known = execution.phases.of(check.name).known
    if key not in known:
        known[key] = _screen(execution, check, row, day)
    found = known[key]
    assert not isinstance(found, Unresolved)
    return found


def _screen(execution: Asks, check: Check, row: Row, day: datetime.date) -> Value:
    try:
        for grade, formula in check.grades:
            if execution.truth(formula, check.grain, row, day):
                return grade
    except Unresolved:
        return "不适用"
    return "未命中"
