"""Bound syntax trees to the few ``ast`` node types that the evaluator takes; names need be no Python
identifiers.
"""

from __future__ import annotations

import ast

from engine.language import tree
from engine.language.functions import VALUE_BEFORE

_ARITHMETIC = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div}
_COMPARISON = {"=": ast.Eq, "!=": ast.NotEq, "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE}
ORIGIN, WHERE = "origin", "where"


def to_ast(node: tree.Node) -> ast.expr:
    """The ``ast`` of a bound tree.

    A call keeps the node it came from as ``origin`` (clauses are evaluated elsewhere).
    """
    if isinstance(node, (tree.Number, tree.Date, tree.Truth, tree.Text)):
        return ast.Constant(node.value)  # type: ignore[arg-type]
    if isinstance(node, tree.Nothing):
        return ast.Constant(None)
    if isinstance(node, tree.Class):
        return ast.Constant(node.word)
    if isinstance(node, tree.Name):
        return ast.Name(node.id, ast.Load())
    if isinstance(node, tree.ValueBefore):
        return ast.Name(VALUE_BEFORE, ast.Load())
    if isinstance(node, tree.Unary):
        if node.op == "-":
            return ast.UnaryOp(ast.USub(), to_ast(node.operand))
        return _call(node.op, [to_ast(node.operand)], node)
    if isinstance(node, tree.Binary):
        left, right = to_ast(node.left), to_ast(node.right)
        if node.op in _ARITHMETIC:
            return ast.BinOp(left, _ARITHMETIC[node.op](), right)
        if node.op in _COMPARISON:
            compared = ast.Compare(left, [_COMPARISON[node.op]()], [right])
            setattr(compared, ORIGIN, node)
            return compared
        return ast.BoolOp(ast.And() if node.op == "且" else ast.Or(), [left, right])
    if isinstance(node, tree.Member):
        call = _call("属于", [to_ast(node.operand), *(_item(item) for item in node.items)], node)
        return _call("非", [call], node) if node.negated else call
    if isinstance(node, tree.Call):
        call = _call(node.function, [to_ast(arg) for arg in node.args], node)
        keys = [ast.keyword(key, to_ast(value)) for key, value in node.keys]
        where = None if node.where is None else to_ast(node.where)
        setattr(call, WHERE, where)
        call.keywords = keys
        return call
    raise TypeError(f"no ast for {type(node).__name__}")


def _item(item: tree.Node) -> ast.expr:
    if isinstance(item, tree.Word):
        return ast.Constant(item.text)
    if isinstance(item, tree.Range):
        return _call("编码范围", [ast.Constant(item.low), ast.Constant(item.high)], item)
    if isinstance(item, tree.Between):
        bounds = [ast.Constant(None) if bound is None else to_ast(bound) for bound in (item.low, item.high)]
        return _call("区间", bounds, item)
    return to_ast(item)


def _call(name: str, args: list[ast.expr], origin: tree.Node) -> ast.Call:
    call = ast.Call(ast.Name(name, ast.Load()), args, [])
    setattr(call, ORIGIN, origin)
    return call
