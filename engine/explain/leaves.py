"""Where a walk ends: fields with their file and row, parameters as written, the period, rows that are not there."""

from __future__ import annotations

import datetime

from engine.execute.reference.rows import Row
from engine.explain.explains import Explains
from engine.explain.numbers import key_named, key_text, number
from engine.explain.steps import Step
from engine.explain.writing import about, unit
from engine.language.values import Value
from engine.rulebook.in_force import since
from engine.rulebook.model import Table
from engine.rulebook.scope import Access


def parameter_step(walk: Explains, name: str, value: str, day: datetime.date) -> Step:
    parameter = walk.execution.scope(day).book.parameters[name]
    dated = [(start, formula) for start, formula in parameter.values if start <= day]
    step = about(Step(name, "parameter", "", "", value, unit(parameter.type)), parameter.provenance, day)
    if dated:
        start, formula = dated[-1]
        step.formula, step.place = formula.text, str(formula.place)
        plain = formula.text.rstrip("0").rstrip(".") if "." in formula.text else formula.text
        step.written = formula.text if plain != value else ""
        step.remark = since(start)
    return step


def period_step(walk: Explains, name: str, value: str) -> Step:
    return Step(name, "period", "", "", value, remark=f"本次运行的期间 {walk.execution.period}")


def field_step(walk: Explains, name: str, row: Row, value: str) -> Step:
    """A field: its table, the file and row it stands in, the default taken for it, the period that fixed its row."""
    table = walk.execution.now.tables.get(row.grain)
    if table is None or row.record is None:
        return Step(name, "field", row.grain, key_text(row), value)
    declared = table.fields.get(name)
    step = Step(name, "field", row.grain, key_text(row), value, unit(declared.type if declared else None))
    texts = [f"数据：表 {table.name}", walk.origins.where(table, row, name)]
    if fixed := period_that_fixed(walk, table, row):
        texts.append(fixed)
    step.remark = "，".join(text for text in texts if text)
    return step


def period_that_fixed(walk: Explains, table: Table, row: Row) -> str:
    """Of several rows with this key, the one whose 归期 is the run's period."""
    name = table.period_field
    scope = walk.execution.scope(walk.execution.closing)
    if name is None or row.record is None or not scope.fixed(table):
        return ""
    value: Value = row.record.get(name)  # type: ignore[assignment]
    return f"{name} {number(value)} 的一行（由期间 {walk.execution.period} 定）"


def missing_row(walk: Explains, access: Access, row: Row, day: datetime.date, key: tuple, value: str) -> Step:
    """A value of a row that is not there: which one was looked for, and how its key came about."""
    execution = walk.execution
    keys = tuple(part.name for part in access.keys)
    step = Step(access.name, access.kind, access.grain, "", value)
    stored = execution.selection.tables.get(access.grain)
    if stored is not None and not stored.delivered:
        step.remark = f"表 {access.grain} 没有交来"
    elif key and any(part is None for part in key):
        empty = "、".join(name for name, part in zip(keys, key, strict=True) if part is None)
        step.remark = f"{empty} 空着，不知道读 {access.grain} 的哪一行"
    elif key:
        step.key = ",".join(number(part) for part in key)
        step.remark = f"{access.grain} 没有 {key_named(keys, key)} 的行"
    step.steps = [walk.explain(part.name, row, day) for part in access.keys if part.kind != "key"]
    return step
