"""Grains, tables, statements and rules that keywords name must exist."""

from __future__ import annotations

from engine.check.context import Context
from engine.language.types import Kind
from engine.rulebook.model import Check, Grain, Program, Rule, Statement, Table
from engine.rulebook.scope import Unreachable
from engine.rulebook.stack import nearest


def entries_refer_to_what_exists(context: Context) -> None:
    for entry in context.entries():
        if isinstance(entry, Table):
            _table(context, entry)
        elif isinstance(entry, Grain):
            _grain(context, entry)
        elif isinstance(entry, (Rule, Check)):
            _has_grain(context, entry, entry.grain)
        elif isinstance(entry, Statement):
            _statement(context, entry)
        elif isinstance(entry, Program):
            _program(context, entry)


def _has_grain(context: Context, entry: Rule | Check | Statement, grain: str) -> bool:
    if context.scope.is_grain(grain):
        return True
    known = [*context.snapshot.tables, *context.snapshot.grains, *context.snapshot.dimensions]
    context.add("E306", entry.provenance.place, f"{entry.name} 的粒度 {grain} 不存在", nearest(grain, known))
    context.broken.add(entry.name)
    return False


def _table(context: Context, table: Table) -> None:
    for field in table.fields.values():
        if field.refers is not None and field.refers not in context.snapshot.tables:
            context.add(
                "E306", field.provenance.place, f"字段 {field.name} 指向的表 {field.refers} 不存在",
                nearest(field.refers, context.snapshot.tables),
            )  # fmt: skip
        other = context.scope.dimension_type(field.name) if field.name in context.snapshot.dimensions else None
        if other is not None and field.type.kind is Kind.CLASS is other.kind and set(field.type.classes) != set(other.classes):
            context.add(
                "E406", field.provenance.place,
                f"键 {field.name} 在表 {table.name} 里的取值（{'、'.join(field.type.classes)}）和别的表不同（{'、'.join(other.classes)}）",
                "各表的同一个键取值要一样；改其中一张，或在 替换 下写 表.字段",
            )  # fmt: skip
    period = table.fields.get(table.period_field or "")
    if period is not None and not (
        period.type.kind in (Kind.DATE, Kind.MONTH) or (period.type.kind is Kind.NUMBER and period.type.unit.label == "年")
    ):
        context.add("E404", period.provenance.place, f"归期 {period.name} 的类型要是 日期、年月 或 年")


def _grain(context: Context, grain: Grain) -> None:
    if grain.of is not None:
        if not context.scope.is_grain(grain.of):
            known = [*context.snapshot.tables, *context.snapshot.grains]
            context.add("E306", grain.provenance.place, f"{grain.name} 的行 {grain.of} 不存在", nearest(grain.of, known))
        return
    known_keys = {*context.snapshot.columns, *context.snapshot.rules}
    for key in grain.key:
        if key not in known_keys:
            context.add("E306", grain.provenance.place, f"粒度 {grain.name} 的键 {key} 既不是字段也不是规则", nearest(key, known_keys))


def _statement(context: Context, statement: Statement) -> None:
    if not _has_grain(context, statement, statement.grain):
        return
    for column in statement.columns:
        try:
            context.scope.reach(statement.grain, column.name)
        except Unreachable as error:
            context.add(error.code, column.place, f"报表 {statement.name}：{error.message}", error.hint)
    if statement.total is not None and not context.scope.is_grain(statement.total):
        context.add("E306", statement.provenance.place, f"合计行 {statement.total} 不是粒度", "")
    if statement.fills is not None:
        _fills(context, statement)


def _fills(context: Context, statement: Statement) -> None:
    table = context.snapshot.tables.get(statement.fills or "")
    place = statement.provenance.place
    if table is None:
        hint = nearest(statement.fills or "", context.snapshot.tables)
        context.add("E306", place, f"回填 的表 {statement.fills} 不存在", hint)
        return
    headings = {column.heading for column in statement.columns} | set(context.scope.keys(statement.grain))
    for column in statement.columns:
        if column.heading not in table.fields:
            context.add(
                "W805", column.place, f"回填 的表 {table.name} 没有字段 {column.heading}，这一列只作参考",
                nearest(column.heading, table.fields),
            )  # fmt: skip
    for key in table.key:
        if key not in headings and key != table.period_field:
            context.add("E805", place, f"回填 {table.name} 缺少它的键 {key}", f"报表的粒度或列里要有 {key}")


def _program(context: Context, program: Program) -> None:
    book, place = context.snapshot, program.provenance.place
    for name in program.statements:
        if name not in book.statements:
            context.add("E306", place, f"程序 {program.name} 的报表 {name} 不存在", nearest(name, book.statements))
    for word, group in (("排除", program.exclude), ("需要", program.need)):
        for table, names in group.items():
            if table not in book.tables:
                context.add("E306", place, f"程序 {program.name} 的 {word} 写了表 {table}，没有这张表", nearest(table, book.tables))
            for name in names:
                if name not in book.rules and name not in book.columns:
                    context.add("E306", place, f"程序 {program.name} 的 {word} 写了 {name}，没有这条规则", nearest(name, book.rules))
    for table in program.rows:
        if table not in book.tables:
            context.add("E306", place, f"程序 {program.name} 的 行 写了表 {table}，没有这张表", nearest(table, book.tables))
    for name in program.compute:
        if name not in book.rules:
            context.add("E306", place, f"程序 {program.name} 的 测算 写了 {name}，没有这条规则", nearest(name, book.rules))
