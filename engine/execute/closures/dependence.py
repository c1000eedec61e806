"""Which values cannot be known of one case alone: what adds up, ranks or reads other cases, however far below.

For who prices single cases: such a value is refused, or listed, with the sentence that is found here. ``plan/reads``
says what a formula reads, this says why that is not there: by which function, whether 取 goes to the case's own rows or
to others, whether a former result was given. It stops where the answer is known (a published table, a figure of a
finished run), and a plan has no such places. So it walks the bound formulas itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.execute.closures.one_case import SingleCases
from engine.language import tree
from engine.language.function_laws import Reach, Takes
from engine.language.functions import law_of, read_on_rows
from engine.language.types import Type
from engine.language.values import Unresolved
from engine.rulebook.chains import stops_before
from engine.rulebook.model import Check, DecisionTable, Formula
from engine.rulebook.parts import parts
from engine.rulebook.scope import Scope, Unreachable


@dataclass
class Dependence:
    """Under the rules of ``day``. A reason is a Chinese sentence; "" where one case is enough."""

    cases: SingleCases
    day: datetime.date
    _known: dict[tuple, str] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        return self.cases.judge.scope(self.day)

    def of_name(self, name: str, grain: str) -> str:
        """Why ``name``, read from a row of ``grain``, needs other cases."""
        key = (name, self.scope.base(grain))
        if key not in self._known:
            self._known[key] = ""  # a circle adds nothing
            for stop in stops_before(self.scope.book).get(name, ()):
                self.of_name(stop, grain)
            self._known[key] = self._of_name(name, grain)
        return self._known[key]

    def _of_name(self, name: str, grain: str) -> str:
        scope, book = self.scope, self.scope.book
        try:
            access = scope.reach(scope.base(grain), name)
        except Unreachable:
            return ""  # fails on every row with its own reason
        if access.kind in ("parameter", "period", "key"):
            return ""
        away = "" if access.own else self._other_cases(name, grain, access.grain)
        found = away or self._first(self.of_name(step.name, grain) for step in access.keys)
        if found or access.kind == "field":
            return found
        home = scope.home(name)
        subsets = scope.chain(home) if home is not None else ()
        found = self._first(self._of_subset(subset) for subset in subsets)
        if access.kind == "check":
            return found or self.of_check(book.checks[name])
        return found or self.of_rule(name)

    def of_check(self, check: Check) -> str:
        """Why a check needs other cases."""
        return self._first(self._of_subset(subset) for subset in self.scope.chain(check.grain)) or self._first(
            self.of_formula(part, check.grain) for _, part in check.grades
        )

    def _of_subset(self, subset: str) -> str:
        grain = self.scope.book.grains[subset]
        return "" if grain.condition is None or not grain.of else self.of_formula(grain.condition, grain.of)

    def of_rule(self, name: str) -> str:
        """Why a rule needs other cases."""
        if name in self.cases.figures:
            return ""
        rule = self.scope.book.rules[name]
        for part in parts(rule):
            found = self._of_bound(part.formula, part.grain, part.expected, part.rooted, name)
            if found:
                return found
        columns = rule.body.columns if isinstance(rule.body, DecisionTable) else ()
        return self._first(self.of_name(column, rule.grain) for column in columns)

    def of_formula(self, formula: Formula, grain: str) -> str:
        """Why a condition needs other cases."""
        return self._of_bound(formula, grain, None, False, "条件")

    def _of_bound(self, formula: Formula, grain: str, expected: Type | None, rooted: bool, reader: str) -> str:
        try:
            bound = self.cases.judge.bound(formula, grain, self.day, expected, rooted)
        except Unresolved:
            return ""
        return self._of_tree(bound, grain, reader)

    def _of_tree(self, node: tree.Node, grain: str, reader: str) -> str:
        if isinstance(node, tree.Name):
            return self.of_name(node.id, grain)
        if isinstance(node, tree.Call):
            law = law_of(node.function)
            reach = law.reach
            if law.takes in _READ:
                return _READ[law.takes](self, node, grain, reader)
            if reach in (Reach.GROUP, Reach.GROUP_AND_BEFORE):
                return self._of_window(node, grain, reader)
            if reach is Reach.BELOW:
                return self._of_aggregate(node, grain, reader)
        return self._first(self._of_tree(child, grain, reader) for child in node.children())

    def _of_aggregate(self, node: tree.Call, grain: str, reader: str) -> str:
        source = node.source or grain
        base = self.scope.base(source)
        if base in self.cases.case_tables:
            if not self.scope.determines(grain, self.scope.keys(self.cases.main)):
                return f"{reader} 汇总 {source} 的各行"
        elif self.scope.determines(grain, self.scope.keys(self.cases.main)):
            return f"{reader} 汇总 {source} 的各行，它们不随 {self.cases.main} 一起给出"
        elif base in self.cases.judge.selection.main_tables or base not in self.scope.book.tables:
            return f"{reader} 汇总 {source} 的各行，要看本期有哪些"
        inside = [part for part in (read_on_rows(node), node.where) if part is not None]
        return self._first(self._of_tree(part, source, reader) for part in inside) or self._first(
            self._of_tree(part, grain, reader) for part in node.args[1:]
        )

    def _of_window(self, node: tree.Call, grain: str, reader: str) -> str:
        base = self.scope.base(grain)
        if base in self.cases.case_tables or base not in self.scope.book.tables:
            return f"{reader} 用 {node.function} 看 {grain} 的其他行"
        names = [*node.per, *([node.by] if node.by else [])]
        return self._first(self._of_tree(child, grain, reader) for child in node.children()) or self._first(
            self.of_name(name, grain) for name in names
        )

    def _of_look_up(self, node: tree.Call, grain: str, reader: str) -> str:
        name = node.name_at(0)
        home = self.scope.home(name) or grain
        given = {key for key, _ in node.keys}
        steps = [self.of_name(key, grain) for key in self.scope.keys(home) if key not in given]
        steps += [self._of_tree(value, grain, reader) for _, value in node.keys]
        if self.scope.base(home) in self.cases.case_tables and given & set(self.scope.keys(self.cases.main)):
            return f"{reader} 用 取 读别的 {home}"
        return self._first(steps) or self.of_name(name, home)

    def _of_previous(self, node: tree.Call, grain: str, reader: str) -> str:
        judge, name = self.cases.judge, node.name_at(0)
        first = self._first(self._of_tree(part, grain, reader) for part in node.args[1:])
        if judge.program.series is not None and judge.period.first_of_year():
            return first
        if judge.published is None or not self.scope.as_rule(name):
            return f"{reader} 读上期的 {name}，要给上期的结果（previous）"
        return first

    def _of_bands(self, node: tree.Call, grain: str, reader: str) -> str:
        rest = self._first(self._of_tree(part, grain, reader) for part in node.args[1:])
        return rest or self.of_rule(node.name_at(0))

    def _of_days(self, node: tree.Call, grain: str, reader: str) -> str:
        home = self.scope.home(node.name_at(2))
        if home in self.cases.case_tables:
            return f"{reader} 的工作日历是 {home}"
        return self._first(self._of_tree(part, grain, reader) for part in node.args[:2])

    def _other_cases(self, name: str, grain: str, home: str) -> str:
        """A row that is no case's own leads to no case, or to any; and what is settled apart is not known here."""
        if home in self.cases.judge.selection.main_tables and home != self.cases.main:
            return f"{name} 是另一张按日期结算的表 {home} 的"
        if home not in self.cases.case_tables or self.scope.base(grain) in self.cases.case_tables:
            return ""
        return f"从 {grain} 的一行读 {home} 的 {name}"

    @staticmethod
    def _first(reasons: Iterable[str]) -> str:
        return next((reason for reason in reasons if reason), "")


_READ = {
    Takes.NAME_AT_KEYS: Dependence._of_look_up,
    Takes.NAME_BEFORE: Dependence._of_previous,
    Takes.BANDS: Dependence._of_bands,
    Takes.DATES_AND_CALENDAR: Dependence._of_days,
}
