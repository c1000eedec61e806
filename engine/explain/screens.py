"""筛查, 拒收 and the like: the grades with their conditions, and what these read."""

from __future__ import annotations

import datetime

from engine.execute.reference.assertions import only_reminds
from engine.execute.reference.rows import Row
from engine.explain.explains import Explains
from engine.explain.numbers import key_text
from engine.explain.reading import Reading
from engine.explain.steps import Step, Tried
from engine.explain.writing import about
from engine.language.types import BOOL
from engine.language.values import Unresolved
from engine.rulebook.model import Check


def check_step(walk: Explains, check: Check, row: Row, day: datetime.date, value: str) -> Step:
    """A check on a row: each grade tried, up to the one that applies or cannot be known."""
    step = about(Step(check.name, "check", check.grain, key_text(row), value), check.provenance, day)
    if check.kind == "必须" and only_reminds(walk.execution.now, check):
        step.remark = "不成立时只提醒，不停下"
    for grade, formula in check.grades:
        reading = Reading(walk.execution, formula, check.grain, row, day, BOOL)
        text = formula.text if len(check.grades) == 1 else f"{grade}：{formula.text}"
        try:
            applied = walk.execution.truth(formula, check.grain, row, day)
            numbers = reading.with_numbers()
        except Unresolved as error:
            applied, numbers = False, f"无法确定：{error}"
        step.tried.append(Tried(text, numbers, applied))
        walk.read(reading, step)
        if applied or numbers.startswith("无法确定："):
            break
    return step
