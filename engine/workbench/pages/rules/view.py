"""The page put together: contents at the left, the text in the middle, what belongs to it at the right."""

from __future__ import annotations

import asyncio
from pathlib import Path

from nicegui import ui

from engine.assist.lines import end_of, starts_of
from engine.workbench.desk import Desk
from engine.workbench.page import Here, aside
from engine.workbench.pages.rules import beside
from engine.workbench.pages.rules.contents import ARTICLE, FILE, NAME, TABLE
from engine.workbench.pages.rules.renaming import ask_for_name
from engine.workbench.pages.rules.side import FIGURES, TEXT, Side
from engine.workbench.pages.rules.side import NAME as OF_NAME
from engine.workbench.pages.rules.tree import ContentsTree
from engine.workbench.pages.rules.writing import Writing
from engine.workbench.shows import saving
from engine.workbench.shows.undoing import UndoButton
from engine.workbench.while_open import while_open


class RulesView:
    def __init__(self, here: Here, desk: Desk) -> None:
        self.here, self.desk = here, desk
        self._told: asyncio.Task[None] | None = None

    async def build(self) -> None:
        await aside(self.desk.look)
        self.side = Side(self.here, self.desk, await aside(self.desk.articles), self, self.address)
        with ui.element("div").classes("wb-desk") as whole:
            with ui.element("section").classes("wb-contents").props("aria-label=目录"):
                self.tree = ContentsTree(self.desk, self.chosen)
            await asyncio.sleep(0)
            with ui.element("section").classes("wb-middle").props("aria-label=规则文件"):
                with ui.row().classes("wb-rule-bar"):
                    files = await aside(self.desk.files)
                    self.files = ui.select(files, label="文件").props("dense outlined options-dense")
                    self.files.classes("wb-grow")
                    self.files.on_value_change(lambda event: self.open(str(event.value)) if event.value else None)
                    ui.button("存…", on_click=self.save).props("dense no-caps title=Ctrl+S")
                    ui.button("改名…", on_click=self.rename).props("dense flat no-caps")
                    UndoButton(self.desk, self.settle, self.moved)
                    self.dropping = ui.button("不要草稿", on_click=self.drop).props("dense flat no-caps")
                    self.dropping.disable()
                self.writing = Writing(self.desk, self.changed, self.side.about, self.go, self.save)
                self.writing.build()
            await asyncio.sleep(0)
            with ui.element("section").classes("wb-beside").props("aria-label=条款、名字、例子"):
                self.side.build(self.writing, whole)
        await self.tree.grow(self.side.articles)
        await self._begin(files)
        await self.side.show()
        self.writing.ask_for_unsent()

    async def _begin(self, files: list[str]) -> None:
        """With what the address asks for."""
        file, line, name = (self.here.asked.get(word, "") for word in ("file", "line", "name"))
        if file not in files and name:
            await self.go(name)
        if file not in files and not self.writing.file:
            await self._begin_with_article()
        if not self.writing.file:
            await self.open(file if file in files else next((one for one in files if _is_rules(one)), files[0]))
            if name:
                await self._to_entry(name, only=file)
        self.tree.mark(self.side.article)
        if file in files and line.isdecimal():
            await self.to_line(self.desk.folder / file, int(line))

    async def _begin_with_article(self) -> None:
        """The one that is asked for, or the first that rules state, with its text beside them."""
        side = self.side
        if side.articles is not None:
            side.article = side.article or beside.first_computed(side.articles, self.desk.folder)
        if side.article:
            await self._to_rule_of(side.article)

    async def chosen(self, kind: str, what: str) -> None:
        """In the tree."""
        if kind == ARTICLE:
            await self._to_rule_of(what)
            await self.side.to_article(what)
        elif kind == NAME:
            await self.go(what)
        elif kind == TABLE:
            await self.go(what)
            await self.side.turn(FIGURES)
        elif kind == FILE:
            await self.open(what)

    # -- the text

    async def open(self, file: str) -> None:
        if file and file != self.writing.file:
            await self.writing.open(file)
            self.files.set_value(self.writing.file)  # another, where somebody opened that meanwhile
            self.address()

    async def _to_rule_of(self, article: str) -> None:
        """The text goes to a rule of the region that states the article, one that quotes it before others."""
        articles = self.side.articles
        found = beside.found_unit(articles, article) if articles is not None else None
        stating = found[1].stated if found is not None else ()
        for one in sorted(stating, key=lambda one: one.cited.quote is None):
            if await self._to_entry(one.cited.name):
                self.side.name = one.cited.name
                return

    async def _to_entry(self, name: str, only: str = "") -> bool:
        """To where a name is written, if the region writes it (in the file ``only``)."""
        for one in await aside(self.desk.made, name):
            if one.own and one.path.suffix == ".yaml":
                file = one.path.relative_to(self.desk.folder).as_posix()
                if only and file != only:
                    continue
                await self.open(file)
                self.writing.go(one.start, one.end)
                return True
        return False

    async def go(self, name: str) -> None:
        """To where a name is written, if the region writes it; what is told of it stands beside."""
        self.side.name = name
        if not await self._to_entry(name) and self.side.tab == TEXT:
            await self.side.turn(OF_NAME)
        await self.side.about(name)

    async def to_line(self, path: Path, line: int) -> None:
        """To a line of one of the region's own files."""
        if not path.absolute().is_relative_to(self.desk.folder):
            return
        await self.open(path.absolute().relative_to(self.desk.folder).as_posix())
        text = self.writing.editor.text
        line = min(max(line, 1), len(starts_of(text)))
        self.writing.go(starts_of(text)[line - 1], end_of(text, line))

    async def changed(self) -> None:
        """The rules were checked anew: what stands beside follows, a little later."""
        self.dropping.set_enabled(self.writing.revision > 0)
        if self._told is not None:
            self._told.cancel()
        with self.side.room:
            self._told = while_open(self._follow, after=0.4)

    async def _follow(self) -> None:
        await self.tree.follow()
        await self.side.follow()

    # -- to the region and back

    async def settle(self) -> None:
        """Waits until what was typed is kept, in the text and in grids."""
        await self.side.figures.settle()
        await self.writing.settle()

    async def rename(self) -> None:
        await self.settle()
        ask_for_name(self.desk, self.side.name, self.renamed)

    async def renamed(self, new: str) -> None:
        self.side.name = new
        await self.moved()

    async def save(self) -> None:
        await self.settle()
        await saving.ask_to_save(self.here, self.desk, self.moved)

    async def drop(self) -> None:
        async def drop() -> None:
            await self.writing.drop()
            await self.moved()

        saving.ask_to_drop(self.writing.file, drop)

    async def moved(self) -> None:
        """The region's files are others now."""
        await self.writing.reload()
        self.side.articles = await aside(self.desk.articles)
        await self.tree.grow(self.side.articles)
        await self.side.show_anew()

    def address(self) -> None:
        side = self.side
        self.here.show_address(file=self.writing.file, name=side.name, article=side.article, tab=side.tab)


def _is_rules(file: str) -> bool:
    return "/" not in file and not file.endswith(("region.yaml", "module.yaml"))
