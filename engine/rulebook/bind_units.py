"""Units of products and quotients, and the text of a number written out, which may take any unit."""

from __future__ import annotations

from engine.language import tree
from engine.language.types import PURE, Unit


def bare(node: tree.Node) -> str | None:
    """The text of a number written out, with its sign; ``None`` for anything else."""
    if isinstance(node, tree.Number):
        return node.text if node.value else "0"
    if isinstance(node, tree.Unary) and node.op == "-":
        inner = bare(node.operand)
        return None if inner is None else "-" + inner if inner != "0" else "0"
    return None


def product(left: Unit, right: Unit) -> Unit:
    if not left.powers and not right.powers:
        return Unit((), left.label if left.label == right.label else "")
    return left * right


def quotient(left: Unit, right: Unit) -> Unit:
    return PURE if not left.powers and not right.powers else left / right
