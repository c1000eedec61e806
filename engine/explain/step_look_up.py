"""取: the value at other keys, with the keys it was looked up by."""

from __future__ import annotations

from engine.execute.reference import lookups
from engine.explain.explains import Explains
from engine.explain.numbers import key_named, number
from engine.explain.reading import Reading
from engine.explain.steps import Step
from engine.language import tree
from engine.language.values import Unresolved


def look_up(walk: Explains, reading: Reading, node: tree.Call) -> Step:
    execution, row, day = walk.execution, reading.row, reading.day
    name = node.name_at(0)
    step = Step(reading.written(node), "call", "", "", reading.text(node))
    scope = execution.scope(day)
    home = scope.home(name)
    if home is None:
        return step
    keys, given = scope.keys(home), dict(node.keys)
    step.grain = home
    try:
        key = tuple(reading.value(given[k]) if k in given else execution.value(k, row, day) for k in keys)
        step.key = ",".join(number(part) for part in key)
        step.remark = f"{key_named(keys, key)} 的 {name}"
        target = None if any(part is None for part in key) else lookups.row_at(execution, scope.base(home), key, day)
    except Unresolved:
        return step
    if target is None:
        step.remark += "，没有这一行"
    else:
        step.steps.append(walk.explain(name, target, day))
    return step
