"""The rows a sum, a rank or a share runs over: the largest in a line, or listed one by one (``--rows``)."""

from __future__ import annotations

from engine.execute.reference.rows import Row
from engine.explain.explains import Explains
from engine.explain.numbers import EMPTY, ask, key_text, number
from engine.explain.reading import Reading
from engine.explain.steps import Step
from engine.explain.values_below import Values
from engine.language import tree
from engine.language.values import Unresolved, Value

SHOWN_ROWS = 3
LISTED = "各行用 --rows 列出"


def put_rows(walk: Explains, reading: Reading, node: tree.Node | None, rows: Values, step: Step) -> None:
    """Into ``step``: the rows, as many as were asked for, in the order given; else the largest of them."""
    if walk.rows is None:
        if largest := _largest(rows):
            step.remark += f"；最大的：{largest}"
        if len(rows) > SHOWN_ROWS:
            step.more = LISTED
        return
    listed = rows.first(walk.rows)
    for row, value in listed:
        step.steps.append(_row(walk, reading, node, row, value))
    scope = walk.execution.scope(walk.execution.closing)
    if len(rows) and isinstance(node, tree.Name) and scope.as_rule(node.id):
        one = (listed or rows.first(1))[0][0]
        step.more = f"一行的来历：{ask(walk.folder, one.grain, key_text(one), node.id)}"
    if len(rows) > walk.rows:
        step.remark += f"；列出 {walk.rows} 行，另有 {len(rows) - walk.rows} 行没有列出"
        step.more = "；".join(text for text in (step.more, "都列出用 --rows 全部") if text)


def _row(walk: Explains, reading: Reading, node: tree.Node | None, row: Row, value: Value | Unresolved) -> Step:
    name = row.grain if node is None else reading.written(node)
    text = f"无法确定：{value}" if isinstance(value, Unresolved) else number(value) or EMPTY
    step = Step(name, "row", row.grain, key_text(row), text)
    if node is not None and not isinstance(node, tree.Name):
        step.numbers = reading.part(node, row).with_numbers()
    table = walk.execution.now.tables.get(row.grain)
    if table is not None and row.record is not None:
        step.remark = walk.origins.line(table, row)
    return step


def _largest(rows: Values) -> str:
    return "，".join(f"{key_text(row)} {number(value)}" for row, value in rows.largest(SHOWN_ROWS))  # type: ignore[arg-type]
