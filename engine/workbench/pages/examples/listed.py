"""The examples at the left, each with whether it passed; by a name, or only those that fail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

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
        self._shown: list[tuple[str, str, list[str]]] = []
        self._files: dict[str, ui.label] = {}
        self._entries: dict[tuple[str, str], tuple[ui.label, ui.link]] = {}
        self.list = ui.element("div").classes("wb-contents-tree").props("tabindex=0 role=group aria-label=例子的名字")

    async def _of_name(self, name: str) -> None:
        self.chosen.name = name
        await self.filtered()

    async def _failing(self, failing: bool) -> None:
        self.chosen.failing = failing
        await self.filtered()

    async def show(self) -> None:
        """Links that are the same stay: somebody may be about to click one."""
        shown = await self.chosen.listed()
        of = [(file.name, file.unread, [one.name for by, one in shown if by is file]) for file in self.chosen.files]
        if of != self._shown or not shown:
            self._shown = of
            self._anew(shown)
        for file in self.chosen.files:
            if file.name in self._files:
                self._files[file.name].set_text(file.name + ("（草稿）" if file.revision or file.drafts else ""))
        for file, one in shown:
            self._mark(file, one)

    def _anew(self, shown: Sequence[tuple[ExampleFile, Apart]]) -> None:
        self.list.clear()
        self._files, self._entries = {}, {}
        with self.list:
            for file in self.chosen.files:
                own = [one for of, one in shown if of is file]
                if own or file.unread:
                    self._files[file.name] = ui.label().classes("wb-subtitle")
                if file.unread:
                    ui.link(f"{file.unread}：在规则页改", self.here.address(RULES, file=file.name)).classes("wb-bad")
                for one in own:
                    self._entry(file.name, one.name)
            if not shown:
                named = f"提到 {self.chosen.name} 的" if self.chosen.name else ""
                ui.label(f"没有{named}{'不符的' if self.chosen.failing else ''}例子").classes("wb-quiet")

    def _entry(self, file: str, name: str) -> None:
        with ui.element("div").classes("wb-example-row"):
            mark = ui.label()
            link = ui.link(name, self.here.address(file=file, example=name)).classes("wb-to")
            link.on("click.prevent", lambda: self.choose(file, name))
        self._entries[file, name] = mark, link

    def _mark(self, file: ExampleFile, one: Apart) -> None:
        outcome = outcome_of(self.chosen.desk, self.chosen.reached(), file, one)
        sign, look, word = (
            ("·", "wb-quiet", "没有运行") if outcome is None else ("✓", "wb-good", "符合")
            if outcome.passed else ("✗", "wb-bad", "不符")
        )  # fmt: skip
        mark, link = self._entries[file.name, one.name]
        mark.set_text(sign)
        mark.classes(replace=look).props(f'role=img aria-label="{word}"')
        if (file.name, one.name) == (self.chosen.file, self.chosen.example):
            link.classes("wb-chosen").props("aria-current=true")
        else:
            link.classes(remove="wb-chosen").props(remove="aria-current")
