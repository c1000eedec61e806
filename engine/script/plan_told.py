"""A plan as people read it, and as data."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from engine.execute.plan.reads import How, Read
from engine.execute.plan.steps import CoarseStep, Column, DataStep, HoldStep, OutputStep, Plan, SortStep, Step

KINDS = {SortStep: "分拣", HoldStep: "挂起", DataStep: "数据行", CoarseStep: "内存", OutputStep: "报表"}
HEADS = {
    "分拣": "每行归到哪里，先按哪个程序的行，再按检查、排除",
    "接受": "需要 用到的，在所有接受的行上算",
    "结算": "其余的，在结算的行上算",
}


def lines_of(plan: Plan) -> Iterator[str]:
    """The plan, a step after the other."""
    yield f"{plan.region} {plan.program} {plan.period}：计划"
    yield f"数据行留在数据库里的表：{'、'.join(plan.data) or '没有'}；其他粒度的值在内存里算。"
    yield f"{len(plan.steps)} 步，{len(plan.columns)} 列；数据行算列要走 {plan.passes} 遍。"
    yield "“第几层”：前面要先从数据行汇总、排序几次；同一层的列一遍算出。"
    phase = ""
    for number, step in enumerate(plan.steps, 1):
        new = step.phase if isinstance(step, (DataStep, CoarseStep)) else ""
        if new and new != phase:
            phase = new
            yield ""
            yield f"════ {phase}：{HEADS[phase]} ════"
        yield ""
        yield from _step(number, step)
    if plan.asserted:
        yield ""
        yield f"必须：{'、'.join(plan.asserted)}"


def _step(number: int, step: Step) -> Iterator[str]:
    if isinstance(step, SortStep):
        yield f"{number}. 分拣 {step.table}：{step.by}{'' if step.delivered else '（没有交来）'}"
        if step.checks:
            yield f"   检查 {'、'.join(step.checks)}"
        if step.excluded:
            yield f"   排除 {'、'.join(step.excluded)}"
    elif isinstance(step, HoldStep):
        yield f"{number}. 挂起 {step.table}：{'、'.join(step.names)} 有一个不知道的行；以后的合计只算其余的行"
    elif isinstance(step, OutputStep):
        fills = f"，填表 {step.fills}" if step.fills else ""
        yield f"{number}. 报表 {step.name}（每{step.grain}一行{fills}）：{'、'.join(step.columns)}"
    else:
        where = f"{step.table} 的数据行" if isinstance(step, DataStep) else f"{step.grain} 在内存里"
        yield f"{number}. {where}，第 {step.stratum} 层，{len(step.columns)} 列"
        for column in step.columns:
            yield from _column(column)


def _column(column: Column) -> Iterator[str]:
    for place, version in enumerate(column.versions):
        since = f"，自 {version.day} 起" if len(column.versions) > 1 else ""
        cite = f"（{version.cite}）" if version.cite else ""
        name = column.name if not place else " " * len(column.name)
        if len(version.said) == 1:
            yield f"   {name}{cite}{since} = {version.said[0]}"
        else:
            yield f"   {name}{cite}{since}"
            yield from (f"      {line}" for line in version.said)
    read = _read(column.reads)
    if read:
        yield f"      读 {read}"


def _read(reads: Iterable[Read]) -> str:
    """What a column reads, by how it comes to it."""
    parts = []
    for how in How:
        found: dict[str, list[str]] = {}
        for read in reads:
            if read.how is how and read.name:
                found.setdefault(read.grain, []).append(read.name)
        rows = [read.grain for read in reads if read.how is how and not read.name]
        for grain in [*found, *(grain for grain in rows if grain not in found)]:
            names = "、".join(dict.fromkeys(found.get(grain, ["各行"])))
            of = f" {grain} 的" if how not in (How.ROW, How.FIGURE) and grain else ""
            parts.append(f"{how.value}{of} {names}")
    return "；".join(parts)


def data_of(plan: Plan) -> dict[str, Any]:
    """The plan as JSON has it: steps with their kind, columns with versions, reads and key."""
    steps = [{"kind": KINDS[type(step)], **_plain(step)} for step in plan.steps]
    return {
        "region": plan.region,
        "program": plan.program,
        "period": plan.period,
        "data_tables": list(plan.data),
        "passes": plan.passes,
        "steps": steps,
        "asserted": list(plan.asserted),
    }


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, How):
        return value.value
    return value if isinstance(value, (str, int, bool)) or value is None else str(value)
