"""What is known to be there once a value is, a condition holds or does not, or a rule gave a class."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from engine.check.absence_atoms import NONE, VALUE_BEFORE, Atoms
from engine.check.absence_known import Known
from engine.check.absence_reasons import reasons_of_call, rows_atom
from engine.language import tree
from engine.language.function_laws import Absence as Why
from engine.language.functions import law_of
from engine.rulebook.model import Formula


def implied(absence: Known, node: tree.Node, grain: str) -> Atoms:
    """What is there for certain when ``node`` has a value."""
    if isinstance(node, tree.Name):
        access = absence.reach(grain, node.id)
        return NONE if access is None else absence.implied_by_access(access)
    if isinstance(node, tree.ValueBefore):
        return VALUE_BEFORE
    if isinstance(node, tree.Unary) and node.op == "-":
        return absence.implied(node.operand, grain)
    if isinstance(node, tree.Binary) and node.op in ("+", "-", "*", "/"):
        return absence.implied(node.left, grain) | absence.implied(node.right, grain)
    if isinstance(node, tree.Call):
        why = law_of(node.function).absence
        if why is Why.ALL:
            return frozenset.intersection(*(absence.implied(arg, grain) for arg in node.args))
        if why is Why.BRANCH:
            yes = absence.when_true(node.args[0], grain) | absence.implied(node.args[1], grain)
            no = absence.when_false(node.args[0], grain) | absence.implied(node.args[2], grain)
            if isinstance(node.args[1], tree.Nothing):
                return no
            return yes if isinstance(node.args[2], tree.Nothing) else yes & no
        if why is Why.NEVER:
            return NONE
        if why not in (Why.ANY, Why.FIRST_TWO):
            return reasons_of_call(absence, node, grain, NONE)
        args = node.args[:2] if why is Why.FIRST_TWO else node.args
        return frozenset().union(*(absence.implied(arg, grain) for arg in args))
    return NONE


def present(absence: Known, node: tree.Node, grain: str) -> Atoms:
    """What is known once 有 said that ``node`` has a value: itself, and what that implies."""
    named = frozenset({("name", node.id)}) if isinstance(node, tree.Name) else NONE
    return named | absence.implied(node, grain)


def facts_where(absence: Known, node: tree.Node, grain: str, holds: bool) -> Atoms:
    """What is known where a condition holds, or does not."""
    same, other = (absence.when_true, absence.when_false) if holds else (absence.when_false, absence.when_true)
    if isinstance(node, tree.Binary):
        if node.op in ("且", "或"):
            left, right = same(node.left, grain), same(node.right, grain)
            if (node.op == "且") is holds:  # both sides are so
                return left | right
            return left & (other(node.left, grain) | right)  # the right one is looked at where the left one is not
        both = absence.implied(node.left, grain) | absence.implied(node.right, grain)
        both |= _class_facts(absence, node, grain, holds) | _count_facts(absence, node, grain, holds)
        return both | _other_classes(node, holds)
    if isinstance(node, tree.Unary):
        if node.op == "非":
            return other(node.operand, grain)
        return present(absence, node.operand, grain) if node.op == ("有" if holds else "没有") else NONE
    if isinstance(node, tree.Member):
        return _member_facts(absence, node, grain, holds)
    if isinstance(node, tree.Name):
        return absence.implied(node, grain) | absence.named_condition(node, holds)
    if isinstance(node, tree.Call):
        return absence.implied(node, grain)
    return NONE


def _member_facts(absence: Known, node: tree.Member, grain: str, holds: bool) -> Atoms:
    facts = absence.implied(node.operand, grain) | _other_classes(node, holds)
    if node.negated is not holds and isinstance(node.operand, tree.Name):  # it is one of them
        words = [item.word for item in node.items if isinstance(item, tree.Class)]
        if words and len(words) == len(node.items):
            facts |= frozenset.intersection(*(of_class(absence, node.operand.id, word) for word in words))
    return facts


def named_condition(absence: Known, node: tree.Name, holds: bool) -> Atoms:
    """A yes/no rule written as one formula carries what that formula does."""
    rule = absence.scope.book.rules.get(node.id)
    if rule is None or not absence.scope.as_rule(node.id) or not isinstance(rule.body, Formula):
        return NONE
    key = ("named", node.id)
    if key in absence.busy:
        return NONE
    if (node.id, holds) not in absence.named:
        absence.busy.add(key)
        inner = absence.bound(rule.body, rule)
        facts = NONE if inner is None else (absence.when_true if holds else absence.when_false)(inner, rule.grain)
        absence.busy.discard(key)
        absence.named[node.id, holds] = facts
    return absence.named[node.id, holds]


def _class_facts(absence: Known, node: tree.Binary, grain: str, holds: bool) -> Atoms:
    if node.op not in ("=", "!=") or (node.op == "=") is not holds:
        return NONE
    for name, word in ((node.left, node.right), (node.right, node.left)):
        if isinstance(name, tree.Name) and isinstance(word, tree.Class):
            return of_class(absence, name.id, word.word)
    return NONE


def _other_classes(node: tree.Node, holds: bool) -> Atoms:
    """Classes that a name does not have where ``node`` holds, or does not."""
    if isinstance(node, tree.Member) and isinstance(node.operand, tree.Name):
        words = [item.word for item in node.items if isinstance(item, tree.Class)]
        listed = len(words) == len(node.items) and node.negated is holds
        return frozenset(("not", node.operand.id, word) for word in words) if listed else NONE
    if isinstance(node, tree.Binary) and node.op in ("=", "!=") and (node.op == "!=") is holds:
        for name, word in ((node.left, node.right), (node.right, node.left)):
            if isinstance(name, tree.Name) and isinstance(word, tree.Class):
                return frozenset({("not", name.id, word.word)})
    return NONE


def narrowed(absence: Known, facts: Atoms) -> Atoms:
    """``facts`` with what the classes say that are left once others are ruled out."""
    found = facts
    for name in sorted({atom[1] for atom in facts if atom[0] == "not"}):  # mostly none
        rule = absence.scope.book.rules.get(name)
        if rule is None or rule.type is None or not absence.scope.as_rule(name):
            continue
        left = [word for word in rule.type.classes if ("not", name, word) not in facts]
        if left:
            found |= frozenset.intersection(*(of_class(absence, name, word) for word in left))
    return found


def _count_facts(absence: Known, node: tree.Binary, grain: str, holds: bool) -> Atoms:
    """``N > 5`` with N a count of rows: the same rows are not none."""
    if isinstance(node.left, tree.Number):
        node = tree.Binary(_TURNED.get(node.op, node.op), node.right, node.left)
    limit = node.right.value if isinstance(node.right, tree.Number) else None
    if limit is None:
        return NONE
    least = _least(node.op, limit, holds)
    count, where = node.left, grain
    if isinstance(count, tree.Name):
        rule = absence.scope.book.rules.get(count.id)
        if rule is None or not isinstance(rule.body, Formula) or not absence.scope.as_rule(count.id):
            return NONE
        bound = absence.bound(rule.body, rule)
        count, where = (bound, rule.grain) if bound is not None else (count, where)
    if isinstance(count, tree.Call) and not law_of(count.function).reads_rows and least > 0:
        some = rows_atom(absence, count, where)
        found = {some, (*some[:2], "", *some[3:])}
        return frozenset({*found, *((*one, "2") for one in found)} if least > 1 else found)
    return NONE


_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_DENIED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}


def _least(op: str, limit: Fraction, holds: bool) -> int:
    """The least whole number from 0 that compares so with ``limit``; 0 where that says nothing."""
    op = op if holds else _DENIED.get(op, op)
    if op == ">":
        return max(floor(limit) + 1, 0)
    if op == ">=":
        return max(ceil(limit), 0)
    if op == "=":
        return max(ceil(limit), 0)
    return 1 if op == "!=" and limit == 0 else 0


def of_class(absence: Known, name: str, word: str, seen: frozenset[str] = frozenset()) -> Atoms:
    """What held when rule ``name`` gave class ``word``."""
    rule = absence.scope.book.rules.get(name)
    if rule is None or not absence.scope.as_rule(name) or name in seen:
        return NONE
    if (name, word) not in absence.classes:
        sets = []
        for formula, facts in absence.values(rule):
            node = absence.bound(formula, rule)
            found = None if node is None else _gives(absence, node, rule.grain, word, seen | {name})
            if found is not None:
                sets.append(facts | found)
        absence.classes[name, word] = frozenset.intersection(*sets) if sets else NONE
    return absence.classes[name, word]


def _gives(absence: Known, node: tree.Node, grain: str, word: str, seen: frozenset[str]) -> Atoms | None:
    """What holds if ``node`` gives the class; ``None`` if it never does."""
    if isinstance(node, tree.Class):
        return NONE if node.word == word else None
    if isinstance(node, tree.Call) and law_of(node.function).absence is Why.BRANCH:
        ways = [
            (absence.when_true(node.args[0], grain), _gives(absence, node.args[1], grain, word, seen)),
            (absence.when_false(node.args[0], grain), _gives(absence, node.args[2], grain, word, seen)),
        ]
        sets = [facts | found for facts, found in ways if found is not None]
        return frozenset.intersection(*sets) if sets else None
    if isinstance(node, tree.Name):
        return of_class(absence, node.id, word, seen)
    return NONE
