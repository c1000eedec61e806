"""Which branch or table row of a rule applies, with those that were tried before it."""

from __future__ import annotations

import datetime

from engine.execute.reference.rows import Row
from engine.explain.explains import Explains
from engine.explain.reading import Reading
from engine.explain.steps import Step, Tried
from engine.explain.writing import about_part
from engine.language import tree
from engine.language.types import BOOL
from engine.language.values import Unresolved
from engine.rulebook.model import Branch, Cases, DecisionTable, Formula, Rule
from engine.rulebook.parts import branch_condition, cell_condition


def choose(walk: Explains, rule: Rule, row: Row, day: datetime.date, step: Step) -> Formula | None:
    """The formula that gives the value; ``None`` where none does. What was tried and read goes into ``step``."""
    if isinstance(rule.body, Formula):
        return rule.body
    if isinstance(rule.body, Cases):
        return _branch(walk, rule, rule.body, row, day, step)
    if isinstance(rule.body, DecisionTable):
        return _line(walk, rule, rule.body, row, day, step)
    return None


def _branch(walk: Explains, rule: Rule, body: Cases, row: Row, day: datetime.date, step: Step) -> Formula | None:
    if body.by is not None:
        walk.read(Reading(walk.execution, body.by, rule.grain, row, day), step)
    for branch in body.branches:
        condition = branch_condition(body, branch)
        if condition is None:
            step.tried.append(Tried("否则", "", True))
        elif not _applies(
            walk, condition, branch, Reading(walk.execution, condition, rule.grain, row, day, BOOL), step
        ):
            if not step.tried[-1].numbers.startswith("无法确定"):
                continue
            return None
        about_part(step, branch.provenance)
        return branch.value
    return None


def _applies(walk: Explains, condition: Formula, branch: Branch, reading: Reading, step: Step) -> bool:
    by_class = branch.condition is not condition
    text = branch.condition.text if branch.condition is not None else condition.text
    try:
        applied = walk.execution.truth(condition, reading.grain, reading.row, reading.day)
    except Unresolved as error:
        step.tried.append(Tried(text, f"无法确定：{error}", False))
        walk.read(reading, step)
        return False
    if by_class:
        step.tried.append(Tried(text, "", applied))
    else:
        step.tried.append(Tried(text, reading.with_numbers(), applied, "" if applied else _instead(reading)))
    if not by_class:
        walk.read(reading, step)
    return applied


def _instead(reading: Reading) -> str:
    """Of a condition that only says 没有, 有 or 非 of a name: what that is."""
    node = reading.bound
    if not isinstance(node, tree.Unary) or not isinstance(node.operand, tree.Name):
        return ""
    if node.op == "有":
        return "它没有值"
    return f"它是 {reading.text(node.operand)}" if node.op in ("没有", "非") else ""


def _line(walk: Explains, rule: Rule, body: DecisionTable, row: Row, day: datetime.date, step: Step) -> Formula | None:
    for column in body.columns:
        step.steps.append(walk.explain(column, row, day))
    for number, line in enumerate(body.rows, 1):
        cells = [cell_condition(body, line, index) for index in range(len(body.columns))]
        conditions = [cell for cell in cells if cell is not None]
        text = "，".join(f"{body.columns[i]} {cell.text}" for i, cell in enumerate(line.cells) if cell is not None)
        try:
            if not all(walk.execution.truth(cell, rule.grain, row, day) for cell in conditions):
                continue
        except Unresolved as error:
            step.tried.append(Tried(text, f"无法确定：{error}", False))
            return None
        step.tried.append(Tried(text, f"表的第 {number} 行，共 {len(body.rows)} 行", True))
        for cell in conditions:
            walk.read(Reading(walk.execution, cell, rule.grain, row, day, BOOL), step)
        about_part(step, line.provenance)
        return line.value
    return None
