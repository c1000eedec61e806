"""A parameter keeps every bound (限) that any layer set for it, whoever gives the value."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction

from engine.check.context import Context
from engine.language import tree
from engine.language.types import Kind
from engine.language.values import Interval
from engine.rulebook.bounds import bound_cell, interval_on, named_bounds
from engine.rulebook.constants import literal
from engine.rulebook.in_force import FROM_THE_FIRST_DAY
from engine.rulebook.model import ASSUMED, SECONDARY, Field, Formula, Parameter, Rule
from engine.rulebook.nearest import nearest
from engine.rulebook.nodes import Scalar
from engine.rulebook.parts import values_of
from engine.rulebook.problems import Place
from engine.rulebook.written import text_of


def parameters_keep_their_limits(context: Context) -> None:
    """Refuses a figure outside a bound, also one that stands in a lower layer and is replaced or filled here."""
    for parameter in context.entries():
        if isinstance(parameter, Rule):
            _turned_into_a_rule(context, parameter)
        if not isinstance(parameter, Parameter) or parameter.type.kind is not Kind.NUMBER:
            continue
        for bound in _limits(context, parameter.name):
            for day in _days(context, parameter, bound):
                formula, interval = parameter.on(day), bound.interval_on(context, day)
                value = _number(formula) if formula is not None else None
                if formula is not None and value is not None and value not in interval:
                    context.add(
                        "E706",
                        formula.place,
                        f"{parameter.name} {_since(day)} 取 {formula.text}，"
                        f"超出了限定 {bound.said_on(context, day)}（{bound.whose}）",
                        _cure(formula.text, value, interval, bound.layer),
                    )


def _days(context: Context, parameter: Parameter, bound: _Bound) -> list[datetime.date]:
    """The days on which the parameter, or a figure that its bound names, changes."""
    named = [context.snapshot.parameters[name] for name in bound.names if name in context.snapshot.parameters]
    first = min((day for day, _ in parameter.values), default=None)
    days = {day for other in (parameter, *named) for day, _ in other.values if first is not None and day >= first}
    return sorted(days)


def ranges_name_figures_that_stay(context: Context) -> None:
    """Refuses a 范围 that names what is no figure, or one that changes: a table is read with one range."""
    if context.program is not None:
        return
    for table in context.snapshot.tables.values():
        for field in table.fields.values():
            cell = bound_cell(field.range_named) if field.range_named else None
            for name in sorted(named_bounds(cell)) if cell is not None else ():
                _end_of_range(context, field, name)
            if field.range is not None and field.range_named and field.range.is_turned():
                message = f"字段 {field.name} 的 范围 下限大于上限：{field.range_named}，即 {field.range}"
                context.add("E405", field.provenance.place, message, "写成 [小, 大]")


def _end_of_range(context: Context, field: Field, name: str) -> None:
    parameter = context.snapshot.parameters.get(name)
    place = field.provenance.place
    if parameter is None or parameter.type.kind is not field.type.kind:
        known = [p.name for p in context.snapshot.parameters.values() if p.type.kind is field.type.kind]
        message = f"字段 {field.name} 的 范围 里的 {name} 不是可以作界限的参数"
        context.add("E405", place, message, nearest(name, known) or "写数，或一个同样类型的参数的名称")
    elif parameter.type.unit.powers != field.type.unit.powers:
        message = f"字段 {field.name} 的单位是 {field.type}，它的 范围 里的 {name} 是 {parameter.type}"
        context.add("E405", place, message, "界限和数要同一个单位")
    elif len(parameter.values) != 1:
        message = f"字段 {field.name} 的 范围 里的 {name} " + ("有几个取值" if parameter.values else "还没有取值")
        context.add("E405", place, message, "一张表只按一个范围来读：随日期变、还没有定的界限写成 拒收 或 提醒")


def _cure(text: str, value: Fraction, interval: Interval, layer: str) -> str:
    meant = f"是不是 {text}%？不是就" if value >= 2 and "%" not in text and value / 100 in interval else ""
    return f"{meant}改到限定以内；限定写在 {layer}"


def _turned_into_a_rule(context: Context, rule: Rule) -> None:
    """Refuses a rule in the place of a parameter with a bound.

    A bound that is only practice (转述, 暂定) binds what can be told of the rule: its figures, and parameters it takes.
    """
    for bound in _limits(context, rule.name):
        if bound.practice:
            _figures_of_a_rule(context, rule, bound)
            continue
        context.add(
            "E706",
            rule.provenance.place,
            f"{rule.name} 原来是有限定 {bound.text} 的参数（{bound.whose}），改成规则就不能保证不超出",
            "写成参数：取值 在限定以内；要分情形，另立一条规则来用它",
        )


def _figures_of_a_rule(context: Context, rule: Rule, bound: _Bound) -> None:
    for formula in values_of(rule.body):
        parameter = context.snapshot.parameters.get(formula.tree.id) if isinstance(formula.tree, tree.Name) else None
        for figure in [value for _, value in parameter.values] if parameter is not None else [formula]:
            value, interval = _number(figure), bound.interval_on(context, context.snapshot.day)
            if value is not None and value not in interval:
                said = bound.said_on(context, context.snapshot.day)
                context.add(
                    "E706",
                    formula.place,
                    f"{rule.name} 取 {figure.text}，超出了限定 {said}（{bound.whose}）",
                    _cure(figure.text, value, interval, bound.layer),
                )


def _since(day: datetime.date) -> str:
    return "自施行之日" if day == FROM_THE_FIRST_DAY else f"自 {day}"


def _number(formula: Formula) -> Fraction | None:
    try:
        value = literal(formula.tree)
    except ValueError:
        return None
    return value if isinstance(value, Fraction) and not isinstance(value, bool) else None


@dataclass(frozen=True)
class _Bound:
    """A 限 with its text, article and layer; ``practice``: it is 转述 or 暂定."""

    cell: tree.Node
    text: str
    cite: str
    layer: str
    practice: bool

    @property
    def whose(self) -> str:
        return self.cite or self.layer

    @property
    def names(self) -> frozenset[str]:
        """The parameters that stand in it."""
        return named_bounds(self.cell)

    def interval_on(self, context: Context, day: datetime.date) -> Interval:
        """The figures that it allows on a day; a side whose parameter is 待定 there is open."""
        return interval_on(self.cell, context.snapshot.parameters, day)

    def said_on(self, context: Context, day: datetime.date) -> str:
        """As written, and the figures where it names parameters."""
        return f"{self.text}，即 {self.interval_on(context, day)}" if self.names else self.text


def _limits(context: Context, name: str) -> list[_Bound]:
    """Every bound, once each, with the lowest layer that has it; also of what was deleted and written anew."""
    found: dict[Place, _Bound] = {}
    waiting = [context.snapshot.stacked.get(name)]
    while waiting:
        stacked = waiting.pop()
        if stacked is None:
            continue
        raw = stacked.raw
        limit = raw.body.get("限")
        if isinstance(limit, Scalar) and limit.text:
            cell = _bound_cell(context, name, limit)
            if cell is not None:
                cite = text_of(raw.body.get("依据")) or raw.cite
                practice = (text_of(raw.body.get("状态")) or raw.status) in (SECONDARY, ASSUMED)
                found[limit.place] = _Bound(cell, limit.text, cite, raw.layer, practice)
        waiting += [stacked.deleted, stacked.previous]
    return list(found.values())


def _bound_cell(context: Context, name: str, limit: Scalar) -> tree.Node | None:
    """A bound of numbers, and of parameters that are numbers, that some number meets; what is none is told."""
    cell = bound_cell(limit.text)
    names = named_bounds(cell) if cell is not None else frozenset()
    for other in sorted(names):
        parameter = context.snapshot.parameters.get(other)
        if parameter is None or parameter.type.kind is not Kind.NUMBER or other == name:
            known = [p.name for p in context.snapshot.parameters.values() if p.type.kind is Kind.NUMBER]
            hint = "" if other == name else nearest(other, known)
            message = f"{name} 的 限 里的 {other} 不是一个数的参数"
            context.add("E405", limit.place, message, hint or "限 里写数，或另一个数的参数的名称")
            return None
        mine = context.snapshot.parameters.get(name)
        if mine is not None and mine.type.unit.powers != parameter.type.unit.powers:
            message = f"{name} 的单位是 {mine.type}，它的 限 里的 {other} 是 {parameter.type}"
            context.add("E405", limit.place, message, "界限和数要同一个单位")
            return None
    interval = interval_on(cell, context.snapshot.parameters, context.snapshot.day) if cell is not None else None
    bounds = [] if interval is None else [b for b in (interval.low, interval.high) if b is not None]
    turned = interval is not None and interval.is_turned()
    if turned or not all(isinstance(b, Fraction) for b in bounds) or not (bounds or names):
        hint = "写 ≤ 5%、≥ 0 或 [3, 31] 这样的界限，用数或参数的名称"
        context.add("E405", limit.place, f"{name} 的 限 看不懂：{limit.shown}", hint)
        return None
    return cell
