"""Prove statements about conditions by cases: every comparison divides a value's range into a few pieces, and
conditions are tried on the pieces, on no more of them than they look at."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from engine.check.context import Context
from engine.language import tree
from engine.language.types import Kind, Type, default_digits
from engine.language.values import Interval, Value, render
from engine.rulebook.constants import literal
from engine.rulebook.digits import digits_of
from engine.rulebook.scope import Unreachable

MOST_TRIED = 100_000
ABSENT_PIECE = "没有值"


@dataclass(frozen=True)
class Piece:
    """Values that every condition treats alike: one value, an open stretch between two, a class, or absence."""

    text: str
    sample: object


@dataclass
class Variable:
    """What a condition looks at: an expression with its cut points, a class, a yes/no, or an order of two of them."""

    text: str
    kind: str
    type: Type | None = None
    cuts: set[Fraction | datetime.date] = field(default_factory=set)
    words: tuple[str, ...] = ()
    bounds: Interval = Interval(None, None)
    digits: int | None = None
    nullable: bool = False

    def says(self, piece: Piece) -> str:
        if self.kind == "truth":
            return f"“{self.text}”{'成立' if piece.sample else '不成立'}"
        if self.kind == "order":
            return f"“{self.text}”两边：左{piece.text}右"
        joined = self.kind == "class" or piece.sample is OTHER or self.kind == "text"
        return f"{self.text} {'是 ' if joined and piece.text != ABSENT_PIECE else ''}{piece.text}"

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
        closed_low = first and left is not None and self.bounds.low_closed and left not in self.cuts
        closed_high = last and right is not None and self.bounds.high_closed and right not in self.cuts
        if closed_low:
            return left
        if closed_high and left != right:
            return right
        if self.type is not None and self.type.kind is Kind.DATE:
            return self._day_between(left, right)  # type: ignore[arg-type]
        step = Fraction(1, 10**self.digits) if self.digits is not None else None
        if left is None and right is None:
            return Fraction(0)
        if left is None:
            return right - (step or 1)  # type: ignore[operator]
        if right is None:
            return left + (step or 1)  # type: ignore[operator]
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
    waits_for_figure: bool = False
    _pieces: dict[str, list[Piece]] = field(default_factory=dict)
    _keys: dict[int, tuple[tree.Node, str]] = field(default_factory=dict)

    def _key_of(self, node: tree.Node) -> str:
        """The text of a tree by which equal ones are known again; worked out once each."""
        if id(node) not in self._keys:
            self._keys[id(node)] = (node, repr(node))
        return self._keys[id(node)][1]

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
        left, right = sorted((self._key_of(node.left), self._key_of(node.right)))
        self._guess(left + right, node)
        self.variables.setdefault(left + right, Variable(self.text(node), "order"))

    def _guess(self, key: str, node: tree.Node) -> None:
        """What only a run can tell: proofs hold whatever it is, but a finding may be impossible."""
        self.guesses.add(key)
        parameters = self.context.snapshot.parameters
        for part in node.walk():
            if isinstance(part, tree.Name) and part.id in parameters and not parameters[part.id].values:
                self.waits_for_figure = True

    def _member(self, node: tree.Member) -> None:
        if not all(self._is_plain(item) for item in node.items):
            self._guess(self._key_of(node), node)
            self.variables.setdefault(self._key_of(node), Variable(self.text(node), "truth"))
            return
        for item in node.items:
            variable = self.variable(node.operand, "truth" if isinstance(item, tree.Truth) else None)
            if isinstance(item, tree.Between):
                bounds = [self.constant(b) for b in (item.low, item.high) if b is not None]
                variable.cuts.update(bounds)  # type: ignore[arg-type]
            elif isinstance(item, (tree.Number, tree.Date)):
                variable.cuts.add(item.value)
            elif isinstance(item, (tree.Word, tree.Text)):
                variable.words = tuple(dict.fromkeys((*variable.words, _text_of(item))))

    def _is_plain(self, item: tree.Node) -> bool:
        if isinstance(item, tree.Between):
            return all(b is None or self.constant(b) is not None for b in (item.low, item.high))
        return isinstance(item, (tree.Class, tree.Truth, tree.Number, tree.Date, tree.Word, tree.Text))

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
        key = self._key_of(node)
        if key not in self.variables:
            self.variables[key] = self._made(node, kind)
            if not isinstance(node, tree.Name):
                self._guess(key, node)
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
        return spoken(node)

    def pieces(self, key: str) -> list[Piece]:
        if key not in self._pieces:
            self._pieces[key] = self.variables[key].pieces() or [Piece("任何值", OTHER)]
        return self._pieces[key]

    def key(self, node: tree.Node) -> str | None:
        """The one variable a condition without 且, 或 and 非 looks at."""
        try:
            self.holds(node, {})
        except _NotYet as missing:
            return missing.key
        return None

    def outcomes(self, conditions: list[tree.Node | None]) -> Iterator[tuple[int | None, dict[str, Piece]]] | None:
        """Which condition is the first to hold (-1: one of them cannot be told, ``None``: none), with an example of
        each way; ``None`` if there are too many ways."""
        found: list[tuple[int | None, dict[str, Piece]]] = []
        waiting: list[tuple[dict[str, Piece], int]] = [({}, 0)]
        tried = 0
        while waiting:
            at, index = waiting.pop()
            try:
                while index < len(conditions):
                    tried += 1
                    node = conditions[index]
                    holds = True if node is None else self.holds(node, at)
                    if holds is not False:
                        break
                    index += 1
            except _NotYet as missing:
                pieces = self.pieces(missing.key)
                waiting.extend(({**at, missing.key: piece}, index) for piece in reversed(pieces))
            else:
                none = index == len(conditions)
                found.append((None if none else index if holds else -1, at))
            if tried > MOST_TRIED:
                return None
        return iter(found)

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
            present = _known(at, self._key_of(node.operand)) is not None
            return present if node.op == "有" else not present
        if isinstance(node, tree.Binary):
            return self._compared(node, at)
        if isinstance(node, tree.Member):
            if self._key_of(node) in self.variables:
                return bool(_known(at, self._key_of(node)))
            value = _known(at, self._key_of(node.operand))
            if value is None:
                return None
            return any(self._matches(value, item) for item in node.items) is not node.negated
        sample = _known(at, self._key_of(node))
        return None if sample is None else bool(sample)

    def _compared(self, node: tree.Binary, at: dict[str, Piece]) -> bool | None:
        for side, other, op in ((node.left, node.right, node.op), (node.right, node.left, _FLIPPED[node.op])):
            if self._key_of(side) not in self.variables:
                continue
            fixed = other.word if isinstance(other, tree.Class) else None
            fixed = other.value if isinstance(other, tree.Truth) else fixed
            fixed = self.constant(other) if fixed is None else fixed
            if fixed is not None:
                value = _known(at, self._key_of(side))
                return None if value is None else _compare(value, op, fixed)
        left, right = self._key_of(node.left), self._key_of(node.right)
        swapped = (left, right) != tuple(sorted((left, right)))
        order = _known(at, "".join(sorted((left, right))))
        return _compare(order, _FLIPPED[node.op] if swapped else node.op, 0)

    def _matches(self, value: object, item: tree.Node) -> bool:
        if value is OTHER:
            return False
        if isinstance(item, tree.Class):
            return value == item.word
        if isinstance(item, (tree.Number, tree.Truth, tree.Date)):
            return value == item.value
        if isinstance(item, (tree.Word, tree.Text)):
            return value == _text_of(item)
        assert isinstance(item, tree.Between)
        low = None if item.low is None else self.constant(item.low)
        high = None if item.high is None else self.constant(item.high)
        return value in Interval(low, high, item.low_closed, item.high_closed)  # type: ignore[arg-type]


class _NotYet(KeyError):
    """A condition looks at a variable that has no piece yet."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _known(at: dict[str, Piece], key: str) -> object:
    if key not in at:
        raise _NotYet(key)
    return at[key].sample


