"""A table as a grid: what is typed goes to its file, what is told of it is marked in the cells and said below."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from engine.excel.files import Change, TextFile
from engine.excel.grid import Refused, Sheet
from engine.excel.marks import marks, problems_of
from engine.rulebook.problems import Problem
from engine.workbench.pages.rules.parameters import Put
from engine.workbench.shows.typed_grid import Data, SeenRow, TypedCell, TypedGrid

MOST_SHOWN = 12
"""Rows of a grid that is as high as its rows; a longer one turns over."""
MOST_PROBLEMS = 30
_GO = """((api, row) => {
  if (!api) return;
  api.ensureIndexVisible(row, "middle");
  api.setFocusedCell(row, "called");
})"""


class TableGrid:
    """``put``: keeps a change. ``drop``: gives up the draft of the file; ``None`` where the editor does that."""

    def __init__(
        self, sheet: Sheet, problems: Sequence[Problem], put: Put, *, draft: bool,
        drop: Callable[[], Awaitable[None]] | None,
    ) -> None:  # fmt: skip
        self.sheet, self._put = sheet, put
        told = problems_of(sheet, problems)
        rows = _rows(sheet, told)
        bar = ui.row().classes("wb-rule-bar")
        layout = "autoHeight" if len(rows) <= MOST_SHOWN else "normal"
        self._grid = TypedGrid(_columns(sheet), rows, self._typed, domLayout=layout)
        if len(rows) > MOST_SHOWN:
            self._grid.shown.classes("wb-grid-long")
        with bar:
            self._where = ui.label("").classes("wb-about wb-grow")
            if sheet.grows:
                more, fewer = (ui.button(said).props("dense flat no-caps") for said in ("加一行", "删一行"))
                self._grid.with_row(more.tooltip("加在光标所在的行下面，先和它一样"), self._more)
                self._grid.with_row(fewer.tooltip("删光标所在的行"), self._fewer)
            self._drop = None
            if drop is not None:
                self._drop = ui.button("不要这张表的草稿", on_click=drop).props("dense flat no-caps")
        self._told: list[Problem] | None = None
        self._under = ui.element("div").props("role=status")
        self._tell(told, draft)

    def takes(self, sheet: Sheet, problems: Sequence[Problem], draft: bool) -> bool:
        """The same table as its file has it now: only what is another is sent. False for other columns."""
        if [one.title for one in sheet.columns] != [one.title for one in self.sheet.columns]:
            return False
        self.sheet = sheet
        told = problems_of(sheet, problems)
        self._grid.takes(_rows(sheet, told))
        self._tell(told, draft)
        return True

    def _tell(self, told: Sequence[Problem], draft: bool) -> None:
        if self.sheet.about is not None:
            rows = f"{len(self.sheet.rows)} 行"
            self._where.set_text(f"{self.sheet.about[0].name}{'（草稿）' if draft else ''} {rows}")
        if self._drop is not None:
            self._drop.set_visibility(draft)
        if told == self._told:
            return  # what somebody is about to click stays where it is
        self._told = list(told)
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
            link.on("click.prevent", lambda: self._grid.run(f"{_GO}(getElement({self._grid.shown.id})?.api, {row})"))
        if one.hint:
            ui.label(f"→ {one.hint}").classes("wb-hint")

    # -- changes

    async def _typed(self, cell: TypedCell) -> None:
        title = self.sheet.columns[cell.place].title
        await self._put(lambda: self.sheet.change(self._row_of(cell), title, cell.text))

    def _row_of(self, seen: SeenRow) -> int:
        """Where it stands now. Raises ``Refused``."""
        row = seen.now([_texts(self.sheet, number) for number in range(len(self.sheet.rows))])
        if row is None:
            raise Refused("这一行在别处改过：看一看，再改一次")
        return row

    async def leave(self) -> None:
        """What was typed, and left, has come when this returns."""
        await self._grid.leave()

    async def _more(self, at: SeenRow | None) -> None:
        await self._put(lambda: self.sheet.one_more(self._row_of(at) if at is not None else -1))

    async def _fewer(self, at: SeenRow | None) -> None:
        if at is None:
            ui.notify("先点要删的那一行", type="warning")
            return
        gone: list[str] = []

        def work() -> tuple[TextFile, Change]:
            row = self._row_of(at)
            gone[:] = [cell.text for cell in self.sheet.rows[row].cells.values() if cell.text]
            return self.sheet.without(row)

        if await self._put(work):
            ui.notify(f"删了这一行：{'，'.join(gone)[:60]}")


def _columns(sheet: Sheet) -> list[Data]:
    """All cells are texts: what looks like a number, a day or a formula is what was typed."""
    is_short = len(sheet.rows) <= MOST_SHOWN
    found: list[Data] = [{
        "headerName": "行", "field": "called", "width": 46, "minWidth": 46, "pinned": "left",
        "wrapText": is_short, "cellClass": "wb-cell-fixed", "resizable": False, "suppressSizeToFit": True,
    }]  # fmt: skip
    for place, column in enumerate(sheet.columns):
        note = "；".join(filter(None, (column.note, f"可以写 {'、'.join(column.choices)}" if column.choices else "")))
        found.append({
            "headerName": column.title, "field": f"c{place}", "editable": column.editable, "tooltipField": f"t{place}",
            "headerTooltip": note or None, "minWidth": 96, "flex": 1,
            "wrapHeaderText": True, "autoHeaderHeight": True, "wrapText": is_short, "autoHeight": is_short,
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
