"""Why the value of an expression may be absent."""

from __future__ import annotations

from engine.check.absence_atoms import NONE, VALUE_BEFORE, Atom, Atoms
from engine.check.absence_known import Known
from engine.language import tree
from engine.language.function_laws import Absence as Why
from engine.language.functions import law_of
from engine.rulebook.scope import Access


def reasons(absence: Known, node: tree.Node, grain: str, facts: Atoms) -> Atoms:
    """The reasons why ``node`` may be absent on a row of ``grain`` where ``facts`` are known."""
    if isinstance(node, tree.Nothing):
        return frozenset({("written", "空")})
    if isinstance(node, tree.Name):
        access = absence.reach(grain, node.id)
        if access is None or ("name", node.id) in facts:
            return NONE
        found = absence.of_access(access) - facts
        return frozenset(
            a for a in found if not (_surely_inside(absence, a, facts) or _has_the_row(absence, a, access, grain))
        )
    if isinstance(node, tree.ValueBefore):
        return VALUE_BEFORE - facts
    if isinstance(node, tree.Unary) and node.op == "-":
        return absence.of(node.operand, grain, facts)
    if isinstance(node, tree.Binary) and node.op in ("+", "-", "*", "/"):
        return absence.of(node.left, grain, facts) | absence.of(node.right, grain, facts)
    if isinstance(node, tree.Call):
        return reasons_of_call(absence, node, grain, facts) - facts
    return NONE


def reasons_of_call(absence: Known, node: tree.Call, grain: str, facts: Atoms) -> Atoms:
    """The reasons why a call may give no value."""
    law = law_of(node.function)
    why = law.absence
    if why is Why.NEVER:
        return NONE
    if why is Why.ALL:
        found = [absence.of(arg, grain, facts) for arg in node.args]
        return NONE if any(not atoms for atoms in found) else frozenset().union(*found)
    if why is Why.BRANCH:
        yes = absence.of(node.args[1], grain, facts | absence.when_true(node.args[0], grain))
        no = absence.of(node.args[2], grain, facts | absence.when_false(node.args[0], grain))
        return yes | no
    if law.needs_rows:
        return frozenset({rows_atom(absence, node, grain)})
    if why is Why.NOT_RANKED:
        atoms = absence.of(node.args[0], grain, facts | _where_facts(absence, node, grain))
        return frozenset({("window", text_of_tree(node))}) if node.where is not None or atoms else NONE
    if why is Why.FIRST_ROW:
        return frozenset({("window", text_of_tree(node))})
    if why is Why.ALONG:
        names = [tree.Name(name) for name in (*node.per, *((node.by,) if node.by else ()))]
        stands = frozenset().union(*(absence.of(name, grain, facts) for name in names))
        return stands if always_along(absence, node, grain) else stands | {("along", text_of_tree(node))}
    if why is Why.FIRST_PERIOD:
        if len(node.args) == 2:
            return absence.of(node.args[1], grain, facts)
        return frozenset({("before", text_of_tree(node.args[0]))})
    if why is Why.NO_ROW:
        return _of_look_up(absence, node, grain, facts)
    assert why in (Why.ANY, Why.FIRST_TWO), node.function
    args = node.args[:2] if why is Why.FIRST_TWO else node.args
    return frozenset().union(*(absence.of(arg, grain, facts) for arg in args))


def facts_along(absence: Known, grain: str) -> Atoms:
    """What is known of each row that 沿 goes over: not what is known of the row that reads it."""
    return absence.base_facts(grain) | absence.not_excluded(absence.scope.base(grain))


def always_along(absence: Known, node: tree.Call, grain: str) -> bool:
    """Whether 沿 has a value on every row that has a place in the order."""
    first, later = node.args
    facts = facts_along(absence, grain)
    return not absence.of(first, grain, facts) and not absence.of(later, grain, facts | VALUE_BEFORE)


def _of_look_up(absence: Known, node: tree.Call, grain: str, facts: Atoms) -> Atoms:
    atom = frozenset({("look up", text_of_tree(node))})
    target, scope = node.args[0], absence.scope
    home = scope.home(target.id) if isinstance(target, tree.Name) else None
    if home is None or not isinstance(target, tree.Name):
        return NONE
    for _, key in node.keys:
        if absence.of(key, grain, facts):
            return atom
    access = scope.at_home(home, target.id, "rule" if scope.as_rule(target.id) else "field", home)
    table = scope.book.tables.get(scope.base(home))
    lacking = table is not None and (table.optional or table.sparse)
    return atom if lacking or absence.of_access(access) else NONE


def rows_atom(absence: Known, node: tree.Call, grain: str) -> Atom:
    """That an aggregate runs over no rows, or over less than two where it needs two."""
    where = "" if node.where is None else text_of_tree(node.where)
    found = ("rows", node.source or "", where, "、".join(absence.scope.keys(grain)))
    return (*found, "2") if law_of(node.function).absence is Why.UNDER_TWO_ROWS else found


def _where_facts(absence: Known, node: tree.Call, grain: str) -> Atoms:
    return NONE if node.where is None else absence.when_true(node.where, grain)


def _has_the_row(absence: Known, atom: Atom, access: Access, grain: str) -> bool:
    """A row of ``grain`` reads an aggregate of its own group: of the rows there it is one itself."""
    if atom[0] != "rows" or atom[2] or atom[4:] or access.own or access.kind != "rule":
        return False
    scope = absence.scope
    keys = ("、".join(scope.keys(access.grain)), "")
    return atom[3] in keys and atom[1] in (scope.base(grain), *scope.chain(grain))


def _surely_inside(absence: Known, atom: Atom, facts: Atoms) -> bool:
    """A row is inside ``行 X 条件: 有 Y`` where Y is known to have a value."""
    grain = absence.scope.book.grains.get(atom[1]) if atom[0] == "subset" else None
    if grain is None or grain.condition is None or not grain.of or ("inside", atom[1]) in absence.busy:
        return False
    absence.busy.add(("inside", atom[1]))
    node = absence.condition(grain.condition, grain.of)
    sure = isinstance(node, tree.Unary) and node.op == "有" and not absence.of(node.operand, grain.of, facts)
    absence.busy.discard(("inside", atom[1]))
    return sure


def text_of_tree(node: tree.Node) -> str:
    """A canonical text of a tree, so that the same condition is known again."""
    return repr(node)
