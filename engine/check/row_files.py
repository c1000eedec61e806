"""Reference rows that live in the region (行: a CSV file) have the columns, the cells and the keys of their table."""

from __future__ import annotations

from pathlib import Path

from engine.check.context import Context
from engine.files.csv_text import read_csv
from engine.files.errors import DataError
from engine.language.types import Kind
from engine.rulebook.constants import read_constant
from engine.rulebook.layers import shown
from engine.rulebook.model import Field, Table
from engine.rulebook.problems import Place
from engine.rulebook.read_decision_table import ragged_rows
from engine.rulebook.stack import nearest


def files_of_rows_have_the_columns_of_their_table(context: Context) -> None:
    """Refuses a missing file, an unknown or missing column, a cell that is no value of its field, a key given twice."""
    if context.program is not None:
        return
    for table in context.entries():
        if isinstance(table, Table) and table.rows_file:
            _read(context, table, Path(table.rows_file))


def _read(context: Context, table: Table, path: Path) -> None:
    place = context.written(table.name, "行")
    if not path.is_file():
        context.add("E314", place, f"表 {table.name} 的行写在 {path.name}，没有这个文件", "检查文件名和文件夹")
        return
    file = shown(path)
    try:
        given = read_csv(path, table.name, path.name)
    except DataError as error:
        context.add("E314", place, error.message, error.hint)
        return
    for problem in ragged_rows(given, file):
        context.add(problem.code, problem.place, problem.message, problem.hint)
    for column in given.columns:
        if column not in table.fields:
            hint = nearest(column, table.fields) or f"表的字段是 {'、'.join(table.fields)}"
            context.add("E314", Place(file, 1, 1), f"{path.name} 的列 {column} 不是表 {table.name} 的字段", hint)
    missing = [f.name for f in table.fields.values() if f.name not in given.columns and not _may_be_empty(f)]
    if missing:
        context.add(
            "E314",
            Place(file, 1, 1),
            f"{path.name} 缺少列 {'、'.join(missing)}",
            "补上这一列，或给字段写 可空 或 默认",
        )
    seen: dict[tuple, int] = {}
    for line, cells in zip(given.lines, given.rows, strict=True):
        row = {c: str(cell).strip() if cell is not None else "" for c, cell in zip(given.columns, cells, strict=True)}
        for column, text in row.items():
            if column in table.fields:
                _cell(context, table.fields[column], text, Place(file, line, 1))
        key = tuple(row.get(name, "") for name in table.key)
        if key in seen:
            context.add(
                "E314",
                Place(file, line, 1),
                f"主键 {'、'.join(key)} 和第 {seen[key]} 行相同",
                "一个主键只能有一行",
            )
        seen.setdefault(key, line)


def _may_be_empty(field: Field) -> bool:
    return field.nullable or field.has_default


def _cell(context: Context, field: Field, text: str, place: Place) -> None:
    if not text:
        if not _may_be_empty(field):
            context.add("E314", place, f"{field.name} 是空的", "填上值，或给字段写 可空: 是")
        return
    if (field.wildcard and text == "任何") or field.type.kind in (Kind.TEXT, Kind.MONTH):
        return
    try:
        value = read_constant(text, field.type)
    except ValueError as error:
        context.add("E314", place, f"{field.name}：{error}", "改正这一格")
        return
    if field.range is not None and field.type.kind is Kind.NUMBER and value not in field.range:
        context.add("E314", place, f"{field.name} 的 {text} 超出范围 {field.range}", "改正这一格，或改字段的 范围")
