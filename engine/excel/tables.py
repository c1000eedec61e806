"""Decision tables, in place or in a CSV file, and the rows of a region's own tables: a sheet each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.excel.files import Change, TextFile
from engine.excel.grid import Cell, Column, Refused, Row, Sheet
from engine.excel.text_slots import CsvCell, as_csv, csv_rows
from engine.excel.yaml_slots import as_yaml, row_slots
from engine.rulebook.book import Snapshot
from engine.rulebook.keywords import PROVENANCE_WORDS
from engine.rulebook.model import Parameter, Rule, Table
from engine.rulebook.spans import Written

_CONDITION = "条件：一个值、几个值（甲、乙）、界（≤ 200、> 500）或区间（[0, 5)、(200, 300]）；空着就是不论。"
_RESULT = "这一行的结果：数、比例（50%）、类别或公式。每一种情形正好有一行。"


def decision_sheet(title: str, file: TextFile, name: Written, rows: Written, snapshot: Snapshot) -> Sheet | None:
    """表 written as a list of mappings; ``None`` where a row is something else."""
    if not rows.items or any(row.kind != "mapping" for row in rows.items):
        return None
    written = list(dict.fromkeys(key.value for row in rows.items for key, _ in row.entries))
    conditions = [word for word in written if word != name.value and word not in PROVENANCE_WORDS]
    titles = [*conditions, name.value, *(word for word in PROVENANCE_WORDS if word in written)]
    sheet = Sheet(title, _columns(titles, name.value, snapshot), about=(file, name.start, rows.end))
    own_lines = _own_lines(file, rows)
    for number, row in enumerate(rows.items, 1):
        slots = row_slots(file, row, titles, name.value)
        values = {key.value: value.value for key, value in row.entries if value.kind == "scalar"}
        cells = {word: Cell(values.get(word, ""), slots.get(word)) for word in titles}
        own = own_lines[number - 1]
        add = _AddsItem(file, row, own, tuple(titles), name.value) if own is not None else None
        span = own if len(rows.items) > 1 else None
        sheet.rows.append(Row(file, cells, f"{name.value} 的表第 {number} 行", span, add=add))
    sheet.add = sheet.rows[-1].add
    return sheet


def _own_lines(file: TextFile, rows: Written) -> list[tuple[int, int] | None]:
    """Of each item the whole lines that it alone stands in, from its dash on."""
    found: list[tuple[int, int] | None] = []
    for row in rows.items:
        begin, end = file.begin_of_line(row.start), file.after_line(max(row.end - 1, row.start))
        alone = file.text[begin : row.start].strip() == "-" and not rows.flow
        found.append((begin, end) if alone else None)
    return found


@dataclass(frozen=True)
class _AddsItem:
    """An item below ``model``, which stands alone in the lines of ``own``, and written like it."""

    file: TextFile
    model: Written
    own: tuple[int, int]
    titles: tuple[str, ...]
    needed: str

    def __call__(self, cells: Mapping[str, str]) -> tuple[TextFile, Change]:
        if not cells.get(self.needed):
            raise Refused(f"新加的一行要写 {self.needed}")
        styles = {key.value: value.style for key, value in self.model.entries}
        pairs = ", ".join(
            f"{as_yaml(word)}: {as_yaml(cells[word], styles.get(word, ''))}" for word in self.titles if cells.get(word)
        )
        lead, at = self.file.text[self.own[0] : self.model.start], self.own[1]
        broken = "" if self.file.text[:at].endswith("\n") else self.file.line_break
        return self.file, Change(at, at, f"{broken}{lead}{{{pairs}}}{self.file.line_break}")


def csv_sheet(title: str, file: TextFile, of: str, snapshot: Snapshot, lines: tuple[int, int] = (1, 0)) -> Sheet:
    """A CSV file, of a decision table (``of`` is its rule) or of a table. Raises :class:`Refused` where it is no plain
    table.

    ``lines``: those of the headings and of the last row (0: to the end); what stands above and below is not shown.
    """
    heading, last = lines
    numbered = ((file.line_of(row[0].start), row) for row in csv_rows(file))
    records = [row for line, row in numbered if heading <= line and (not last or line <= last)]
    if not records:
        raise Refused("里面没有列名")
    titles = [cell.text for cell in records[0]]
    _refuse_untidy(titles, records)
    table = snapshot.tables.get(of)
    headings = dict(table.rows_from.columns) if table is not None else {}
    sheet = Sheet(title, _columns(titles, of, snapshot), about=(file, 0, len(file.text)), headings=headings)
    for number, row in enumerate(records[1:], 1):
        cells = {word: Cell(cell.text, cell) for word, cell in zip(titles, row, strict=True)}
        own = file.begin_of_line(row[0].start), file.after_line(row[-1].end)
        shown = f"{file.name} 第 {number} 行"
        if last:  # it says where the rows end: one more or less would take in, or leave out, what stands below
            sheet.rows.append(Row(file, cells, shown))
        else:
            sheet.rows.append(Row(file, cells, shown, own, add=_AddsLine(file, row, tuple(titles))))
    sheet.add = None if last else _AddsLine(file, records[-1], tuple(titles))
    return sheet


def _refuse_untidy(titles: Sequence[str], records: Sequence[Sequence[CsvCell]]) -> None:
    if not all(titles):
        raise Refused(f"第 {titles.index('') + 1} 列没有列名")
    twice = next((title for title in titles if titles.count(title) > 1), None)
    if twice is not None:
        raise Refused(f"列名 {twice} 有两个")
    for row in records:
        if len(row) != len(titles):
            line = row[0].file.line_of(row[0].start)
            raise Refused(f"第 {line} 行有 {len(row)} 格，列名有 {len(titles)} 个")


@dataclass(frozen=True)
class _AddsLine:
    """A line below the record ``above``."""

    file: TextFile
    above: Sequence[CsvCell]
    titles: tuple[str, ...]

    def __call__(self, cells: Mapping[str, str]) -> tuple[TextFile, Change]:
        at = self.file.after_line(self.above[-1].end)
        broken = "" if self.file.text[:at].endswith("\n") else self.file.line_break
        line = ",".join(as_csv(cells.get(word, "")) for word in self.titles)
        return self.file, Change(at, at, f"{broken}{line}{self.file.line_break}")


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
