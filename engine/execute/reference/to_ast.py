"""Bound syntax trees to the few ``ast`` node types that the evaluator takes; names need be no Python
identifiers.
"""

from __future__ import annotations

import ast

from engine.execute.reference.nodes import Applied, Band, Called, Codes, Compared, Known
from engine.language import tree
from engine.language.functions import VALUE_BEFORE

_ARITHMETIC = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div}
_COMPARISON = {"=": ast.Eq, "!=": ast.NotEq, "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE}


def to_ast(node: tree.Node) -> ast.expr:
    """The ``ast`` of a bound tree."""
    match node:
        case tree.Number() | tree.Date() | tree.Truth() | tree.Text():
            return Known(node.value)
        case tree.Nothing():
            return Known(None)
        case tree.Class():
            return Known(node.word)
        case tree.Name():
            return ast.Name(node.id, ast.Load())
        case tree.ValueBefore():
            return ast.Name(VALUE_BEFORE, ast.Load())
        case tree.Unary():
            operand = to_ast(node.operand)
            return ast.UnaryOp(ast.USub(), operand) if node.op == "-" else Applied(node.op, [operand])
        case tree.Binary():
            return _binary(node)
        case tree.Member():
            member = Applied("属于", [to_ast(node.operand), *(_item(item) for item in node.items)])
            return Applied("非", [member]) if node.negated else member
        case tree.Call():
            return called(node)
    raise TypeError(f"no ast for {type(node).__name__}")


def called(node: tree.Call) -> Called:
    """A bound call, with its arguments and clauses."""
    args = [to_ast(arg) for arg in node.args]
    keywords = [ast.keyword(key, to_ast(value)) for key, value in node.keys]
    return Called(node, args, keywords, None if node.where is None else to_ast(node.where))


def _binary(node: tree.Binary) -> ast.expr:
    left, right = to_ast(node.left), to_ast(node.right)
    if node.op in _ARITHMETIC:
        return ast.BinOp(left, _ARITHMETIC[node.op](), right)
    if node.op in _COMPARISON:
        return Compared(left, _COMPARISON[node.op](), right, node)
    return ast.BoolOp(ast.And() if node.op == "且" else ast.Or(), [left, right])


def _item(item: tree.Node) -> ast.expr:
    match item:
        case tree.Word():
            return Known(item.text)
        case tree.Range():
            return Codes(item.low, item.high)
        case tree.Between():
            low, high = (None if end is None else to_ast(end) for end in (item.low, item.high))
            return Band(low, high, item)
    return to_ast(item)
