"""What the conditions of one table or one 分情形 compare with what: every comparison cuts a value's range in pieces."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.check.context import Context
from engine.check.pieces import OTHER, Piece, Variable
from engine.check.spoken import spoken
from engine.language import tree
from engine.language.types import NUMBER, Kind, Type, default_digits
from engine.language.values import Bound, Interval, as_bound
from engine.rulebook.bind import BindError
from engine.rulebook.constants import literal
from engine.rulebook.digits import digits_of
from engine.rulebook.model import Formula
from engine.rulebook.scope import Unreachable


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
    _intervals: dict[int, tuple[tree.Between, Interval]] = field(default_factory=dict)

    def key_of(self, node: tree.Node) -> str:
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
                if isinstance(value, str):
                    variable.words = tuple(dict.fromkeys((*variable.words, value)))
                else:
                    variable.cuts.add(value)
                return
        self._order(node)

    def _order(self, node: tree.Binary) -> None:
        left, right = sorted((self.key_of(node.left), self.key_of(node.right)))
        self._guess(left + right, node)
        self.variables.setdefault(left + right, Variable(spoken(node), "order"))

    def _guess(self, key: str, node: tree.Node) -> None:
        """What only a run can tell: proofs hold whatever it is, but a finding may be impossible."""
        self.guesses.add(key)
        parameters = self.context.snapshot.parameters
        for part in node.walk():
            if isinstance(part, tree.Name) and part.id in parameters and not parameters[part.id].values:
                self.waits_for_figure = True

    def _member(self, node: tree.Member) -> None:
        if not all(self._is_plain(item) for item in node.items):
            self._guess(self.key_of(node), node)
            self.variables.setdefault(self.key_of(node), Variable(spoken(node), "truth"))
            return
        for item in node.items:
            variable = self.variable(node.operand, "truth" if isinstance(item, tree.Truth) else None)
            if isinstance(item, tree.Range):
                variable.families = tuple(dict.fromkeys((*variable.families, (item.low, item.high))))
            elif isinstance(item, tree.Between):
                bounds = self.interval(item)
                variable.cuts.update(bound for bound in (bounds.low, bounds.high) if bound is not None)
            elif isinstance(item, (tree.Number, tree.Date)):
                variable.cuts.add(item.value)
            elif isinstance(item, (tree.Word, tree.Text)):
                variable.words = tuple(
                    dict.fromkeys((*variable.words, item.text if isinstance(item, tree.Word) else item.value))
                )

    def _is_plain(self, item: tree.Node) -> bool:
        if isinstance(item, tree.Between):
            return all(b is None or self.constant(b) is not None for b in (item.low, item.high))
        return isinstance(
            item, (tree.Class, tree.Truth, tree.Number, tree.Date, tree.Word, tree.Text, tree.Range)
        )  # fmt: skip

    def constant(self, node: tree.Node) -> Bound | str | None:
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
        return value if isinstance(value, str) else None if isinstance(value, bool) else as_bound(value)

    def interval(self, item: tree.Between) -> Interval:
        """The interval of an item that is plain; worked out once each."""
        if id(item) not in self._intervals:
            low = None if item.low is None else self.constant(item.low)
            high = None if item.high is None else self.constant(item.high)
            found = Interval(as_bound(low), as_bound(high), item.low_closed, item.high_closed)
            self._intervals[id(item)] = (item, found)
        return self._intervals[id(item)][1]

    def variable(self, node: tree.Node, kind: str | None = None) -> Variable:
        key = self.key_of(node)
        if key not in self.variables:
            self.variables[key] = self._made(node, kind)
            if not isinstance(node, tree.Name):
                self._guess(key, node)
        return self.variables[key]

    def _made(self, node: tree.Node, kind: str | None) -> Variable:
        text = spoken(node)
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
        if not scope.as_rule(node.id):
            for table in scope.book.columns.get(node.id, ()):
                field_ = scope.book.tables[table].fields[node.id]
                bounds = field_.range or bounds
                digits = field_.digits if field_.digits is not None else default_digits(field_.type.unit)
        elif type_.kind is Kind.NUMBER:
            digits = digits_of(scope, self.context.binder, node.id)
        return Variable(text, "number", type_, bounds=bounds, digits=digits if type_.kind is Kind.NUMBER else None)

    def _type(self, name: str) -> Type:
        try:
            return self.context.binder.bind(Formula(name, tree.Name(name)), self.grain).type
        except (BindError, Unreachable):
            return NUMBER

    def pieces(self, key: str) -> list[Piece]:
        if key not in self._pieces:
            self._pieces[key] = self.variables[key].pieces() or [Piece("任何值", OTHER)]
        return self._pieces[key]
