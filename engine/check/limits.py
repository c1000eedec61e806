"""A parameter keeps every bound (限) that any layer set for it, whoever gives the value."""

from __future__ import annotations

from engine.check.context import Context
from engine.language.parse import SyntaxProblem, parse_cell
from engine.language.types import Kind
from engine.language.values import Interval, Value
from engine.rulebook.build import _text as text_of
from engine.rulebook.constants import cell_interval, literal
from engine.rulebook.model import Parameter
from engine.rulebook.stack import Stacked


def parameters_keep_their_limits(context: Context) -> None:
    for parameter in context.entries():
        if not isinstance(parameter, Parameter):
            continue
        for interval, cite, layer in _limits(context, parameter.name):
            for day, formula in parameter.values:
                try:
                    value: Value = literal(formula.tree)
                except ValueError:
                    continue
                if parameter.type.kind is Kind.NUMBER and value not in interval:
                    context.add(
                        "E706", formula.place,
                        f"{parameter.name} 自 {day} 取 {formula.text}，超出了限定 {interval}（{cite or layer}）",
                        f"改成 {interval} 以内；限定来自 {layer}",
                    )  # fmt: skip


def _limits(context: Context, name: str) -> list[tuple[Interval, str, str]]:
    found = []
    stacked: Stacked | None = context.snapshot.stacked.get(name)
    while stacked is not None:
        written = text_of(stacked.raw.body.get("限"))
        if written:
            try:
                interval = cell_interval(parse_cell(written))
            except (SyntaxProblem, ValueError):
                context.add("E405", stacked.raw.place, f"{name} 的 限 看不懂：{written}", "写 ≤ 5% 或 [3, 31]")
            else:
                cite = text_of(stacked.raw.body.get("依据")) or stacked.raw.cite
                found.append((interval, cite, stacked.raw.layer))
        stacked = stacked.previous
    return found
