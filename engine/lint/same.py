"""Two rules of one grain that work out the same in the same words: one of them changes, the other is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.language import tree
from engine.lint.findings import TWICE, Finding
from engine.rulebook.model import Body, Formula, Rule
from engine.rulebook.parts import formulas_of

LEAST = 4
"""Nodes of all formulas of a rule; less is no computation (a name, a sum of two)."""


def computed_twice(rules: Iterable[Rule]) -> Iterator[Finding]:
    """A finding at each rule after the first of those that are the same, in the order given."""
    first: dict[str, Rule] = {}
    for rule in rules:
        if "〔" in rule.name or _size(rule.body) < LEAST:
            continue
        key = repr((rule.grain, rule.type, rule.rounding, rule.delivered, _said(rule.body)))
        before = first.setdefault(key, rule)
        if before is not rule:
            yield Finding(
                TWICE,
                rule.provenance.place,
                rule.name,
                f"{rule.name} 和 {before.name} 算的完全一样",
                f"留一条：这里写 公式: {before.name}，或删去它；本来应当不同的，看是不是抄漏了",
            )


def _size(body: Body) -> int:
    return sum(1 for formula in formulas_of(body) for _ in formula.tree.walk())


def _said(body: Body) -> list[tuple[str, tree.Node]]:
    if isinstance(body, Formula):
        return [("", body.tree)]
    return [(type(body).__name__, formula.tree) for formula in formulas_of(body)]
