"""Decision tables, in place or in a CSV file, and the rows of a region's own tables: a sheet each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.excel.csv_table import AddsLine, BeginsFile, csv_records, own_line
from engine.excel.files import TextFile
from engine.excel.grid import Cell, Column, Row, Sheet
from engine.excel.yaml_rows import AddsItem, own_lines
from engine.excel.yaml_slots import row_slots
from engine.rulebook.book import Snapshot
from engine.rulebook.keywords import PROVENANCE_WORDS
from engine.rulebook.model import Parameter, RowsFrom, Rule, Table
from engine.rulebook.spans import Written
from engine.rulebook.written import words_of

_CONDITION = "条件：一个值、几个值（甲、乙）、界（≤ 200、> 500）或区间（[0, 5)、(200, 300]）；空着就是不论。"
_RESULT = "这一行的结果：数、比例（50%）、类别或公式。每一种情形正好有一行。"


def decision_sheet(title: str, file: TextFile, name: Written, rows: Written, snapshot: Snapshot) -> Sheet | None:
    """表 written as a list of mappings; ``None`` where a row is something else."""
    if not rows.items or any(row.kind != "mapping" for row in rows.items):
        return None
    written = list(dict.fromkeys(key.value for row in rows.items for key, _ in row.entries))
    conditions = [word for word in written if word != name.value and word not in PROVENANCE_WORDS]
    titles = [*conditions, name.value, *(word for word in PROVENANCE_WORDS if word in written)]
    sheet = Sheet(title, _columns(titles, name.value, snapshot), about=(file, name.start, rows.end), decides=True)
    lines = own_lines(file, rows)
    for number, row in enumerate(rows.items, 1):
        slots = row_slots(file, row, titles, name.value)
        values = {key.value: value.value for key, value in row.entries if value.kind == "scalar"}
        cells = {word: Cell(values.get(word, ""), slots.get(word)) for word in titles}
        own = lines[number - 1]
        add = AddsItem(file, row, own, tuple(titles), name.value) if own is not None else None
        span = own if len(rows.items) > 1 else None
        sheet.rows.append(Row(file, cells, f"{name.value} 的表第 {number} 行", span, add=add, number=number))
    sheet.add = sheet.rows[-1].add
    return sheet


def csv_sheet(title: str, file: TextFile, of: str, snapshot: Snapshot, lines: tuple[int, int] = (1, 0)) -> Sheet:
    """A CSV file, of a decision table (``of`` is its rule) or of a table. Raises :class:`Refused` where it is no plain
    table.

    ``lines``: those of the headings and of the last row (0: to the end); what stands above and below is not shown.
    """
    first, rows = csv_records(file, lines)
    titles = tuple(cell.text for cell in first)
    table = snapshot.tables.get(of)
    headings = dict(table.rows_from.columns) if table is not None else {}
    whole = (file, 0, len(file.text))
    sheet = Sheet(title, _columns(titles, of, snapshot), about=whole, headings=headings, decides=table is None)
    for number, row in enumerate(rows, 1):
        cells = {word: Cell(cell.text, cell) for word, cell in zip(titles, row, strict=True)}
        shown, called = f"{file.name} 第 {number} 行", number if table is None else file.line_of(row[0].start)
        if lines[1]:  # it says where the rows end: one more or less would take in, or leave out, what stands below
            sheet.rows.append(Row(file, cells, shown, number=called))
        else:
            add = AddsLine(file, row, titles)
            sheet.rows.append(Row(file, cells, shown, own_line(file, row), add=add, number=called))
    sheet.add = None if lines[1] else AddsLine(file, rows[-1] if rows else first, titles)
    return sheet


def sheet_to_begin(title: str, file: TextFile, of: str, snapshot: Snapshot) -> Sheet | None:
    """The rows of a table whose CSV file is not there yet: none, under its fields; of a decision table, under the 列
    that it declares. The first makes the file. ``None`` where its headings are not known, as of a published file.
    """
    table = snapshot.tables.get(of)
    if table is not None and table.rows_from != RowsFrom():
        return None
    titles = tuple(table.fields) if table is not None else _declared(of, snapshot)
    if not titles:
        return None
    sheet = Sheet(title, _columns(titles, of, snapshot), about=(file, 0, 0), decides=table is None)
    sheet.add = BeginsFile(file, titles)
    return sheet


def _declared(rule: str, snapshot: Snapshot) -> tuple[str, ...]:
    """The 列 of a decision table and its result, as the rule says them now, or the one that it fills in."""
    stacked = snapshot.stacked.get(rule)
    layers = (stacked.raw, *reversed(stacked.history)) if stacked is not None else ()
    columns = next(filter(None, (words_of(raw.body.get("列")) for raw in layers)), ())
    return (*columns, rule) if columns else ()


def _columns(titles: Sequence[str], own: str, snapshot: Snapshot) -> list[Column]:
    table = snapshot.tables.get(own)
    fields = {heading: name for name, heading in table.rows_from.columns} if table is not None else {}
    found = []
    for word in titles:
        if word in PROVENANCE_WORDS:
            found.append(Column(word, "不参与计算" if word != "依据" else "文件简称和条款"))
        elif table is not None:
            found.append(replace(_field(fields.get(word, word), table), title=word))
        elif word == own:
            found.append(
                Column(word, _with_unit(_RESULT, word, snapshot), choices=_classes(word, snapshot), strict=True)
            )
        else:
            found.append(Column(word, _with_unit(_CONDITION, word, snapshot), choices=_classes(word, snapshot)))
    return found


def _field(word: str, table: Table) -> Column:
    declared = table.fields.get(word)
    if declared is None:
        return Column(word)
    about = declared.provenance.note
    note = "；".join(part for part in (about, f"类型 {declared.type}" if str(declared.type) else "") if part)
    return Column(word, note, choices=tuple(declared.type.classes or ()), strict=not declared.wildcard)


def _classes(word: str, snapshot: Snapshot) -> tuple[str, ...]:
    entry = snapshot.entries.get(word)
    if isinstance(entry, (Rule, Parameter)) and entry.type is not None and entry.type.classes:
        return tuple(entry.type.classes)
    tables = snapshot.columns.get(word, [])
    return tuple(snapshot.tables[tables[0]].fields[word].type.classes or ()) if tables else ()


def _with_unit(note: str, word: str, snapshot: Snapshot) -> str:
    entry = snapshot.entries.get(word)
    declared = entry.type if isinstance(entry, (Rule, Parameter)) else None
    tables = snapshot.columns.get(word, [])
    declared = snapshot.tables[tables[0]].fields[word].type if declared is None and tables else declared
    return f"{note} 单位 {declared}" if declared is not None and not declared.classes and str(declared) else note
