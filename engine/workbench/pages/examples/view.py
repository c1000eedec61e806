"""The page put together: the examples at the left, one of them at the right with its grids and reasons."""

from __future__ import annotations

import asyncio
from typing import Any

from nicegui import ui
from nicegui.events import KeyEventArguments

from engine.assist.reached import Reached
from engine.assist.reasons import reasons
from engine.drafts import KeptMeanwhile
from engine.excel.examples_apart import CASES, Apart, Grid
from engine.excel.files import Change
from engine.excel.grid import Refused
from engine.explain.steps import Step
from engine.testing.compared import Compared
from engine.workbench.desk import Desk
from engine.workbench.page import Here, aside
from engine.workbench.pages.examples.grid import ShownGrid
from engine.workbench.pages.examples.known import (
    File,
    cells_of,
    mentioning,
    not_of_a_cell,
    outcome_of,
    read_file,
    read_files,
    said,
)
from engine.workbench.pages.examples.missing import show_missing
from engine.workbench.shows import saving
from engine.workbench.shows.places import shown_place
from engine.workbench.shows.steps import Tree
from engine.workbench.shows.troubles import tell, words_of

RULES = "rules"


class ExamplesView:
    def __init__(self, here: Here, desk: Desk) -> None:
        self.here, self.desk = here, desk
        asked = here.asked
        self.name, self.failing = asked.get("name", ""), bool(asked.get("failing"))
        self.file, self.example, self.why = asked.get("file", ""), asked.get("example", ""), asked.get("why", "")
        self.files: list[File] = []
        self.grids: dict[str, ShownGrid] = {}
        self._one = asyncio.Lock()
        """One change or run at a time, in their order: a key that runs comes after the cell that it leaves."""

    async def build(self) -> None:
        ui.keyboard(self._key, repeating=False, ignore=[])
        with ui.element("div").classes("wb-examples"):
            with ui.element("section").classes("wb-contents").props("aria-label=例子"):
                name = ui.input("提到的名字", value=self.name).props("dense outlined clearable debounce=300")
                name.on_value_change(lambda event: self._filter(name=str(event.value or "").strip()))
                only = ui.checkbox("只看不符的", value=self.failing).props("dense")
                only.on_value_change(lambda event: self._filter(failing=bool(event.value)))
                self.list = (
                    ui.element("div").classes("wb-contents-tree").props("tabindex=0 role=group aria-label=例子的名字")
                )
            with ui.element("section").classes("wb-beside").props("aria-label=一个例子"):
                with ui.row().classes("wb-rule-bar"):
                    self.told = ui.label("").classes("wb-grow wb-quiet").props("role=status")
                    ui.button("运行", on_click=self.run).props("dense no-caps title=Ctrl+Enter")
                    ui.button("存…", on_click=self.save).props("dense no-caps outline")
                    ui.button("撤销上次存的", on_click=self.undo).props("dense flat no-caps")
                    ui.button("不要草稿", on_click=self.drop).props("dense flat no-caps")
                self.room = ui.element("div").classes("wb-rule-side").props("tabindex=0 role=group aria-label=内容")
        await self._read()
        self.here.later(self.run)

    # -- what there is

    async def _read(self) -> None:
        await aside(self.desk.look)
        self.files = await aside(read_files, self.desk)
        if self._now() is None:
            first = next(((file, one) for file in self.files for one in file.examples), None)
            shown = await self._shown()
            first = shown[0] if shown else first
            self.file, self.example = (first[0].name, first[1].name) if first is not None else ("", "")
        await self._show()

    def _now(self) -> tuple[File, Apart] | None:
        for file in self.files:
            if file.name == self.file and (one := file.example(self.example)) is not None:
                return file, one
        return None

    def _reached(self) -> Reached | None:
        return self.desk.reached_now()

    async def _shown(self) -> list[tuple[File, Apart]]:
        """Those that the reader wants to see."""
        wanted = await aside(mentioning, self.desk.last, self.name) if self.name else None
        found = []
        for file in self.files:
            for one in file.examples:
                outcome = outcome_of(self.desk, self._reached(), file, one)
                if wanted is not None and (file.name.rpartition("/")[2], one.name) not in wanted:
                    continue
                if not self.failing or (outcome is not None and not outcome.passed):
                    found.append((file, one))
        return found

    async def _filter(self, **said: Any) -> None:
        self.name, self.failing = said.get("name", self.name), said.get("failing", self.failing)
        await self._list()
        await self._missing()
        self._address()

    def _address(self) -> None:
        self.here.show_address(
            file=self.file, example=self.example, why=self.why, name=self.name, failing="1" if self.failing else ""
        )

    # -- shown

    async def _show(self) -> None:
        await self._list()
        await self._detail()
        self._address()

    async def _list(self) -> None:
        shown = await self._shown()
        self.list.clear()
        with self.list:
            for file in self.files:
                own = [one for of, one in shown if of is file]
                if own or file.unread:
                    ui.label(file.name + ("（草稿）" if file.revision else "")).classes("wb-subtitle")
                if file.unread:
                    ui.link(f"{file.unread}：在规则页改", self.here.address(RULES, file=file.name)).classes("wb-bad")
                for one in own:
                    self._entry(file, one)
            if not shown:
                ui.label("没有不符的例子" if self.failing else "没有这样的例子").classes("wb-quiet")

    def _entry(self, file: File, one: Apart) -> None:
        outcome = outcome_of(self.desk, self._reached(), file, one)
        mark, look, word = (
            ("·", "wb-quiet", "没有运行") if outcome is None else ("✓", "wb-good", "符合")
            if outcome.passed else ("✗", "wb-bad", "不符")
        )  # fmt: skip
        with ui.element("div").classes("wb-example-row"):
            ui.label(mark).classes(look).props(f'role=img aria-label="{word}"')
            link = ui.link(one.name, self.here.address(file=file.name, example=one.name)).classes("wb-to")
            if (file.name, one.name) == (self.file, self.example):
                link.classes("wb-chosen").props("aria-current=true")
            link.on("click.prevent", lambda: self.choose(file.name, one.name))

    async def choose(self, file: str, example: str) -> None:
        self.file, self.example, self.why = file, example, ""
        await self._show()

    async def _detail(self) -> None:
        self.room.clear()
        self.grids = {}
        now = self._now()
        with self.room:
            if now is None:
                ui.label("这个地区还没有例子：在个案的页上给一个计价，按“变成例子”").classes("wb-quiet")
                return
            file, one = now
            with ui.row().classes("wb-rule-bar"):
                ui.label(one.name).classes("wb-title wb-grow").props("role=heading aria-level=1")
                ui.link(f"{file.name} 第 {one.line} 行", self.here.address(RULES, file=file.name, line=str(one.line)))
            about = " ".join(text for text in (one.program, one.period) if text)
            if about:
                ui.label(about).classes("wb-quiet")
            if one.note:
                ui.label(one.note).classes("wb-about wb-note")
            for grid in one.grids:
                await asyncio.sleep(0)
                self._grid(file, one, grid)
            for part in one.elsewhere:
                ui.link(f"{part}：在文件里改", self.here.address(RULES, file=file.name, line=str(one.line)))
            self.wrong = ui.element("div")
            self.because = ui.element("div")
            self.missing = ui.element("div")
        await self._wrong()
        await self._missing()

    def _grid(self, file: File, one: Apart, grid: Grid) -> None:
        outcome = outcome_of(self.desk, self._reached(), file, one)
        with ui.row().classes("wb-rule-bar"):
            ui.label(grid.part).classes("wb-subtitle wb-grow")
            if grid.grows:
                ui.button("加一行", on_click=lambda: self.more(grid.part)).props("flat dense no-caps size=sm")
                ui.button("删最后一行", on_click=lambda: self.fewer(grid.part)).props("flat dense no-caps size=sm")
        self.grids[grid.part] = ShownGrid(grid, cells_of(outcome, grid), self.typed, self.ask_why)

    async def _wrong(self) -> None:
        """What came out otherwise, each with the way to its reasons; or the reasons that the address asks for."""
        now = self._now()
        if now is None:
            return
        file, one = now
        outcome = outcome_of(self.desk, self._reached(), file, one)
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
        self.why = f"{part}|{row + 1}|{title}"
        self._address()
        await self._because()

    async def _because(self) -> None:
        self.because.clear()
        part, _, rest = self.why.partition("|")
        row, _, title = rest.partition("|")
        reached, now = self._reached(), self._now()
        if not title or not row.isdigit() or reached is None or now is None:
            return
        grain = part.removeprefix("应得").strip() if part != CASES else ""
        number = int(row) if part == CASES or grain else 0
        path = self.desk.folder / self.file
        found = await aside(reasons, reached.book, path, self.example, title, grain, number)
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

    async def _missing(self) -> None:
        if self._now() is None:
            return
        self.missing.clear()
        with self.missing:
            names = [self.name] if self.name else self._judged()
            await show_missing(self.here, self.desk, names, self.file, self.put_in)

    def _judged(self) -> list[str]:
        now = self._now()
        grids = now[1].grids if now is not None else []
        return list(dict.fromkeys(title for grid in grids for title in grid.titles[grid.judged :]))

    # -- changes

    async def typed(self, part: str, row: int, place: int, text: str) -> None:
        """A cell was changed: exactly what stands there becomes another, in the draft of its file."""
        async with self._one:
            now = self._now()
            grid = now[1].grid(part) if now is not None else None
            if now is None or grid is None or row >= len(grid.rows):
                return
            slot = grid.cell(row, place).slot
            try:
                if slot is None:
                    raise Refused("这一格在文件里改")
                kept = await self._keep(now[0], slot.change(text))
            except Refused as refused:
                ui.notify(str(refused), type="warning")
                self.grids[part].again(row)
                return
            if kept:
                again = self._now()
                for other in again[1].grids if again is not None else ():
                    if other.part in self.grids:
                        self.grids[other.part].kept(other, row if other.part == part else 0)

    async def more(self, part: str) -> None:
        await self._rows(part, lambda grid: grid.one_more()[1])

    async def fewer(self, part: str) -> None:
        await self._rows(part, lambda grid: grid.without(len(grid.rows) - 1)[1])

    async def _rows(self, part: str, change: Any) -> None:
        async with self._one:
            now = self._now()
            grid = now[1].grid(part) if now is not None else None
            if now is None or grid is None:
                return
            try:
                await self._keep(now[0], change(grid))
            except Refused as refused:
                ui.notify(str(refused), type="warning")
            with self.room:
                await self._detail()

    async def _keep(self, file: File, change: Change) -> bool:
        """Whether the change is kept; where another window was quicker, its text is shown."""
        try:
            await aside(self.desk.keep, file.name, file.changed(change), file.revision)
        except KeptMeanwhile as meanwhile:
            ui.notify(f"{meanwhile}：换成了那边的，再改一次", type="warning")
            await self._again()
            return False
        except OSError as error:
            tell(f"没有留住：{words_of(error)}")
            return False
        at = self.files.index(file)
        self.files[at] = await aside(read_file, self.desk, file.name)
        self.told.set_text("草稿已留在磁盘上；Ctrl+Enter 运行" if self.files[at].revision else "和存着的一样")
        return True

    async def put_in(self, file: str, example: str, text: str, revision: int) -> None:
        """A whole text with a new row or example: kept, shown, run."""
        try:
            await aside(self.desk.keep, file, text, revision)
        except KeptMeanwhile as meanwhile:
            ui.notify(f"{meanwhile}：再试一次", type="warning")
        else:
            self.file, self.example, self.why = file, example, ""
        await self._again()
        await self.run()

    async def _again(self) -> None:
        with self.room:
            await self._read()

    # -- run, save

    async def _key(self, event: KeyEventArguments) -> None:
        if event.action.keydown and event.modifiers.ctrl and event.key.enter:
            await asyncio.gather(*(grid.leave() for grid in self.grids.values()))
            await self.run()

    async def run(self) -> None:
        """All examples on the rules as they are now; quick where nothing changed."""
        async with self._one:
            self.told.set_text("正在运行…")
            found = await aside(self.desk.run_examples)
            if found is None:
                looked = await aside(self.desk.look)
                first = next((one for one in looked.problems if one.is_error), None)
                where = f"：{self.desk.near(f'{first.place} {first.message}')}" if first is not None else ""
                self.told.set_text(f"有错，先改好再运行{where}")
                return
            wrong = [one for one in found.outcomes.values() if not one.passed]
            await self._list()
            await self._outcome(found)
            self.told.set_text(f"{len(found.outcomes)} 个例子，{len(wrong)} 个不符")

    async def _outcome(self, found: Reached) -> None:
        """What came out of the example that is shown."""
        now = self._now()
        if now is None or not self.grids:
            return
        outcome = outcome_of(self.desk, found, *now)
        for grid in now[1].grids:
            if grid.part in self.grids:
                self.grids[grid.part].show(grid, cells_of(outcome, grid))
        await self._wrong()
        await self._missing()

    async def save(self) -> None:
        await saving.ask_to_save(self.desk, self._moved)

    async def undo(self) -> None:
        await saving.undo_last(self.desk, self._moved)

    async def drop(self) -> None:
        file = self.file

        async def dropped() -> None:
            await aside(self.desk.drop, file)
            await self._moved()

        if not file or await aside(self.desk.drafts.of, file) is None:
            ui.notify("没有草稿：和存着的一样")
        else:
            saving.ask_to_drop(file, dropped)

    async def _moved(self) -> None:
        await self._again()
        await self.run()
