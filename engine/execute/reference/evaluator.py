"""simpleeval with our nodes, operators and lazy calls: a bound formula on one row on one day."""

from __future__ import annotations

import ast
import datetime
import operator
from collections.abc import Callable
from fractions import Fraction

from simpleeval import SimpleEval

from engine.execute.reference.asks import Asks, Watch
from engine.execute.reference.calls import CALLS
from engine.execute.reference.nodes import Applied, Band, Called, Codes, Compared, Known
from engine.execute.reference.rows import Row
from engine.execute.reference.scalars import BOUNDS, SCALARS, in_code_range
from engine.language.functions import FUNCTIONS
from engine.language.values import Unresolved, Value, between, side_of

_EMPTY = "用到空值；先用 有、没有 或 缺省 处理"


def _arithmetic(function: Callable) -> Callable:
    def call(left: Value, right: Value) -> Value:
        return None if left is None or right is None else function(left, right)

    return call


def _divide(left: Fraction | None, right: Fraction | None) -> Fraction | None:
    if left is None or right is None:
        return None
    if right == 0:
        raise Unresolved("除以零", cause="除以零")
    return left / right


def _comparing(function: Callable) -> Callable[[Value, Value], bool]:
    def call(left: Value, right: Value) -> bool:
        if left is None or right is None:
            raise Unresolved(f"比较{_EMPTY}", cause="比较用到空值")
        return function(left, right)

    return call


COMPARISONS: dict[type[ast.cmpop], Callable[[Value, Value], bool]] = {
    ast.Eq: _comparing(operator.eq), ast.NotEq: _comparing(operator.ne), ast.Lt: _comparing(operator.lt),
    ast.LtE: _comparing(operator.le), ast.Gt: _comparing(operator.gt), ast.GtE: _comparing(operator.ge),
}  # fmt: skip
OPERATORS = {
    ast.Add: _arithmetic(operator.add), ast.Sub: _arithmetic(operator.sub),
    ast.Mult: _arithmetic(operator.mul),
    ast.Div: _divide, ast.USub: lambda value: None if value is None else -value,
}  # fmt: skip


