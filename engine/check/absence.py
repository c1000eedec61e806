"""What may be absent is guarded where it is compared, aggregated or used as a condition.

An *atom* is one reason why a value may be absent: an optional field, a row that an optional table may lack, a row
outside a narrowed grain, an aggregate over no rows. Guards discharge atoms; a value is safe where no atom is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.check.context import Context
from engine.check.cycles import depends_on, in_order
from engine.language import tree
from engine.language.types import Kind
from engine.rulebook.bind import Binder, BindError
from engine.rulebook.model import Cases, Check, DecisionTable, Formula, Grain, Rule, Statement
from engine.rulebook.parts import branch_condition, cell_condition, names_in, parts, strict_columns
from engine.rulebook.problems import Place
from engine.rulebook.scope import Access, Scope, Unreachable

Atom = tuple[str, ...]
Atoms = frozenset[Atom]
NONE: Atoms = frozenset()
_EMPTY_ABSENT = (
    "均值",
    "中位数",
    "分位数",
    "标准差",
    "变异系数",
    "样本标准差",
    "样本变异系数",
    "最大",
    "最小",
)
_NEVER_ABSENT = ("合计", "计数", "去重计数", "累计", "分摊", "无法确定", "工作日数")


@dataclass(frozen=True)
class Finding:
    """An unguarded use: E601 compared, E602 aggregated, E603 used as a condition."""

    code: str
    node: tree.Node
    atoms: Atoms


@dataclass
class Absence:
    """Absence of one scope, worked out once a name."""

    scope: Scope
    binder: Binder
    _rules: dict[str, Atoms] = field(default_factory=dict)
    _implied: dict[str, Atoms] = field(default_factory=dict)
    _base: dict[str, Atoms] = field(default_factory=dict)
    _busy: set[tuple[str, str]] = field(default_factory=set)
    _named: dict[tuple[str, bool], Atoms] = field(default_factory=dict)
    _classes: dict[tuple[str, str], Atoms] = field(default_factory=dict)

    # -- names ---------------------------------------------------------------------------------------------------

    def prepare(self, name: str) -> None:
        """Work out a rule after those it reads, so that a long chain of rules is no deep recursion."""
        if name in self.scope.book.rules and self.scope._as_rule(name):
            self.of_rule(name)
            self.implied_by_rule(name)
            self._named_condition(tree.Name(name), True)
            self._named_condition(tree.Name(name), False)

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
        if table is not None and not access.own and access.kind == "field" and (table.optional or table.sparse):
            found |= {("row", access.grain)}
        if (
            table is not None
            and not access.own
            and access.kind in ("rule", "check")
            and (table.optional or table.sparse)
        ):
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
        if name not in self._rules:
            if ("of", name) in self._busy:
                return NONE
            self._busy.add(("of", name))
            rule = self.scope.book.rules[name]
            found: Atoms = NONE
            for formula, facts in self.values(rule):
                node = self._bound(formula, rule)
                found |= NONE if node is None else self.of(node, rule.grain, facts)
                if node is not None and is_condition(rule, node):
                    found |= frozenset().union(*(f.atoms for f in self.findings(node, rule.grain, facts)), NONE)
            if isinstance(rule.body, DecisionTable):
                found |= self._of_columns(rule, rule.body) - self.base_facts(rule.grain)
            self._rules[name] = found
            self._busy.discard(("of", name))
        return self._rules[name]

    def _of_columns(self, rule: Rule, table: DecisionTable) -> Atoms:
        """A decision table is a function of its columns: where one of them has no value, neither has the table."""
        found: Atoms = NONE
        for index in strict_columns(table):
            access = self.reach(rule.grain, table.columns[index])
            found |= NONE if access is None else self.of_access(access)
        return found

    def implied_by_rule(self, name: str) -> Atoms:
        if name not in self._implied:
            if ("implied", name) in self._busy:
                return NONE
            self._busy.add(("implied", name))
            rule = self.scope.book.rules[name]
            sets = []
            for formula, facts in self.values(rule):
                node = self._bound(formula, rule)
                if not isinstance(node, tree.Nothing):
                    sets.append(facts | (NONE if node is None else self.implied(node, rule.grain)))
            found = frozenset.intersection(*sets) if sets else NONE
            if isinstance(rule.body, DecisionTable):
                for index in strict_columns(rule.body):
                    access = self.reach(rule.grain, rule.body.columns[index])
                    found |= NONE if access is None else self.implied_by_access(access)
            self._implied[name] = found
            self._busy.discard(("implied", name))
        return self._implied[name]

    def _bound(self, formula: Formula, rule: Rule) -> tree.Node | None:
        try:
            return self.binder.bind(formula, rule.grain, rule.type, rooted=rule.rounding is not None).tree
        except BindError:
            return None

    def condition(self, formula: Formula, grain: str) -> tree.Node | None:
        from engine.language.types import BOOL

        try:
            return self.binder.bind(formula, grain, BOOL).tree
        except BindError:
            return None

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
            self._base[grain] = found
        return self._base[grain]

    # -- branches ------------------------------------------------------------------------------------------------

    def values(self, rule: Rule) -> Iterator[tuple[Formula, Atoms]]:
        """Each formula a rule's value may come from, with what is known where it is used."""
        base = self.base_facts(rule.grain)
        if isinstance(rule.body, Formula):
            yield rule.body, base
        elif isinstance(rule.body, Cases):
            for branch, facts in self.branches(rule, rule.body):
                if rule.body.branches[branch].value is not None:
                    yield rule.body.branches[branch].value, facts  # type: ignore[misc]
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
        before = self.base_facts(rule.grain)
        for place, branch in enumerate(cases.branches):
            condition = branch_condition(cases, branch)
            node = None if condition is None else self.condition(condition, rule.grain)
            facts = before | (NONE if node is None else self.when_true(node, rule.grain))
            yield place, facts
            before |= NONE if node is None else self.when_false(node, rule.grain)

    def of_class(self, name: str, word: str, seen: frozenset[str] = frozenset()) -> Atoms:
        """What held when rule ``name`` gave class ``word``."""
        rule = self.scope.book.rules.get(name)
        if rule is None or not self.scope._as_rule(name) or name in seen:
            return NONE
        if (name, word) not in self._classes:
            sets = []
            for formula, facts in self.values(rule):
                node = self._bound(formula, rule)
                found = None if node is None else self._gives(node, rule.grain, word, seen | {name})
                if found is not None:
                    sets.append(facts | found)
            self._classes[name, word] = frozenset.intersection(*sets) if sets else NONE
        return self._classes[name, word]

    def _gives(self, node: tree.Node, grain: str, word: str, seen: frozenset[str]) -> Atoms | None:
        """What holds if ``node`` gives the class; ``None`` if it never does."""
        if isinstance(node, tree.Class):
            return NONE if node.word == word else None
        if isinstance(node, tree.Call) and node.function == "若":
            ways = [
                (self.when_true(node.args[0], grain), self._gives(node.args[1], grain, word, seen)),
                (self.when_false(node.args[0], grain), self._gives(node.args[2], grain, word, seen)),
            ]
            sets = [facts | found for facts, found in ways if found is not None]
            return frozenset.intersection(*sets) if sets else None
        if isinstance(node, tree.Name):
            return self.of_class(node.id, word, seen)
        return NONE

    # -- expressions ---------------------------------------------------------------------------------------------

    def reach(self, grain: str, name: str) -> Access | None:
        try:
            return self.scope.reach(grain, name)
        except Unreachable:
            return None

    def of(self, node: tree.Node, grain: str, facts: Atoms) -> Atoms:
        """The reasons why ``node`` may be absent on a row of ``grain`` where ``facts`` are known."""
        if isinstance(node, tree.Nothing):
            return frozenset({("written", "空")})
        if isinstance(node, tree.Name):
            access = self.reach(grain, node.id)
            if access is None or ("name", node.id) in facts:
                return NONE
            return frozenset(a for a in self.of_access(access) - facts if not self._surely_inside(a, facts))
        if isinstance(node, tree.Unary) and node.op == "-":
            return self.of(node.operand, grain, facts)
        if isinstance(node, tree.Binary) and node.op in ("+", "-", "*", "/"):
            return self.of(node.left, grain, facts) | self.of(node.right, grain, facts)
        if isinstance(node, tree.Call):
            return self._of_call(node, grain, facts) - facts
        return NONE

    def _surely_inside(self, atom: Atom, facts: Atoms) -> bool:
        """A row is inside ``行 X 条件: 有 Y`` where Y is known to have a value."""
        grain = self.scope.book.grains.get(atom[1]) if atom[0] == "subset" else None
        if grain is None or grain.condition is None or not grain.of or ("inside", atom[1]) in self._busy:
            return False
        self._busy.add(("inside", atom[1]))
        node = self.condition(grain.condition, grain.of)
        sure = isinstance(node, tree.Unary) and node.op == "有" and not self.of(node.operand, grain.of, facts)
        self._busy.discard(("inside", atom[1]))
        return sure

    def _of_call(self, node: tree.Call, grain: str, facts: Atoms) -> Atoms:
        name = node.function
        if name in _NEVER_ABSENT:
            return NONE
        if name in ("缺省", "取高", "取低"):
            found = [self.of(arg, grain, facts) for arg in node.args]
            return NONE if any(not atoms for atoms in found) else frozenset().union(*found)
        if name == "若":
            yes = self.of(node.args[1], grain, facts | self.when_true(node.args[0], grain))
            no = self.of(node.args[2], grain, facts | self.when_false(node.args[0], grain))
            return yes | no
        if name in _EMPTY_ABSENT:
            return frozenset({self._rows_atom(node, grain)})
        if name == "名次":
            atoms = self.of(node.args[0], grain, facts | self._where_facts(node, grain))
            return frozenset({("window", _text(node))}) if node.where is not None or atoms else NONE
        if name == "上一条":
            return frozenset({("window", _text(node))})
        if name == "上期":
            if len(node.args) == 2:
                return self.of(node.args[1], grain, facts)
            return frozenset({("before", _text(node.args[0]))})
        if name == "取":
            return self._of_look_up(node, grain, facts)
        found = [self.of(arg, grain, facts) for arg in node.args]
        return frozenset().union(*found)

    def _of_look_up(self, node: tree.Call, grain: str, facts: Atoms) -> Atoms:
        atom = frozenset({("look up", _text(node))})
        home = self.scope.home(node.args[0].id)  # type: ignore[attr-defined]
        if home is None:
            return NONE
        for _, key in node.keys:
            if self.of(key, grain, facts):
                return atom
        access = self.scope.at_home(
            home, node.args[0].id, "rule" if self.scope._as_rule(node.args[0].id) else "field", home
        )  # type: ignore[attr-defined]
        table = self.scope.book.tables.get(self.scope.base(home))
        lacking = table is not None and (table.optional or table.sparse)
        return atom if lacking or self.of_access(access) else NONE

    def _rows_atom(self, node: tree.Call, grain: str) -> Atom:
        where = "" if node.where is None else _text(node.where)
        return ("rows", node.source or "", where, "、".join(self.scope.keys(grain)))

    def _where_facts(self, node: tree.Call, grain: str) -> Atoms:
        return NONE if node.where is None else self.when_true(node.where, grain)

    def implied(self, node: tree.Node, grain: str) -> Atoms:
        """What is there for certain when ``node`` has a value."""
        if isinstance(node, tree.Name):
            access = self.reach(grain, node.id)
            return NONE if access is None else self.implied_by_access(access)
        if isinstance(node, tree.Unary) and node.op == "-":
            return self.implied(node.operand, grain)
        if isinstance(node, tree.Binary) and node.op in ("+", "-", "*", "/"):
            return self.implied(node.left, grain) | self.implied(node.right, grain)
        if isinstance(node, tree.Call):
            name = node.function
            if name in ("缺省", "取高", "取低"):
                return frozenset.intersection(*(self.implied(arg, grain) for arg in node.args))
            if name == "若":
                yes = self.when_true(node.args[0], grain) | self.implied(node.args[1], grain)
                no = self.when_false(node.args[0], grain) | self.implied(node.args[2], grain)
                if isinstance(node.args[1], tree.Nothing):
                    return no
                return yes if isinstance(node.args[2], tree.Nothing) else yes & no
            if name in _NEVER_ABSENT:
                return NONE
            own = self._of_call(node, grain, NONE)
            if name in (*_EMPTY_ABSENT, "名次", "上一条", "上期", "取"):
                return own
            return frozenset().union(*(self.implied(arg, grain) for arg in node.args))
        return NONE

    def present(self, node: tree.Node, grain: str) -> Atoms:
        """What is known once 有 said that ``node`` has a value: itself, and what that implies."""
        named = frozenset({("name", node.id)}) if isinstance(node, tree.Name) else NONE
        return named | self.implied(node, grain)

    def when_true(self, node: tree.Node, grain: str) -> Atoms:
        if isinstance(node, tree.Binary):
            if node.op == "且":
                return self.when_true(node.left, grain) | self.when_true(node.right, grain)
            if node.op == "或":
                left = self.when_true(node.left, grain)
                return left & (self.when_false(node.left, grain) | self.when_true(node.right, grain))
            both = self.implied(node.left, grain) | self.implied(node.right, grain)
            return both | self._class_facts(node, grain, True) | self._count_facts(node, grain, True)
        if isinstance(node, tree.Unary):
            if node.op == "非":
                return self.when_false(node.operand, grain)
            return self.present(node.operand, grain) if node.op == "有" else NONE
        if isinstance(node, tree.Member):
            facts = self.implied(node.operand, grain)
            if not node.negated and isinstance(node.operand, tree.Name):
                words = [item.word for item in node.items if isinstance(item, tree.Class)]
                if words and len(words) == len(node.items):
                    facts |= frozenset.intersection(*(self.of_class(node.operand.id, word) for word in words))
            return facts
        if isinstance(node, tree.Name):
            return self.implied(node, grain) | self._named_condition(node, True)
        if isinstance(node, tree.Call):
            return self.implied(node, grain)
        return NONE

    def when_false(self, node: tree.Node, grain: str) -> Atoms:
        if isinstance(node, tree.Binary):
            if node.op == "且":
                left = self.when_false(node.left, grain)
                return left & (self.when_true(node.left, grain) | self.when_false(node.right, grain))
            if node.op == "或":
                return self.when_false(node.left, grain) | self.when_false(node.right, grain)
            both = self.implied(node.left, grain) | self.implied(node.right, grain)
            return both | self._class_facts(node, grain, False) | self._count_facts(node, grain, False)
        if isinstance(node, tree.Unary):
            if node.op == "非":
                return self.when_true(node.operand, grain)
            return self.present(node.operand, grain) if node.op == "没有" else NONE
        if isinstance(node, tree.Member):
            return self.implied(node.operand, grain)
        if isinstance(node, tree.Name):
            return self.implied(node, grain) | self._named_condition(node, False)
        if isinstance(node, tree.Call):
            return self.implied(node, grain)
        return NONE

    def _named_condition(self, node: tree.Name, holds: bool) -> Atoms:
        """A yes/no rule written as one formula carries what that formula does."""
        rule = self.scope.book.rules.get(node.id)
        if rule is None or not self.scope._as_rule(node.id) or not isinstance(rule.body, Formula):
            return NONE
        key = ("named", node.id)
        if key in self._busy:
            return NONE
        if (node.id, holds) not in self._named:
            self._busy.add(key)
            inner = self._bound(rule.body, rule)
            facts = NONE if inner is None else (self.when_true if holds else self.when_false)(inner, rule.grain)
            self._busy.discard(key)
            self._named[node.id, holds] = facts
        return self._named[node.id, holds]

    def _class_facts(self, node: tree.Binary, grain: str, holds: bool) -> Atoms:
        if node.op not in ("=", "!=") or (node.op == "=") is not holds:
            return NONE
        for name, word in ((node.left, node.right), (node.right, node.left)):
            if isinstance(name, tree.Name) and isinstance(word, tree.Class):
                return self.of_class(name.id, word.word)
        return NONE

    def _count_facts(self, node: tree.Binary, grain: str, holds: bool) -> Atoms:
        """``N > 5`` with N a count of rows: the same rows are not none."""
        limit = node.right.value if isinstance(node.right, tree.Number) else None
        if limit is None:
            return NONE
        more = {(">", True): limit >= 0, (">=", True): limit > 0, ("<=", False): limit >= 0, ("<", False): limit > 0,
                ("=", False): limit == 0, ("!=", True): limit == 0}  # fmt: skip
        count, where = node.left, grain
        if isinstance(count, tree.Name):
            rule = self.scope.book.rules.get(count.id)
            if rule is None or not isinstance(rule.body, Formula) or not self.scope._as_rule(count.id):
                return NONE
            bound = self._bound(rule.body, rule)
            count, where = (bound, rule.grain) if bound is not None else (count, where)
        if isinstance(count, tree.Call) and count.function == "计数" and more.get((node.op, holds), False):
            some = self._rows_atom(count, where)
            return frozenset({some, (*some[:2], "", *some[3:])})
        return NONE

    # -- findings ------------------------------------------------------------------------------------------------

    def findings(self, node: tree.Node, grain: str, facts: Atoms) -> Iterator[Finding]:
        """Every unguarded use inside ``node``."""
        if isinstance(node, tree.Binary):
            yield from self._in_binary(node, grain, facts)
        elif isinstance(node, tree.Member):
            yield from self._used(node.operand, grain, facts, "E601")
            for item in node.items:
                for bound in (item.low, item.high) if isinstance(item, tree.Between) else ():
                    if bound is not None:
                        yield from self._used(bound, grain, facts, "E601")
        elif isinstance(node, tree.Unary):
            if node.op == "非":
                yield from self.as_condition(node.operand, grain, facts)
            else:
                yield from self.findings(node.operand, grain, facts)
        elif isinstance(node, tree.Call):
            yield from self._in_call(node, grain, facts)

    def _in_binary(self, node: tree.Binary, grain: str, facts: Atoms) -> Iterator[Finding]:
        if node.op in ("且", "或"):
            yield from self.as_condition(node.left, grain, facts)
            known = self.when_true(node.left, grain) if node.op == "且" else self.when_false(node.left, grain)
            yield from self.as_condition(node.right, grain, facts | known)
        elif node.op in ("+", "-", "*", "/"):
            yield from self.findings(node.left, grain, facts)
            yield from self.findings(node.right, grain, facts)
        else:
            yield from self._used(node.left, grain, facts, "E601")
            yield from self._used(node.right, grain, facts, "E601")

    def _in_call(self, node: tree.Call, grain: str, facts: Atoms) -> Iterator[Finding]:
        name = node.function
        if name == "若":
            yield from self.as_condition(node.args[0], grain, facts)
            yield from self.findings(node.args[1], grain, facts | self.when_true(node.args[0], grain))
            yield from self.findings(node.args[2], grain, facts | self.when_false(node.args[0], grain))
        elif node.source is not None:
            inner = self.base_facts(node.source)
            if node.where is not None:
                yield from self.as_condition(node.where, node.source, inner)
                inner |= self.when_true(node.where, node.source)
            if name != "计数":
                yield from self._used(node.args[0], node.source, inner, "E602")
            for arg in node.args[1:]:
                yield from self._used(arg, grain, facts, "E601")
        elif name in ("分摊", "累计"):
            for arg in node.args:
                yield from self._used(arg, grain, facts, "E602")
        else:
            if node.where is not None:
                yield from self.as_condition(node.where, grain, facts)
                facts |= self.when_true(node.where, grain)
            for arg in node.args:
                yield from self.findings(arg, grain, facts)
            for _, key in node.keys:
                yield from self.findings(key, grain, facts)

    def _used(self, node: tree.Node, grain: str, facts: Atoms, code: str) -> Iterator[Finding]:
        atoms = self.of(node, grain, facts)
        if atoms:
            yield Finding(code, node, atoms)
        yield from self.findings(node, grain, facts)

    def as_condition(self, node: tree.Node, grain: str, facts: Atoms) -> Iterator[Finding]:
        if isinstance(node, (tree.Name, tree.Call)):
            atoms = self.of(node, grain, facts)
            if atoms:
                yield Finding("E603", node, atoms)
        yield from self.findings(node, grain, facts)


