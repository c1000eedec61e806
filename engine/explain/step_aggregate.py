"""合计 and the other aggregates: over which rows, how many, under which 当."""

from __future__ import annotations

from engine.execute.sql.data_rows import DataRows
from engine.explain.explains import Explains
from engine.explain.numbers import exact, key_text
from engine.explain.reading import Reading
from engine.explain.rows_listed import put_rows
from engine.explain.steps import Step
from engine.explain.values_below import Below, BelowHere, ListedValues, Values
from engine.explain.values_there import BelowThere
from engine.language import tree
from engine.language.function_laws import Absence, Gathering
from engine.language.functions import law_of
from engine.language.values import Unresolved


def aggregate(walk: Explains, reading: Reading, node: tree.Call) -> Step:
    source = node.source or ""
    value = reading.text(node)
    step = Step(reading.written(node), "call", reading.row.grain, key_text(reading.row), value)
    try:
        below = _below(walk, reading, node)
    except Unresolved as error:
        step.value = f"无法确定：{error}"
        return step
    step.remark = f"{source} {below.count} 行" + ("" if below.count else "，一行也没有")
    if node.where is not None:
        step.remark += f"，其中 {below.met} 行符合“{reading.written(node.where)}”"
    if not law_of(node.function).reads_rows:
        put_rows(walk, reading, None, below.values(None) if walk.rows is not None else ListedValues(), step)
        return step
    valued = below.values(node.args[0])
    step.remark += _how(node, valued)
    put_rows(walk, reading, node.args[0], valued, step)
    return step


def _below(walk: Explains, reading: Reading, node: tree.Call) -> Below:
    execution, source = walk.execution, node.source or ""
    elsewhere = execution.elsewhere
    if isinstance(elsewhere, DataRows) and elsewhere.holds(execution.scope(execution.closing).base(source)):
        return BelowThere(walk, elsewhere, source, reading.row, node.where)
    return BelowHere(walk, source, reading.row, node.where)


def _how(node: tree.Call, valued: Values) -> str:
    """What stands between the rows and the result, where it is not the result itself."""
    law = law_of(node.function)
    if law.gathering not in (Gathering.AVERAGED, Gathering.SQUARED, Gathering.SORTED):
        return ""
    numbers, total, squares = valued.moments()
    if not numbers or numbers < len(valued):
        return ""
    if law.gathering is Gathering.AVERAGED:
        return f"；合计 {exact(total)} ÷ {numbers} 行"
    if law.gathering is Gathering.SORTED:
        return f"；从小到大排 {numbers} 个数"
    mean = total / numbers
    away = squares - total * mean
    count = numbers - (law.absence is Absence.UNDER_TWO_ROWS)
    return f"；均值 {exact(mean)}，离差平方和 {exact(away)} ÷ {count} 再开方"
