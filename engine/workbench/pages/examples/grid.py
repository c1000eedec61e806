"""A grid of an example: what is given, what must come out; what came out otherwise is marked and said in the row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui.events import GenericEventArguments

from engine.excel.example_grid import Grid
from engine.testing.compared import Compared
from engine.workbench.pages.examples.known import said
from engine.workbench.shows.typed_grid import Data, TypedCell, TypedGrid

RESULT = "结果"
Typed = Callable[[str, TypedCell], Awaitable[None]]
Asked = Callable[[str, int, str], Awaitable[None]]


class ShownGrid:
    """``typed``: part and cell that was changed; ``asked``: part, row and title of a value that must come out and was
    clicked.
    """

    def __init__(self, grid: Grid, cells: dict[tuple[int, str], Compared], typed: Typed, asked: Asked) -> None:
        self.grid, self.typed, self.asked = grid, typed, asked
        self.stale: set[int] = set()
        self._cells = cells
        columns: list[Data] = []
        for place, title in enumerate(grid.titles):
            judged = place >= grid.judged
            columns.append({
                "headerName": title, "field": f"c{place}", "editable": True, "minWidth": 96, "flex": 1,
                "headerTooltip": f"{title}（{'应得' if judged else '已知'}）", "tooltipField": f"t{place}",
                "headerClass": "wb-judged" if judged else "",
                "cellClassRules": {
                    "wb-cell-wrong": f"data.s{place} == 2", "wb-cell-right": f"data.s{place} == 1",
                    "wb-judged": "true" if judged else "false",
                },
            })  # fmt: skip
        if grid.judged < len(grid.titles):
            columns.append({
                "headerName": RESULT, "field": "result", "editable": False, "minWidth": 150,
                "flex": 3, "tooltipField": "result",
                "cellClassRules": {"wb-bad": "data.bad", "wb-good": "data.good"},
            })  # fmt: skip
        self._grid = TypedGrid(
            columns, self._rows(), self._typed, domLayout="autoHeight", rowHeight=32, headerHeight=36
        )
        self._grid.shown.on("cellClicked", self._clicked)

    def show(self, grid: Grid, cells: dict[tuple[int, str], Compared]) -> None:
        """What came out now."""
        self.grid, self._cells, self.stale = grid, cells, set()
        self._grid.takes(self._rows())

    def kept(self, grid: Grid, changed: set[int]) -> None:
        """Texts of rows are kept: their places in the file are others now, and those rows have no result any more."""
        self.grid = grid
        rows = range(len(grid.rows))
        self.stale = set(rows) if self.grid.judged == len(grid.titles) else (self.stale | changed) & set(rows)
        self._grid.takes(self._rows())

    async def leave(self, *, stops: bool) -> None:
        """See :meth:`TypedGrid.leave`."""
        await self._grid.leave(stops=stops)

    def _rows(self) -> list[Data]:
        return [self._row(number) for number in range(len(self.grid.rows))]

    def _row(self, number: int) -> Data:
        found: Data = {"number": number, "result": "", "bad": False, "good": False, **texts_of(self.grid, number)}
        wrong = []
        for place, title in enumerate(self.grid.titles):
            one = self._cells.get((number, title)) if number not in self.stale and place >= self.grid.judged else None
            found[f"s{place}"] = 0 if one is None else 1 if one.right else 2
            found[f"t{place}"] = said(one) if one is not None and not one.right else ""
            if one is not None and not one.right:
                wrong.append(f"{title} {one.got if one.why else f'得到 {one.got}'}")
            found["good"] = found["good"] or one is not None
        found["bad"], found["good"] = bool(wrong), found["good"] and not wrong
        found["result"] = "改过，再运行" if number in self.stale else "；".join(wrong) or ("✓" if found["good"] else "")
        return found

    async def _typed(self, cell: TypedCell) -> None:
        await self.typed(self.grid.part, cell)

    async def _clicked(self, event: GenericEventArguments) -> None:
        column, number = str(event.args.get("colId") or ""), int(event.args["data"]["number"])
        if column.startswith("c") and int(column[1:]) >= self.grid.judged:
            await self.asked(self.grid.part, number, self.grid.titles[int(column[1:])])
        elif column == "result":
            wrong = [one.name for (row, _), one in self._cells.items() if row == number and not one.right]
            if wrong:
                await self.asked(self.grid.part, number, wrong[0])


def texts_of(grid: Grid, row: int) -> dict[str, str]:
    """By field."""
    return {f"c{place}": grid.cell(row, place).text for place in range(len(grid.titles))}
