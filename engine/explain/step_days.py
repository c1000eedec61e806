"""工作日数: from when to when, of which days the calendar says yes."""

from __future__ import annotations

import datetime

from engine.execute.reference import lookups
from engine.explain.explains import Explains
from engine.explain.reading import Reading
from engine.explain.steps import Step
from engine.language import tree
from engine.language.values import Unresolved

ONE_DAY = datetime.timedelta(days=1)


def working_days(walk: Explains, reading: Reading, node: tree.Call) -> Step:
    step = Step(reading.written(node), "call", "", "", reading.text(node))
    name = node.name_at(2)
    home = walk.execution.scope(reading.day).home(name) or ""
    try:
        first, last = reading.value(node.args[0]), reading.value(node.args[1])
    except Unresolved:
        first = last = None
    if isinstance(first, datetime.date) and isinstance(last, datetime.date):
        step.remark = f"{first} 的次日到 {last} 的 {max((last - first).days, 0)} 天里，表 {home} 的 {name} 为“是”的天数"
        off = _days_off(walk, reading, home, name, first, last)
        step.remark += f"；不算的：{'、'.join(map(str, off))}" if off else ""
    for arg in node.args[:2]:
        walk.read(reading.part(arg), step)
    return step


def _days_off(
    walk: Explains, reading: Reading, home: str, name: str, first: datetime.date, last: datetime.date
) -> list[datetime.date]:
    found: list[datetime.date] = []
    day = first + ONE_DAY
    try:
        while day <= last and len(found) <= 31:
            row = lookups.row_at(walk.execution, home, (day,), reading.day)
            if row is not None and not lookups.field_value(walk.execution, name, row):
                found.append(day)
            day += ONE_DAY
    except Unresolved:
        pass
    return found if len(found) <= 31 else []
