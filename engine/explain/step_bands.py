"""逐段: one step a band that is touched, with the length inside it, its value and the product."""

from __future__ import annotations

from fractions import Fraction

from engine.execute.reference.bands import band_of, overlap
from engine.explain.explains import Explains
from engine.explain.numbers import key_text, number
from engine.explain.reading import Reading
from engine.explain.steps import Step
from engine.explain.writing import about
from engine.language import tree
from engine.language.values import Unresolved
from engine.rulebook.model import DecisionTable, Rule


def bands(walk: Explains, reading: Reading, node: tree.Call) -> Step:
    execution, row, day = walk.execution, reading.row, reading.day
    step = Step(reading.written(node), "call", "", "", reading.text(node))
    rule = execution.scope(day).book.rules[node.name_at(0)]
    step.cite = rule.provenance.cite
    try:
        stop = reading.value(node.args[1])
        start = reading.value(node.args[2]) if len(node.args) > 2 else Fraction(0)
        if isinstance(stop, Fraction) and isinstance(start, Fraction) and isinstance(rule.body, DecisionTable):
            products = _touched(walk, reading, node, rule, min(start, stop), max(start, stop), step)
            step.remark = f"从 {number(start)} 到 {number(stop)}，{len(products)} 段：" + " + ".join(
                map(number, products)
            )
            step.remark += "；到点在起点以下，取负数" if stop < start else ""
    except Unresolved as error:
        step.remark = f"无法确定：{error}"
    for arg in node.args[1:]:
        walk.read(reading.part(arg), step)
    if isinstance(rule.body, DecisionTable):
        variable = node.name_at(1)
        step.steps += [walk.explain(column, row, day) for column in rule.body.columns if column != variable]
    return step


def _touched(
    walk: Explains, reading: Reading, node: tree.Call, rule: Rule, low: Fraction, high: Fraction, step: Step
) -> list[Fraction]:
    execution, row, day = walk.execution, reading.row, reading.day
    body = rule.body
    assert isinstance(body, DecisionTable)
    column = body.columns.index(node.name_at(1))
    products = []
    for line, others in zip(body.rows, execution.formulas.other_cells(body, column), strict=True):
        if not all(execution.truth(cell, rule.grain, row, day) for cell in others):
            continue
        cell = line.cells[column]
        inside = overlap(band_of(execution, cell, rule.grain, row, day), low, high)
        if inside <= 0 or line.value is None:
            continue
        value = execution.evaluate(line.value, rule.grain, row, day, rule.type)
        if not isinstance(value, Fraction):
            continue
        products.append(inside * value)
        text = f"{body.columns[column]} {cell.text}" if cell is not None else "任何"
        made = Step(text, "band", rule.grain, key_text(row), number(inside * value))
        about(made, line.provenance, day)
        made.formula = f"段内长度 × {line.value.text}"
        made.numbers = f"{number(inside)} × {number(value)}"
        made.place = str(line.value.place)
        walk.read(Reading(execution, line.value, rule.grain, row, day, rule.type), made)
        step.steps.append(made)
    return products
