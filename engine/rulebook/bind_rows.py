"""Types, units and grains of calls that look at other rows: 取, aggregates, windows, 上期, 逐段, 分摊."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import AGGREGATE, FUNCTIONS, PERIOD_NAMES, law_of
from engine.language.types import NUMBER, Kind, Type, Unit
from engine.rulebook.bind_errors import BindError
from engine.rulebook.bind_place import BindingPlace
from engine.rulebook.bind_units import product
from engine.rulebook.model import DecisionTable, Required
from engine.rulebook.nearest import nearest


def look_up(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    target = node.args[0]
    if not isinstance(target, tree.Name):
        raise BindError("E315", "取 的第一项写一个名字", "", target)
    home = at.scope.home(target.id)
    if home is None:
        known = [*at.scope.book.columns, *at.scope.book.rules]
        raise BindError("E303", f"没有 {target.id} 这个可以取的值", nearest(target.id, known), target)
    keys = at.scope.keys(home)
    given = dict(node.keys)
    for key, value in node.keys:
        if key not in keys:
            raise BindError("E503", f"{target.id} 的键是 {'、'.join(keys)}，没有 {key}", nearest(key, keys), value)
    closure = at.scope.closure(at.grain)
    for key in keys:
        if key not in given and len(closure.get(key, ())) != 1:
            raise BindError("E501", f"取({target.id}) 还缺键 {key}", f"写 {key} = …", node)
    made = []
    for key, value in node.keys:
        type_ = key_type(at, home, key)
        one, found = at.visit(value, type_ if type_.kind is Kind.CLASS else None)
        if type_.kind is Kind.INTERVAL:
            at.need(found, Kind.NUMBER, one)
        elif {type_.kind, found.kind} != {Kind.CLASS, Kind.TEXT} and type_.kind is not found.kind:
            raise BindError("E401", f"键 {key} 是 {type_}，给的是 {found}", "", value)
        made.append((key, one))
    kind = "rule" if at.scope.home(target.id) and at.scope.as_rule(target.id) else "field"
    return replace(node, keys=tuple(made)), at.type_of(target.id, kind, at.scope.base(home), target)


def key_type(at: BindingPlace, home: str, key: str) -> Type:
    table = at.scope.book.tables.get(at.scope.base(home))
    if table is not None and key in table.fields:
        return table.fields[key].type
    type_ = at.scope.dimension_type(key)
    return type_ if type_ is not None else at.rule_type(key)


def aggregate(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    source = source_of(at, node)
    inner = at.inside(source)
    operand, type_ = inner.visit(node.args[0], None)
    where = None
    if node.where is not None:
        where, where_type = inner.visit(node.where)
        inner.need(where_type, Kind.BOOL, where)
    args: tuple[tree.Node, ...] = (operand,)
    law = law_of(node.function)
    if law.takes is Takes.ORDERED_BELOW:
        if type_.kind not in (Kind.NUMBER, Kind.DATE, Kind.MONTH):
            raise BindError("E401", f"{node.function} 用于数或日期，这里是 {type_}", "", operand)
    elif law.takes is not Takes.ANYTHING_BELOW:
        at.need(type_, Kind.NUMBER, operand)
    if law.takes is Takes.NUMBERS_BELOW_AND_SHARE:
        share, share_type = at.visit(node.args[1])
        at.need(share_type, Kind.NUMBER, share)
        if share_type.unit.powers:
            raise BindError("E402", f"{node.function} 的 p 是 0 到 1 的纯数，这里是 {share_type.unit}", "", share)
        args = (operand, share)
    if law.label is not None:
        type_ = NUMBER.with_unit(Unit((), law.label))
    return replace(node, args=args, where=where, source=source), type_


def count(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    target = node.args[0]
    if not isinstance(target, tree.Name) or not at.scope.is_grain(target.id):
        known = [*at.scope.book.tables, *at.scope.book.grains]
        name = target.id if isinstance(target, tree.Name) else ""
        raise BindError(
            "E306", f"{node.function} 里写一个粒度或表的名字", nearest(name, known) or "数有值的行用 当 有 …", target
        )
    check_source(at, target.id, node)
    where = None
    if node.where is not None:
        inner = at.inside(target.id)
        where, type_ = inner.visit(node.where)
        inner.need(type_, Kind.BOOL, where)
    return replace(node, where=where, source=target.id), NUMBER.with_unit(Unit((), law_of(node.function).label or ""))


def _named(node: tree.Call, name: str) -> tree.Node:
    """Where ``name`` stands in what is aggregated."""
    parts = [part for part in (node.args[0], node.where) if part is not None]
    return next(n for part in parts for n in part.walk() if isinstance(n, tree.Name) and n.id == name)


def source_of(at: BindingPlace, node: tree.Call) -> str:
    """The grain an aggregate runs over: 自, or the finest one named in it."""
    if node.source is not None:
        if not at.scope.is_grain(node.source):
            known = [*at.scope.book.tables, *at.scope.book.grains]
            raise BindError("E306", f"没有 {node.source} 这个粒度", nearest(node.source, known), node)
        check_source(at, node.source, node)
        return node.source
    names = [n.id for part in (node.args[0], node.where) if part is not None for n in outer_names(part)]
    homes = {home for name in names if (home := at.scope.home(name)) is not None}
    if not homes:
        book = at.scope.book
        has_value = {*book.dimensions, *book.parameters, *PERIOD_NAMES}
        unknown = [n for n in names if at.scope.home(n) is None and n not in has_value]
        for name in unknown:
            known = [*book.columns, *book.rules]
            raise BindError("E303", f"没有 {name} 这个名字", nearest(name, known), _named(node, name))
        raise BindError("E503", f"{node.function} 不知道在哪些行上算", "加 自 …，写明粒度", node)
    finest = [h for h in homes if all(below(at, h, other) for other in homes)]
    if not finest:
        raise BindError(
            "E503",
            f"{node.function} 里的名字分别属于 {'、'.join(sorted(homes))}，没有一个能走到其余的",
            "加 自 …，或先各自汇总",
            node,
        )
    deepest = max(finest, key=lambda grain: len(at.scope.chain(grain)))
    rivals = [g for g in finest if len(at.scope.chain(g)) == len(at.scope.chain(deepest)) and g != deepest]
    if rivals:
        raise BindError(
            "E503",
            f"{node.function} 可以在 {deepest} 也可以在 {rivals[0]} 上算",
            "加 自 …，写明粒度",
            node,
        )
    check_source(at, deepest, node)
    return deepest


def below(at: BindingPlace, fine: str, coarse: str) -> bool:
    return at.scope.base(fine) == at.scope.base(coarse) or at.scope.determines(fine, at.scope.keys(coarse))


def check_source(at: BindingPlace, source: str, node: tree.Call) -> None:
    keys = at.scope.keys(at.grain)
    if at.scope.base(source) == at.scope.base(at.grain):
        raise BindError("E503", f"{node.function} 要在比 {at.grain} 更细的行上算，{source} 是同样的行", "", node)
    closure = at.scope.closure(source)
    for key in keys:
        if key not in closure:
            raise BindError(
                "E501",
                f"{source} 的一行不知道自己属于哪个 {at.grain}：缺键 {key}",
                "换一个 自 …，或给表加这个字段",
                node,
            )
        if len(closure[key]) > 1:
            ways = "、".join(way.grain for way in closure[key])
            raise BindError("E502", f"从 {source} 到 {key} 有两条路：{ways}", "", node)


def window(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    operand, type_ = at.visit(node.args[0])
    law, where = law_of(node.function), None
    put_in_order(at, node)
    if node.where is not None:
        where, where_type = at.visit(node.where)
        at.need(where_type, Kind.BOOL, where)
    if law.takes is Takes.RANKED:
        if node.descending is None:
            raise BindError("E315", f"{node.function} 要写 从大到小 或 从小到大", "", node)
        if type_.kind not in (Kind.NUMBER, Kind.DATE, Kind.MONTH):
            raise BindError("E401", f"{node.function} 用于数或日期，这里是 {type_}", "", operand)
        type_ = NUMBER.with_unit(Unit((), law.label or ""))
    if law.takes is Takes.NUMBERS_IN_ORDER:
        at.need(type_, Kind.NUMBER, operand)
    return replace(node, args=(operand,), where=where), type_


def put_in_order(at: BindingPlace, node: tree.Call) -> None:
    """What parts the rows of a window and what orders them."""
    for key in node.per:
        at.visit(tree.Name(key, span=node.span))
    if node.by is not None:
        at.visit(tree.Name(node.by, span=node.span))
    elif law_of(node.function).takes is not Takes.RANKED:
        raise BindError("E315", f"{node.function} 要写 按 …，说明先后", "", node)


def previous(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    target = node.args[0]
    if not isinstance(target, tree.Name):
        raise BindError("E315", "上期 的第一项写一个名字", "要用式子，先给它立一条规则", target)
    made, type_ = at.visit(target)
    args: tuple[tree.Node, ...] = (made,)
    if len(node.args) == 2:
        first, first_type = at.visit(node.args[1], type_)
        at.same(made, type_, first, first_type, "放在一起", node)
        args = (made, first)
    return replace(node, args=args), type_


def bands(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    rule = at.scope.book.rules.get(node.args[0].id) if isinstance(node.args[0], tree.Name) else None
    variable = node.args[1]
    if rule is None or not isinstance(rule.body, DecisionTable):
        if not (rule is not None and isinstance(rule.body, Required)):
            raise BindError("E315", "逐段 的第一项写一条用 表 写成的规则", "", node.args[0])
    elif not isinstance(variable, tree.Name) or variable.id not in rule.body.columns:
        raise BindError("E315", f"逐段 的第二项写表里的一列：{'、'.join(rule.body.columns)}", "", variable)
    made, length = at.visit(variable)
    at.need(length, Kind.NUMBER, made)
    _, value = at.visit(node.args[0])
    args = [node.args[0], made]
    if len(node.args) == 3:
        start, start_type = at.visit(node.args[2])
        at.same(made, length, start, start_type, "比较", node)
        args.append(start)
    return replace(node, args=tuple(args)), NUMBER.with_unit(product(value.unit, length.unit))


def share(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    pool, pool_type = at.visit(node.args[0])
    weight, weight_type = at.visit(node.args[1])
    at.need(pool_type, Kind.NUMBER, pool)
    at.need(weight_type, Kind.NUMBER, weight)
    if any(isinstance(n, tree.Call) and n.source for n in pool.walk()):
        raise BindError("E503", "分摊 的总额里不写汇总", "把总额立成一条规则（粒度写它所在的池），这里写它的名字", pool)
    homes = [at.scope.home(n.id) for n in pool.walk() if isinstance(n, tree.Name)]
    for home in homes:
        if home is not None and at.scope.base(home) == at.scope.base(at.grain):
            raise BindError("E503", f"分摊 的总额要是比 {at.grain} 更粗的值", "", pool)
    return replace(node, args=(pool, weight)), pool_type


def outer_names(node: tree.Node) -> list[tree.Name]:
    """Names read on the row itself, not inside a nested aggregate."""
    if isinstance(node, tree.Name):
        return [node]
    if isinstance(node, tree.Call) and node.function in FUNCTIONS and FUNCTIONS[node.function].family == AGGREGATE:
        return []
    return [name for child in node.children() for name in outer_names(child)]


ROW_CALLS: dict[Takes, Callable] = {
    Takes.NAME_AT_KEYS: look_up,
    Takes.GRAIN: count,
    Takes.NUMBERS_BELOW: aggregate,
    Takes.NUMBERS_BELOW_AND_SHARE: aggregate,
    Takes.ORDERED_BELOW: aggregate,
    Takes.ANYTHING_BELOW: aggregate,
    Takes.RANKED: window,
    Takes.ANYTHING_IN_ORDER: window,
    Takes.NUMBERS_IN_ORDER: window,
    Takes.NAME_BEFORE: previous,
    Takes.BANDS: bands,
    Takes.POOL_AND_WEIGHT: share,
}
