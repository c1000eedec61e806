"""An aggregate that the host asks for, and those that it will ask of the same rows: one query answers them all."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from engine.execute.reference.lookups import has_aggregate
from engine.execute.sql.on_rows import InSql, OnRows
from engine.execute.sql.states import State
from engine.language import tree
from engine.language.functions import FUNCTIONS, law_of
from engine.language.types import BOOL, Type
from engine.language.values import Unresolved
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Cases, DecisionTable, Formula, Rule
from engine.rulebook.parts import formulas_of, names_in
from engine.rulebook.scope import Scope


@dataclass
class Asked:
    """One aggregate over one set of rows: its node, the frame below, the keys of the rows that ask."""

    node: ast.Call
    call: tree.Call
    reading: OnRows
    grain: str
    keys: tuple[str, ...]
    first: bool
    share: Fraction | None = None

    @property
    def mark(self) -> tuple:
        return (id(self.node), self.keys, self.first, self.share)


def asked_with(execution: InSql, asked: Asked, state_of: Callable[[Asked], State | None]) -> list[tuple[Asked, State]]:
    """Aggregates of wanted rules over the same rows for the same keys whose parts need nothing yet unknown."""
    if not _is_added(asked.call) or len(asked.reading.days()) > 1:
        return []
    scope = execution.scope(execution.closing)
    found: list[tuple[Asked, State]] = []
    seen = {id(asked.node)}
    for rule in execution.now.rules.values():
        if rule.name not in execution.wanted or scope.base(rule.grain) != asked.grain or not scope.as_rule(rule.name):
            continue
        if asked.first != execution.first_now(rule.name) or not has_aggregate(rule):
            continue
        if not execution.phases.settled and rule.name not in execution.first_names:
            continue  # will ask of the settled rows
        for node in _calls(execution, rule):
            call: tree.Call = node.origin  # type: ignore[attr-defined]
            if id(node) in seen or not _is_added(call) or call.source != asked.call.source:
                continue
            seen.add(id(node))
            if not all(_is_ready(execution, asked.reading, name, ()) for name in _names(call)):
                continue
            one = Asked(node, call, asked.reading, asked.grain, asked.keys, asked.first)
            state = state_of(one)
            if state is not None:
                found.append((one, state))
    return found


def _is_added(call: tree.Call) -> bool:
    return law_of(call.function).grouped_at_once


def _calls(execution: InSql, rule: Rule) -> Iterator[ast.Call]:
    """The aggregates of a rule, as the evaluator will come upon them."""
    for formula, expected, rooted in _formulas(execution, rule):
        try:
            compiled = execution.formulas.compiled(formula, rule.grain, execution.closing, expected, rooted)
        except Unresolved:  # a formula that is wrong is told of when it is evaluated
            continue
        for node in ast.walk(compiled):
            call = getattr(node, "origin", None)
            if isinstance(node, ast.Call) and isinstance(call, tree.Call) and call.function in FUNCTIONS:
                yield node


def _formulas(execution: InSql, rule: Rule) -> Iterator[tuple[Formula, Type | None, bool]]:
    rooted = rule.rounding is not None
    if isinstance(rule.body, Formula):
        yield rule.body, rule.type, rooted
    elif isinstance(rule.body, (Cases, DecisionTable)):
        for choice in execution.formulas.choices(rule.body):
            yield from ((condition, BOOL, False) for condition in choice.conditions)
            if choice.value is not None:
                yield choice.value, rule.type, rooted


def _names(call: tree.Call) -> set[str]:
    nodes = list(call.args) if law_of(call.function).reads_rows else []
    names = {name for node in [*nodes, *([] if call.where is None else [call.where])] for name in names_in(node)}
    elsewhere = (n for node in nodes for n in node.walk() if isinstance(n, tree.Call) and _looks_elsewhere(n))
    return {"…"} if any(elsewhere) else names


def _looks_elsewhere(call: tree.Call) -> bool:
    return law_of(call.function).looks_beyond


def _is_ready(execution: InSql, reading: OnRows, name: str, above: tuple[str, ...]) -> bool:
    """Whether ``name`` can be read on the rows without asking for another aggregate."""
    book: Snapshot = execution.now
    if name in above:
        return False
    if reading.is_lowered(name):
        return True
    scope = execution.scope(execution.closing)
    if name in book.rules and scope.as_rule(name):
        rule = book.rules[name]
        if scope.base(rule.grain) != reading.base or _beyond(rule):
            return False
        needs = {n for formula in formulas_of(rule.body) for n in names_in(formula.tree)}
        needs |= {n for grain in _conditions(scope, rule.grain) for n in names_in(grain)}
        needs |= set(getattr(rule.body, "columns", ()))
        return all(_is_ready(execution, reading, need, (*above, name)) for need in needs)
    if name in book.columns:
        return reading.base in book.columns[name]
    return name not in book.entries or name in book.parameters  # else a class, or what the period says


def _conditions(scope: Scope, grain: str) -> list[tree.Node]:
    grains = [scope.book.grains[subset] for subset in scope.chain(grain)]
    return [one.condition.tree for one in grains if one.condition is not None]


def _beyond(rule: Rule) -> bool:
    nodes = (node for formula in formulas_of(rule.body) for node in formula.tree.walk())
    return any(isinstance(node, tree.Call) and _looks_elsewhere(node) for node in nodes)
