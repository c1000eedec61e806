"""沿: the rows of the group up to this one, what came of each, and how this one follows from the one before."""

from __future__ import annotations

from engine.execute.reference.along import after, values_along
from engine.execute.reference.rows import Row
from engine.execute.reference.windows import in_order
from engine.explain.as_it_was import verdict_of
from engine.explain.explains import Explains
from engine.explain.numbers import EMPTY, key_named, key_text, number, said
from engine.explain.reading import Reading
from engine.explain.rows_listed import LISTED, SHOWN_ROWS, put_rows
from engine.explain.step_window import group
from engine.explain.steps import Step
from engine.explain.values_below import ListedValues, Valued
from engine.language import tree
from engine.language.values import Unresolved


def along(walk: Explains, reading: Reading, node: tree.Call) -> Step:
    execution, row, by = walk.execution, reading.row, node.by or ""
    step = Step(reading.written(node), "call", row.grain, key_text(row), reading.text(node) or EMPTY)
    call = walk.own_copy(node)
    try:
        own = execution.project(row, node.per)
        if own is None:
            step.remark = f"{'、'.join(node.per)} 空着，不属于哪一组"
            return step
        rows = in_order(execution, call, group(walk, call, row, node.per, node.history is not False))
        place = next((place for place, item in enumerate(rows) if item.key == row.key), None)
        part = f"每 {key_named(node.per, own)}" if node.per else "不分组"
        mine = said(lambda: execution.value(by, row, execution.own_day(row)))
        step.remark = f"{part}，{len(rows)} 行按 {by} 排，这一行 {by} {mine}"
        if place is None:
            step.remark += "，排不进去"
            return step
        chain = ListedValues(zip(rows, values_along(execution, call, rows[: place + 1]), strict=False))
    except Unresolved as error:
        step.remark += f"；无法确定：{error}"
        return step
    step.remark += f"，排第 {place + 1}"
    if place == 0:
        step.remark += "，是第一行，取首行"
        walk.read(reading.part(node.args[0]), step)
    else:
        _from_the_one_before(walk, reading, node, chain, step)
    if walk.rows is not None:
        put_rows(walk, reading, None, chain, step)
    return step


def _from_the_one_before(walk: Explains, reading: Reading, node: tree.Call, chain: list[Valued], step: Step) -> None:
    """The nearest rows before with what came of each, and 后行 with the numbers of this row."""
    before = chain[-2][1]
    last = [f"{_named(walk, row)} {_text(value)}" for row, value in chain[-1 - SHOWN_ROWS : -1]]
    more = f"（再前面还有 {len(chain) - 1 - len(last)} 行）" if len(chain) - 1 > len(last) else ""
    step.remark += f"；前面各行推出：{'，'.join(last)}{more}；前值 是 {_text(before)}"
    if len(chain) - 1 > len(last) and walk.rows is None:
        step.more = LISTED
    if isinstance(before, Unresolved):
        return
    inside = reading.part(node.args[1], after(reading.row, before))
    step.numbers = f"{reading.written(node.args[1])} → {inside.with_numbers()}"
    walk.read(inside, step)


def _named(walk: Explains, row: Row) -> str:
    earlier = verdict_of(walk.execution, row) is not None
    return key_text(row) + ("（本期以前）" if earlier else "")


def _text(value: object) -> str:
    return f"无法确定：{value}" if isinstance(value, Unresolved) else number(value) or EMPTY  # type: ignore[arg-type]
