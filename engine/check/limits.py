"""A parameter keeps every bound (限) that any layer set for it, whoever gives the value."""

from __future__ import annotations

from fractions import Fraction

from engine.check.context import Context
from engine.language.types import Kind
from engine.language.values import Interval
from engine.rulebook.constants import literal, read_interval
from engine.rulebook.model import Parameter, Rule
from engine.rulebook.nodes import Scalar
from engine.rulebook.problems import Place
from engine.rulebook.stack import Stacked
from engine.rulebook.written import text_of


def parameters_keep_their_limits(context: Context) -> None:
    """Refuses a figure outside a bound, also one that stands in a lower layer and is replaced or filled here."""
    for parameter in context.entries():
        if isinstance(parameter, Rule):
            _turned_into_a_rule(context, parameter)
        if not isinstance(parameter, Parameter) or parameter.type.kind is not Kind.NUMBER:
            continue
        for interval, limit, cite, layer in _limits(context, parameter.name):
            for day, formula in parameter.values:
                try:
                    value = literal(formula.tree)
                except ValueError:
                    continue
                if isinstance(value, Fraction) and value not in interval:
                    context.add(
                        "E706",
                        formula.place,
                        f"{parameter.name} 自 {day} 取 {formula.text}，超出了限定 {limit}（{cite or layer}）",
                        f"改到限定以内；限定写在 {layer}",
                    )


def _turned_into_a_rule(context: Context, rule: Rule) -> None:
    """A formula cannot be proved to keep a bound: a parameter with 限 stays a parameter."""
    for _, limit, cite, layer in _limits(context, rule.name):
        context.add(
            "E706",
            rule.provenance.place,
            f"{rule.name} 原来是有限定 {limit} 的参数（{cite or layer}），改成规则就不能保证不超出",
            "写成参数：取值 在限定以内；要分情形，另立一条规则来用它",
        )


def _limits(context: Context, name: str) -> list[tuple[Interval, str, str, str]]:
    """Every bound with its text, article and layer, once each; the lowest layer that has it."""
    found: dict[Place, tuple[Interval, str, str, str]] = {}
    stacked: Stacked | None = context.snapshot.stacked.get(name)
    while stacked is not None:
        limit = stacked.raw.body.get("限")
        if isinstance(limit, Scalar) and limit.text:
            interval = _interval(limit.text)
            if interval is None:
                hint = "写 ≤ 5%、≥ 0 或 [3, 31] 这样的界限，用数"
                context.add("E405", limit.place, f"{name} 的 限 看不懂：{limit.shown}", hint)
            else:
                cite = text_of(stacked.raw.body.get("依据")) or stacked.raw.cite
                found[limit.place] = (interval, limit.text, cite, stacked.raw.layer)
        stacked = stacked.previous
    return list(found.values())


def _interval(text: str) -> Interval | None:
    """A bound of numbers that some number meets."""
    interval = read_interval(text)
    bounds = [] if interval is None else [b for b in (interval.low, interval.high) if b is not None]
    if interval is None or not bounds or not all(isinstance(bound, Fraction) for bound in bounds):
        return None
    return None if interval.is_turned() else interval
