"""What may be absent: worked out for fields, rules and narrowed grains; guards discharge the reasons.

A value is safe where no atom (:mod:`engine.check.absence_atoms`) is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from engine.check.absence_atoms import NONE, Atoms
from engine.check.absence_facts import facts_where, implied, named_condition, narrowed
from engine.check.absence_left_in import looks_at_other_rows, worked_out_before_exclusion
from engine.check.absence_reasons import reasons
from engine.check.absence_uses import findings
from engine.check.understood import Understood
from engine.language import tree
from engine.language.types import BOOL
from engine.rulebook.model import Cases, Check, DecisionTable, Formula, Grain, Rule, Statement
from engine.rulebook.parts import branch_condition, cell_condition, strict_columns
from engine.rulebook.scope import Access, Scope, Unreachable


@dataclass
class Absence:
    """Absence of one scope, worked out once a name. ``busy``: what is being worked out, so that circles end."""

    scope: Scope
    understood: Understood
    busy: set[tuple[str, str]] = field(default_factory=set)
    named: dict[tuple[str, bool], Atoms] = field(default_factory=dict)
    classes: dict[tuple[str, str], Atoms] = field(default_factory=dict)
    _rules: dict[str, Atoms] = field(default_factory=dict)
    _implied: dict[str, Atoms] = field(default_factory=dict)
    _base: dict[str, Atoms] = field(default_factory=dict)
    _left_in: dict[str, Atoms] = field(default_factory=dict)

    def forget(self, names: Iterable[str]) -> None:
        """What was worked out of these entries; of grains and of what a program leaves in, all."""
        for name in names:
            self._rules.pop(name, None)
            self._implied.pop(name, None)
        gone = set(names)
        for named in [key for key in self.named if key[0] in gone]:
            del self.named[named]
        for classes in [key for key in self.classes if key[0] in gone]:
            del self.classes[classes]
        self._base.clear()
        self._left_in.clear()

    def prepare(self, name: str) -> None:
        """Work out a rule after those it reads, so that a long chain of rules is no deep recursion."""
        if name in self.scope.book.rules and self.scope.as_rule(name):
            self.of_rule(name)
            self.implied_by_rule(name)
            self.named_condition(tree.Name(name), True)
            self.named_condition(tree.Name(name), False)

    def of_access(self, access: Access) -> Atoms:
        """Why the value behind an access may be absent."""
        found = self._path(access)
        if access.kind == "field":
            field_ = self.scope.book.tables[access.grain].fields[access.name]
            found |= {("field", access.grain, access.name)} if field_.nullable and not field_.has_default else NONE
        elif access.kind == "rule":
            found |= self.of_rule(access.name)
        return found

    def _path(self, access: Access) -> Atoms:
        found: Atoms = frozenset(("subset", name) for name in access.subsets)
        for step in access.keys:
            found |= self.of_access(step)
        table = self.scope.book.tables.get(access.grain)
        read = not access.own and access.kind in ("field", "rule", "check")
        if table is not None and read and (table.optional or table.sparse):
            found |= {("row", access.grain)}
        return found

    def implied_by_access(self, access: Access) -> Atoms:
        """What is there for certain when the value is."""
        found = self._path(access)
        if access.kind == "field":
            found |= {("field", access.grain, access.name)}
        elif access.kind == "rule":
            found |= self.implied_by_rule(access.name)
        return found

    def of_rule(self, name: str) -> Atoms:
        """Why the value of a rule may be absent."""
        if name not in self._rules:
            if ("of", name) in self.busy:
                return NONE
            self.busy.add(("of", name))
            rule = self.scope.book.rules[name]
            found: Atoms = NONE
            for formula, facts in self.values(rule):
                node = self.bound(formula, rule)
                found |= NONE if node is None else self.of(node, rule.grain, facts)
                if node is not None and is_condition(rule, node):
                    found |= frozenset().union(*(f.atoms for f in findings(self, node, rule.grain, facts)), NONE)
            if isinstance(rule.body, DecisionTable):
                found |= self._of_columns(rule, rule.body) - self.facts_at(rule)
            self._rules[name] = found
            self.busy.discard(("of", name))
        return self._rules[name]

    def _of_columns(self, rule: Rule, table: DecisionTable) -> Atoms:
        """A decision table is a function of its columns: where one of them has no value, neither has the table."""
        found: Atoms = NONE
        for index in strict_columns(table):
            access = self.reach(rule.grain, table.columns[index])
            found |= NONE if access is None else self.of_access(access)
        return found

    def implied_by_rule(self, name: str) -> Atoms:
        """What is there for certain when a rule has a value."""
        if name not in self._implied:
            if ("implied", name) in self.busy:
                return NONE
            self.busy.add(("implied", name))
            rule = self.scope.book.rules[name]
            sets = []
            for formula, facts in self.values(rule):
                node = self.bound(formula, rule)
                if not isinstance(node, tree.Nothing):
                    sets.append(facts | (NONE if node is None else self.implied(node, rule.grain)))
            found = frozenset.intersection(*sets) if sets else NONE
            if isinstance(rule.body, DecisionTable):
                for index in strict_columns(rule.body):
                    access = self.reach(rule.grain, rule.body.columns[index])
                    found |= NONE if access is None else self.implied_by_access(access)
            self._implied[name] = found
            self.busy.discard(("implied", name))
        return self._implied[name]

    def bound(self, formula: Formula, rule: Rule) -> tree.Node | None:
        """A value of ``rule`` bound; ``None`` if it does not bind."""
        return self.understood.tree(formula, rule.grain, rule.type, rooted=rule.rounding is not None)

    def condition(self, formula: Formula, grain: str) -> tree.Node | None:
        """A condition bound at ``grain``; ``None`` if it does not bind."""
        return self.understood.tree(formula, grain, BOOL)

    def base_facts(self, grain: str) -> Atoms:
        """What holds on every row of a narrowed grain: its conditions are true."""
        if grain not in self._base:
            self._base[grain] = NONE
            found: Atoms = NONE
            for subset in self.scope.chain(grain):
                entry = self.scope.book.grains[subset]
                if entry.condition is not None and entry.of:
                    node = self.condition(entry.condition, entry.of)
                    found |= {("subset", subset)} | (NONE if node is None else self.when_true(node, entry.of))
            combined = self.scope.book.grains.get(self.scope.base(grain))
            for one in combined.every if combined is not None else ():
                found |= self.base_facts(one)
            self._base[grain] = found
        return self._base[grain]

    def facts_at(self, entry: Rule | Check | Statement | Grain, grain: str = "") -> Atoms:
        """What holds on every row on which the entry is worked out: its grain's conditions, and that the program
        did not exclude the row, unless that itself rests on the entry.
        """
        grain = grain or getattr(entry, "grain", "")
        if not grain or entry.name in self.before_exclusion:
            return self.base_facts(grain) if grain else NONE
        return self.base_facts(grain) | self.not_excluded(self.scope.base(grain))

    def not_excluded(self, table: str) -> Atoms:
        """What is known of the rows of a table that the program left in."""
        program = self.scope.program
        if program is None or table not in program.exclude or table not in self.scope.book.tables:
            return NONE
        if table not in self._left_in:
            self._left_in[table] = NONE
            if not self.sees_other_rows:
                for name in program.exclude[table]:
                    rule = self.scope.book.rules.get(name)
                    if rule is not None and rule.grain == table and not self.of_rule(name):
                        self._left_in[table] |= self.when_false(tree.Name(name), table)
        return self._left_in[table]

    @cached_property
    def before_exclusion(self) -> frozenset[str]:
        """Everything that is worked out before rows are excluded."""
        return worked_out_before_exclusion(self.scope)

    @cached_property
    def sees_other_rows(self) -> bool:
        """Whether any of that sums up or ranks rows."""
        return looks_at_other_rows(self.scope, self.before_exclusion)

    def values(self, rule: Rule) -> Iterator[tuple[Formula, Atoms]]:
        """Each formula a rule's value may come from, with what is known where it is used."""
        base = self.facts_at(rule)
        if isinstance(rule.body, Formula):
            yield rule.body, base
        elif isinstance(rule.body, Cases):
            for branch, facts in self.branches(rule, rule.body):
                value = rule.body.branches[branch].value
                if value is not None:
                    yield value, facts
        elif isinstance(rule.body, DecisionTable):
            for row in rule.body.rows:
                facts = base
                for index in range(len(rule.body.columns)):
                    cell = cell_condition(rule.body, row, index)
                    node = None if cell is None else self.condition(cell, rule.grain)
                    facts |= NONE if node is None else self.when_true(node, rule.grain)
                if row.value is not None:
                    yield row.value, facts

    def branches(self, rule: Rule, cases: Cases) -> Iterator[tuple[int, Atoms]]:
        """Each branch by its place, with what is known once it applies."""
        before = self.facts_at(rule)
        for place, branch in enumerate(cases.branches):
            condition = branch_condition(cases, branch)
            node = None if condition is None else self.condition(condition, rule.grain)
            facts = before | (NONE if node is None else self.when_true(node, rule.grain))
            yield place, narrowed(self, facts)
            before = narrowed(self, before | (NONE if node is None else self.when_false(node, rule.grain)))

    def reach(self, grain: str, name: str) -> Access | None:
        """How ``name`` is read; ``None`` if it is not."""
        try:
            return self.scope.reach(grain, name)
        except Unreachable:
            return None

    def of(self, node: tree.Node, grain: str, facts: Atoms) -> Atoms:
        """Why ``node`` may be absent on a row of ``grain`` where ``facts`` are known."""
        return reasons(self, node, grain, narrowed(self, facts))

    def implied(self, node: tree.Node, grain: str) -> Atoms:
        """What is there for certain when ``node`` has a value."""
        return implied(self, node, grain)

    def when_true(self, node: tree.Node, grain: str) -> Atoms:
        """What is known where ``node`` holds."""
        return facts_where(self, node, grain, True)

    def when_false(self, node: tree.Node, grain: str) -> Atoms:
        """What is known where ``node`` does not hold."""
        return facts_where(self, node, grain, False)

    def named_condition(self, node: tree.Name, holds: bool) -> Atoms:
        """What a yes/no rule says where it holds, or does not."""
        return named_condition(self, node, holds)


def is_condition(rule: Rule, node: tree.Node) -> bool:
    """A rule that is one condition: what it compares may be guarded by those who read it."""
    return isinstance(rule.body, Formula) and (
        isinstance(node, tree.Member)
        or (isinstance(node, tree.Binary) and node.op not in ("+", "-", "*", "/"))
        or (isinstance(node, tree.Unary) and node.op == "非")
    )
