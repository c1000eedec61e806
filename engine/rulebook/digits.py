"""How many decimals a value can have: known from declared digits, until a division makes it unbounded
(``None``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine.language import tree
from engine.language.function_laws import Decimals
from engine.language.functions import law_of
from engine.language.types import Kind, default_digits
from engine.rulebook.bind import Binder
from engine.rulebook.chains import DEEP, stops_before
from engine.rulebook.model import Parameter
from engine.rulebook.parts import values_of
from engine.rulebook.scope import Scope


def digits_of(scope: Scope, binder: Binder, name: str, seen: frozenset[str] = frozenset()) -> int | None:
    """Decimals of a named value; ``None`` where they have no bound."""
    if name in seen:
        return 0
    if name not in binder.digits:
        if len(seen) >= DEEP:
            for stop in stops_before(scope.book).get(name, ()):
                if scope.as_rule(stop):
                    digits_of(scope, binder, stop, seen)
        binder.digits[name] = _digits_of(scope, binder, name, seen)
    return binder.digits[name]


def _digits_of(scope: Scope, binder: Binder, name: str, seen: frozenset[str]) -> int | None:
    parameter = scope.book.parameters.get(name)
    if parameter is not None:
        return _parameter(parameter)
    rule = scope.book.rules.get(name)
    if rule is not None and scope.as_rule(name):
        if rule.rounding is not None:
            return rule.rounding.digits
        of = partial(digits_of_node, scope, binder, seen=seen | {name})
        return _most([of(value.tree) for value in values_of(rule.body)])
    for table in scope.book.columns.get(name, ()):
        field = scope.book.tables[table].fields[name]
        if field.type.kind is not Kind.NUMBER:
            return 0
        return field.digits if field.digits is not None else default_digits(field.type.unit)
    if name in scope.book.rules:
        raise KeyError(name)
    return 0  # a class, a check or a date: no number


def _parameter(parameter: Parameter) -> int | None:
    return _most([_literal_digits(formula.tree) for _, formula in parameter.values]) if parameter.values else 6


def _most(found: list[int | None]) -> int | None:
    known = [item for item in found if item is not None]
    return None if len(known) < len(found) else max(known, default=0)


def _literal_digits(node: tree.Node) -> int | None:
    if isinstance(node, tree.Number):
        value, digits = node.value, 0
        while value.denominator != 1:
            value, digits = value * 10, digits + 1
        return digits
    return _most([_literal_digits(child) for child in node.children()])


def digits_of_node(scope: Scope, binder: Binder, node: tree.Node, seen: frozenset[str]) -> int | None:
    of = partial(digits_of_node, scope, binder, seen=seen)
    if isinstance(node, tree.Number):
        return _literal_digits(node)
    if isinstance(node, tree.Name):
        return digits_of(scope, binder, node.id, seen)
    if isinstance(node, tree.Unary) and node.op == "-":
        return of(node.operand)
    if isinstance(node, tree.Binary):
        left, right = of(node.left), of(node.right)
        if node.op == "*":
            return None if left is None or right is None else left + right
        if node.op == "/":
            return None
        return _most([left, right])
    if isinstance(node, tree.Call):
        return _of_call(node, of)
    if isinstance(node, _NO_NUMBERS):
        return 0
    raise TypeError(f"how many decimals has {type(node).__name__}?")


def _of_call(node: tree.Call, of: Callable[[tree.Node], int | None]) -> int | None:
    """By the law of the function. Raises ``KeyError`` for a function that is none."""
    law = law_of(node.function)
    if law.decimals is Decimals.MOST:
        return _most([of(arg) for arg in node.args])
    if law.decimals is Decimals.BRANCHES:
        return _most([of(arg) for arg in node.args[1:]])
    if law.decimals is Decimals.FIRST:
        return of(node.args[0])
    if law.decimals is Decimals.PRODUCT:
        left, right = of(node.args[0]), of(node.args[1])
        return None if left is None or right is None else left + right
    if law.decimals is Decimals.PLACES:
        return int(node.args[1].value) if len(node.args) > 1 and isinstance(node.args[1], tree.Number) else 0
    if law.decimals is Decimals.ROUNDED:
        return node.rounded.digits if node.rounded is not None else 0
    return _FIXED[law.decimals]


_NO_NUMBERS = (tree.Text, tree.Date, tree.Truth, tree.Nothing, tree.Class, tree.Unary, tree.Member, tree.ValueBefore)
_FIXED = {Decimals.WHOLE: 0, Decimals.FEN: 2, Decimals.ENDLESS: None, Decimals.NO_NUMBER: 0}