def values_that_may_be_absent_are_guarded(context: Context) -> None:
    """Refuses what may be absent: compared (E601), aggregated (E602), a condition (E603), written back (E604)."""
    absence = Absence(context.scope, context.binder)
    for name in in_order({rule.name for rule in context.rules()}, lambda n: depends_on(context, n)):
        if not context.rests_on_broken(name):
            absence.prepare(name)
    for entry in context.entries():
        if isinstance(entry, Rule) and not context.scope._as_rule(entry.name):
            continue
        if context.rests_on_broken(entry.name):
            continue
        grain = getattr(entry, "grain", None)
        base = absence.base_facts(grain) if grain else NONE
        known = _facts_by_part(absence, entry)
        for part, node in context.sound_parts(entry):
            facts = known.get((part.role, part.formula.place, part.formula.text), base)
            if part.role == "cell" or (
                isinstance(entry, Rule) and is_condition(entry, node) and _left_to_readers(context, entry)
            ):
                continue
            found = (
                absence.as_condition(node, part.grain, facts)
                if part.role in ("condition", "subset", "filter", "rows", "check", "cell")
                else absence._used(node, part.grain, facts, "E601")
                if part.role == "by"
                else absence.findings(node, part.grain, facts)
            )  # fmt: skip
            if part.role == "check" and getattr(entry, "kind", "") == "筛查":
                continue
            for finding in found:
                doing = {"E601": "比较", "E602": "汇总", "E603": "作条件"}[finding.code]
                what = _source_text(part.formula, finding.node)
                context.add(
                    finding.code, context.at(part.formula, finding.node),
                    f"{entry.name}：{what} 可能没有值（{describe(finding.atoms)}），不能直接{doing}",
                    _guard(finding),
                )  # fmt: skip
    _filled_columns(context, absence)


