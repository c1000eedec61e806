"""Examples: the small tables of the files under tests/, and values given one by one, on one sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.excel.files import Change, TextFile
from engine.excel.grid import Cell, Column, Refused, Row, Sheet
from engine.excel.text_slots import PipeRow, as_pipe, pipe_rows
from engine.excel.yaml_slots import Value
from engine.rulebook.spans import Written

TITLE = "例子"
NAME, PART = "例子", "部分"
_GIVEN = ("已知", "应得")
_NOTE = "每个小表上面一行是列名（不能改），下面是值。要加一行，在小表下面的空行里写满各列。"


def example_sheet(files: list[tuple[TextFile, Written]]) -> Sheet:
    """Of every file its examples; numbers without a table of their own stand as a table of one row."""
    rows = [row for file, root in files for name, body in root.entries for row in _example(file, name, body)]
    width = max((len(row.cells) - 2 for row in rows), default=0)
    columns = [Column(NAME, _NOTE, editable=False), Column(PART, editable=False)]
    columns += [Column(f"第{number}列") for number in range(1, width + 1)]
    return Sheet(TITLE, columns, rows)


def _example(file: TextFile, name: Written, body: Written) -> Iterator[Row]:
    if body.kind != "mapping":
        return
    for word, node in body.entries:
        if word.value == "分情形" and node.style == "|":
            yield from _table(file, name, word.value, node)
        elif word.value in _GIVEN and node.kind == "mapping":
            single = [(key, value) for key, value in node.entries if value.kind == "scalar" and value.style != "|"]
            if single:
                yield _heading(file, name, word.value, [key.value for key, _ in single])
                cells = {
                    f"第{n}列": Cell(value.value, Value(file, value, node.flow))
                    for n, (_, value) in enumerate(single, 1)
                }
                yield Row(file, _named(name, word.value, cells), f"例子“{name.value}”的 {word.value}")
            for key, value in node.entries:
                if value.style == "|":
                    yield from _table(file, name, f"{word.value} {key.value}", value)


def _heading(file: TextFile, name: Written, part: str, titles: list[str]) -> Row:
    cells = {f"第{number}列": Cell(title) for number, title in enumerate(titles, 1)}
    return Row(file, _named(name, part, cells), "", heading=True)


def _named(name: Written, part: str, cells: dict[str, Cell]) -> dict[str, Cell]:
    return {NAME: Cell(name.value), PART: Cell(part), **cells}


def _table(file: TextFile, name: Written, part: str, node: Written) -> Iterator[Row]:
    begin = file.after_line(node.start)
    rows = pipe_rows(file, begin, node.end)
    if not rows:
        return
    titles = [cell.text for cell in rows[0].cells]
    yield _heading(file, name, part, titles)
    for number, row in enumerate(rows[1:], 1):
        cells = {f"第{n}列": Cell(cell.text, cell) for n, cell in enumerate(row.cells, 1)}
        span = (row.start, file.after_line(row.end)) if len(rows) > 2 else None
        shown = f"例子“{name.value}”的 {part} 第 {number} 行"
        yield Row(file, _named(name, part, cells), shown, span, add=_AddsBelow(file, rows, len(titles)))


@dataclass(frozen=True)
class _AddsBelow:
    """A line after the last of the table, in the widths of its heading."""

    file: TextFile
    rows: list[PipeRow]
    width: int

    def __call__(self, cells: Mapping[str, str]) -> tuple[TextFile, Change]:
        missing = [n for n in range(1, self.width + 1) if not cells.get(f"第{n}列")]
        if missing:
            raise Refused(f"新加的一行要写满 {self.width} 列；没有值写 空")
        if any(
            title.startswith("第") and int(title[1:-1]) > self.width for title in cells if title not in (NAME, PART)
        ):
            raise Refused(f"这个小表只有 {self.width} 列")
        last = self.rows[-1]
        line, at = "", last.start
        for number, cell in enumerate(last.cells, 1):
            typed = cell.change(as_pipe(cells[f"第{number}列"])).new
            line += self.file.text[at : cell.start] + typed
            at = cell.end
        line = (line + self.file.text[at : last.end]).rstrip()
        end = self.file.after_line(last.end)
        broken = "" if self.file.text[:end].endswith("\n") else self.file.line_break
        return self.file, Change(end, end, f"{broken}{line}{self.file.line_break}")
