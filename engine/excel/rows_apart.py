"""Rows of an example that are written as a list, or stand in a CSV file of the region, as a grid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.excel.csv_table import AddsLine, csv_records, own_line
from engine.excel.example_grid import Grid
from engine.excel.files import Change, TextFile
from engine.excel.grid import Adder, Cell, Refused, Row
from engine.excel.yaml_rows import AddsItem, own_lines, spans_in_brackets
from engine.excel.yaml_slots import item_slots
from engine.files.errors import DataError
from engine.rulebook.spans import Written

FROM_FILE = "行"
Beside = Callable[[str], TextFile]
"""The file with this path in the folder of the region or notice. Raises :class:`Refused`, ``OSError``."""


@dataclass(frozen=True)
class _ByPlace:
    """``add`` with cells called by their places, as grids of examples call them."""

    add: Adder
    titles: tuple[str, ...]

    def __call__(self, cells: Mapping[str, str]) -> tuple[TextFile, Change]:
        return self.add({title: cells.get(f"第{place}列", "") for place, title in enumerate(self.titles, 1)})


def rows_apart(file: TextFile, part: str, node: Written, judged: bool, beside: Beside) -> Grid:
    """``judged``: whether the rows must come out. Raises :class:`Refused` where they are written otherwise."""
    if node.kind == "mapping" and [key.value for key, _ in node.entries] == [FROM_FILE]:
        return _of_file(part, node, judged, beside)
    return _of_list(file, part, node, judged)


def _of_list(file: TextFile, part: str, node: Written, judged: bool) -> Grid:
    items = node.items if node.kind == "list" else [node]
    if not items or any(item.kind != "mapping" for item in items):
        raise Refused("一行写成 {名: 值, …} 才能排成格")
    titles = tuple(dict.fromkeys(key.value for item in items for key, _ in item.entries))
    grid = Grid(part, list(titles), 0 if judged else len(titles), at=node.start, blank="")
    lines = own_lines(file, node) if node.kind == "list" else [None]
    apart = spans_in_brackets(node) if node.kind == "list" and node.flow else lines
    for number, (item, own) in enumerate(zip(items, lines, strict=True)):
        values = {key.value: value.value for key, value in item.entries if value.kind == "scalar"}
        slots = item_slots(file, item, titles)
        cells = {f"第{n}列": Cell(values.get(word, ""), slots.get(word)) for n, word in enumerate(titles, 1)}
        grows = node.kind == "list" and (node.flow or own is not None)
        add = _ByPlace(AddsItem(file, item, own, titles), titles) if grows else None
        shown = f"{part} 第 {number + 1} 行"
        grid.rows.append(Row(file, cells, shown, apart[number] if len(items) > 1 else None, add=add))
    return grid


def _of_file(part: str, node: Written, judged: bool, beside: Beside) -> Grid:
    path = node.entries[0][1].value
    try:
        file = beside(path)
        first, rows = csv_records(file)
    except (OSError, DataError, Refused) as error:
        raise Refused(f"{path} 排不成格（{error}）") from None
    titles = tuple(cell.text for cell in first)
    grid = Grid(part, list(titles), 0 if judged else len(titles), at=node.start, beside=file.name, blank="")
    for number, row in enumerate(rows, 1):
        cells = {f"第{n}列": Cell(cell.text, cell) for n, cell in enumerate(row, 1)}
        add = _ByPlace(AddsLine(file, row, titles), titles)
        span = own_line(file, row) if len(rows) > 1 else None
        grid.rows.append(Row(file, cells, f"{file.name} 第 {number} 行", span, add=add))
    return grid
