"""Which aggregates over data rows the rules of coarse rows will ask for next: they are found beforehand, so that one
query answers all of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from engine.execute.reference.lookups import has_aggregate
from engine.execute.reference.nodes import Called
from engine.execute.sql.on_rows import InSql, OnRows
from engine.language import tree
from engine.language.functions import law_of
from engine.language.types import BOOL, Type
from engine.language.values import Unresolved
from engine.rulebook.model import Cases, DecisionTable, Formula, Rule


@dataclass
class Asked:
    """One aggregate over one set of rows: its node, the frame below, the keys of the rows that ask."""

    node: Called
    call: tree.Call
    reading: OnRows
    grain: str
    keys: tuple[str, ...]
    first: bool
    share: Fraction | None = None

    @property
    def mark(self) -> tuple:
        return (id(self.node), self.keys, self.first, self.share)


def asked_with(execution: InSql, asked: Asked) -> list[Asked]:
    """Aggregates of wanted rules that stand no higher: what they gather is there, or can be worked out without any of
    them. While rows are sorted, only of the same table: others may still lose rows.
    """
    ready = execution.columns.below(asked.call, asked.grain)
    rules = [rule for rule in execution.now.rules.values() if rule.name in execution.wanted]
    found = aggregates_of(execution, rules, ready)
    return [
        one for one in found
        if one.mark != asked.mark and (execution.phases.settled or one.reading is asked.reading)
    ]  # fmt: skip


def aggregates_of(execution: InSql, rules: Iterable[Rule], ready: int) -> list[Asked]:
    """The aggregates of rules of coarse grains that gather from no higher stratum than ``ready``."""
    scope = execution.scope(execution.closing)
    found: dict[tuple, Asked] = {}
    for rule in rules:
        base = scope.base(rule.grain)
        if base in execution.readings or not scope.as_rule(rule.name) or not has_aggregate(rule):
            continue
        if not execution.phases.settled and rule.name not in execution.first_names:
            continue  # will ask of the settled rows
        for node in _calls(execution, rule):
            call = node.origin
            reading = execution.readings.get(scope.base(call.source or rule.grain))
            if reading is None or not law_of(call.function).gathers:
                continue
            if execution.columns.below(call, base) > ready:
                continue
            one = Asked(node, call, reading, base, scope.keys(base), execution.first_now(rule.name))
            found.setdefault(one.mark, one)
    return list(found.values())


def _calls(execution: InSql, rule: Rule) -> Iterator[Called]:
    """The aggregates of a rule, as the evaluator will come upon them."""
    for formula, expected, rooted in _formulas(execution, rule):
        try:
            compiled = execution.formulas.compiled(formula, rule.grain, execution.closing, expected, rooted)
        except Unresolved:  # a formula that is wrong is told of when it is evaluated
            continue
        for node in ast.walk(compiled):
            if isinstance(node, Called):
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
