"""上期: which period the value is of, and whether it was worked out here, published earlier, or is the first one."""

from __future__ import annotations

from engine.explain.explains import Explains
from engine.explain.keys import joined
from engine.explain.numbers import ask, key_named, key_text
from engine.explain.origins import near
from engine.explain.reading import Reading
from engine.explain.steps import Step
from engine.language import tree
from engine.language.values import Unresolved, render


def previous(walk: Explains, reading: Reading, node: tree.Call) -> Step:
    execution, row, day = walk.execution, reading.row, reading.day
    name = node.name_at(0)
    step = Step(f"上期({name})", "call", row.grain, key_text(row), reading.text(node))
    before = execution.period.previous()
    if execution.program.series is not None and execution.period.first_of_year():
        return _first(walk, reading, node, step, f"{execution.period} 是本年第一期")
    scope = execution.scope(day)
    home = scope.home(name) or row.grain
    try:
        key = tuple(execution.value(part, row, day) for part in scope.keys(home))
        where = f"{before} 的值"
        if execution.published is not None and scope.as_rule(name):
            found, _ = execution.published.value(name, scope.base(home), key)
            folder = getattr(execution.published, "folder", None)
            source = f" {near(str(folder))} " if folder else ""
            if not found:
                return _first(
                    walk, reading, node, step, f"{before} 的结果{source}里没有 {key_named(scope.keys(home), key)}"
                )
            step.remark = f"{where}，取自上期的结果{source}".rstrip()
            if folder:
                step.of_result = str(folder), home, joined(map(render, key))
                step.more = f"它的来历：{ask(near(str(folder)), home, step.of_result[2], name)}"
            return step
        earlier = execution.before
        if earlier is None:
            return step
        target = next((item for item in earlier.rows_of(home) if item.key == key), None)
        if target is None:
            return _first(walk, reading, node, step, f"{before} 里没有 {key_named(scope.keys(home), key)}")
        step.remark = f"{where}，本次一起算出"
        step.steps.append(walk.of_period(earlier).explain(name, target, earlier.own_day(target)))
    except Unresolved as error:
        step.value = f"无法确定：{error}"
    return step


def _first(walk: Explains, reading: Reading, node: tree.Call, step: Step, why: str) -> Step:
    if len(node.args) < 2:
        step.remark = f"{why}，没有写首期值"
        return step
    step.remark = f"{why}，取首期值 {reading.written(node.args[1])}"
    walk.read(reading.part(node.args[1]), step)
    return step
