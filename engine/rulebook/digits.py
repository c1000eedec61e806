"""How many decimals a value can have: known from declared digits, until a division makes it unbounded
(``None``).
"""

from __future__ import annotations

from engine.language import tree
from engine.language.functions import ROOTS
from engine.language.types import Kind, default_digits
from engine.rulebook.bind import Binder
from engine.rulebook.model import Parameter
from engine.rulebook.parts import values_of
from engine.rulebook.scope import Scope

_SUMS = ("较大", "较小", "取高", "取低", "缺省", "限定")
_SAME = ("绝对值", "合计", "最大", "最小", "上一条", "累计", "取", "上期")
_WHOLE = ("计数", "去重计数", "名次", "天数", "工作日数", "年", "月", "季")


def digits_of(scope: Scope, binder: Binder, name: str, seen: frozenset[str] = frozenset()) -> int | None:
    """Decimals of a named value; ``None`` where they have no bound."""
    if name in seen:
        return 0
    if name not in binder.digits:
        binder.digits[name] = _digits_of(scope, binder, name, seen)
    return binder.digits[name]


def _digits_of(scope: Scope, binder: Binder, name: str, seen: frozenset[str]) -> int | None:
    if name in ("期年",):
        return 0
    parameter = scope.book.parameters.get(name)
    if parameter is not None:
        return _parameter(parameter)
    rule = scope.book.rules.get(name)
    if rule is not None and scope.as_rule(name):
        if rule.rounding is not None:
            return rule.rounding.digits
        return _most([digits_of_node(scope, binder, value.tree, seen | {name}) for value in values_of(rule.body)])
    for table in scope.book.columns.get(name, ()):
        field = scope.book.tables[table].fields[name]
        if field.type.kind is not Kind.NUMBER:
            return 0
        return field.digits if field.digits is not None else default_digits(field.type.unit)
    return 0


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
    def of(inner: tree.Node) -> int | None:
        return digits_of_node(scope, binder, inner, seen)

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
        name = node.function
        if name == "若":
            return _most([of(arg) for arg in node.args[1:]])
        if name in _SUMS:
            return _most([of(arg) for arg in node.args])
        if name in _SAME:
            return _most([of(arg) for arg in node.args[:2]]) if name == "上期" else of(node.args[0])
        if name in _WHOLE:
            return 0
        if name in ("向下取整", "向上取整", "四舍五入"):
            return int(node.args[1].value) if len(node.args) > 1 and isinstance(node.args[1], tree.Number) else 0
        if name == "分摊":
            return 2
        if name == "逐段":
            left, right = of(node.args[0]), of(node.args[1])
            return None if left is None or right is None else left + right
        if name in ("均值", "中位数", "分位数", *ROOTS):
            return None
    return 0