def is_condition(rule: Rule, node: tree.Node) -> bool:
    """A rule that is one condition: what it compares may be guarded by those who read it."""
    return isinstance(rule.body, Formula) and (
        isinstance(node, tree.Member)
        or (isinstance(node, tree.Binary) and node.op not in ("+", "-", "*", "/"))
        or (isinstance(node, tree.Unary) and node.op == "非")
    )


def _left_to_readers(context: Context, rule: Rule) -> bool:
    """Whether other rules read the condition (their use is checked) and nothing shows or needs it as it is."""
    for entry in context.snapshot.entries.values():
        if isinstance(entry, Statement) and any(column.name == rule.name for column in entry.columns):
            return False
    program = context.program
    if program is not None and any(
        rule.name in names for group in (program.need, program.exclude) for names in group.values()
    ):
        return False
    return any(
        rule.name in names_in(part.formula.tree)
        for entry in context.snapshot.entries.values()
        if isinstance(entry, (Rule, Check, Grain)) and entry.name != rule.name
        for part in parts(entry)
    )


def _facts_by_part(absence: Absence, entry: object) -> dict[tuple[str, Place, str], Atoms]:
    """What is known where each condition and each value of a rule stands, by role, place and text."""
    found: dict[tuple[str, Place, str], Atoms] = {}
    if not isinstance(entry, Rule):
        return found
    if isinstance(entry.body, Cases):
        before = absence.base_facts(entry.grain)
        for place, facts in absence.branches(entry, entry.body):
            branch = entry.body.branches[place]
            if branch.condition is not None:
                found["condition", branch.condition.place, branch.condition.text] = before
                condition = branch_condition(entry.body, branch)
                node = None if condition is None else absence.condition(condition, entry.grain)
                before |= NONE if node is None else absence.when_false(node, entry.grain)
            if branch.value is not None:
                found["value", branch.value.place, branch.value.text] = facts
    elif isinstance(entry.body, DecisionTable):
        for value, facts in absence.values(entry):
            found["value", value.place, value.text] = facts
    return found


