"""Two rules of one grain that work out the same, whatever order their sums and products have: one of them changes, the
other is forgotten.
"""

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


def _said(body: Body) -> list[tuple[str, str]]:
    if isinstance(body, Formula):
        return [("", _in_order(body.tree))]
    return [(type(body).__name__, _in_order(formula.tree)) for formula in formulas_of(body)]


_TURNED = {">": "<", ">=": "<="}


def _in_order(node: tree.Node) -> str:
    """A formula, its sums and products in one order, larger behind smaller."""
    if not isinstance(node, tree.Binary):
        return repr(node) if not any(isinstance(one, tree.Binary) for one in node.walk()) else _parts_in_order(node)
    if node.op in ("+", "*"):
        return f"({node.op.join(sorted(_terms(node, node.op)))})"
    left, right = _in_order(node.left), _in_order(node.right)
    if node.op in _TURNED:
        return f"({right}{_TURNED[node.op]}{left})"
    return f"({node.op.join(sorted((left, right)) if node.op in ('=', '!=') else (left, right))})"


def _terms(node: tree.Node, op: str) -> Iterator[str]:
    if isinstance(node, tree.Binary) and node.op == op:
        yield from _terms(node.left, op)
        yield from _terms(node.right, op)
    else:
        yield _in_order(node)


def _parts_in_order(node: tree.Node) -> str:
    names: tuple[str, ...] = node.__match_args__
    parts = (getattr(node, name) for name in names)
    return f"{type(node).__name__}({', '.join(map(_part_in_order, parts))})"


def _part_in_order(part: object) -> str:
    if isinstance(part, tuple):
        return f"({', '.join(map(_part_in_order, part))})"
    return _in_order(part) if isinstance(part, tree.Node) else repr(part)
