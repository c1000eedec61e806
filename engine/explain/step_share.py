"""分摊: the pool, the weights, the exact share, and whether the fen left over came to this row."""

from __future__ import annotations

from fractions import Fraction

from engine.execute.reference.windows import pool_day, pool_of
from engine.explain.explains import Explains
from engine.explain.numbers import exact, key_named, key_text, number
from engine.explain.reading import Reading
from engine.explain.rows_listed import put_rows
from engine.explain.step_window import group
from engine.explain.steps import Step
from engine.explain.values_below import values_of
from engine.language import tree
from engine.language.values import Unresolved


def share(walk: Explains, reading: Reading, node: tree.Call) -> Step:
    execution, row = walk.execution, reading.row
    step = Step(reading.written(node), "call", row.grain, key_text(row), reading.text(node))
    call = walk.own_copy(node)
    try:
        home, keys = pool_of(execution, call)
        rows = group(walk, call, row, keys)
        own = execution.project(row, keys) or ()
        expression = execution.formulas.compiled_tree(node.args[0])
        pool = execution.computed(expression, row, pool_day(execution, home, own))
        weights = values_of(walk, node.args[1], rows)
        step.remark = (f"{key_named(keys, own)}：" if keys and own else "") + f"{len(rows)} 行分 {number(pool)}"
        step.remark += _worked(step, row.key, pool, weights)
        put_rows(walk, reading, node.args[1], weights, step)
    except Unresolved as error:
        step.remark += f"；无法确定：{error}"
    for arg in node.args:
        walk.read(reading.part(arg), step)
    return step


def _worked(step: Step, key: tuple, pool: object, weights: list) -> str:
    known = {row.key: value for row, value in weights if isinstance(value, Fraction)}
    whole = sum(known.values(), Fraction(0))
    if not isinstance(pool, Fraction) or len(known) < len(weights) or key not in known or whole == 0:
        return ""
    mine = pool * known[key] / whole
    step.formula = "总额 × 权数 ÷ 权数合计"
    step.numbers = f"{number(pool)} × {number(known[key])} ÷ {number(whole)} = {exact(mine)}"
    fen = {one: abs(pool) * 100 * weight / whole for one, weight in known.items()}
    floors = {one: value.numerator // value.denominator for one, value in fen.items()}
    left = int(abs(pool) * 100) - sum(floors.values())
    order = sorted(fen, key=lambda one: (floors[one] - fen[one], one))
    text = f"；权数合计 {number(whole)}，这一行 {number(known[key])}；先去尾到分"
    if not left:
        return f"{text}，正好分完"
    text += f"，剩 {left} 分按尾数从大到小各给 1 分"
    return text + ("，这一行得 1 分" if key in order[:left] else "，这一行没有")
