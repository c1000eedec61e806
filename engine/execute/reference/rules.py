"""One rule on one row, as the judge works it out: which formula applies, its value, rounded as the rule says."""

from __future__ import annotations

import datetime
from fractions import Fraction

from engine.execute.reference.aggregates import Root
from engine.execute.reference.asks import Asks
from engine.execute.reference.rows import Row
from engine.language import tree
from engine.language.values import Unresolved, Value, number_of, refuse_endless, round_to
from engine.rulebook.model import REQUIRED, Cases, DecisionTable, Formula, Required, Rule


def compute(execution: Asks, rule: Rule, row: Row, day: datetime.date) -> Value:
    """The rule's formula, case or table row on ``row``, rounded as it says."""
    found = _computed(execution, rule, row, day)
    if isinstance(found, Fraction):
        refuse_endless(rule.name, found.numerator, found.denominator)
    return found


def _computed(execution: Asks, rule: Rule, row: Row, day: datetime.date) -> Value:
    if isinstance(rule.body, DecisionTable):
        columns = execution.formulas.strict_columns(rule.body)
        if any(execution.value(column, row, day) is None for column in columns):
            return None
    formula = choose(execution, rule, row, day)
    if formula is None:
        note = rule.provenance.note or "没有来源给出数值"
        raise Unresolved(f"{rule.name} 待定：{note}", rule.name, REQUIRED)
    found = execution.evaluate(formula, rule.grain, row, day, rule.type, rule.rounding is not None)
    if rule.rounding is None:
        return found
    if isinstance(found, Root):
        return found.rounded(rule.rounding.digits, rule.rounding.mode)
    return None if found is None else round_to(number_of(found), rule.rounding.digits, rule.rounding.mode)


def choose(execution: Asks, rule: Rule, row: Row, day: datetime.date) -> Formula | None:
    """The formula that applies on ``row``; ``None`` where it is 待定."""
    body = rule.body
    if isinstance(body, Formula):
        return body
    if isinstance(body, Required):
        return None
    if isinstance(body, Cases):
        return _first_that_applies(execution, rule, body, row, day)
    return _the_only_one(execution, rule, body, row, day)


def _first_that_applies(execution: Asks, rule: Rule, body: Cases, row: Row, day: datetime.date) -> Formula | None:
    for branch in execution.formulas.choices(body):
        holds = all(execution.truth(part, rule.grain, row, day) for part in branch.conditions)
        execution.note("branch", rule.name, branch.place, holds)
        if holds:
            return branch.value
    raise Unresolved(f"{rule.name} 没有一种情形适用", rule.name, "没有适用的情形")


def _the_only_one(execution: Asks, rule: Rule, body: DecisionTable, row: Row, day: datetime.date) -> Formula | None:
    matched = []
    for line in execution.formulas.choices(body):
        holds = all(_cell_holds(execution, cell, rule, row, day) for cell in line.conditions)
        execution.note("row", rule.name, line.place, holds)
        if holds:
            matched.append(line)
    if len(matched) != 1:
        what = "没有一行" if not matched else "不止一行"
        raise Unresolved(f"{rule.name} 的表里{what}适用", rule.name, f"表里{what}适用")
    return matched[0].value


def _cell_holds(execution: Asks, cell: Formula, rule: Rule, row: Row, day: datetime.date) -> bool:
    """A cell on its column; what compares does not hold where the column has no value (another row asks 没有)."""
    node = cell.tree
    column = node.left if isinstance(node, tree.Binary) else node.operand if isinstance(node, tree.Member) else None
    if isinstance(column, tree.Name) and execution.value(column.id, row, day) is None:
        return False
    return execution.truth(cell, rule.grain, row, day)
