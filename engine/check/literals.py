"""A number inside a formula is a figure of the policy: better a parameter with its article."""

from __future__ import annotations

from fractions import Fraction

from engine.check.context import Context
from engine.language import tree
from engine.language.functions import law_of
from engine.rulebook.model import Check, Grain, Rule

PLAIN = {Fraction(number) for number in ("0", "1", "2", "3", "4", "10", "12", "100", "1000", "0.5", "0.005", "0.01")}


def numbers_in_formulas_are_parameters(context: Context) -> None:
    for entry in context.entries():
        if not isinstance(entry, (Rule, Check, Grain)) or entry.name in context.broken:
            continue
        for part, node in context.sound_parts(entry):
            if part.role == "cell" or isinstance(node, (tree.Number, tree.Unary)):
                continue
            for number in _figures(node):
                if number.value not in PLAIN:
                    context.add(
                        "W901", context.at(part.formula, number), f"{entry.name} 的公式里直接写了 {number.text}",
                        "把它定成参数：名字: {单位: …, 取值: {日期: 数}, 依据: …}，公式里写名字",
                    )  # fmt: skip


def _figures(node: tree.Node) -> list[tree.Number]:
    if isinstance(node, tree.Number):
        return [node]
    if isinstance(node, tree.Call) and law_of(node.function).places:
        return _figures(node.args[0])
    return [number for child in node.children() for number in _figures(child)]
