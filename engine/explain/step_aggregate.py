"""合计 and the other aggregates: over which rows, how many, under which 当."""

from __future__ import annotations

from fractions import Fraction

from engine.execute.reference import calls
from engine.execute.reference.rows import Row
from engine.explain.explains import Explains
from engine.explain.numbers import exact, key_text
from engine.explain.reading import Reading
from engine.explain.rows_listed import Valued, put_rows, values_of
from engine.explain.steps import Step
from engine.language import tree
from engine.language.function_laws import Absence, Gathering
from engine.language.functions import law_of
from engine.language.values import Unresolved


def aggregate(walk: Explains, reading: Reading, node: tree.Call) -> Step:
    execution, source = walk.execution, node.source or ""
    value = reading.text(node)
    step = Step(reading.written(node), "call", reading.row.grain, key_text(reading.row), value)
    try:
        below = calls.below(execution, source, reading.row)
        rows = below if node.where is None else _met(walk, node.where, below)
    except Unresolved as error:
        step.value = f"无法确定：{error}"
        return step
    step.remark = f"{source} {len(below)} 行" + ("" if below else "，一行也没有")
    if node.where is not None:
        step.remark += f"，其中 {len(rows)} 行符合“{reading.written(node.where)}”"
    if not law_of(node.function).reads_rows:
        put_rows(walk, reading, None, [(row, Fraction(1)) for row in rows] if walk.rows is not None else [], step)
        return step
    valued = values_of(walk, node.args[0], rows)
    step.remark += _how(node, valued)
    put_rows(walk, reading, node.args[0], valued, step)
    return step


def _met(walk: Explains, where: tree.Node, rows: list[Row]) -> list[Row]:
    condition = walk.execution.formulas.compiled_tree(where)
    return [row for row in rows if walk.execution.holds(condition, row)]


def _how(node: tree.Call, valued: list[Valued]) -> str:
    """What stands between the rows and the result, where it is not the result itself."""
    numbers = [value for _, value in valued if isinstance(value, Fraction)]
    if not numbers or len(numbers) < len(valued):
        return ""
    total = sum(numbers, Fraction(0))
    law = law_of(node.function)
    if law.gathering is Gathering.AVERAGED:
        return f"；合计 {exact(total)} ÷ {len(numbers)} 行"
    if law.gathering is Gathering.SQUARED:
        mean = total / len(numbers)
        squares = sum(((value - mean) ** 2 for value in numbers), Fraction(0))
        count = len(numbers) - (law.absence is Absence.UNDER_TWO_ROWS)
        return f"；均值 {exact(mean)}，离差平方和 {exact(squares)} ÷ {count} 再开方"
    if law.gathering is Gathering.SORTED:
        return f"；从小到大排 {len(numbers)} 个数"
    return ""
