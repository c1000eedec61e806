"""Prove statements about conditions by cases: every comparison divides a value's range into a few pieces, and the pieces of
all values together are tried one by one."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from engine.check.context import Context
from engine.language import tree
from engine.language.types import Kind, Type, default_digits
from engine.language.values import Interval, Value, render
from engine.rulebook.constants import literal
from engine.rulebook.digits import digits_of
from engine.rulebook.scope import Unreachable

MOST_COMBINATIONS = 60_000
ABSENT_PIECE = "没有值"


@dataclass(frozen=True)
class Piece:
    """Values that every condition treats alike: one value, an open stretch between two, a class, or absence."""

    text: str
    sample: object


@dataclass
class Variable:
    """What a condition looks at: an expression with its cut points, a class, a yes/no, or an order of two expressions."""

    text: str
    kind: str
    type: Type | None = None
    cuts: set[Fraction | datetime.date] = field(default_factory=set)
    words: tuple[str, ...] = ()
    bounds: Interval = Interval(None, None)
    digits: int | None = None
    nullable: bool = False

    def pieces(self) -> list[Piece]:
        if self.kind == "class":
            found = [Piece(word, word) for word in self.words]
        elif self.kind == "truth":
            found = [Piece("是", True), Piece("否", False)]
        elif self.kind == "order":
            found = [Piece("小于", -1), Piece("等于", 0), Piece("大于", 1)]
        elif self.kind == "text":
            found = [Piece(f"“{word}”", word) for word in self.words] + [Piece("别的", OTHER)]
        else:
            found = self._stretches()
        return [*found, Piece(ABSENT_PIECE, None)] if self.nullable else found

    def _stretches(self) -> list[Piece]:
        """The cut points and the stretches between them that hold a value of the declared decimals within the range."""
        cuts = sorted(c for c in self.cuts if self._within(c))
        found: list[Piece] = []
        low = self.bounds.low
        edges = [low, *cuts, self.bounds.high]
        for index in range(len(edges) - 1):
            left, right = edges[index], edges[index + 1]
            if index > 0:
                found.append(Piece(f"= {render(left)}", left))
            sample = self._between(left, right, index == 0, index == len(edges) - 2)
            if sample is not None:
                found.append(Piece(self._name(left, right), sample))
        return found

    def _within(self, cut: Fraction | datetime.date) -> bool:
        return cut in self.bounds

    def _name(self, left: object, right: object) -> str:
        if left is None and right is None:
            return "任何值"
        if left is None:
            return f"< {render(right)}"  # type: ignore[arg-type]
        if right is None:
            return f"> {render(left)}"  # type: ignore[arg-type]
        return f"在 {render(left)} 和 {render(right)} 之间"  # type: ignore[arg-type]

    def _between(self, left: object, right: object, first: bool, last: bool) -> object:
        if self.type is not None and self.type.kind is Kind.DATE:
            return self._day_between(left, right)  # type: ignore[arg-type]
        step = Fraction(1, 10**self.digits) if self.digits is not None else None
        if left is None and right is None:
            return Fraction(0)
        if left is None:
            return right - (step or 1)  # type: ignore[operator]
        if right is None:
            return left + (step or 1)  # type: ignore[operator]
        closed_low = first and self.bounds.low_closed and left == self.bounds.low and left not in self.cuts
        closed_high = last and self.bounds.high_closed and right == self.bounds.high and right not in self.cuts
        if closed_low:
            return left
        if closed_high and left != right:
            return right
        if step is None:
            return (left + right) / 2 if left < right else None  # type: ignore[operator]
        candidate = (left / step).__floor__() * step + step  # type: ignore[operator]
        return candidate if candidate < right else None  # type: ignore[operator]

    @staticmethod
    def _day_between(left: datetime.date | None, right: datetime.date | None) -> datetime.date | None:
        one = datetime.timedelta(days=1)
        if left is None:
            return datetime.date(2000, 1, 1) if right is None else right - one
        return left + one if right is None or left + one < right else None


OTHER = object()


@dataclass
class Conditions:
    """The conditions of one table or one 分情形, over a common set of variables."""

    context: Context
    grain: str
    variables: dict[str, Variable] = field(default_factory=dict)
    guesses: set[str] = field(default_factory=set)

    def gather(self, node: tree.Node) -> None:
        """Note what ``node`` compares with what."""
        if isinstance(node, tree.Binary) and node.op in ("且", "或"):
            self.gather(node.left)
            self.gather(node.right)
        elif isinstance(node, tree.Unary) and node.op == "非":
            self.gather(node.operand)
        elif isinstance(node, tree.Unary):
            self.variable(node.operand).nullable = True
        elif isinstance(node, tree.Binary):
            self._comparison(node)
        elif isinstance(node, tree.Member):
            self._member(node)
        elif not isinstance(node, tree.Truth):
            self.variable(node, "truth")

    def _comparison(self, node: tree.Binary) -> None:
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(other, tree.Class):
                self.variable(side)
                return
            if isinstance(other, tree.Truth):
                self.variable(side, "truth")
                return
            value = self.constant(other)
            if value is not None:
                variable = self.variable(side)
                if variable.kind == "text":
                    variable.words = tuple(dict.fromkeys((*variable.words, value)))
                else:
                    variable.cuts.add(value)  # type: ignore[arg-type]
                return
        self._order(node)

    def _order(self, node: tree.Binary) -> None:
        left, right = sorted((repr(node.left), repr(node.right)))
        self.guesses.add(left + right)
        self.variables.setdefault(left + right, Variable(self.text(node), "order"))

    def _member(self, node: tree.Member) -> None:
        for item in node.items:
            if isinstance(item, tree.Class):
                self.variable(node.operand)
            elif isinstance(item, tree.Truth):
                self.variable(node.operand, "truth")
            elif isinstance(item, tree.Between) and all(
                b is None or self.constant(b) is not None for b in (item.low, item.high)
            ):
                cuts = [self.constant(b) for b in (item.low, item.high) if b is not None]
                self.variable(node.operand).cuts.update(cuts)  # type: ignore[arg-type]
            elif isinstance(item, tree.Number):
                self.variable(node.operand).cuts.add(item.value)
            elif isinstance(item, tree.Word):
                variable = self.variable(node.operand)
                variable.words = tuple(dict.fromkeys((*variable.words, item.text)))
            else:
                self.guesses.add(repr(node))
                self.variables.setdefault(repr(node), Variable(self.text(node), "truth"))

    def constant(self, node: tree.Node) -> Value:
        """The value of a literal, or of a parameter in force; ``None`` for anything else."""
        if isinstance(node, tree.Name) and node.id in self.context.snapshot.parameters:
            parameter = self.context.snapshot.parameters[node.id]
            values = [f for day, f in parameter.values if day <= self.context.snapshot.day]
            if values and parameter.type.kind is Kind.NUMBER and not parameter.type.many:
                return self.constant(values[-1].tree)
            return None
        try:
            value = literal(node)
        except ValueError:
            return None
        return None if isinstance(value, bool) else value

    def variable(self, node: tree.Node, kind: str | None = None) -> Variable:
        key = repr(node)
        if key not in self.variables:
            self.variables[key] = self._made(node, kind)
            if not isinstance(node, tree.Name):
                self.guesses.add(key)
        return self.variables[key]

    def _made(self, node: tree.Node, kind: str | None) -> Variable:
        text = self.text(node)
        if not isinstance(node, tree.Name):
            return Variable(text, kind or "number")
        type_ = self._type(node.id)
        if kind == "truth" or type_.kind is Kind.BOOL:
            return Variable(text, "truth")
        if type_.kind is Kind.CLASS:
            return Variable(text, "class", type_, words=type_.classes)
        if type_.kind is Kind.TEXT:
            return Variable(text, "text", type_)
        bounds, digits = Interval(None, None), None
        scope = self.context.scope
        if not scope._as_rule(node.id):
            for table in scope.book.columns.get(node.id, ()):
                field_ = scope.book.tables[table].fields[node.id]
                bounds = field_.range or bounds
                digits = field_.digits if field_.digits is not None else default_digits(field_.type.unit)
        elif type_.kind is Kind.NUMBER:
            digits = digits_of(scope, self.context.binder, node.id)
        return Variable(text, "number", type_, bounds=bounds, digits=digits if type_.kind is Kind.NUMBER else None)

    def _type(self, name: str) -> Type:
        from engine.language.types import NUMBER
        from engine.rulebook.bind import BindError
        from engine.rulebook.model import Formula

        try:
            return self.context.binder.bind(Formula(name, tree.Name(name)), self.grain).type
        except (BindError, Unreachable):
            return NUMBER

    @staticmethod
    def text(node: tree.Node) -> str:
        return node.id if isinstance(node, tree.Name) else "式子"

    def assignments(self) -> Iterator[dict[str, Piece]] | None:
        """All combinations of pieces; ``None`` if there are too many to try."""
        pieces = {key: variable.pieces() for key, variable in self.variables.items()}
        count = 1
        for found in pieces.values():
            count *= max(len(found), 1)
        if count > MOST_COMBINATIONS:
            return None
        return (dict(zip(pieces, chosen, strict=True)) for chosen in product(*pieces.values()))

    def holds(self, node: tree.Node, at: dict[str, Piece]) -> bool | None:
        """Whether a condition holds for an assignment; ``None`` where it compares what is absent."""
        if isinstance(node, tree.Truth):
            return node.value
        if isinstance(node, tree.Binary) and node.op in ("且", "或"):
            left, right = self.holds(node.left, at), self.holds(node.right, at)
            decisive = node.op == "或"
            if left is decisive or right is decisive:
                return decisive
            return None if left is None or right is None else not decisive
        if isinstance(node, tree.Unary) and node.op == "非":
            inner = self.holds(node.operand, at)
            return None if inner is None else not inner
        if isinstance(node, tree.Unary):
            present = at[repr(node.operand)].sample is not None
            return present if node.op == "有" else not present
        if isinstance(node, tree.Binary):
            return self._compared(node, at)
        if isinstance(node, tree.Member):
            if repr(node) in at:
                return bool(at[repr(node)].sample)
            value = at[repr(node.operand)].sample
            if value is None:
                return None
            return any(self._matches(value, item) for item in node.items) is not node.negated
        sample = at[repr(node)].sample
        return None if sample is None else bool(sample)

    def _compared(self, node: tree.Binary, at: dict[str, Piece]) -> bool | None:
        for side, other, op in ((node.left, node.right, node.op), (node.right, node.left, _FLIPPED[node.op])):
            fixed = other.word if isinstance(other, tree.Class) else other.value if isinstance(other, tree.Truth) else self.constant(other)
            if fixed is not None and repr(side) in at:
                value = at[repr(side)].sample
                return None if value is None else _compare(value, op, fixed)
        left, right = repr(node.left), repr(node.right)
        swapped = (left, right) != tuple(sorted((left, right)))
        order = at["".join(sorted((left, right)))].sample
        return _compare(order, _FLIPPED[node.op] if swapped else node.op, 0)

    def _matches(self, value: object, item: tree.Node) -> bool:
        if isinstance(item, tree.Class):
            return value == item.word
        if isinstance(item, (tree.Number, tree.Truth)):
            return value == item.value
        if isinstance(item, tree.Word):
            return value == item.text
        assert isinstance(item, tree.Between)
        low = None if item.low is None else self.constant(item.low)
        high = None if item.high is None else self.constant(item.high)
        return value in Interval(low, high, item.low_closed, item.high_closed)  # type: ignore[arg-type]


_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _compare(value: object, op: str, fixed: object) -> bool:
    if op in ("=", "!="):
        return (value == fixed) is (op == "=")
    if op in ("<", "<="):
        return value < fixed or (op == "<=" and value == fixed)  # type: ignore[operator]
    return value > fixed or (op == ">=" and value == fixed)  # type: ignore[operator]


def example(at: dict[str, Piece], variables: dict[str, Variable]) -> str:
    """An assignment in words: ``年龄 在 3 和 6 之间，级别 三级``."""
    return "，".join(f"{variables[key].text} {piece.text}" for key, piece in at.items())
