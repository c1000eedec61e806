"""A grid of an example: what is given, what must come out; what came out otherwise is marked and said in the row."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from engine.excel.example_grid import Grid
from engine.testing.compared import Compared
from engine.workbench.pages.examples.known import said

RESULT = "结果"
RESULTS = """((api, rows) => {
  if (!api) return;
  const typing = new Set(api.getEditingCells().map((cell) => cell.rowIndex));
  const nodes = rows.map((row) => [row, api.getRowNode(String(row.number))]);
  const free = nodes.filter(([, node]) => node && !typing.has(node.rowIndex));
  api.applyTransaction({update: free.map(([row, node]) => ({...node.data, ...row}))});
})"""
"""Results into the rows that nobody is typing in."""
LEAVE = """(async (api) => {
  api?.stopEditing();
  await new Promise((done) => setTimeout(done, 50));
})"""
"""The grid tells of a changed cell a moment later, not at once."""
Typed = Callable[[str, int, int, str], Awaitable[None]]
Asked = Callable[[str, int, str], Awaitable[None]]


class ShownGrid:
    """``typed``: part, row, column (from 0) and text of a cell that was changed; ``asked``: part, row and title of a
    value that must come out and was clicked.
    """

    def __init__(self, grid: Grid, cells: dict[tuple[int, str], Compared], typed: Typed, asked: Asked) -> None:
        self.grid, self.typed, self.asked = grid, typed, asked
        self.stale: set[int] = set()
        self._cells = cells
        columns: list[dict[str, Any]] = []
        for place, title in enumerate(grid.titles):
            judged = place >= grid.judged
            columns.append({
                "headerName": title, "field": f"c{place}", "editable": True, "sortable": False, "minWidth": 96,
                "cellDataType": False,
                "flex": 1, "headerTooltip": f"{title}（{'应得' if judged else '已知'}）", "tooltipField": f"t{place}",
                "headerClass": "wb-judged" if judged else "",
                "cellClassRules": {
                    "wb-cell-wrong": f"data.s{place} == 2", "wb-cell-right": f"data.s{place} == 1",
                    "wb-judged": "true" if judged else "false",
                },
            })  # fmt: skip
        if grid.judged < len(grid.titles):
            columns.append({
                "headerName": RESULT, "field": "result", "editable": False, "sortable": False, "minWidth": 150,
                "flex": 2, "tooltipField": "result", "cellClassRules": {"wb-bad": "data.bad", "wb-good": "data.good"},
            })  # fmt: skip
        self._shown = ui.aggrid({
            "localeText": {"noRowsToShow": "没有行"},
            "columnDefs": columns, "rowData": self._rows(), "stopEditingWhenCellsLoseFocus": True,
            "domLayout": "autoHeight", "suppressScrollOnNewData": True, "tooltipShowDelay": 200,
            ":getRowId": "(p) => String(p.data.number)", "rowHeight": 32, "headerHeight": 36,
            "enterNavigatesVertically": True, "enterNavigatesVerticallyAfterEdit": True,
        })  # fmt: skip
        self._shown.classes("wb-grid")
        self._shown.on("cellValueChanged", self._typed)
        self._shown.on("cellClicked", self._clicked)

    def show(self, grid: Grid, cells: dict[tuple[int, str], Compared]) -> None:
        """What came out now; the reader stays in the cell where they are, and what they type is left alone."""
        self.grid, self._cells, self.stale = grid, cells, set()
        rows = [{key: value for key, value in row.items() if key[0] != "c"} for row in self._rows()]
        told = json.dumps(rows).replace("<", "\\u003c")
        self._shown.client.run_javascript(f"{RESULTS}(getElement({self._shown.id})?.api, {told})")

    def again(self, number: int) -> None:
        """A row as its file has it: what was typed was refused."""
        self._shown.run_grid_method("applyTransaction", {"update": [self._row(number)]})

    def _rows(self) -> list[dict[str, Any]]:
        return [self._row(number) for number in range(len(self.grid.rows))]

    def _row(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = {"number": number, "result": "", "bad": False, "good": False}
        wrong = []
        for place, title in enumerate(self.grid.titles):
            one = self._cells.get((number, title)) if number not in self.stale and place >= self.grid.judged else None
            found[f"c{place}"] = self.grid.cell(number, place).text
            found[f"s{place}"] = 0 if one is None else 1 if one.right else 2
            found[f"t{place}"] = said(one) if one is not None and not one.right else ""
            if one is not None and not one.right:
                wrong.append(f"{title} {one.got if one.why else f'得到 {one.got}'}")
            found["good"] = found["good"] or one is not None
        found["bad"], found["good"] = bool(wrong), found["good"] and not wrong
        found["result"] = "改过，再运行" if number in self.stale else "；".join(wrong) or ("✓" if found["good"] else "")
        return found

    async def _typed(self, event: GenericEventArguments) -> None:
        column, number = str(event.args.get("colId") or ""), int(event.args["data"]["number"])
        if not column.startswith("c"):
            return
        place = int(column[1:])
        text = str(event.args.get("newValue") or "").strip()
        if text != self.grid.cell(number, place).text:
            await self.typed(self.grid.part, number, place, text)

    async def _clicked(self, event: GenericEventArguments) -> None:
        column, number = str(event.args.get("colId") or ""), int(event.args["data"]["number"])
        if column.startswith("c") and int(column[1:]) >= self.grid.judged:
            await self.asked(self.grid.part, number, self.grid.titles[int(column[1:])])
        elif column == "result":
            wrong = [one.name for (row, _), one in self._cells.items() if row == number and not one.right]
            if wrong:
                await self.asked(self.grid.part, number, wrong[0])

    async def leave(self) -> None:
        """What is being typed is taken; it has come when this returns."""
        with suppress(TimeoutError):  # a browser that is busy: what was typed comes when it comes
            await self._shown.client.run_javascript(f"return {LEAVE}(getElement({self._shown.id})?.api)", timeout=10)

    def kept(self, grid: Grid, number: int) -> None:
        """A cell's text is kept: its place in the file is another now, and the row has no result any more."""
        self.grid = grid
        self.stale = set(range(len(grid.rows))) if self.grid.judged == len(grid.titles) else {*self.stale, number}
        self._shown.run_grid_method("applyTransaction", {"update": [self._row(number)]})
