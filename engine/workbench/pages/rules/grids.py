"""A table as a grid: what is typed goes to its file, what is told of it is marked in the cells and said below."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from engine.excel.files import Change, TextFile
from engine.excel.grid import Refused, Sheet
from engine.excel.marks import marks, problems_of
from engine.rulebook.problems import Problem
from engine.workbench.pages.rules.parameters import Put

MOST_SHOWN = 12
"""Rows of a grid that is as high as its rows; a longer one turns over."""
MOST_PROBLEMS = 30
_TAKE = """((api, rows, count) => {
  if (!api) return;
  const typing = new Set(api.getEditingCells().map((cell) => cell.rowIndex));
  const update = [], add = [], remove = [];
  for (const row of rows) {
    const node = api.getRowNode(String(row.number));
    if (!node) add.push(row);
    else if (!typing.has(node.rowIndex)) update.push(row);
    else Object.assign(node.data, Object.fromEntries(Object.entries(row).filter(([key]) => key[0] === "t")));
  }
  for (let node, number = count; (node = api.getRowNode(String(number))); number++) remove.push(node.data);
  api.applyTransaction({add, update, remove});
})"""
"""Rows as they are now; the cell that somebody is typing in stays."""
_GO = """((api, row) => {
  if (!api) return;
  api.ensureIndexVisible(row, "middle");
  api.setFocusedCell(row, "called");
})"""
Data = dict[str, Any]


class TableGrid:
    """``put``: keeps a change. ``drop``: gives up the draft of the file; ``None`` where the editor does that."""

    def __init__(
        self, sheet: Sheet, problems: Sequence[Problem], put: Put, *, draft: bool,
        drop: Callable[[], Awaitable[None]] | None,
    ) -> None:  # fmt: skip
        self.sheet, self._put = sheet, put
        told = problems_of(sheet, problems)
        self._sent = _rows(sheet, told)
        with ui.row().classes("wb-rule-bar"):
            self._where = ui.label("").classes("wb-about wb-grow")
            if sheet.grows:
                more = ui.button("加一行", on_click=self._more).props("dense flat no-caps size=sm")
                more.tooltip("加在光标所在的行下面，先和它一样")
                ui.button("删一行", on_click=self._fewer).props("dense flat no-caps size=sm").tooltip("删光标所在的行")
            self._drop = None
            if drop is not None:
                self._drop = ui.button("不要这张表的草稿", on_click=drop).props("dense flat no-caps size=sm")
        self._grid = ui.aggrid({
            "columnDefs": _columns(sheet), "rowData": self._sent, "stopEditingWhenCellsLoseFocus": True,
            "domLayout": "autoHeight" if len(self._sent) <= MOST_SHOWN else "normal",
            "suppressScrollOnNewData": True, "tooltipShowDelay": 200, ":getRowId": "(p) => String(p.data.number)",
            "enterNavigatesVertically": True, "enterNavigatesVerticallyAfterEdit": True, "animateRows": False,
            "localeText": {"noRowsToShow": "没有行"},
        })  # fmt: skip
        self._grid.classes("wb-grid")
        if len(self._sent) > MOST_SHOWN:
            self._grid.classes("wb-grid-long")
        self._grid.on("cellValueChanged", self._typed)
        self._under = ui.element("div").props("role=status")
        self._tell(told, draft)

    def takes(self, sheet: Sheet, problems: Sequence[Problem], draft: bool) -> bool:
        """The same table as its file has it now: only what is another is sent. False for other columns."""
        if [one.title for one in sheet.columns] != [one.title for one in self.sheet.columns]:
            return False
        self.sheet = sheet
        told = problems_of(sheet, problems)
        rows = _rows(sheet, told)
        changed = [row for row, known in zip(rows, self._sent, strict=False) if row != known] + rows[len(self._sent) :]
        if changed or len(rows) < len(self._sent):
            given = json.dumps(changed).replace("<", "\\u003c")
            self._run(f"{_TAKE}(getElement({self._grid.id})?.api, {given}, {len(rows)})")
        self._sent = rows
        self._tell(told, draft)
        return True

    def _tell(self, told: Sequence[Problem], draft: bool) -> None:
        if self.sheet.about is not None:
            rows = f"{len(self.sheet.rows)} 行"
            self._where.set_text(f"{self.sheet.about[0].name}{'（草稿）' if draft else ''} {rows}")
        if self._drop is not None:
            self._drop.set_visibility(draft)
        self._under.clear()
        with self._under:
            for one in told[:MOST_PROBLEMS]:
                self._problem(one)
            if len(told) > MOST_PROBLEMS:
                ui.label(f"…还有 {len(told) - MOST_PROBLEMS} 个").classes("wb-quiet")
            if not told:
                ui.label("没有空缺，也没有重叠" if self.sheet.decides else "没有问题").classes("wb-good")

    def _problem(self, one: Problem) -> None:
        cells = marks(self.sheet, [one])
        row = min((number for number, _ in cells), default=None)
        look = "wb-bad" if one.is_error else "wb-warn"
        if row is None:
            ui.label(f"{one.code} {one.message}").classes(look)
        else:
            link = ui.link(f"{one.code} {one.message}", "#").classes(look)
            link.on("click.prevent", lambda: self._run(f"{_GO}(getElement({self._grid.id})?.api, {row})"))
        if one.hint:
            ui.label(f"→ {one.hint}").classes("wb-hint")

    # -- changes

    async def _typed(self, event: GenericEventArguments) -> None:
        number, column = int(event.args["data"]["number"]), str(event.args["colId"])
        if not column.startswith("c") or not column[1:].isdecimal():
            return
        title = self.sheet.columns[int(column[1:])].title
        text, before = (str(event.args.get(key) or "").strip() for key in ("newValue", "oldValue"))
        seen = {**event.args["data"], column: before}

        def work() -> tuple[TextFile, Change]:
            now = _texts(self.sheet, number) if number < len(self.sheet.rows) else {}
            if not now or any(seen.get(key) != said for key, said in now.items()):
                raise Refused("这一行在别处改过：看一看，再改一次")
            return self.sheet.change(number, title, text)

        if text != before and not await self._put(work) or text == before:
            self._again(number)

    async def _more(self) -> None:
        row = await self._focused()
        await self._put(lambda: self.sheet.one_more(row))

    async def _fewer(self) -> None:
        row = await self._focused()
        if row < 0:
            ui.notify("先点要删的那一行", type="warning")
            return
        texts = [cell.text for cell in self.sheet.rows[row].cells.values() if cell.text]
        if await self._put(lambda: self.sheet.without(row)):
            ui.notify(f"删了这一行：{'，'.join(texts)[:60]}")

    async def _focused(self) -> int:
        """The row in which the cursor is; -1: in none."""
        asked = f"return getElement({self._grid.id})?.api?.getFocusedCell()?.rowIndex ?? -1"
        found = int(await self._grid.client.run_javascript(asked, timeout=10))
        return found if found < len(self.sheet.rows) else -1

    def _again(self, number: int) -> None:
        """A row as its file has it: what was typed was refused, or says the same."""
        if number < len(self._sent):
            self._grid.run_grid_method("applyTransaction", {"update": [self._sent[number]]})

    def _run(self, script: str) -> None:
        self._grid.client.run_javascript(script)


def _columns(sheet: Sheet) -> list[Data]:
    """All cells are texts: what looks like a number, a day or a formula is what was typed."""
    found: list[Data] = [{
        "headerName": "行", "field": "called", "width": 58, "minWidth": 58, "pinned": "left", "sortable": False,
        "cellClass": "wb-cell-fixed", "resizable": False, "suppressSizeToFit": True,
    }]  # fmt: skip
    for place, column in enumerate(sheet.columns):
        note = "；".join(filter(None, (column.note, f"可以写 {'、'.join(column.choices)}" if column.choices else "")))
        found.append({
            "headerName": column.title, "field": f"c{place}", "editable": column.editable, "tooltipField": f"t{place}",
            "headerTooltip": note or None, "minWidth": 96, "flex": 1, "sortable": False, "cellDataType": False,
            "cellClassRules": {"wb-cell-bad": f"data.t{place}", "wb-cell-fixed": f"data.f{place}"},
        })  # fmt: skip
    return found


def _texts(sheet: Sheet, number: int) -> dict[str, str]:
    cells = sheet.rows[number].cells
    places = enumerate(column.title for column in sheet.columns)
    return {f"c{place}": cells[title].text if title in cells else "" for place, title in places}


def _rows(sheet: Sheet, told: Sequence[Problem]) -> list[Data]:
    """``c``: texts of cells, ``t``: what is told of them, ``f``: which cannot be changed here; by column."""
    marked = marks(sheet, told)
    found = []
    for number, row in enumerate(sheet.rows):
        data: Data = {"number": number, "called": row.number, **_texts(sheet, number)}
        for place, column in enumerate(sheet.columns):
            cell = row.cells.get(column.title)
            if cell is None or cell.slot is None:
                data[f"f{place}"] = 1
            if (number, column.title) in marked:
                data[f"t{place}"] = marked[number, column.title]
        found.append(data)
    return found
