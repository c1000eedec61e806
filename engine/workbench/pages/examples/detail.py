"""One example: its grids, what came out otherwise with its reasons, what no example reaches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from engine.assist.reached import Reached
from engine.assist.reasons import reasons
from engine.excel.example_files import ExampleFile
from engine.excel.example_grid import Grid
from engine.excel.examples_apart import CASES, Apart
from engine.explain.steps import Step
from engine.testing.compared import Compared
from engine.workbench.page import Here, aside
from engine.workbench.pages.examples.changing import Changing
from engine.workbench.pages.examples.chosen import Chosen
from engine.workbench.pages.examples.grid import ShownGrid
from engine.workbench.pages.examples.known import cells_of, not_of_a_cell, outcome_of, said
from engine.workbench.pages.examples.missing import show_missing
from engine.workbench.shows.places import shown_place
from engine.workbench.shows.steps import Tree

RULES = "rules"


class ExampleDetail:
    """``changing`` keeps what is typed; ``run`` runs all examples; ``address`` is called when other reasons show."""

    def __init__(
        self, here: Here, chosen: Chosen, changing: Changing, run: Callable[[], Awaitable[None]],
        address: Callable[[], None],
    ) -> None:  # fmt: skip
        self.here, self.chosen, self.changing, self.run, self.address = here, chosen, changing, run, address
        self.grids: dict[str, ShownGrid] = {}
        self.room = ui.element("div").classes("wb-rule-side").props("tabindex=0 role=group aria-label=内容")

    async def show(self) -> None:
        self.room.clear()
        self.grids = {}
        now = self.chosen.now()
        with self.room:
            if now is None:
                ui.label("这个地区还没有例子：在个案的页上给一个计价，按“变成例子”").classes("wb-quiet")
                return
            file, one = now
            self._head(file, one)
            for grid in one.grids:
                await asyncio.sleep(0)
                self._grid(file, one, grid)
            for part in one.elsewhere:
                ui.link(f"{part}：在文件里改", self.here.address(RULES, file=file.name, line=str(one.line)))
            self.wrong = ui.element("div")
            self.because = ui.element("div")
            self.missing = ui.element("div")
        await self._wrong()
        await self.show_missing()

    def _head(self, file: ExampleFile, one: Apart) -> None:
        with ui.row().classes("wb-rule-bar"):
            ui.label(one.name).classes("wb-title wb-grow").props("role=heading aria-level=1")
            ui.link(f"{file.name} 第 {one.line} 行", self.here.address(RULES, file=file.name, line=str(one.line)))
        about = " ".join(text for text in (one.program, one.period) if text)
        if about:
            ui.label(about).classes("wb-quiet")
        if one.note:
            ui.label(one.note).classes("wb-about wb-note")

    def _grid(self, file: ExampleFile, one: Apart, grid: Grid) -> None:
        outcome = outcome_of(self.chosen.desk, self.chosen.reached(), file, one)
        with ui.row().classes("wb-rule-bar"):
            where = f" {grid.beside}{'（草稿）' if grid.beside in file.drafts else ''}" if grid.beside else ""
            ui.label(f"{grid.part}{where}").classes("wb-subtitle wb-grow")
            if grid.grows:
                ui.button("加一行", on_click=lambda: self.more(grid.part)).props("flat dense no-caps size=sm")
                ui.button("删最后一行", on_click=lambda: self.fewer(grid.part)).props("flat dense no-caps size=sm")
        self.grids[grid.part] = ShownGrid(grid, cells_of(outcome, grid), self.typed, self.ask_why)

    # -- changes

    async def typed(self, part: str, row: int, place: int, text: str) -> None:
        """A cell was changed: exactly what stands there becomes another, in the draft of its file."""
        kept = await self.changing.cell(part, row, place, text)
        if kept is None:
            self.grids[part].again(row)
        for other in kept or ():
            if other.part in self.grids:
                self.grids[other.part].kept(other, row if other.part == part else 0)

    async def more(self, part: str) -> None:
        await self.changing.rows(part, lambda grid: grid.one_more())
        with self.room:
            await self.show()

    async def fewer(self, part: str) -> None:
        await self.changing.rows(part, lambda grid: grid.without(len(grid.rows) - 1))
        with self.room:
            await self.show()

    async def leave(self) -> None:
        """What is being typed is taken; it has come when this returns."""
        await asyncio.gather(*(grid.leave() for grid in self.grids.values()))

    # -- what came out

    async def outcome(self, found: Reached) -> None:
        """Of the example that is shown, now that all ran."""
        now = self.chosen.now()
        if now is None or not self.grids:
            return
        outcome = outcome_of(self.chosen.desk, found, *now)
        for grid in now[1].grids:
            if grid.part in self.grids:
                self.grids[grid.part].show(grid, cells_of(outcome, grid))
        await self._wrong()
        await self.show_missing()

    async def _wrong(self) -> None:
        """What came out otherwise, each with the way to its reasons; or the reasons that the address asks for."""
        now = self.chosen.now()
        if now is None:
            return
        file, one = now
        outcome = outcome_of(self.chosen.desk, self.chosen.reached(), file, one)
        self.wrong.clear()
        with self.wrong:
            if outcome is None:
                return
            if outcome.passed:
                ui.label(f"✓ {outcome.compared} 个值都符合").classes("wb-good")
            for grid in one.grids:
                for (row, title), cell in cells_of(outcome, grid).items():
                    if not cell.right:
                        self._difference(grid, row, title, cell)
            for failure in not_of_a_cell(outcome):
                ui.label(failure).classes("wb-bad")
        await self._because()

    def _difference(self, grid: Grid, row: int, title: str, cell: Compared) -> None:
        where = f"{grid.part} 第 {row + 1} 行 " if len(grid.rows) > 1 else ""
        with ui.element("div").classes("wb-example-row"):
            ui.label(f"✗ {where}{title}：{said(cell)}").classes("wb-bad")
            ask = ui.button("怎么来的", on_click=lambda: self.ask_why(grid.part, row, title))
            ask.props("flat dense no-caps size=sm")
            if not cell.why and "≈" not in cell.got:
                place = grid.titles.index(title)
                ui.button(f"应得改成 {cell.got}", on_click=lambda: self._take(grid.part, row, place, cell.got)).props(
                    "flat dense no-caps size=sm"
                )

    async def _take(self, part: str, row: int, place: int, text: str) -> None:
        await self.typed(part, row, place, text)
        await self.run()

    async def ask_why(self, part: str, row: int, title: str) -> None:
        self.chosen.why = f"{part}|{row + 1}|{title}"
        self.address()
        await self._because()

    async def _because(self) -> None:
        self.because.clear()
        part, _, rest = self.chosen.why.partition("|")
        row, _, title = rest.partition("|")
        reached, now = self.chosen.reached(), self.chosen.now()
        if not title or not row.isdigit() or reached is None or now is None:
            return
        grain = part.removeprefix("应得").strip() if part != CASES else ""
        number = int(row) if part == CASES or grain else 0
        path = self.chosen.desk.folder / self.chosen.file
        found = await aside(reasons, reached.book, path, self.chosen.example, title, grain, number)
        with self.because:
            where = f"{part} 第 {row} 行 " if number else ""
            ui.label(f"{where}{title} 怎么来的").classes("wb-subtitle").props("role=heading aria-level=2")
            if found is None:
                ui.label("它不是算出来的，没有一步一步的理由").classes("wb-quiet")
            else:
                await Tree(self._rule_of).show([found])

    def _rule_of(self, step: Step) -> str:
        own = f"regions/{self.here.region}/"
        known = step.kind in ("rule", "parameter", "check") and shown_place(step.place).startswith(own)
        return self.here.address(RULES, name=step.name, tab="name") if known else ""

    async def show_missing(self) -> None:
        now = self.chosen.now()
        if now is None:
            return
        self.missing.clear()
        with self.missing:
            names = [self.chosen.name] if self.chosen.name else _judged(now[1].grids)
            put_in = self.changing.put_in
            await show_missing(self.here, self.chosen.desk, names, self.chosen.file, put_in)


def _judged(grids: Sequence[Grid]) -> list[str]:
    return list(dict.fromkeys(title for grid in grids for title in grid.titles[grid.judged :]))
