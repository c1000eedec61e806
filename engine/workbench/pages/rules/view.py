"""The page put together: contents at the left, the text in the middle, what belongs to it at the right."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from nicegui import ui

from engine.assist.examples import Example
from engine.assist.lines import end_of, starts_of
from engine.excel.files import Change, TextFile
from engine.measure.compared import Articles
from engine.rulebook.book import Book
from engine.workbench.desk import Desk, plain
from engine.workbench.page import Here, aside
from engine.workbench.pages.rules import beside, grids
from engine.workbench.pages.rules.contents import ARTICLE, FILE, NAME, Contents, contents_of
from engine.workbench.pages.rules.renaming import ask_for_name
from engine.workbench.pages.rules.writing import Writing
from engine.workbench.shows import saving
from engine.workbench.while_open import while_open

TABS = {"text": "原文", "name": "名字", "figures": "数和表", "examples": "例子"}

NODE = """<span :class="'wb-node wb-node-' + (props.node.state || '')">{{ props.node.label }}</span>"""

FOUND = """(node, filter) => {
  const wanted = filter.split(/\\s+/).join("");
  return (node.label + " " + (node.words || "")).includes(wanted);
}"""
"""Whether a node is found: by its label or, of an article, by its text, whatever blanks stand in it."""


class RulesView:
    def __init__(self, here: Here, desk: Desk) -> None:
        self.here, self.desk = here, desk
        self.name, self.article = here.asked.get("name", ""), here.asked.get("article", "")
        self.tab = here.asked.get("tab", "") if here.asked.get("tab") in TABS else "text"
        self.articles: Articles | None = None
        self.contents = Contents()
        self._shown: tuple[Any, ...] = ()
        self._shown_of: Book | None = None
        """Held, so that its identity in ``_shown`` is no other book's."""
        self._showing = asyncio.Lock()
        self._told: asyncio.Task[None] | None = None

    async def build(self) -> None:
        await aside(self.desk.look)
        self.articles = await aside(self.desk.articles)
        with ui.element("div").classes("wb-desk"):
            with ui.element("section").classes("wb-contents").props("aria-label=目录"):
                find = ui.input(placeholder="找条款、名字、文件").props("dense outlined clearable aria-label=找")
                self.room = ui.element("div").classes("wb-contents-tree")
            await asyncio.sleep(0)
            with ui.element("section").classes("wb-middle").props("aria-label=规则文件"):
                with ui.row().classes("wb-rule-bar"):
                    files = await aside(self.desk.files)
                    self.files = ui.select(files, label="文件").props("dense outlined options-dense")
                    self.files.classes("wb-grow")
                    self.files.on_value_change(lambda event: self.open(str(event.value)) if event.value else None)
                    ui.button("存…", on_click=self.save).props("dense no-caps title=Ctrl+S")
                    ui.button("改名…", on_click=self.rename).props("dense flat no-caps")
                    ui.button("撤销上次存的", on_click=self.undo).props("dense flat no-caps")
                    self.dropping = ui.button("不要草稿", on_click=self.drop).props("dense flat no-caps")
                    self.dropping.disable()
                self.writing = Writing(self.desk, self.changed, self.at_name, self.go, self.save)
                self.writing.build()
            await asyncio.sleep(0)
            with ui.element("section").classes("wb-beside").props("aria-label=条款、名字、例子"):
                with ui.tabs().props("dense no-caps align=left") as tabs:
                    for key, title in TABS.items():
                        ui.tab(key, title)
                tabs.set_value(self.tab)
                tabs.on_value_change(lambda event: self.turn(str(event.value)))
                self.tabs = tabs
                self.side = ui.element("div").classes("wb-rule-side").props("tabindex=0 role=tabpanel aria-label=内容")
        await self.grow()
        find.on_value_change(lambda event: self.tree.props(f'filter="{_plain(event.value)}"'))
        file = self.here.asked.get("file", "")
        if file not in files and self.name:
            await self.go(self.name)
        if not self.writing.file:
            await self.open(file if file in files else next((one for one in files if _is_rules(one)), files[0]))
            if self.name:
                await self._to_entry(self.name, only=file)
        if file in files and self.here.asked.get("line", "").isdecimal():
            await self.to_line(self.desk.folder / file, int(self.here.asked["line"]))
        await self.show()
        self.writing.ask_for_unsent()

    # -- the tree

    async def grow(self) -> None:
        looked = await aside(self.desk.look)
        self.contents = await aside(contents_of, self.desk, self.articles, looked.problems)
        self.room.clear()
        with self.room:
            self.tree = ui.tree(self.contents.nodes, on_select=lambda event: self.chosen(str(event.value or "")))
            self.tree.props('dense no-connectors no-nodes-label="没有" no-results-label="没有找到"')
            documents = [node for node in self.contents.nodes if str(node["id"]).startswith("d")]
            opened = [*self.contents.nodes, *(inner for node in documents for inner in node.get("children", ()))]
            self.tree.props[":filter-method"] = FOUND
            self.tree.expand([str(node["id"]) for node in opened])
            self.tree.add_slot("default-header", NODE)

    async def chosen(self, key: str) -> None:
        kind, what = self.contents.meant.get(key, ("", ""))
        if kind == ARTICLE:
            self.article = what
            await self._to_rule_of(what)
            await self.turn("text")
        elif kind == NAME:
            await self.go(what)
        elif kind == FILE:
            await self.open(what)

    # -- the text

    async def open(self, file: str) -> None:
        if file and file != self.writing.file:
            await self.writing.open(file)
            self.files.set_value(file)
            self.address()

    async def _to_rule_of(self, article: str) -> None:
        """The text goes to a rule of the region that states the article, one that quotes it before others."""
        found = beside.found_unit(self.articles, article) if self.articles is not None else None
        stating = found[1].stated if found is not None else ()
        for one in sorted(stating, key=lambda one: one.cited.quote is None):
            if await self._to_entry(one.cited.name):
                self.name = one.cited.name
                return

    async def _to_entry(self, name: str, only: str = "") -> bool:
        """To where a name is written, if the region writes it (in the file ``only``)."""
        for one in await aside(self.desk.made, name):
            if one.own and one.path.suffix == ".yaml":
                file = one.path.relative_to(self.desk.folder).as_posix()
                if only and file != only:
                    continue
                await self.open(file)
                await self.writing.go(one.start, one.end)
                return True
        return False

    async def go(self, name: str) -> None:
        """To where a name is written, if the region writes it; what is told of it stands beside."""
        self.name = name
        if not await self._to_entry(name) and self.tab == "text":
            await self.turn("name")
        await self.at_name(name)

    async def at_name(self, name: str) -> None:
        self.name = name
        if self.articles is not None:
            cites = beside.cites_of(self.articles, name)
            if cites and self.article not in cites:
                self.article = cites[0]
        self.address()
        await self.show()

    async def to_example(self, example: Example) -> None:
        await self.to_line(example.path, example.line)

    async def to_line(self, path: Path, line: int) -> None:
        """To a line of one of the region's own files."""
        if not path.absolute().is_relative_to(self.desk.folder):
            return
        await self.open(path.absolute().relative_to(self.desk.folder).as_posix())
        text = self.writing.editor.text
        line = min(max(line, 1), len(starts_of(text)))
        await self.writing.go(starts_of(text)[line - 1], end_of(text, line))

    async def changed(self) -> None:
        """The rules were checked anew: what stands beside follows, a little later."""
        self.dropping.set_enabled(self.writing.revision > 0)
        if self._told is not None:
            self._told.cancel()
        with self.side:
            self._told = while_open(self._follow, after=0.4)

    async def _follow(self) -> None:
        self.articles = await aside(self.desk.articles)
        await self.show()

    # -- beside

    async def turn(self, tab: str) -> None:
        self.tab = tab
        if self.tabs.value != tab:
            self.tabs.set_value(tab)
        self.address()
        await self.show()

    async def show(self) -> None:
        """What belongs to the name and the article, if it is another than what is shown. One at a time."""
        async with self._showing:
            await self._show()

    async def _show(self) -> None:
        book = self.desk.last
        now = (self.tab, self.article if self.tab == "text" else self.name, id(book), self.desk.reached_now())
        if now == self._shown:
            return
        self._shown, self._shown_of = now, book
        self.side.clear()
        with self.side:
            if book is None:
                ui.label("规则现在读不出来：看下面的问题").classes("wb-warn")
            elif self.tab == "text":
                self._article()
            elif not self.name and self.tab != "examples":
                ui.label("光标停在一个名字上，或在左边选一个").classes("wb-quiet")
            elif self.tab == "name":
                await beside.show_name(self.desk, book, self.name, self.articles, self.go, self.to_article)
            elif self.tab == "figures":
                await self._figures()
            else:
                found = self.desk.reached_now()
                every = self.here.address("examples", name=self.name)
                ui.link("在格子里看、改这些例子", every).classes("wb-to")
                await beside.show_examples(self.desk, book, self.name, found, self.run, self.to_example, self.to_line)

    def _article(self) -> None:
        found = beside.found_unit(self.articles, self.article) if self.articles is not None else None
        if found is not None:
            beside.show_article(*found, self.go)
        elif self.articles is not None and not self.articles.compared:
            ui.label("这个地区还没有录入办法的原文（casemix text）").classes("wb-quiet")
        else:
            ui.label("在左边选一条；光标停在一条规则上，它依据的条款就在这里").classes("wb-quiet")

    async def _figures(self) -> None:
        sheets = await aside(self.desk.sheets)
        rows, sheet = grids.parameter_rows(sheets, self.name), grids.sheet_of(sheets, self.name)
        ui.label(self.name).classes("wb-subtitle")
        if rows is not None:
            grids.show_parameter(*rows, self.name, self.put)
        if sheet is not None:
            looked = await aside(self.desk.look)
            grids.show_grid(sheet, looked.problems, self.put)
        if rows is None and sheet is None:
            ui.label("它没有按日期的数，也不是表；在文字里改").classes("wb-quiet")

    async def to_article(self, cite: str) -> None:
        self.article = cite
        await self.turn("text")

    async def run(self) -> None:
        found = await aside(self.desk.run_examples)
        if found is None:
            ui.notify("规则有错，先改好再运行例子", type="warning")
            return
        wrong = [one for one in found.outcomes.values() if not one.passed]
        ui.notify(f"{len(found.outcomes)} 个例子，{len(wrong)} 个不符", type="negative" if wrong else "positive")
        await self.show()

    # -- changes from forms and grids, and to the region

    async def put(self, file: TextFile, change: Change) -> None:
        """A cell's change becomes the file's draft; the editor shows it. The form itself may be replaced meanwhile."""
        with self.writing.editor:
            await self._put(file, change)

    async def _put(self, file: TextFile, change: Change) -> None:
        name = file.path.relative_to(self.desk.folder).as_posix()
        if file.path.suffix != ".yaml":
            ui.notify(f"{name} 不是规则文件，用 casemix tables 改", type="warning")
            self._shown = ()
            await self.show()
            return
        await self.writing.settle()
        text, revision = await aside(self.desk.text, name)
        if plain(file.text) != plain(self.writing.editor.text if name == self.writing.file else text):
            ui.notify("文字刚刚改过，表还是旧的：再改一次", type="warning")
            self._shown = ()
            await self.show()
            return
        text = plain(file.changed([change]).decode(file.encoding))
        if name == self.writing.file:
            self.writing.write(text)
            await self.writing.settle()
        else:
            await aside(self.desk.keep, name, text, revision)
        await self.writing.check()

    async def rename(self) -> None:
        await self.writing.settle()
        ask_for_name(self.desk, self.name, self.renamed)

    async def renamed(self, new: str) -> None:
        self.name = new
        await self.moved()

    async def save(self) -> None:
        await self.writing.settle()
        await saving.ask_to_save(self.desk, self.moved)

    async def undo(self) -> None:
        await self.writing.settle()
        await saving.undo_last(self.desk, self.moved)

    async def drop(self) -> None:
        async def drop() -> None:
            await self.writing.drop()
            await self.moved()

        saving.ask_to_drop(self.writing.file, drop)

    async def moved(self) -> None:
        """The region's files are others now."""
        await self.writing.reload()
        self.articles = await aside(self.desk.articles)
        await self.grow()
        self._shown = ()
        await self.show()

    def address(self) -> None:
        self.here.show_address(file=self.writing.file, name=self.name, article=self.article, tab=self.tab)


def _is_rules(file: str) -> bool:
    return "/" not in file and not file.endswith(("region.yaml", "module.yaml"))


def _plain(text: object) -> str:
    return str(text or "").replace('"', "").replace("\\", "")
