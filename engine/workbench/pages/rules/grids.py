"""Parameters by date and decision tables as grids: what is typed in a cell goes into the file's text as a draft."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from engine.excel.files import Change, TextFile
from engine.excel.grid import Cell, Refused, Row, Sheet
from engine.excel.parameters import FIGURE, NAME, START
from engine.excel.parameters import TITLE as PARAMETERS
from engine.rulebook.problems import Problem

_ROW = re.compile(r"第 (\d+) 行")
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
Changed = Callable[[TextFile, Change], Awaitable[None]]


def sheet_of(sheets: Sequence[Sheet], name: str) -> Sheet | None:
    """The grid of an entry: of a decision table, or of a table whose rows live in the region."""
    return next((one for one in sheets if one.about is not None and one.title == name), None)


def parameter_rows(sheets: Sequence[Sheet], name: str) -> tuple[Sheet, list[Row]] | None:
    """The dated figures of a parameter; of all of them where no name is given."""
    for sheet in sheets:
        if sheet.title == PARAMETERS:
            rows = [row for row in sheet.rows if not name or row.cells[NAME].text == name]
            return (sheet, rows) if rows else None
    return None


def show_parameter(sheet: Sheet, rows: list[Row], name: str, changed: Changed) -> None:
    """A form for one parameter: a line for each date, and one for a further date."""
    about = rows[0].cells
    for title in ("单位", "限", "依据", "状态", "说明"):
        if title in about and about[title].text:
            ui.label(f"{title}：{about[title].text}").classes("wb-about")
    for row in rows:
        with ui.row().classes("wb-dated"):
            _field(row, START, changed)
            _field(row, FIGURE, changed)
    if sheet.add is None:
        return
    add = sheet.add
    with ui.row().classes("wb-dated"):
        day = ui.input("再加一个日期", placeholder="2026-01-01").props("dense outlined")
        figure = ui.input("从那天起的值").props("dense outlined")

        async def added() -> None:
            try:
                file, change = add({NAME: name, START: day.value.strip(), FIGURE: figure.value.strip()})
            except Refused as refused:
                ui.notify(str(refused), type="warning")
                return
            await changed(file, change)

        ui.button("加上", on_click=added).props("dense no-caps outline")


def _field(row: Row, title: str, changed: Changed) -> None:
    cell = row.cells[title]
    box: Any
    if cell.choices:
        box = ui.select(list(cell.choices), value=cell.text if cell.text in cell.choices else None, label=title)
    else:
        box = ui.input(title, value=cell.text)
    box.props("dense outlined")
    taken = cell.text

    async def done() -> None:
        """Once for a text: the field is left after Enter, too."""
        nonlocal taken
        text = str(box.value or "").strip()
        if text != taken:
            taken = text
            await put(row.file, cell, text, changed)

    if cell.choices:
        box.on_value_change(done)
    else:
        box.on("keydown.enter", done)
        box.on("blur", done)


async def put(file: TextFile, cell: Cell, text: str, changed: Changed) -> None:
    """What was typed in a cell."""
    if cell.slot is None:
        ui.notify("这一格在规则文件里改", type="warning")
        return
    try:
        change = cell.slot.change(text)
    except Refused as refused:
        ui.notify(str(refused), type="warning")
        return
    await changed(file, change)


def show_grid(sheet: Sheet, problems: Sequence[Problem], changed: Changed) -> None:
    """A table as a grid; rows of which something is told are marked, and what is told stands below."""
    whole = [one for one in problems if _inside(sheet, one)]
    told = _told(sheet, whole)
    columns = [
        {
            "headerName": column.title, "field": f"c{place}", "editable": column.editable, "tooltipField": f"t{place}",
            "headerTooltip": column.note or None, "minWidth": 110, "flex": 1, "sortable": False,
            "cellClassRules": {"wb-cell-bad": f"data.t{place}", "wb-cell-fixed": f"!data.e{place}"},
        }
        for place, column in enumerate(sheet.columns)
    ]  # fmt: skip
    data = []
    for number, row in enumerate(sheet.rows):
        cells: dict[str, Any] = {"number": number}
        for place, column in enumerate(sheet.columns):
            cell = row.cells.get(column.title)
            cells[f"c{place}"] = cell.text if cell is not None else ""
            cells[f"e{place}"] = cell is not None and cell.slot is not None
            cells[f"t{place}"] = told.get((number, column.title), "")
        data.append(cells)
    grid = ui.aggrid({
        "localeText": {"noRowsToShow": "没有行"},
        "columnDefs": columns, "rowData": data, "stopEditingWhenCellsLoseFocus": True, "domLayout": "autoHeight",
        "suppressScrollOnNewData": True, "tooltipShowDelay": 200, ":getRowId": "(p) => String(p.data.number)",
    })  # fmt: skip
    grid.classes("wb-grid")

    async def typed(event: GenericEventArguments) -> None:
        column = str(event.args["colId"])
        row = sheet.rows[int(event.args["data"]["number"])]
        cell = row.cells.get(sheet.columns[int(column[1:])].title)
        text = str(event.args.get("newValue") or "").strip()
        if cell is not None and text != cell.text:
            await put(row.file, cell, text, changed)

    grid.on("cellValueChanged", typed)
    for one in whole:
        ui.label(f"{one.code} {one.message}").classes("wb-bad" if one.is_error else "wb-warn")
        if one.hint:
            ui.label(f"→ {one.hint}").classes("wb-hint")
    if not whole:
        ui.label("没有空缺，也没有重叠").classes("wb-good")


def _told(sheet: Sheet, problems: Sequence[Problem]) -> dict[tuple[int, str], str]:
    """What is told of each cell, by row from 0 and column: of the rows that a problem names or stands in, else of those
    whose bounds it names; in the columns that it names, else in all.
    """
    found: dict[tuple[int, str], str] = {}
    for one in problems:
        said = one.message.partition("：")[2] or one.message
        columns = [column.title for column in sheet.columns if column.title in said]
        columns = columns or [column.title for column in sheet.columns]
        for number in _rows_meant(sheet, one, said, columns):
            for title in columns:
                found[number, title] = "；".join(filter(None, (found.get((number, title)), one.message)))
    return found


def _rows_meant(sheet: Sheet, problem: Problem, said: str, columns: list[str]) -> list[int]:
    named = [int(number) - 1 for number in _ROW.findall(problem.message)]
    if named:
        return [number for number in named if number < len(sheet.rows)]
    inside = [n for n, row in enumerate(sheet.rows) if _lines(row)[0] <= problem.place.line <= _lines(row)[1]]
    if inside:
        return inside
    bounds = set(_NUMBER.findall(said))
    texts = [[row.cells[title].text for title in columns if title in row.cells] for row in sheet.rows]
    near = [n for n, cells in enumerate(texts) if any(bounds & set(_NUMBER.findall(text)) for text in cells)]
    return near or list(range(len(sheet.rows)))


def _lines(row: Row) -> tuple[int, int]:
    spans = [cell.slot.span for cell in row.cells.values() if cell.slot is not None]
    if not spans:
        return 0, -1
    return row.file.line_of(min(start for start, _ in spans)), row.file.line_of(max(end for _, end in spans))


def _is_of(file: TextFile, problem: Problem) -> bool:
    return bool(problem.place.file) and Path(problem.place.file).absolute() == file.path


def _inside(sheet: Sheet, problem: Problem) -> bool:
    if sheet.about is None:
        return False
    file, start, end = sheet.about
    return _is_of(file, problem) and file.line_of(start) <= problem.place.line <= file.line_of(end)
