"""名次, 上一条 and 累计: the row's own group, and where the row stands in it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from engine.execute.reference.asks import Asks, Found
from engine.execute.reference.nodes import Called
from engine.execute.reference.rows import Row
from engine.execute.reference.windows import in_order
from engine.explain.as_it_was import verdict_of
from engine.explain.explains import Explains
from engine.explain.numbers import EMPTY, key_named, key_text, number, said
from engine.explain.reading import Reading
from engine.explain.rows_listed import put_rows
from engine.explain.steps import Step
from engine.explain.values_below import ListedValues, values_of
from engine.language import tree
from engine.language.values import Unresolved


def group(walk: Explains, node: Called, row: Row, keys: tuple[str, ...], history: bool = False) -> list[Row]:
    """The rows that share the window of ``node`` and the keys with ``row``, in key order. Raises ``Unresolved``."""
    execution = walk.execution
    found = execution.window(node, row, _every_row, history)
    own = execution.project(row, keys)
    rows = found[()]
    if isinstance(rows, Unresolved):
        raise rows.again()
    return sorted((item for item in rows if execution.project(item, keys) == own), key=Row.sort_key)


def _every_row(execution: Asks, node: Called, rows: list[Row]) -> Found[list[Row]]:
    return {(): rows}


def rank(walk: Explains, reading: Reading, node: tree.Call) -> Step:
    def fill(step: Step, rows: list[Row], call: Called) -> None:
        execution = walk.execution
        taking = [row for row in rows if call.where is None or execution.holds(call.where, row)]
        valued = ListedValues(pair for pair in values_of(walk, node.args[0], taking) if pair[1] is not None)
        mine = next((value for row, value in valued if row.key == reading.row.key), None)
        order = "从大到小" if node.descending else "从小到大"
        condition = f"符合“{reading.written(node.where)}”的" if node.where is not None else ""
        step.remark += f"，{condition}{len(valued)} 行{order}"
        if mine is None or isinstance(mine, Unresolved):
            step.remark += "，这一行不参加"
            return
        step.remark += f"，这一行 {number(mine)} 排第 {step.value}"
        same = sum(1 for _, value in valued if value == mine)
        if same > 1:
            step.remark += f"（{same} 行同为 {number(mine)}，按键的次序）"
        ordered = ListedValues(sorted(valued, key=lambda pair: pair[1], reverse=bool(node.descending)))  # type: ignore[arg-type,return-value]
        put_rows(walk, reading, node.args[0], ordered, step)

    return _window(walk, reading, node, fill)


def row_before(walk: Explains, reading: Reading, node: tree.Call) -> Step:
    def fill(step: Step, rows: list[Row], call: Called) -> None:
        execution, by = walk.execution, node.by or ""
        ordered = in_order(execution, call, rows)
        place = next((place for place, row in enumerate(ordered) if row.key == reading.row.key), None)
        mine = said(lambda: execution.value(by, reading.row, execution.own_day(reading.row)))
        step.remark += f"，{len(ordered)} 行按 {by} 排，这一行 {by} {mine}"
        if place is None or place == 0:
            step.remark += "，前面没有行" if place == 0 else "，排不进去"
            return
        before = ordered[place - 1]
        day = execution.own_day(before)
        step.remark += (
            f"；上一条是 {before.grain} {key_text(before)}，{by} {said(lambda: execution.value(by, before, day))}"
        )
        if verdict_of(execution, before) is not None:
            step.remark += "（本期以前）"
        walk.read(reading.part(node.args[0], before), step)

    return _window(walk, reading, node, fill, history=node.history is not False, reads_own_row=False)


def running(walk: Explains, reading: Reading, node: tree.Call) -> Step:
    def fill(step: Step, rows: list[Row], call: Called) -> None:
        ordered = in_order(walk.execution, call, rows)
        place = next((place for place, row in enumerate(ordered, 1) if row.key == reading.row.key), 0)
        step.remark += f"，{len(ordered)} 行按 {node.by or '键'} 排，这一行是第 {place} 行，加上前面的共 {place} 行"
        valued = values_of(walk, node.args[0], ordered[:place])
        if place:
            last = valued[-1][1]
            if isinstance(last, Fraction):
                step.remark += f"；这一行 {number(last)}"
        put_rows(walk, reading, node.args[0], valued, step)

    return _window(walk, reading, node, fill)


def _window(
    walk: Explains,
    reading: Reading,
    node: tree.Call,
    fill: Callable[[Step, list[Row], Called], None],
    history: bool = False,
    reads_own_row: bool = True,
) -> Step:
    execution, row = walk.execution, reading.row
    step = Step(reading.written(node), "call", row.grain, key_text(row), reading.text(node))
    call = walk.own_copy(node)
    try:
        own = execution.project(row, node.per)
        if own is None:
            step.remark = f"{'、'.join(node.per)} 空着，不属于哪一组"
            return step
        step.remark = f"每 {key_named(node.per, own)}" if node.per else "不分组"
        fill(step, group(walk, call, row, node.per, history), call)
    except Unresolved as error:
        step.remark += f"；无法确定：{error}"
    step.value = step.value or EMPTY
    if reads_own_row:
        walk.read(reading.part(node.args[0]), step)
    return step
