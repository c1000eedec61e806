"""Types and units of − 非 有 没有, of arithmetic, comparisons, 且 and 或."""

from __future__ import annotations

from dataclasses import replace

from engine.language import tree
from engine.language.types import BOOL, NUMBER, Kind, Type
from engine.rulebook.bind_errors import BindError
from engine.rulebook.bind_place import BindingPlace
from engine.rulebook.bind_units import product, quotient


def unary(at: BindingPlace, node: tree.Unary, expected: Type | None) -> tuple[tree.Node, Type]:
    if node.op == "-":
        operand, type_ = at.visit(node.operand, expected)
        at.need(type_, Kind.NUMBER, operand)
        return replace(node, operand=operand), type_
    if node.op == "非":
        operand, type_ = at.visit(node.operand)
        at.need(type_, Kind.BOOL, operand)
        return replace(node, operand=operand), BOOL
    operand, _ = at.visit(node.operand)
    return replace(node, operand=operand), BOOL


def binary(at: BindingPlace, node: tree.Binary, expected: Type | None) -> tuple[tree.Node, Type]:
    if isinstance(node.left, tree.Nothing) or isinstance(node.right, tree.Nothing):
        raise BindError("E401", "空 不能参加运算和比较", "看有没有值，写 有 X 或 没有 X", node)
    if node.op in ("且", "或"):
        left, left_type = at.visit(node.left)
        right, right_type = at.visit(node.right)
        at.need(left_type, Kind.BOOL, left)
        at.need(right_type, Kind.BOOL, right)
        return replace(node, left=left, right=right), BOOL
    if node.op in ("=", "!=", "<", "<=", ">", ">="):
        return _comparison(at, node)
    left, left_type = at.visit(node.left, expected if node.op in "+-" else None)
    right, right_type = at.visit(node.right, expected if node.op in "+-" else None)
    at.need(left_type, Kind.NUMBER, left)
    at.need(right_type, Kind.NUMBER, right)
    made = replace(node, left=left, right=right)
    if node.op == "*":
        return made, NUMBER.with_unit(product(left_type.unit, right_type.unit))
    if node.op == "/":
        return made, NUMBER.with_unit(quotient(left_type.unit, right_type.unit))
    return made, at.same(left, left_type, right, right_type, "相加减", node)


def _comparison(at: BindingPlace, node: tree.Binary) -> tuple[tree.Node, Type]:
    try:
        if isinstance(node.left, tree.Text):  # “二级（含）以下” = 级别
            right, right_type = at.visit(node.right)
            left, left_type = at.visit(node.left, right_type)
        else:
            left, left_type = at.visit(node.left)
            right, right_type = at.visit(node.right, left_type)
    except BindError as error:
        if error.code not in ("E303", "E307") or not isinstance(node.left, tree.Name):
            raise
        try:
            right, right_type = at.visit(node.right)
        except BindError:
            raise error from None
        if right_type.kind is not Kind.CLASS:
            raise
        left, left_type = at.visit(node.left, right_type)
    kinds = {left_type.kind, right_type.kind}
    if kinds == {Kind.CLASS, Kind.TEXT}:
        kinds = {Kind.TEXT}
    if len(kinds) > 1 and Kind.ABSENT not in kinds:
        raise BindError("E401", f"{left_type} 不能和 {right_type} 比较", "", node)
    if node.op not in ("=", "!=") and kinds & {Kind.BOOL, Kind.CLASS, Kind.TEXT, Kind.INTERVAL}:
        raise BindError("E401", f"{left_type} 没有大小，只能用 = 或 ≠ 比较", "", node)
    two_classes = left_type.kind is Kind.CLASS and right_type.kind is Kind.CLASS
    shared = set(left_type.classes) & set(right_type.classes)
    if two_classes and not shared and not isinstance(right, tree.Class):
        raise BindError("E401", f"{left_type} 和 {right_type} 没有相同的取值", "", node)
    if left_type.kind is Kind.NUMBER:
        at.same(left, left_type, right, right_type, "比较", node)
    return replace(node, left=left, right=right), BOOL
