"""原规定: what a replaced rule gave is kept under a name of its own, and the new rule reads it there."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar, overload

from engine.language import tree
from engine.language.functions import OLD_VALUE
from engine.rulebook.model import Body, Cases, DecisionTable, Formula
from engine.rulebook.nodes import Mapping, Scalar, Sequence, Yaml
from engine.rulebook.parts import formulas_of
from engine.rulebook.stack import Stacked

AnyNode = TypeVar("AnyNode", bound=tree.Node)


def hidden_name(name: str, previous: Stacked) -> str:
    """The name under which the value before a replacement can still be computed."""
    return f"{name}〔{previous.raw.layer}〕"


def first_old_value(body: Body) -> tuple[Formula, tree.Name] | None:
    """The first place where a body reads 原规定, and the formula it stands in."""
    for formula in formulas_of(body):
        for node in formula.tree.walk():
            if isinstance(node, tree.Name) and node.id == OLD_VALUE:
                return formula, node
    return None


def writes_old_value(node: Yaml) -> bool:
    """Whether 原规定 stands anywhere in what was written."""
    if isinstance(node, Scalar):
        return OLD_VALUE in node.text
    if isinstance(node, Sequence):
        return any(writes_old_value(item) for item in node.items)
    return isinstance(node, Mapping) and any(
        writes_old_value(value) or writes_old_value(key) for key, value in node.entries
    )


def with_old_value(body: Body, hidden: str) -> Body:
    """``body`` with 原规定 read from ``hidden``."""
    if first_old_value(body) is None:
        return body

    @overload
    def swap(formula: Formula) -> Formula: ...
    @overload
    def swap(formula: Formula | None) -> Formula | None: ...
    def swap(formula: Formula | None) -> Formula | None:
        return None if formula is None else replace(formula, tree=_renamed(formula.tree, hidden))

    if isinstance(body, Formula):
        return swap(body)
    if isinstance(body, Cases):
        branches = tuple(replace(b, condition=swap(b.condition), value=swap(b.value)) for b in body.branches)
        return Cases(branches, swap(body.by))
    assert isinstance(body, DecisionTable)
    rows = tuple(replace(r, cells=tuple(swap(c) for c in r.cells), value=swap(r.value)) for r in body.rows)
    return DecisionTable(body.columns, rows)


def _renamed(node: AnyNode, new: str) -> AnyNode:
    """The tree with 原规定 replaced by ``new``."""
    if isinstance(node, tree.Name):
        return replace(node, id=new) if node.id == OLD_VALUE else node
    changes: dict[str, Any] = {}
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, tree.Node) or (isinstance(value, tuple) and item.name != "span"):
            changes[item.name] = _renamed_part(value, new)
    return replace(node, **changes)


def _renamed_part(part: object, new: str) -> object:
    if isinstance(part, tree.Node):
        return _renamed(part, new)
    return tuple(_renamed_part(inner, new) for inner in part) if isinstance(part, tuple) else part