def _filled_columns(context: Context, absence: Absence) -> None:
    for statement in context.snapshot.statements.values():
        table = context.snapshot.tables.get(statement.fills or "")
        if table is None or statement.name not in context.names:
            continue
        for column in statement.columns:
            field_ = table.fields.get(column.heading)
            access = absence.reach(statement.grain, column.name)
            if field_ is None or access is None or field_.nullable or field_.has_default:
                continue
            atoms = absence.of_access(access) - absence.base_facts(statement.grain)
            if statement.condition is not None:
                node = absence.condition(statement.condition, statement.grain)
                atoms -= NONE if node is None else absence.when_true(node, statement.grain)
            if atoms:
                context.add(
                    "E604", column.place,
                    f"报表 {statement.name} 回填 {table.name}.{column.heading}，它可能没有值（{describe(atoms)}）",
                    f"给报表加 条件: 有 {column.name}，或把字段 {column.heading} 写成 可空: 是",
                )  # fmt: skip


def describe(atoms: Atoms) -> str:
    """The first reason, in words."""
    atom = min(atoms)
    kind = atom[0]
    if kind == "field":
        return f"表 {atom[1]} 的 {atom[2]} 可空"
    if kind == "row":
        return f"表 {atom[1]} 可能没有这一行"
    if kind == "subset":
        return f"不属于 {atom[1]} 的行没有值"
    if kind == "rows":
        return f"{atom[1]} 里可能一行也没有" + ("（符合“当”的）" if atom[2] else "")
    if kind == "before":
        return "上期可能没有这个值"
    if kind == "written":
        return "公式里写了 空"
    if kind == "window":
        return "可能没有前一行，或不参加排名"
    return "取 的那一行可能没有，或它可空"


