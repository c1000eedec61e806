"""Numbers of examples: named formulas of the menu over what was given, exact, each worked out when it is asked for.

An option may say anew what a name of the menu is; the last one holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from engine.execute.reference.scalars import SCALARS
from engine.language import tree
from engine.language.parse import parse_expression

MAX_DEPTH = 50


class Figures:
    """``formulas`` by name; ``numbers``: what was given."""

    def __init__(self, formulas: Mapping[str, str], numbers: Mapping[str, Fraction]) -> None:
        self._formulas = formulas
        self._numbers = numbers

    def of(self, text: str, depth: int = 0) -> Fraction:
        """The value of a formula. ``KeyError`` for a name that nothing gives, ``ValueError`` for what is no sum."""
        if depth > MAX_DEPTH:
            raise ValueError(f"{text} 绕成了圈")
        return self._value(parse_expression(text), depth)

    def _value(self, node: tree.Node, depth: int) -> Fraction:
        match node:
            case tree.Number():
                return node.value
            case tree.Name():
                if node.id in self._formulas:
                    return self.of(self._formulas[node.id], depth + 1)
                return self._numbers[node.id]
            case tree.Unary(op="-"):
                return -self._value(node.operand, depth)
            case tree.Binary():
                return _reckoned(node.op, self._value(node.left, depth), self._value(node.right, depth))
            case tree.Call():
                return SCALARS[node.function](*(self._value(part, depth) for part in node.args))
        raise ValueError(f"例子的数里不能用 {type(node).__name__}")


def _reckoned(op: str, left: Fraction, right: Fraction) -> Fraction:
    match op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
    raise ValueError(f"例子的数里不能用 {op}")
