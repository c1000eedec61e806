"""Rows that live in the region (行: a CSV or XLSX file) have the columns, the cells and the keys of their table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.check.context import Context
from engine.data.cells.columns import cells_of
from engine.data.cells.faults import Fault, grouped
from engine.data.cells.reader import read_column
from engine.data.region_rows import RegionRows, region_rows
from engine.data.values import BadCell, OutOfRange
from engine.files.errors import DataError
from engine.files.named_files import FILE
from engine.language.values import render
from engine.rulebook.keywords import PROVENANCE_WORDS
from engine.rulebook.layers import shown
from engine.rulebook.model import Field, Table
from engine.rulebook.nearest import nearest
from engine.rulebook.problems import Place


def files_of_rows_have_the_columns_of_their_table(context: Context) -> None:
    """Refuses a missing file, an unknown or missing column, a cell that is no value of its field, a key given twice."""
    if context.program is not None:
        return
    for table in context.entries():
        if isinstance(table, Table) and table.rows_file:
            _read(context, table, Path(table.rows_file))


def _read(context: Context, table: Table, path: Path) -> None:
    place = context.written(table.name, "行")
    files = context.book.files
    if files.kind(path) != FILE:
        context.add("E314", place, f"表 {table.name} 的行写在 {path.name}，没有这个文件", "检查文件名和文件夹")
        return
    if unknown := _fields_that_are_none(table):
        for name, hint in unknown:
            context.add("E314", place, f"表 {table.name} 的 行 写了 {name}，表没有这个字段", hint)
        return
    if wrong := list(_values_that_are_none(table)):
        for where, message in wrong:
            context.add("E314", where, message, "改正 展开 里写的值")
        return
    try:
        given = region_rows(table, path, files.read, path.name)
    except DataError as error:
        context.add("E314", place, error.message, error.hint)
        return
    file, raw = shown(path), given.raw
    header = _in(file, given, given.heading)
    for broken in raw.broken:
        hint = "每行的列数要和表头一样；单元格里有逗号时加引号"
        context.add("E314", _in(file, given, broken.line), broken.reason, hint)
    for column in raw.columns:
        if column not in (*table.fields, *PROVENANCE_WORDS):
            hint = nearest(column, table.fields) or f"表的字段是 {'、'.join(table.fields)}"
            if not table.rows_from.picks:
                hint += "；公布的文件照原样用，写 行: {文件: …, 列: {字段: 列名}}"
            context.add("E314", header, f"{path.name} 的列 {column} 不是表 {table.name} 的字段", hint)
    missing = [f.name for f in table.fields.values() if f.name not in raw.columns and not _may_be_empty(f)]
    if missing:
        message = f"{path.name} 缺少列 {'、'.join(missing)}"
        cure = "补上这一列，或给字段写 可空 或 默认"
        cure += "；文件里叫别的名字，写在 行 的 列 里" if table.rows_from.picks else ""
        context.add("E314", header, message, cure)
    for group in grouped(dict.fromkeys(_faults(table, given))):
        first = group.first
        context.add("E314", _in(file, given, first.line, first.cell), str(group), _cure(first))


def _in(file: str, given: RegionRows, line: int, cell: str = "") -> Place:
    """A line of a text file; of a workbook sheet and cell, or row."""
    if not given.sheet:
        return Place(file, line, 1)
    return Place(f"{file} 工作表“{given.sheet}” {cell or f'第 {line} 行'}")


def _fields_that_are_none(table: Table) -> list[tuple[str, str]]:
    """What 列 and 展开 give that the table has no field for, with the one that was meant."""
    at = table.rows_from
    named = [*dict(at.columns), *(name for item in at.unfolded for name in (*dict(item.given), *dict(item.columns)))]
    unknown = [name for name in dict.fromkeys(named) if name not in table.fields]
    return [(name, nearest(name, table.fields) or f"表的字段是 {'、'.join(table.fields)}") for name in unknown]


def _values_that_are_none(table: Table) -> Iterator[tuple[Place, str]]:
    """What an item of 展开 says of all its rows, and is no value of the field."""
    for item in table.rows_from.unfolded:
        for name, text in item.given:
            cell = read_column(table.fields[name], [text])[0]
            if isinstance(cell, (BadCell, OutOfRange)):
                yield item.place, f"展开 的 {name}：{cell.reason}"


def _faults(table: Table, given: RegionRows) -> Iterator[Fault]:
    """What a run would refuse, by the reader of the run; and keys that stand twice."""
    raw = given.raw
    columns = [(name, place) for place, name in enumerate(raw.columns) if name in table.fields]
    typed = {name: read_column(table.fields[name], cells_of(table.fields[name], raw, place)) for name, place in columns}
    seen: dict[tuple, int] = {}
    for number, line in enumerate(raw.lines):
        for name, cells in typed.items():
            cell = cells[number]
            if isinstance(cell, BadCell):
                yield Fault(line, name, f"{name}：{cell.reason}", given.cell(number, name))
            elif isinstance(cell, OutOfRange):
                yield Fault(line, name, cell.reason, given.cell(number, name))
        key = tuple(typed[name][number] if name in typed else None for name in table.key)
        if any(isinstance(part, BadCell) for part in key):
            continue
        if key in seen:
            cell = next((cell for name in table.key if (cell := given.cell(number, name))), "")
            yield Fault(line, "主键", f"主键 {_shown(key)} 和第 {seen[key]} 行相同", cell)
        seen.setdefault(key, line)


def _shown(key: tuple) -> str:
    return "、".join(render(part.value if isinstance(part, OutOfRange) else part) for part in key)


def _cure(fault: Fault) -> str:
    if fault.field == "主键":
        return "一个主键只能有一行"
    if "超出范围" in fault.reason:
        return "改正这一格，或改字段的 范围"
    return "填上值，或给字段写 可空: 是" if "是空的" in fault.reason else "改正这一格"


def _may_be_empty(field: Field) -> bool:
    return field.nullable or field.has_default
