"""A name stands for one thing only: a parameter or a check must not hide a field, nor a grain a key."""

from __future__ import annotations

from engine.check.context import Context
from engine.rulebook.model import Check, Grain, Parameter, Statement, Table


def names_stand_for_one_thing(context: Context) -> None:
    """Refuses a parameter or check named like a field, a table or grain named like a key, two equal headings."""
    columns, dimensions = context.snapshot.columns, context.snapshot.dimensions
    for entry in context.entries():
        place = entry.provenance.place
        if isinstance(entry, (Parameter, Check)) and entry.name in columns:
            kind = "参数" if isinstance(entry, Parameter) else "检查"
            tables = "、".join(columns[entry.name])
            rule = (
                f"；一个数管表 {columns[entry.name][0]} 的所有行，就写成规则："
                f"{entry.name}: {{粒度: {columns[entry.name][0]}, 公式: …}}，并在程序的 测算 里列上它"
            )
            context.add(
                "E309",
                place,
                f"{kind} {entry.name} 和表 {tables} 的字段同名，公式里分不清",
                "给它另取一个名字" + (rule if isinstance(entry, Parameter) else ""),
            )
        elif isinstance(entry, (Table, Grain)) and entry.name in dimensions and entry.key != (entry.name,):
            kind = "表" if isinstance(entry, Table) else "粒度"
            context.add(
                "E309",
                place,
                f"{kind} {entry.name} 和一个键同名：键 {entry.name} 自己就是一种粒度",
                "改其中一个的名字",
            )
        elif isinstance(entry, Statement):
            _headings(context, entry)


def _headings(context: Context, statement: Statement) -> None:
    seen: set[str] = set()
    for column in statement.columns:
        if column.heading in seen:
            context.add(
                "E309",
                column.place,
                f"报表 {statement.name} 有两列都叫 {column.heading}",
                "一列一个标题；用不着的列删去",
            )
        seen.add(column.heading)
