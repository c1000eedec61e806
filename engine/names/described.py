"""What an entry is and how it stands on a day, in words: kind, grain, unit, value, branches."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from engine.language.types import Kind, Type
from engine.language.values import render
from engine.rulebook.bind import Binder, BindError
from engine.rulebook.model import (
    Cases,
    Check,
    DecisionTable,
    Entry,
    Field,
    Formula,
    Grain,
    Parameter,
    Program,
    Required,
    Rule,
    Statement,
    Table,
)  # fmt: skip

KINDS: dict[type[Entry], str] = {
    Table: "表",
    Grain: "粒度",
    Parameter: "参数",
    Rule: "规则",
    Check: "检查",
    Statement: "报表",
    Program: "程序",
}
FIELD = "字段"
PENDING = "待定"


def grain_of(entry: Entry) -> str:
    """What a value of it is of; of a grain the one that it narrows."""
    if isinstance(entry, (Rule, Check, Statement)):
        return entry.grain
    return entry.of or "" if isinstance(entry, Grain) else ""


def type_of(entry: Entry, binder: Binder) -> Type | None:
    """Of a parameter or rule; ``None`` of others, and where a formula has none."""
    if isinstance(entry, Parameter):
        return entry.type
    if isinstance(entry, Rule):
        try:
            return binder.rule_type(entry.name)
        except BindError:
            return entry.type
    return None


def unit_text(kind: Type | None, refers: str | None = None) -> str:
    """``元``, ``日期``, ``→ 表``; of classes only that word, they are told by themselves."""
    if refers:
        return f"→ {refers}"
    if kind is None:
        return ""
    return "类别" if kind.kind is Kind.CLASS else str(kind)


def value_text(entry: Entry, day: datetime.date) -> str:
    """The figure on a day, a formula, or in a few words what shape the entry has."""
    if isinstance(entry, Parameter):
        figure = entry.on(day)
        return figure.text.strip() if figure is not None else PENDING
    if isinstance(entry, Rule):
        return _body(entry)
    if isinstance(entry, Check):
        return "；".join(
            _line(formula) if grade in ("", entry.kind, "命中") else f"{grade}：{_line(formula)}"
            for grade, formula in entry.grades
        )
    if isinstance(entry, Grain):
        if entry.of:
            return f"{entry.of} 的行" + (f"，{_line(entry.condition)}" if entry.condition is not None else "")
        return f"键 {'、'.join(entry.key)}" if entry.key else "整个统筹区"
    if isinstance(entry, Table):
        rows = PENDING if entry.rows_required else entry.rows_file or f"{len(entry.fields)} 个字段"
        return f"主键 {'、'.join(entry.key) or '（无）'}，{rows}"
    if isinstance(entry, Statement):
        return f"{len(entry.columns)} 列" + (f"，回填 {entry.fills}" if entry.fills else "")
    return f"每{'、'.join(entry.periods)}，出 {len(entry.statements)} 张报表"


def _body(rule: Rule) -> str:
    body = rule.body
    if isinstance(body, Formula):
        return _line(body)
    if isinstance(body, Cases):
        by = f"按 {_line(body.by)} " if body.by is not None else ""
        return f"{by}分 {len(body.branches)} 种情形"
    if isinstance(body, DecisionTable):
        waits = any(row.value is None for row in body.rows)
        return f"按 {'、'.join(body.columns)} 查表，{len(body.rows)} 行" + ("，有待定的" if waits else "")
    return f"{PENDING}，按 {'、'.join(body.columns)} 查表" if body.columns else PENDING


def definition(entry: Entry) -> tuple[str, ...]:
    """Branches and rows of a rule, columns of a statement, statements of a program: a line each."""
    if isinstance(entry, Statement):
        return tuple(c.name if c.heading == c.name else f"{c.name}：{c.heading}" for c in entry.columns)
    if isinstance(entry, Program):
        return entry.statements
    body = entry.body if isinstance(entry, Rule) else None
    if isinstance(body, Cases):
        return tuple(
            f"{_line(branch.condition) if branch.condition is not None else '否则'}："
            f"{_line(branch.value) if branch.value is not None else PENDING}"
            for branch in body.branches
        )
    if isinstance(body, DecisionTable):
        return tuple(
            f"{'，'.join(_cells(body.columns, row.cells)) or '任何'}："
            f"{_line(row.value) if row.value is not None else PENDING}"
            for row in body.rows
        )
    return body.columns if isinstance(body, Required) else ()


def _cells(columns: tuple[str, ...], cells: tuple[Formula | None, ...]) -> Iterable[str]:
    return (f"{column} {_line(cell)}" for column, cell in zip(columns, cells, strict=True) if cell is not None)


def field_value(field: Field) -> str:
    """Of a field what may stand in it, and what an empty cell means."""
    said = []
    if field.range is not None:
        said.append(f"范围 {field.range_named or field.range}")
    if field.has_default:
        said.append(f"空着是 {render(field.default)}")
    elif field.nullable:
        said.append("可以空着")
    return "，".join(said)


def _line(formula: Formula) -> str:
    return " ".join(formula.text.split())
