"""Every use inside an expression of what may be absent and is not guarded."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.absence_atoms import NONE, VALUE_BEFORE, Atoms, Finding
from engine.check.absence_known import Known
from engine.check.absence_reasons import always_along, facts_along
from engine.language import tree
from engine.language.function_laws import Absence as Why
from engine.language.functions import law_of


def findings(absence: Known, node: tree.Node, grain: str, facts: Atoms) -> Iterator[Finding]:
    """Every unguarded use inside ``node``."""
    if isinstance(node, tree.Binary):
        yield from _in_binary(absence, node, grain, facts)
    elif isinstance(node, tree.Member):
        yield from used(absence, node.operand, grain, facts, "E601")
        for item in node.items:
            for bound in (item.low, item.high) if isinstance(item, tree.Between) else ():
                if bound is not None:
                    yield from used(absence, bound, grain, facts, "E601")
    elif isinstance(node, tree.Unary):
        if node.op == "非":
            yield from as_condition(absence, node.operand, grain, facts)
        else:
            yield from findings(absence, node.operand, grain, facts)
    elif isinstance(node, tree.Call):
        yield from _in_call(absence, node, grain, facts)


def as_condition(absence: Known, node: tree.Node, grain: str, facts: Atoms) -> Iterator[Finding]:
    """``node`` used as a condition, and what is inside it."""
    if isinstance(node, (tree.Name, tree.Call)):
        atoms = absence.of(node, grain, facts)
        if atoms:
            yield Finding("E603", node, atoms)
    yield from findings(absence, node, grain, facts)


def used(absence: Known, node: tree.Node, grain: str, facts: Atoms, code: str) -> Iterator[Finding]:
    """``node`` compared or aggregated, and what is inside it."""
    atoms = absence.of(node, grain, facts)
    if atoms:
        yield Finding(code, node, atoms)
    yield from findings(absence, node, grain, facts)


def _in_binary(absence: Known, node: tree.Binary, grain: str, facts: Atoms) -> Iterator[Finding]:
    if node.op in ("且", "或"):
        yield from as_condition(absence, node.left, grain, facts)
        known = absence.when_true(node.left, grain) if node.op == "且" else absence.when_false(node.left, grain)
        yield from as_condition(absence, node.right, grain, facts | known)
    elif node.op in ("+", "-", "*", "/"):
        yield from findings(absence, node.left, grain, facts)
        yield from findings(absence, node.right, grain, facts)
    else:
        yield from used(absence, node.left, grain, facts, "E601")
        yield from used(absence, node.right, grain, facts, "E601")


def _in_call(absence: Known, node: tree.Call, grain: str, facts: Atoms) -> Iterator[Finding]:
    law = law_of(node.function)
    if law.absence is Why.BRANCH:
        yield from as_condition(absence, node.args[0], grain, facts)
        yield from findings(absence, node.args[1], grain, facts | absence.when_true(node.args[0], grain))
        yield from findings(absence, node.args[2], grain, facts | absence.when_false(node.args[0], grain))
    elif node.source is not None:
        inner = absence.base_facts(node.source) | absence.not_excluded(absence.scope.base(node.source))
        if node.where is not None:
            yield from as_condition(absence, node.where, node.source, inner)
            inner |= absence.when_true(node.where, node.source)
        if law.reads_rows:
            yield from used(absence, node.args[0], node.source, inner, "E602")
        for arg in node.args[1:]:
            yield from used(absence, arg, grain, facts, "E601")
    elif law.absence is Why.ALONG:
        there = VALUE_BEFORE if always_along(absence, node, grain) else NONE
        yield from findings(absence, node.args[0], grain, facts_along(absence, grain))
        yield from findings(absence, node.args[1], grain, facts_along(absence, grain) | there)
    elif law.adds_up_group:
        for arg in node.args:
            yield from used(absence, arg, grain, facts, "E602")
    else:
        if node.where is not None:
            yield from as_condition(absence, node.where, grain, facts)
            facts |= absence.when_true(node.where, grain)
        for arg in node.args:
            yield from findings(absence, arg, grain, facts)
        for _, key in node.keys:
            yield from findings(absence, key, grain, facts)
