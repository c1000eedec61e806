"""Rules as written to expressions: one meaning of cases, tables, 舍入 and 待定 for all engines but the judge."""

from __future__ import annotations

from engine.execute.plan.expression import (
    Chosen,
    Condition,
    Expression,
    FirstThatApplies,
    Option,
    Pending,
    Rounded,
    TheOnlyOne,
    Worked,
)
from engine.language import tree
from engine.rulebook.model import Branch, Cases, DecisionTable, Formula, Required, Rule, TableRow
from engine.rulebook.parts import branch_condition, cell_condition, strict_columns

_EXPRESSION = "_expression"


def desugar(rule: Rule) -> Expression:
    """What ``rule`` is worth; kept beside the rule, which never changes.

    ``档: {分情形: [{当: 级 = 高, 取: 2}, {否则: 1}], 舍入: 0}`` is a rounded choice of the first of two options, the
    second without conditions.
    """
    kept = vars(rule)
    if _EXPRESSION not in kept:
        kept[_EXPRESSION] = _desugared(rule)
    return kept[_EXPRESSION]


def _desugared(rule: Rule) -> Expression:
    chosen = _chosen(rule)
    if rule.rounding is None:
        return chosen
    return Rounded(chosen, rule.rounding.digits, rule.rounding.mode)


def _chosen(rule: Rule) -> Chosen:
    body = rule.body
    if isinstance(body, Required):
        return _value(rule, None)
    if isinstance(body, Formula):
        return _value(rule, body)
    if isinstance(body, Cases):
        options = tuple(_branch(rule, body, branch) for branch in body.branches)
        return FirstThatApplies(options, "" if body.by is None else body.by.text)
    needed = tuple(body.columns[index] for index in strict_columns(body))
    return TheOnlyOne(needed, body.columns, tuple(_row(rule, body, row) for row in body.rows))


def _value(rule: Rule, formula: Formula | None) -> Worked | Pending:
    if formula is None:
        return Pending(rule.provenance.note or "没有来源给出数值")
    return Worked(formula, rule.type, rule.rounding is not None)


def _branch(rule: Rule, body: Cases, branch: Branch) -> Option:
    condition = branch_condition(body, branch)
    return Option(() if condition is None else (Condition(condition),), _value(rule, branch.value))


def _row(rule: Rule, body: DecisionTable, row: TableRow) -> Option:
    cells = [(column, cell_condition(body, row, index)) for index, column in enumerate(body.columns)]
    return Option(tuple(_cell(cell, column) for column, cell in cells if cell is not None), _value(rule, row.value))


def _cell(formula: Formula, column: str) -> Condition:
    node = formula.tree
    compared = node.left if isinstance(node, tree.Binary) else node.operand if isinstance(node, tree.Member) else None
    return Condition(formula, column, isinstance(compared, tree.Name))
