"""A parameter keeps every bound (限) that any layer set for it, whoever gives the value."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction

from engine.check.context import Context
from engine.language import tree
from engine.language.types import Kind
from engine.language.values import Interval
from engine.rulebook.constants import literal, read_interval
from engine.rulebook.in_force import FROM_THE_FIRST_DAY
from engine.rulebook.model import ASSUMED, SECONDARY, Formula, Parameter, Rule
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
            for day, formula in parameter.values:
                value = _number(formula)
                if value is not None and value not in bound.interval:
                    context.add(
                        "E706",
                        formula.place,
                        f"{parameter.name} {_since(day)} 取 {formula.text}，超出了限定 {bound.text}（{bound.whose}）",
                        _cure(formula.text, value, bound),
                    )


def _cure(text: str, value: Fraction, bound: _Bound) -> str:
    meant = f"是不是 {text}%？不是就" if value >= 2 and "%" not in text and value / 100 in bound.interval else ""
    return f"{meant}改到限定以内；限定写在 {bound.layer}"


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
            value = _number(figure)
            if value is not None and value not in bound.interval:
                context.add(
                    "E706",
                    formula.place,
                    f"{rule.name} 取 {figure.text}，超出了限定 {bound.text}（{bound.whose}）",
                    _cure(figure.text, value, bound),
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

    interval: Interval
    text: str
    cite: str
    layer: str
    practice: bool

    @property
    def whose(self) -> str:
        return self.cite or self.layer


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
            interval = _interval(limit.text)
            if interval is None:
                hint = "写 ≤ 5%、≥ 0 或 [3, 31] 这样的界限，用数"
                context.add("E405", limit.place, f"{name} 的 限 看不懂：{limit.shown}", hint)
            else:
                cite = text_of(raw.body.get("依据")) or raw.cite
                practice = (text_of(raw.body.get("状态")) or raw.status) in (SECONDARY, ASSUMED)
                found[limit.place] = _Bound(interval, limit.text, cite, raw.layer, practice)
        waiting += [stacked.deleted, stacked.previous]
    return list(found.values())


def _interval(text: str) -> Interval | None:
    """A bound of numbers that some number meets."""
    interval = read_interval(text)
    bounds = [] if interval is None else [b for b in (interval.low, interval.high) if b is not None]
    if interval is None or not bounds or not all(isinstance(bound, Fraction) for bound in bounds):
        return None
    return None if interval.is_turned() else interval
