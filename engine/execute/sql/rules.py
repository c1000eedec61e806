"""What a rule is worth on the rows of a big table, in SQL: its branches, table rows and rounding, around the formulas
that ``lower`` makes.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from sqlglot import exp

from engine.execute.plan.desugar import desugar
from engine.execute.plan.expression import (
    Condition,
    FirstThatApplies,
    Option,
    Pending,
    Rounded,
    TheOnlyOne,
    Worked,
)
from engine.execute.sql import ints
from engine.execute.sql.arithmetic import rounded
from engine.execute.sql.ints import grouped
from engine.execute.sql.lower import answered
from engine.execute.sql.lowered import (
    Lowered,
    any_of,
    branches,
    case,
    constant,
    is_false,
    is_true,
    merged,
    missing,
    unresolved,
)
from engine.execute.sql.on_rows import OnRows
from engine.language.types import BOOL, Kind
from engine.language.values import Unresolved
from engine.rulebook.model import Rule

LONG_TABLE = 40
"""A decision table with more rows is looked up on the host, once for each combination of its columns."""


def rule_body(reading: OnRows, rule: Rule, day: datetime.date) -> Lowered:
    """The value of a rule on every row, rounded as it says."""
    expression = desugar(rule)
    chosen = expression.inner if isinstance(expression, Rounded) else expression
    if isinstance(chosen, TheOnlyOne) and len(chosen.options) > LONG_TABLE:
        return reading.host.rule(rule, day)
    lowered = _OneRule(reading, rule, day, expression if isinstance(expression, Rounded) else None)
    if isinstance(chosen, FirstThatApplies):
        return lowered.first_that_applies(chosen)
    if isinstance(chosen, TheOnlyOne):
        return lowered.the_only_one(chosen)
    return lowered.value(chosen)


class _OneRule:
    """``rounding`` is done on each value by itself: each option has its own quotient."""

    def __init__(self, reading: OnRows, rule: Rule, day: datetime.date, rounding: Rounded | None) -> None:
        self.reading, self.rule, self.day, self.rounding = reading, rule, day, rounding
        self.kind = rule.type.kind if rule.type is not None else Kind.NUMBER

    def value(self, expression: Worked | Pending) -> Lowered:
        if isinstance(expression, Pending):
            return unresolved(self.kind)
        if self.rounding is not None:
            return self._rounded(expression, self.rounding)
        return self.reading.formula(
            expression.formula, self.rule.grain, self.day, expression.expected, expression.rooted
        )

    def _rounded(self, expression: Worked, rounding: Rounded) -> Lowered:
        """A value rounded: in SQL alone, else as a sum of which only parts are, else with the host's help."""
        reading, day = self.reading, self.day
        try:
            node = reading.execution.formulas.bound(
                expression.formula, self.rule.grain, day, expression.expected, expression.rooted
            )
        except Unresolved:
            return unresolved(self.kind)
        try:
            low = reading.in_sql(node, day)
            return low if low.num is None else rounded(low, rounding.digits, rounding.mode, reading.frame)
        except ints.TooLarge:
            found = reading.host.rounded_sum(node, rounding.digits, rounding.mode, day)
        if found is not None:
            return found
        low = reading.node(node, day)
        return low if low.num is None else rounded(low, rounding.digits, rounding.mode, reading.frame)

    def holds(self, condition: Condition) -> Lowered:
        return answered(self.reading.formula(condition.formula, self.rule.grain, self.day, BOOL))

    def first_that_applies(self, expression: FirstThatApplies) -> Lowered:
        options: list[tuple[exp.Expression, exp.Expression | None, Lowered]] = []
        for option in expression.options:
            if not option.conditions:
                return branches(options, self.value(option.value), self.kind)
            (condition,) = option.conditions
            held = self.reading.frame.let_low(self.holds(condition))
            if held.is_known and held.known is False:
                continue
            if held.is_known:
                return branches(options, self.value(option.value), self.kind)
            options.append((held.value, missing(held), self.value(option.value)))
        return branches(options, None, self.kind)

    def the_only_one(self, expression: TheOnlyOne) -> Lowered:
        columns = {name: self.reading.read(name, self.day) for name in expression.columns}
        matches: list[tuple[Lowered, Option]] = []
        for option in expression.options:
            cells = [self._cell(condition, columns) for condition in option.conditions]
            matches.append((self.reading.frame.let_low(_every(cells)), option))
        found = self._matched(matches)
        steps: list[tuple[exp.Expression, Lowered]] = []
        for name in expression.needed:
            column = columns[name]
            if column.fail is not None:
                steps.append((column.fail, unresolved(found.kind)))
            gone = missing(column)
            if gone is not None and column.absent:
                steps.append((gone, constant(found.kind, None)))
        return merged(steps, found, found.kind) if steps else found

    def _cell(self, condition: Condition, columns: dict[str, Lowered]) -> Lowered:
        held = self.holds(condition)
        if not condition.compares:
            return held
        column = columns[condition.column]
        steps: list[tuple[exp.Expression, Lowered]] = []
        if column.fail is not None:
            steps.append((column.fail, unresolved(Kind.BOOL)))
        gone = missing(column)
        if gone is not None and column.absent:
            steps.append((gone, constant(Kind.BOOL, False)))
        return merged(steps, held, Kind.BOOL) if steps else held

    def _matched(self, matches: Sequence[tuple[Lowered, Option]]) -> Lowered:
        alive = [(low, option) for low, option in matches if not (low.is_known and low.known is False)]
        unsure = any_of([missing(low) for low, _ in alive])
        options = [(low.value, None, self.value(option.value)) for low, option in alive]
        picked = branches(options, None, self.kind)
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
            return unresolved(self.kind)
        return picked if is_false(wrong) else merged([(wrong, unresolved(picked.kind))], picked, picked.kind)


def _every(cells: Sequence[Lowered]) -> Lowered:
    """All cells in order: the first that fails or does not hold decides."""
    options = []
    for cell in cells:
        if cell.is_known and cell.known is True:
            continue
        not_held = exp.Boolean(this=True) if cell.is_known else exp.Not(this=grouped(cell.value))
        options.append((not_held, missing(cell), constant(Kind.BOOL, False)))
    return branches(options, constant(Kind.BOOL, True), Kind.BOOL)
