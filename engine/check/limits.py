"""A parameter keeps every bound (限) that any layer set for it, whoever gives the value."""

from __future__ import annotations

from fractions import Fraction

from engine.check.context import Context
from engine.language.parse import SyntaxProblem, parse_cell
from engine.language.types import Kind
from engine.language.values import Interval, Value
from engine.rulebook.build import _text as text_of
from engine.rulebook.constants import cell_interval, literal
from engine.rulebook.model import Parameter
from engine.rulebook.nodes import Scalar
from engine.rulebook.problems import Place
from engine.rulebook.stack import Stacked


def parameters_keep_their_limits(context: Context) -> None:
    """Refuses a figure outside a bound, also one that stands in a lower layer and is replaced or filled here."""
    for parameter in context.entries():
        if not isinstance(parameter, Parameter) or parameter.type.kind is not Kind.NUMBER:
            continue
        for interval, limit, cite, layer in _limits(context, parameter.name):
            for day, formula in parameter.values:
                try:
                    value: Value = literal(formula.tree)
                except ValueError:
                    continue
                if isinstance(value, Fraction) and value not in interval:
                    context.add(
                        "E706",
                        formula.place,
                        f"{parameter.name} 自 {day} 取 {formula.text}，超出了限定 {limit}（{cite or layer}）",
                        f"改到限定以内；限定写在 {layer}",
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
                context.add("E405", limit.place, f"{name} 的 限 看不懂：{limit.text}", hint)
            else:
                cite = text_of(stacked.raw.body.get("依据")) or stacked.raw.cite
                found[limit.place] = (interval, limit.text, cite, stacked.raw.layer)
        stacked = stacked.previous
    return list(found.values())


def _interval(text: str) -> Interval | None:
    try:
        interval = cell_interval(parse_cell(text))
    except (SyntaxProblem, ValueError):
        return None
    bounds = [bound for bound in (interval.low, interval.high) if bound is not None]
    if not bounds or not all(isinstance(bound, Fraction) for bound in bounds):
        return None
    return None if len(bounds) == 2 and bounds[0] > bounds[1] else interval