def _guard(finding: Finding) -> str:
    name = finding.node.id if isinstance(finding.node, tree.Name) else ""
    if finding.code == "E602":
        return f"加 当 有 {name or '…'}，只汇总有值的行；或用 缺省({name or '…'}, 0) 说明按多少算"
    if any(atom[0] == "rows" for atom in finding.atoms) and not name:
        return "先写一条 没有 … 的情形，或先比较同样这些行的 计数"
    name = name or next((atom[2] for atom in sorted(finding.atoms) if atom[0] == "field"), "")
    if name:
        return f"前面先写一条 没有 {name} 的情形，或写 有 {name} 且 …，或用 缺省({name}, …)"
    return "先给可能没有的值立一条规则，再用 有、没有、缺省 处理没有值的情形"


def _source_text(formula: Formula, node: tree.Node) -> str:
    start, stop = node.span
    text = formula.text[start:stop] if 0 <= start < stop <= len(formula.text) else formula.text
    open_brackets = text.count("(") + text.count("（") - text.count(")") - text.count("）")
    return " ".join((text + ")" * max(open_brackets, 0)).split())


def _text(node: tree.Node) -> str:
    """A canonical text of a tree, so that the same condition is known again."""
    return repr(node)


def check_formula_of_rule(scope: Scope, binder: Binder, rule: Rule) -> list[Finding]:
    """All findings of one rule (what the conformance kit asks)."""
    absence = Absence(scope, binder)
    found: list[Finding] = []
    for formula, facts in absence.values(rule):
        node = absence._bound(formula, rule)
        if node is not None:
            found.extend(absence.findings(node, rule.grain, facts))
    return found


__all__ = [
    "Absence",
    "Finding",
    "Kind",
    "check_formula_of_rule",
    "describe",
    "values_that_may_be_absent_are_guarded",
]
