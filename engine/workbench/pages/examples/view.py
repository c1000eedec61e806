"""The page put together: the examples at the left, one of them at the right with its grids and reasons."""

from __future__ import annotations

from nicegui import ui
from nicegui.events import KeyEventArguments

from engine.workbench.desk import Desk
from engine.workbench.page import Here, aside
from engine.workbench.pages.examples.changing import Changing
from engine.workbench.pages.examples.chosen import Chosen
from engine.workbench.pages.examples.detail import ExampleDetail
from engine.workbench.pages.examples.listed import ExampleList
from engine.workbench.shows import saving
from engine.workbench.shows.undoing import UndoButton


class ExamplesView:
    def __init__(self, here: Here, desk: Desk) -> None:
        self.here, self.desk = here, desk
        self.chosen = Chosen.asked(desk, here.asked)
        self.changing = Changing(self.chosen, self._again, self._moved, self._tell)

    async def build(self) -> None:
        ui.keyboard(self._key, repeating=False, ignore=[])
        with ui.element("div").classes("wb-examples"):
            with ui.element("section").classes("wb-contents").props("aria-label=例子"):
                self.list = ExampleList(self.here, self.chosen, self._filtered, self.choose)
            with ui.element("section").classes("wb-beside").props("aria-label=一个例子"):
                with ui.row().classes("wb-rule-bar"):
                    self.told = ui.label("").classes("wb-grow wb-quiet").props("role=status")
                    ui.button("运行", on_click=self.left_and_run).props("dense no-caps title=Ctrl+Enter")
                    ui.button("存…", on_click=self.save).props("dense no-caps outline")
                    UndoButton(self.desk, lambda: self.detail.leave(), self._moved)
                    ui.button("不要草稿", on_click=self.drop).props("dense flat no-caps")
                self.detail = ExampleDetail(self.here, self.chosen, self.changing, self.run, self._address)
        await self._read()
        self.here.later(self.run)

    async def _read(self) -> None:
        await self.chosen.read()
        await self._show()

    async def _show(self) -> None:
        await self.list.show()
        await self.detail.show()
        self._address()

    async def _filtered(self) -> None:
        await self.list.show()
        await self.detail.show_missing()
        self._address()

    async def choose(self, file: str, example: str) -> None:
        await self.detail.leave(stops=True)
        self.chosen.file, self.chosen.example, self.chosen.why = file, example, ""
        await self._show()

    def _address(self) -> None:
        self.here.show_address(**self.chosen.address())

    def _tell(self, what: str) -> None:
        self.told.set_text(what)

    async def _again(self) -> None:
        with self.detail.room:
            await self._read()

    # -- run, save

    async def _key(self, event: KeyEventArguments) -> None:
        if event.action.keydown and event.modifiers.ctrl and event.key.enter:
            await self.left_and_run()

    async def left_and_run(self) -> None:
        await self.detail.leave()
        await self.run()

    async def run(self) -> None:
        """All examples on the rules as they are now; quick where nothing changed."""
        async with self.changing.one:
            self._tell("正在运行…")
            found = await aside(self.desk.run_examples)
            if found is None:
                looked = await aside(self.desk.look)
                first = next((one for one in looked.problems if one.is_error), None)
                where = f"：{self.desk.near(f'{first.place} {first.message}')}" if first is not None else ""
                self._tell(f"有错，先改好再运行{where}")
                return
            wrong = [one for one in found.outcomes.values() if not one.passed]
            await self.list.show()
            await self.detail.outcome(found)
            self._tell(f"{len(found.outcomes)} 个例子，{len(wrong)} 个不符")

    async def save(self) -> None:
        await self.detail.leave()
        await saving.ask_to_save(self.here, self.desk, self._moved)

    async def drop(self) -> None:
        """Of the example's file, and of the files that have rows of its examples."""
        await self.detail.leave()
        now = self.chosen.now()
        beside = now[0].drafts if now is not None else []
        drafts = {one.file for one in await aside(self.desk.drafts.all)}
        files = [file for file in dict.fromkeys((self.chosen.file, *beside)) if file in drafts]

        async def dropped() -> None:
            for file in files:
                await aside(self.desk.drop, file)
            await self._moved()

        if not files:
            ui.notify("没有草稿：和存着的一样")
        else:
            saving.ask_to_drop("、".join(files), dropped)

    async def _moved(self) -> None:
        await self._again()
        await self.run()
