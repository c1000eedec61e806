"""One example: its grids, what came out otherwise with its reasons, what no example reaches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui import ui

from engine.assist.reached import Reached
from engine.excel.computed import Taken, can_be_taken, staying, to_take
from engine.excel.example_files import ExampleFile
from engine.excel.example_grid import Grid
from engine.excel.examples_apart import Apart
from engine.excel.files import Change, TextFile
from engine.excel.outdated_notes import said_of
from engine.testing.compared import Compared
from engine.testing.runner import Outcome
from engine.workbench.page import Here
from engine.workbench.pages.examples.because import Because
from engine.workbench.pages.examples.changing import Changing
from engine.workbench.pages.examples.chosen import Chosen
from engine.workbench.pages.examples.grid import ShownGrid, texts_of
from engine.workbench.pages.examples.known import cells_of, not_of_a_cell, outcome_of, said
from engine.workbench.pages.examples.missing import show_missing
from engine.workbench.pages.examples.note import ShownNote
from engine.workbench.pages.examples.said_lines import SaidLines
from engine.workbench.pages.examples.taking import ask_to_take
from engine.workbench.shows.typed_grid import TypedCell

RULES = "rules"


class ExampleDetail:
    """``changing`` keeps what is typed; ``run`` runs all examples; ``address`` is called when other reasons show."""

    def __init__(
        self, here: Here, chosen: Chosen, changing: Changing, run: Callable[[], Awaitable[None]],
        address: Callable[[], None],
    ) -> None:  # fmt: skip
        self.here, self.chosen, self.changing, self.run, self.address = here, chosen, changing, run, address
        self.grids: dict[str, ShownGrid] = {}
        self._wheres: dict[str, ui.label] = {}
        self._shown: tuple[Any, ...] | None = None
        self._told: tuple[Any, ...] | None = None
        self._told_missing: tuple[Any, ...] | None = None
        self._lines = SaidLines()
        self.room = ui.element("div").classes("wb-rule-side").props("tabindex=0 role=group aria-label=内容")

    async def show(self) -> None:
        """The example as its file has it now; if it is the same, in the grids that stand: somebody may type there."""
        now = self.chosen.now()
        of = _form(*now) if now is not None else None
        if now is not None and of == self._shown:
            self._follow(*now)
            for grid in now[1].grids:
                self.grids[grid.part].show(grid, self._cells(*now, grid))
        else:
            self._shown = of
            await self._anew()
        await self._wrong()
        await self.show_missing()

    async def _anew(self) -> None:
        self.room.clear()
        self.grids, self._wheres, self._lines = {}, {}, SaidLines()
        self._told = self._told_missing = None
        now = self.chosen.now()
        with self.room:
            if now is None:
                page = next(self.here.called(one) for one in self.here.pages if one.of_a_row)
                ui.label(f"这个地区还没有例子：在“{page}”那一页给一个计价，按“变成例子”").classes("wb-quiet")
                return
            file, one = now
            self._head(file, one)
            for grid in one.grids:
                await asyncio.sleep(0)
                self._grid(file, one, grid)
            for part in one.elsewhere:
                ui.link(f"{part}：在文件里改", self.here.address(RULES, file=file.name, line=str(one.line)))
            self.wrong = ui.element("div")
            self.because = Because(self.here, self.chosen)
            self.missing = ui.element("div")
        self._follow(file, one)

    def _head(self, file: ExampleFile, one: Apart) -> None:
        with ui.row().classes("wb-rule-bar"):
            ui.label(one.name).classes("wb-title wb-grow").props("role=heading aria-level=1")
            self._place = ui.link()
        about = " ".join(text for text in (one.program, one.period) if text)
        if about:
            ui.label(about).classes("wb-quiet")

        async def keep(was: str, note: str) -> None:
            with self.room:
                await self.changing.note(file.name, one.name, was, note)
            self._kept("", set())

        self.note = ShownNote(one.note, keep)
        # its line is there beforehand: the grid below must not move while somebody goes to its next cell
        self._outdated = ui.label().classes("wb-warn wb-kept-line").props("role=status")

    def _follow(self, file: ExampleFile, one: Apart) -> None:
        """Where it stands by now, and which files with rows have drafts."""
        self._place.set_text(f"{file.name} 第 {one.line} 行")
        self._place.props["href"] = self.here.address(RULES, file=file.name, line=str(one.line))
        self.note.follow(one.note)
        figures = file.outdated.get(one.name, [])
        said = said_of(figures) if figures else ""
        self._outdated.set_text(said)
        self._outdated.props["title"] = said
        for grid in one.grids:
            where = f" {grid.beside}{'（草稿）' if grid.beside in file.drafts else ''}" if grid.beside else ""
            self._wheres[grid.part].set_text(f"{grid.part}{where}")

    def _grid(self, file: ExampleFile, one: Apart, grid: Grid) -> None:
        part = grid.part
        with ui.row().classes("wb-rule-bar"):
            self._wheres[part] = ui.label().classes("wb-subtitle wb-grow")
            if grid.grows:
                ui.button("加一行", on_click=lambda: self.more(part)).props("flat dense no-caps")
                ui.button("删最后一行", on_click=lambda: self.fewer(part)).props("flat dense no-caps")

        async def typed(part: str, cell: TypedCell) -> None:
            with self.room:  # whatever becomes of the grid
                await self.changing.cell(file.name, one.name, part, cell)
            self._kept(part, {cell.row})

        self.grids[part] = ShownGrid(grid, self._cells(file, one, grid), typed, self.ask_why)

    def _cells(self, file: ExampleFile, one: Apart, grid: Grid) -> dict[tuple[int, str], Compared]:
        return cells_of(outcome_of(self.chosen.desk, self.chosen.reached(), file, one), grid)

    # -- changes: exactly what stands there becomes another, in the draft of its file

    def _kept(self, part: str, rows: set[int]) -> None:
        """``rows`` of ``part`` say something else now; no ``part``: no grid does."""
        now = self.chosen.now()
        if now is None or _form(*now) != self._shown:
            return
        for grid in now[1].grids:
            also = set(range(len(grid.rows))) if part else set()
            self.grids[grid.part].kept(grid, rows if grid.part == part else also)
        self._follow(*now)
        self._lines.follow(self.grids)

    async def more(self, part: str) -> None:
        await self.leave()
        await self._rows(part, lambda grid: grid.one_more())

    async def fewer(self, part: str) -> None:
        await self.leave()
        await self._rows(part, lambda grid: grid.without(len(grid.rows) - 1))

    async def _rows(self, part: str, change: Callable[[Grid], tuple[TextFile, Change]]) -> None:
        with self.room:
            await self.changing.change(self.chosen.file, self.chosen.example, part, change)
        self._kept(part, set())

    async def leave(self, *, stops: bool = False) -> None:
        """What was typed, and left, is kept when this returns; if it ``stops``, also what is just being typed."""
        await asyncio.gather(*(grid.leave(stops=stops) for grid in self.grids.values()))
        if self.grids:
            await self.note.leave()
        async with self.changing.one:
            pass

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
        told = outcome, [(grid.part, len(grid.rows)) for grid in one.grids]
        if told != self._told:  # else what somebody is about to click stays where it is
            self._told = told
            self.wrong.clear()
            self._lines = SaidLines()
            with self.wrong:
                self._differences(one, outcome)
        self._lines.follow(self.grids)
        await self.because.show()

    def _differences(self, one: Apart, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        if outcome.passed:
            self._lines.say(f"✓ {outcome.compared} 个值都符合", "wb-good")
        those = to_take(one, outcome)
        if len(those) > 1:
            words = f"{len(those)} 处应得都改成算出的值…"
            ui.button(words, on_click=lambda: self._ask_to_take(one, those)).props("dense no-caps outline")
        for grid in one.grids:
            for (row, title), cell in cells_of(outcome, grid).items():
                if not cell.right:
                    self._difference(grid, row, title, cell)
        for failure in not_of_a_cell(outcome):
            self._lines.say(failure, "wb-bad")

    def _difference(self, grid: Grid, row: int, title: str, cell: Compared) -> None:
        where = f"{grid.part} 第 {row + 1} 行 " if len(grid.rows) > 1 else ""
        with ui.element("div").classes("wb-example-row"):
            self._lines.say(f"✗ {where}{title}：{said(cell)}", "wb-bad", grid.part, row)
            ask = ui.button("怎么来的", on_click=lambda: self.ask_why(grid.part, row, title))
            ask.props("flat dense no-caps")
            if can_be_taken(cell):
                place = grid.titles.index(title)
                ui.button(f"应得改成 {cell.got}", on_click=lambda: self._take(grid.part, row, place, cell.got)).props(
                    "flat dense no-caps"
                )

    async def _take(self, part: str, row: int, place: int, text: str) -> None:
        seen = texts_of(self.grids[part].grid, row)
        cell = TypedCell(row, lambda: seen, place, text)
        with self.room:
            await self.changing.cell(self.chosen.file, self.chosen.example, part, cell)
        self._kept(part, {row})
        await self.run()

    def _ask_to_take(self, one: Apart, those: Sequence[Taken]) -> None:
        file, example = self.chosen.file, self.chosen.example
        ask_to_take(those, one.note, staying(one, those), lambda: self._take_all(file, example, those))

    async def _take_all(self, file: str, example: str, those: Sequence[Taken]) -> None:
        await self.leave()
        await self.changing.take(file, example, those)

    async def ask_why(self, part: str, row: int, title: str) -> None:
        self.chosen.why = f"{part}|{row + 1}|{title}"
        self.address()
        await self.because.show()
        self.because.scroll()

    async def show_missing(self) -> None:
        now = self.chosen.now()
        if now is None:
            return
        names = [self.chosen.name] if self.chosen.name else _judged(now[1].grids)
        missing = (self.chosen.file, names, self.chosen.reached())
        if missing == self._told_missing:
            return
        self._told_missing = missing
        self.missing.clear()
        with self.missing:
            put_in, leave = self.changing.put_in, self.leave
            show_missing(self.here, self.chosen.desk, names, self.chosen.file, leave, put_in)


def _form(file: ExampleFile, one: Apart) -> tuple[Any, ...]:
    """What is shown by other elements, not by other texts in them."""
    grids = [(grid.part, grid.titles, grid.judged, grid.beside, grid.grows) for grid in one.grids]
    elsewhere = [one.line, *one.elsewhere] if one.elsewhere else []
    return file.name, one.name, one.program, one.period, grids, elsewhere


def _judged(grids: Sequence[Grid]) -> list[str]:
    return list(dict.fromkeys(title for grid in grids for title in grid.titles[grid.judged :]))
