"""Whether the values of a column may be summed: amounts and counts may, means, rates and ranks may not."""

from __future__ import annotations

from engine.language import tree
from engine.language.functions import law_of
from engine.language.types import ADDITIVE_LABELS, Kind
from engine.rulebook.bind import Binder, BindError
from engine.rulebook.model import Cases, Formula
from engine.rulebook.scope import Scope


def is_additive(scope: Scope, binder: Binder, name: str) -> bool:
    """元, 点, 天 and counts, unless the value is a mean, an extreme, a rank, or a quotient by a count of
    rows.
    """
    rule = scope.book.rules.get(name)
    if rule is None or not scope.as_rule(name):
        tables = scope.book.columns.get(name, [])
        if not tables or name in scope.book.dimensions:
            return False
        type_ = scope.field_type(tables[0], name)
        return type_.kind is Kind.NUMBER and type_.unit.powers in (((("元", 1),)), (("点", 1),), (("天", 1),))
    try:
        type_ = binder.rule_type(name)
    except BindError:
        return False
    amount = type_.unit.powers in ((("元", 1),), (("点", 1),), (("天", 1),))
    if type_.kind is not Kind.NUMBER or not (amount or type_.unit.label in ADDITIVE_LABELS):
        return False
    bodies = []
    if isinstance(rule.body, Formula):
        bodies = [rule.body.tree]
    elif isinstance(rule.body, Cases):
        bodies = [branch.value.tree for branch in rule.body.branches if branch.value is not None]
    return not any(_is_mean(scope, binder, node) for node in bodies)


def _is_mean(scope: Scope, binder: Binder, node: tree.Node) -> bool:
    if isinstance(node, tree.Call):
        return law_of(node.function).mean
    if isinstance(node, tree.Binary) and node.op == "/":
        return any(_is_count(scope, binder, part) for part in node.right.walk())
    if isinstance(node, tree.Binary) and node.op in "+-":
        return _is_mean(scope, binder, node.left) or _is_mean(scope, binder, node.right)
    return False


def _is_count(scope: Scope, binder: Binder, node: tree.Node) -> bool:
    """A count, or the name of a value that is one (例, 人次 …)."""
    if isinstance(node, tree.Call):
        return law_of(node.function).counts
    if not isinstance(node, tree.Name) or node.id in scope.book.parameters:
        return False
    if scope.as_rule(node.id):
        body = scope.book.rules[node.id].body
        if isinstance(body, Formula) and isinstance(body.tree, tree.Call) and law_of(body.tree.function).counts:
            return True
        try:
            type_ = binder.rule_type(node.id)
        except BindError:
            return False
    elif node.id in scope.book.columns:
        type_ = scope.field_type(scope.book.columns[node.id][0], node.id)
    else:
        return False
    return type_.kind is Kind.NUMBER and type_.unit.label in ADDITIVE_LABELS
