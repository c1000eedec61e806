"""The examples at the left, each with whether it passed; by a name, or only those that fail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from engine.excel.example_files import ExampleFile
from engine.excel.examples_apart import Apart
from engine.workbench.page import Here
from engine.workbench.pages.examples.chosen import Chosen
from engine.workbench.pages.examples.known import outcome_of

RULES = "rules"


class ExampleList:
    """``filtered`` is called when others are to be listed, ``choose`` with the file and the name of one."""

    def __init__(
        self, here: Here, chosen: Chosen, filtered: Callable[[], Awaitable[None]],
        choose: Callable[[str, str], Awaitable[None]],
    ) -> None:  # fmt: skip
        self.here, self.chosen, self.filtered, self.choose = here, chosen, filtered, choose
        name = ui.input("提到的名字", value=chosen.name).props("dense outlined clearable debounce=300")
        name.on_value_change(lambda event: self._of_name(str(event.value or "").strip()))
        only = ui.checkbox("只看不符的", value=chosen.failing).props("dense")
        only.on_value_change(lambda event: self._failing(bool(event.value)))
        self.list = ui.element("div").classes("wb-contents-tree").props("tabindex=0 role=group aria-label=例子的名字")

    async def _of_name(self, name: str) -> None:
        self.chosen.name = name
        await self.filtered()

    async def _failing(self, failing: bool) -> None:
        self.chosen.failing = failing
        await self.filtered()

    async def show(self) -> None:
        shown = await self.chosen.listed()
        self.list.clear()
        with self.list:
            for file in self.chosen.files:
                own = [one for of, one in shown if of is file]
                if own or file.unread:
                    ui.label(file.name + ("（草稿）" if file.revision or file.drafts else "")).classes("wb-subtitle")
                if file.unread:
                    ui.link(f"{file.unread}：在规则页改", self.here.address(RULES, file=file.name)).classes("wb-bad")
                for one in own:
                    self._entry(file, one)
            if not shown:
                ui.label("没有不符的例子" if self.chosen.failing else "没有这样的例子").classes("wb-quiet")

    def _entry(self, file: ExampleFile, one: Apart) -> None:
        outcome = outcome_of(self.chosen.desk, self.chosen.reached(), file, one)
        mark, look, word = (
            ("·", "wb-quiet", "没有运行") if outcome is None else ("✓", "wb-good", "符合")
            if outcome.passed else ("✗", "wb-bad", "不符")
        )  # fmt: skip
        with ui.element("div").classes("wb-example-row"):
            ui.label(mark).classes(look).props(f'role=img aria-label="{word}"')
            link = ui.link(one.name, self.here.address(file=file.name, example=one.name)).classes("wb-to")
            if (file.name, one.name) == (self.chosen.file, self.chosen.example):
                link.classes("wb-chosen").props("aria-current=true")
            link.on("click.prevent", lambda: self.choose(file.name, one.name))