def _text_of(item: tree.Node) -> str:
    return item.text if isinstance(item, tree.Word) else item.value  # type: ignore[attr-defined]


_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _compare(value: object, op: str, fixed: object) -> bool:
    if value is OTHER:
        return op == "!="
    if op in ("=", "!="):
        return (value == fixed) is (op == "=")
    if op in ("<", "<="):
        return value < fixed or (op == "<=" and value == fixed)  # type: ignore[operator]
    return value > fixed or (op == ">=" and value == fixed)  # type: ignore[operator]


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
    if isinstance(node, tree.Unary):
        return f"−{_spoken(node.operand)}" if node.op == "-" else f"{node.op} {_spoken(node.operand)}"
    if isinstance(node, tree.Binary):
        sign = {"*": "×", "/": "÷", "-": "−", "<=": "≤", ">=": "≥", "!=": "≠"}.get(node.op, node.op)
        return f"{_spoken(node.left)} {sign} {_spoken(node.right)}"
    if isinstance(node, tree.Member):
        items = "、".join(_spoken(item) for item in node.items)
        return f"{_spoken(node.operand)} {'不属于' if node.negated else '属于'} {items}"
    if isinstance(node, tree.Range):
        return f"{node.low}–{node.high}"
    if isinstance(node, tree.Between):
        low, high = ("" if b is None else _spoken(b) for b in (node.low, node.high))
        return f"{'[' if node.low_closed else '('}{low}, {high}{']' if node.high_closed else ')'}"
    if isinstance(node, tree.Call):
        return (
            f"{node.function}({', '.join(_spoken(arg) for arg in node.args)}{', …' if node.where or node.keys else ''})"
        )
    return render(node.value) if isinstance(node, (tree.Text, tree.Date, tree.Truth)) else "…"


def example(at: dict[str, Piece], variables: dict[str, Variable]) -> str:
    """An assignment in words: ``年龄 在 3 和 6 之间，级别 是 三级``."""
    return "，".join(variables[key].says(piece) for key, piece in at.items()) or "任何情况"
