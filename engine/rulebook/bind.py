"""Give every name of a formula its meaning and every node its type and unit.

A bare number may supply one unit a formula: ``费用 ÷ 均费 × 100`` becomes 点 where 点 is asked for,
because 100 supplies it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from engine.language import tree
from engine.language.types import NUMBER, Kind, Type, Unit
from engine.rulebook.bind_errors import BindError, UnitClash
from engine.rulebook.bind_pass import Pass
from engine.rulebook.chains import DEEP, stops_before
from engine.rulebook.model import Formula, Rule
from engine.rulebook.parts import values_of
from engine.rulebook.scope import Scope


@dataclass(frozen=True)
class Bound:
    """A formula understood: its tree with classes marked, its type, and the bare numbers that supplied a
    unit.
    """

    tree: tree.Node
    type: Type
    supplied: tuple[tuple[str, Unit], ...] = ()


@dataclass
class Binder:
    """Binds the formulas of one scope; types of rules are worked out once, so are their decimals (``digits``).

    ``circular``: rules that are known to depend on themselves, which is told elsewhere: no type follows for them.
    """

    scope: Scope
    circular: set[str] = field(default_factory=set)
    _rule_types: dict[str, Type] = field(default_factory=dict)
    _without_type: dict[str, BindError] = field(default_factory=dict)
    _in_progress: set[str] = field(default_factory=set)
    digits: dict[str, int | None] = field(default_factory=dict)

    def forget(self, names: Iterable[str]) -> None:
        """What was worked out of these entries, and what is wrong with any."""
        for name in names:
            self._rule_types.pop(name, None)
            self.digits.pop(name, None)
        self._without_type.clear()
        self.circular.clear()

    def bind(
        self,
        formula: Formula,
        grain: str,
        expected: Type | None = None,
        *,
        rooted: bool = False,
        exact: bool = True,
    ) -> Bound:
        """``formula`` as read from a row of ``grain``; with ``exact`` its unit must be ``expected``'s.

        ``rooted``: a deviation may stand here (whole formula of a rule with 舍入). Raises :class:`BindError`.
        """
        node = formula.tree
        try:
            return self._attempt(node, grain, expected, {}, rooted, exact)
        except UnitClash as clash:
            found = self._supplied(node, grain, expected, clash, rooted, exact)
            if found is None:
                raise
            return found

    def _supplied(
        self, node: tree.Node, grain: str, expected: Type | None, clash: UnitClash, rooted: bool, exact: bool
    ) -> Bound | None:
        numbers = [n for n in node.walk() if isinstance(n, tree.Number) and n.value != 0]
        units = [clash.left / clash.right, clash.right / clash.left, clash.left, clash.right]
        for number in reversed(numbers):
            for unit in units:
                if not unit.powers:
                    continue
                try:
                    return self._attempt(node, grain, expected, {number.span: unit}, rooted, exact)
                except UnitClash:
                    continue
        return None

    def _attempt(
        self, node: tree.Node, grain: str, expected: Type | None, given: dict, rooted: bool, exact: bool
    ) -> Bound:
        pass_ = Pass(self.scope, self.rule_type, grain, given, rooted)
        made, type_ = pass_.visit(node, expected)
        if expected is not None and exact:
            made, type_ = pass_.assign(made, type_, expected)
        supplied = [(number, unit) for number, unit in pass_.supplied if unit.powers]
        if len({unit.powers for _, unit in supplied}) > 1:
            raise BindError(
                "E408",
                "公式里有几个裸数字，要补的单位各不相同：" + "、".join(f"{n}（{u}）" for n, u in supplied),
                "把其中的数定成参数，写明单位", node,
            )  # fmt: skip
        return Bound(made, type_, tuple(dict.fromkeys(supplied)))

    # -- types of rules ------------------------------------------------------------

    def rule_type(self, name: str) -> Type:
        """The declared type of a rule, or the one that follows from its formula.

        Raises :class:`BindError`.
        """
        if name in self._without_type:
            raise self._without_type[name].with_traceback(None)
        if name not in self._rule_types:
            rule = self.scope.book.rules[name]
            if rule.type is not None:
                self._rule_types[name] = rule.type
            elif name in self.circular:
                raise BindError("", f"{name} 绕成了圈，见那里")
            elif name in self._in_progress:
                raise BindError("E407", f"{name} 的单位要靠它自己才能推出", f"在 {name} 里写明 单位")
            else:
                if len(self._in_progress) >= DEEP:
                    self._types_before(name)
                self._in_progress.add(name)
                try:
                    self._rule_types[name] = self._follows(rule)
                except BindError as error:
                    self._without_type[name] = error
                    raise
                finally:
                    self._in_progress.discard(name)
        return self._rule_types[name]

    def _types_before(self, name: str) -> None:
        """Those without which the type of ``name`` would be asked for from within too many others."""
        for stop in stops_before(self.scope.book).get(name, ()):
            if stop in self.scope.book.rules:
                with suppress(BindError):
                    self.rule_type(stop)

    def _follows(self, rule: Rule) -> Type:
        if isinstance(rule.body, Formula):
            return self.bind(rule.body, rule.grain, rooted=rule.rounding is not None).type
        values = values_of(rule.body)
        for value in values:
            if isinstance(value.tree, (tree.Number, tree.Unary)) and len(values) > 1:
                continue
            type_ = self.bind(value, rule.grain, rooted=rule.rounding is not None).type
            if type_.kind is not Kind.ABSENT:
                return type_
        return self.bind(values[0], rule.grain).type if values else NUMBER


__all__ = ["BindError", "Binder", "Bound", "UnitClash"]
