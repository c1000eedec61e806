"""Why a row that came in has no value: the check, rule or condition that decided, as a tree, then a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.data.refund_endings import CANCELLED, REFUSALS
from engine.execute.loading import Loaded
from engine.execute.reference.rows import Row
from engine.execute.reference.verdicts import EXCLUDED, HELD, OUTSIDE, REJECTED, ROW_CONDITION, Verdict
from engine.explain.as_it_was import as_it_was, verdict_of
from engine.explain.found import rows_at
from engine.explain.leaves import field_step
from engine.explain.numbers import key_text, said
from engine.explain.origins import near
from engine.explain.reading import Reading
from engine.explain.screens import check_step
from engine.explain.steps import Step, Tried
from engine.explain.walk import Walk
from engine.language.types import BOOL
from engine.language.values import Unresolved, Value


@dataclass(frozen=True)
class LeftOut:
    """``step``: what decided; ``sentence``: where the row ended, by what, and why."""

    step: Step
    sentence: str


def left_out(walk: Walk, loaded: Loaded, base: str, wanted: tuple[Value, ...], key: str) -> LeftOut | None:
    """The rows of a table that were not settled are looked through for ``wanted``; ``None`` if it is not there."""
    for row in rows_at(walk.execution, base, wanted) if base in walk.execution.now.tables else ():
        verdict = verdict_of(walk.execution, row)
        if verdict is not None:
            step = _decided(walk, loaded, row, verdict)
            by = f"（{verdict.by}）" if verdict.by else ""
            cite = next((f"，{inner.cite}" for inner in step.steps if inner.cite), "")
            return LeftOut(step, f"{base} {key} 没有结算：{verdict.state}{by} {verdict.reason}".rstrip() + cite)
    return _not_read(loaded, base, key)


def _not_read(loaded: Loaded, base: str, key: str) -> LeftOut | None:
    """A row that never came so far: it could not be read, or has to do with a refund."""
    table = loaded.tables.get(base)
    for bad in (*table.rejected, *table.cancelled) if table is not None else ():
        if bad.key_text == key:
            where = f"{near(bad.origin)} 第 {bad.line} 行" if bad.line else near(bad.origin)
            state = CANCELLED if bad.code == CANCELLED else "拒收"
            what, by = f"数据格式（{bad.code}）：", "（数据格式）"
            if state == CANCELLED or bad.code in REFUSALS:
                what, by = ("", " ") if state == CANCELLED else (f"{bad.code}：", f"（{bad.code}）")
            step = Step(f"{base} {key}", "out", base, key, state, remark=f"{what}{bad.reason}；{where}")
            return LeftOut(step, f"{base} {key} 没有结算：{state}{by}{bad.reason}，{where}")
    return None


def not_of(walk: Walk, grain: str, row: Row, key: str) -> LeftOut:
    """A row of the base that does not meet the condition of the narrowed grain asked for."""
    execution = walk.execution
    chain = execution.scope(execution.own_day(row)).chain(grain)
    step = Step(f"{row.grain} {key}", "out", row.grain, key, f"不属于 {grain}")
    for subset in reversed(chain):
        try:
            met = "是" if execution.belongs(subset, row) else "否"
        except Unresolved as error:
            met = f"无法确定：{error}"
        made = Step(subset, "rule", row.grain, key_text(row), met)
        walk.condition(subset, row, made)
        step.steps.append(made)
        if met != "是":
            break
    return LeftOut(step, f"{row.grain} 有“{key}”这一行，它不符合 {grain} 的条件")


def _decided(walk: Walk, loaded: Loaded, row: Row, verdict: Verdict) -> Step:
    execution, key = walk.execution, key_text(row)
    step = Step(f"{row.grain} {key}", "out", row.grain, key, verdict.state, remark=verdict.reason or verdict.by)
    table = execution.now.tables.get(row.grain)
    if table is not None:
        step.place = walk.origins.line(table, row)
    if verdict.state == OUTSIDE:
        step.steps = _outside(walk, loaded, row, verdict)
    elif verdict.state == REJECTED and verdict.check == ROW_CONDITION:
        step.steps = _by_condition(walk, row)
    elif verdict.state == REJECTED:
        check = execution.now.checks[verdict.check]
        then = replace(walk, execution=as_it_was(execution, row.grain, checked=False), kept=None)
        step.steps = [check_step(then, check, row, execution.own_day(row), verdict.state)]
    elif verdict.state == EXCLUDED or verdict.reason.startswith("不能判断是否排除"):
        then = replace(walk, execution=as_it_was(execution, row.grain, checked=True), kept=None)
        step.steps = [then.explain(verdict.by, row, execution.own_day(row))]
    elif verdict.state == HELD:
        step.steps = [walk.explain(verdict.by, row, execution.own_day(row))]
    return step


def _outside(walk: Walk, loaded: Loaded, row: Row, verdict: Verdict) -> list[Step]:
    execution, period = walk.execution, walk.execution.period
    table = execution.now.tables[row.grain]
    if row.grain in execution.program.rows:
        return _by_condition(walk, row)
    if verdict.by:
        key = next(name for name in table.key if table.fields[name].refers == verdict.by)
        value: Value = row.record[key] if row.record else None  # type: ignore[assignment]
        above = left_out(walk, loaded, verdict.by, (value,), said(lambda: value))
        return [field_step(walk, key, row, said(lambda: value)), *([above.step] if above else [])]
    if table.period_field is None or row.record is None:
        return []
    when: Value = row.record.get(table.period_field)  # type: ignore[assignment]
    step = field_step(walk, table.period_field, row, said(lambda: when))
    step.tried = [Tried(f"{table.period_field} 在 {period.start} 到 {period.end} 之间（期间 {period}）", "", False)]
    return [step]


def _by_condition(walk: Walk, row: Row) -> list[Step]:
    """The condition by which the program chooses its rows (行)."""
    execution = walk.execution
    formula = execution.program.rows[row.grain]
    day = execution.closing
    reading = Reading(execution, formula, row.grain, row, day, BOOL)
    met = said(lambda: execution.truth(formula, row.grain, row, day))
    step = Step("行", "rule", row.grain, key_text(row), met, formula=formula.text, numbers=reading.with_numbers())
    step.place = str(formula.place)
    walk.read(reading, step)
    return [step]