class Evaluator(SimpleEval):
    """Evaluates ``ast`` made by :func:`to_ast` in the context of a row and a day; no other node type is
    taken.
    """

    def __init__(self, execution: Asks) -> None:
        super().__init__(operators=OPERATORS, functions={}, names={})
        self.execution = execution
        self.row, self.day = Row("", ()), datetime.date.min
        self.text = ""
        self.watch: Watch | None = None
        self.nodes = {
            Known: lambda node: node.value, ast.Name: self._name, ast.UnaryOp: self._eval_unaryop,
            ast.BinOp: self._eval_binop, ast.BoolOp: self._kleene, Compared: self._compared,
            Applied: self._applied, Called: self._call,
        }  # fmt: skip
        self.lazy: dict[str, Callable[[Applied], Value]] = {
            "有": lambda call: self._eval(call.args[0]) is not None,
            "没有": lambda call: self._eval(call.args[0]) is None,
            "可算": self._computable, "非": self._not, "若": self._choose, "缺省": self._first,
            "属于": self._member,
            "无法确定": self._unknown,
        }  # fmt: skip

    def evaluate(self, node: ast.expr, row: Row, day: datetime.date) -> Value:
        """The value of ``node`` on ``row`` as of ``day``. Raises :class:`Unresolved`."""
        before = self.row, self.day
        self.row, self.day = row, day
        try:
            return self.nodes[type(node)](node)
        finally:
            self.row, self.day = before

    def _eval(self, node: ast.expr) -> Value:
        """Without simpleeval's search for forbidden nodes: :func:`to_ast` makes only those in ``nodes``."""
        return self.nodes[type(node)](node)

    def _name(self, node: ast.Name) -> Value:
        return self.execution.value(node.id, self.row, self.day)

    def _compared(self, node: Compared) -> bool:
        """A comparison of two values; a watcher (coverage) is told on which side of the bound the value
        was.
        """
        left, right = self._eval(node.left), self._eval(node.right)
        held = COMPARISONS[type(node.sign)](left, right)
        if self.watch is not None and not isinstance(node.sign, (ast.Eq, ast.NotEq)):
            self._watched(node.origin, "", left, right)
        return held

    def _watched(self, origin: object, end: str, value: Value, bound: Value) -> None:
        if self.watch is not None and value is not None and bound is not None:
            self.watch(self.text, origin, end, side_of(value, bound))

    def _kleene(self, node: ast.BoolOp) -> bool:
        """Three-valued: a settled answer on one side outweighs what cannot be known on the other."""
        decisive = isinstance(node.op, ast.Or)
        unknown: Unresolved | None = None
        for part in node.values:
            try:
                if self._truth(part) is decisive:
                    return decisive
            except Unresolved as error:
                unknown = unknown or error
        if unknown is not None:
            raise unknown
        return not decisive

    def _truth(self, node: ast.expr) -> bool:
        value = self._eval(node)
        if value is None:
            raise Unresolved(f"条件{_EMPTY}", cause="条件用到空值")
        return bool(value)

    def _applied(self, node: Applied) -> Value:
        return self.lazy[node.name](node)

    def _call(self, node: Called) -> Value:
        name = node.name
        lazy = self.lazy.get(name)
        if lazy is not None:
            return lazy(node)
        scalar = SCALARS.get(name)
        if scalar is not None:
            values = [self._eval(arg) for arg in node.args]
            if self.watch is not None:
                for end, bound in zip(BOUNDS.get(name, ()), values[1:], strict=False):
                    self._watched(node.origin, end, values[0], bound)
            return scalar(*values)
        return CALLS[name](self.execution, node, self.row, self.day)

    def _computable(self, node: Applied) -> bool:
        try:
            self._eval(node.args[0])
        except Unresolved:
            return False
        return True

    def _not(self, node: Applied) -> bool:
        return not self._truth(node.args[0])

    def _choose(self, node: Applied) -> Value:
        holds = self._truth(node.args[0])
        if self.watch is not None and isinstance(node, Called):
            self.watch(self.text, node.origin, "", 1 if holds else -1)
        return self._eval(node.args[1 if holds else 2])

    def _first(self, node: Applied) -> Value:
        for arg in node.args:
            value = self._eval(arg)
            if value is not None:
                return value
        return None

    def _unknown(self, node: Applied) -> Value:
        reason = self._eval(node.args[0])
        raise Unresolved(str(reason), cause=str(reason))

    def _member(self, node: Applied) -> bool:
        value = self._eval(node.args[0])
        if value is None:
            raise Unresolved(f"属于 {_EMPTY}", cause="比较用到空值")
        return any(self._holds(value, item) for item in node.args[1:])

    def _holds(self, value: Value, item: ast.expr) -> bool:
        if isinstance(item, Codes):
            return in_code_range(str(value), item.low, item.high)
        if isinstance(item, Band):
            origin = item.origin
            low, high = (None if end is None else self._eval(end) for end in (item.low, item.high))
            for bound, written in ((low, origin.low), (high, origin.high)):
                if bound is None and written is not None:
                    raise Unresolved(f"区间的界 {_EMPTY}", cause="比较用到空值")
            self._watched(origin, "low", value, low)
            self._watched(origin, "high", value, high)
            return between(value, low, high, origin.low_closed, origin.high_closed)
        one = self._eval(item)
        if isinstance(one, frozenset):
            return value in one
        if one is None:
            raise Unresolved(f"属于 {_EMPTY}", cause="比较用到空值")
        return value == one


def functions() -> frozenset[str]:
    """Names this engine computes, for the test that keeps it equal to the language's table."""
    lazy = {name for name, function in FUNCTIONS.items() if function.law.lazy}
    return frozenset({*SCALARS, *CALLS, *lazy})
