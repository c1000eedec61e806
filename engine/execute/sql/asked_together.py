"""An aggregate that the host asks for, and those that it will ask of the same rows: one query answers them all."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from engine.execute.reference.lookups import has_aggregate
from engine.execute.sql.added_up import State
from engine.execute.sql.on_rows import InSql, OnRows
from engine.language import tree
from engine.language.functions import FUNCTIONS, law_of
from engine.language.types import BOOL, Type
from engine.language.values import Unresolved
from engine.rulebook.model import Cases, DecisionTable, Formula, Rule


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
    """Aggregates of wanted rules over the same rows for the same keys that stand no higher: what they gather is there,
    or can be worked out without any of them.
    """
    if not _is_added(asked.call) or len(asked.reading.days()) > 1:
        return []
    scope, columns = execution.scope(execution.closing), execution.columns
    ready = columns.below(asked.call, asked.grain)
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
            if columns.below(call, asked.grain) > ready:
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
