"""A tree as people write it, for messages about it."""

from __future__ import annotations

from engine.language import tree
from engine.language.functions import VALUE_BEFORE
from engine.language.values import render


def spoken(node: tree.Node) -> str:
    """A condition as people write it, shortened."""
    text = _spoken(node)
    return text if len(text) <= 40 else text[:39] + "…"


def _spoken(node: tree.Node) -> str:
    if isinstance(node, tree.Name):
        return node.id
    if isinstance(node, (tree.Number, tree.Word)):
        return node.text
    if isinstance(node, tree.Class):
        return node.word
    if isinstance(node, tree.ValueBefore):
        return VALUE_BEFORE
    if isinstance(node, tree.Unary):
        return f"−{_spoken(node.operand)}" if node.op == "-" else f"{node.op} {_spoken(node.operand)}"
    if isinstance(node, tree.Binary):
        sign = tree.NAMES_OF_OPERATORS.get(node.op, node.op)
        return f"{_spoken(node.left)} {sign} {_spoken(node.right)}"
    if isinstance(node, tree.Member):
        items = "、".join(_spoken(item) for item in node.items)
        return f"{_spoken(node.operand)} {'不属于' if node.negated else '属于'} {items}"
    if isinstance(node, tree.Range):
        return f"{node.low} 开头" if node.low == node.high else f"{node.low}–{node.high}"
    if isinstance(node, tree.Between):
        low, high = ("" if b is None else _spoken(b) for b in (node.low, node.high))
        return f"{'[' if node.low_closed else '('}{low}, {high}{']' if node.high_closed else ')'}"
    if isinstance(node, tree.Call):
        return (
            f"{node.function}({', '.join(_spoken(arg) for arg in node.args)}{', …' if node.where or node.keys else ''})"
        )
    return render(node.value) if isinstance(node, (tree.Text, tree.Date, tree.Truth)) else "…"
