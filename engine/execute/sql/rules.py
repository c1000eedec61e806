"""Bodies of rules: a formula, cases, a decision table; then rounding."""

from __future__ import annotations

import datetime

from sqlglot import exp

from engine.execute.sql import ints
from engine.execute.sql.arithmetic import rounded
from engine.execute.sql.ints import grouped
from engine.execute.sql.low import Low, any_of, branches, case, constant, is_false, is_true, merged, missing, unresolved
from engine.execute.sql.lower import answered
from engine.execute.sql.on_rows import OnRows
from engine.language import tree
from engine.language.types import BOOL, Kind
from engine.rulebook.model import Cases, DecisionTable, Formula, Required, Rule
from engine.rulebook.parts import branch_condition, cell_condition, strict_columns

LONG_TABLE = 40
"""A decision table with more rows is looked up on the host, once for each combination of its columns."""


def rule_body(reading: OnRows, rule: Rule, day: datetime.date) -> Low:
    """The value of a rule on every row, rounded as it says."""
    body = rule.body
    if isinstance(body, Formula):
        return _value(reading, rule, body, day)
    if isinstance(body, Required):
        return unresolved(_kind(rule))
    if isinstance(body, Cases):
        return _cases(reading, rule, body, day)
    if len(body.rows) > LONG_TABLE:
        return reading.host.rule(rule, day)
    return _table(reading, rule, body, day)


def _kind(rule: Rule) -> Kind:
    return rule.type.kind if rule.type is not None else Kind.NUMBER


def _value(reading: OnRows, rule: Rule, formula: Formula | None, day: datetime.date) -> Low:
    if formula is None:
        return unresolved(_kind(rule))
    low = reading.formula(formula, rule.grain, day, rule.type, rule.rounding is not None)
    if rule.rounding is None or low.num is None:
        return low
    return rounded(low, rule.rounding.digits, rule.rounding.mode, reading.frame)  # each branch has its own quotient


def _cases(reading: OnRows, rule: Rule, body: Cases, day: datetime.date) -> Low:
    options: list[tuple[exp.Expression, exp.Expression | None, Low]] = []
    for branch in body.branches:
        condition = branch_condition(body, branch)
        if condition is None:
            return branches(options, _value(reading, rule, branch.value, day), _kind(rule))
        held = reading.frame.let_low(answered(reading.formula(condition, rule.grain, day, BOOL)))
        if held.is_known and held.known is False:
            continue
        if held.is_known:
            return branches(options, _value(reading, rule, branch.value, day), _kind(rule))
        options.append((held.value, missing(held), _value(reading, rule, branch.value, day)))
    return branches(options, None, _kind(rule))


def _table(reading: OnRows, rule: Rule, body: DecisionTable, day: datetime.date) -> Low:
    columns = [reading.read(name, day) for name in body.columns]
    matches: list[tuple[Low, Formula | None]] = []
    for row in body.rows:
        cells = []
        for index in range(len(body.columns)):
            condition = cell_condition(body, row, index)
            if condition is not None:
                cells.append(_cell(reading, rule, condition, columns[index], day))
        matches.append((reading.frame.let_low(_every(cells)), row.value))
    found = _the_only_one(reading, rule, matches, day)
    steps: list[tuple[exp.Expression, Low]] = []
    for index in strict_columns(body):
        column = columns[index]
        if column.fail is not None:
            steps.append((column.fail, unresolved(found.kind)))
        gone = missing(column)
        if gone is not None and column.absent:
            steps.append((gone, constant(found.kind, None)))
    return merged(steps, found, found.kind) if steps else found


def _cell(reading: OnRows, rule: Rule, condition: Formula, column: Low, day: datetime.date) -> Low:
    """A cell on its column: what compares does not hold where the column has no value."""
    held = answered(reading.formula(condition, rule.grain, day, BOOL))
    node = condition.tree
    if not isinstance(node, (tree.Binary, tree.Member)):
        return held
    steps: list[tuple[exp.Expression, Low]] = []
    if column.fail is not None:
        steps.append((column.fail, unresolved(Kind.BOOL)))
    gone = missing(column)
    if gone is not None and column.absent:
        steps.append((gone, constant(Kind.BOOL, False)))
    return merged(steps, held, Kind.BOOL) if steps else held


def _every(cells: list[Low]) -> Low:
    """All cells in order: the first that fails or does not hold decides."""
    options = []
    for cell in cells:
        if cell.is_known and cell.known is True:
            continue
        not_held = exp.Boolean(this=True) if cell.is_known else exp.Not(this=grouped(cell.value))
        options.append((not_held, missing(cell), constant(Kind.BOOL, False)))
    return branches(options, constant(Kind.BOOL, True), Kind.BOOL)


def _the_only_one(reading: OnRows, rule: Rule, matches: list[tuple[Low, Formula | None]], day: datetime.date) -> Low:
    kind = _kind(rule)
    alive = [(low, value) for low, value in matches if not (low.is_known and low.known is False)]
    unsure = any_of([missing(low) for low, _ in alive])
    options = [(low.value, None, _value(reading, rule, value, day)) for low, value in alive]
    picked = branches(options, None, kind)
    if len(alive) < 2 and unsure is None:
        return picked
    wrong = unsure
    if len(alive) > 1:
        ones = [case([(low.value, ints.whole(1))], ints.whole(0)) for low, _ in alive]
        count = grouped(ones[0])
        for one in ones[1:]:
            count = exp.Add(this=count, expression=grouped(one))
        wrong = any_of([unsure, exp.NEQ(this=exp.Paren(this=count), expression=ints.whole(1))])
    assert wrong is not None
    if is_true(wrong):
        return unresolved(kind)
    return picked if is_false(wrong) else merged([(wrong, unresolved(picked.kind))], picked, picked.kind)
