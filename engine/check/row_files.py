"""Reference rows that live in the region (行: a CSV file) have the columns, the cells and the keys of their table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.check.context import Context
from engine.data.cells.faults import Fault, grouped
from engine.data.cells.reader import read_column
from engine.data.values import BadCell, OutOfRange
from engine.files.csv_text import csv_from, decode, titles_above
from engine.files.errors import DataError
from engine.files.named_files import FILE
from engine.files.raw import RawTable
from engine.language.values import render
from engine.rulebook.keywords import PROVENANCE_WORDS
from engine.rulebook.layers import shown
from engine.rulebook.model import Field, Table
from engine.rulebook.nearest import nearest
from engine.rulebook.problems import Place
from engine.rulebook.read_decision_table import ragged_rows


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
    file = shown(path)
    try:
        given = csv_from(files.read, path, table.name, path.name)
    except DataError as error:
        context.add("E314", place, error.message, error.hint)
        return
    text = decode(files.read(path), path.name)
    if above := titles_above(text, lambda cells: _mostly_fields(cells, table), path.name):
        context.add("E314", Place(file, 1, 1), *above)
        return
    for problem in ragged_rows(given, file):
        context.add(problem.code, problem.place, problem.message, problem.hint)
    for column in given.columns:
        if column not in (*table.fields, *PROVENANCE_WORDS):
            hint = nearest(column, table.fields) or f"表的字段是 {'、'.join(table.fields)}"
            context.add("E314", Place(file, 1, 1), f"{path.name} 的列 {column} 不是表 {table.name} 的字段", hint)
    missing = [f.name for f in table.fields.values() if f.name not in given.columns and not _may_be_empty(f)]
    if missing:
        message = f"{path.name} 缺少列 {'、'.join(missing)}"
        context.add("E314", Place(file, 1, 1), message, "补上这一列，或给字段写 可空 或 默认")
    for group in grouped(_faults(table, given)):
        context.add("E314", Place(file, group.first.line, 1), str(group), _cure(group.first))


def _mostly_fields(cells: set[str], table: Table) -> bool:
    return len(cells & set(table.fields)) * 2 > len(cells)


def _faults(table: Table, given: RawTable) -> Iterator[Fault]:
    """What a run would refuse, by the reader of the run; and keys that stand twice."""
    columns = [(name, place) for place, name in enumerate(given.columns) if name in table.fields]
    typed = {name: read_column(table.fields[name], [row[place] for row in given.rows]) for name, place in columns}
    seen: dict[tuple, int] = {}
    for number, line in enumerate(given.lines):
        for name, cells in typed.items():
            cell = cells[number]
            if isinstance(cell, BadCell):
                yield Fault(line, name, f"{name}：{cell.reason}")
            elif isinstance(cell, OutOfRange):
                yield Fault(line, name, cell.reason)
        key = tuple(typed[name][number] if name in typed else None for name in table.key)
        if any(isinstance(part, BadCell) for part in key):
            continue
        if key in seen:
            yield Fault(line, "主键", f"主键 {_shown(key)} 和第 {seen[key]} 行相同")
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
