"""What stands at the right: of an article its text, of a name what is told of it, its figures, its examples."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from nicegui import ui

from engine.assist.examples import Example
from engine.measure.compared import Articles
from engine.rulebook.book import Book
from engine.workbench.desk import Desk
from engine.workbench.page import Here, aside
from engine.workbench.pages.rules import beside
from engine.workbench.pages.rules.figures import FiguresShown
from engine.workbench.pages.rules.writing import Writing
from engine.workbench.shows.kept_rows import KeptRows, Row, text_row

TEXT, NAME, FIGURES, EXAMPLES = "text", "name", "figures", "examples"
_TABS = {TEXT: "原文", NAME: "名字", FIGURES: "数和表", EXAMPLES: "例子"}


class Leads(Protocol):
    """Where what stands here leads to, in the text."""

    async def go(self, name: str) -> None: ...

    async def to_line(self, path: Any, line: int) -> None: ...


class Side:
    """Of ``name`` and ``article``. ``address`` is called when another tab is shown."""

    def __init__(
        self, here: Here, desk: Desk, articles: Articles | None, leads: Leads, address: Callable[[], None]
    ) -> None:
        self.here, self.desk, self.articles, self.leads, self.address = here, desk, articles, leads, address
        self.name, self.article = here.asked.get("name", ""), here.asked.get("article", "")
        self.tab = here.asked.get("tab", "") if here.asked.get("tab") in _TABS else TEXT
        self._shown: tuple[Any, ...] = ()
        self._shown_of: Book | None = None
        """Held, so that its identity in ``_shown`` is no other book's."""
        self._rows: KeptRows | None = None
        """What the room has, unless it has forms and grids."""
        self._showing = asyncio.Lock()

    def build(self, writing: Writing, whole: ui.element) -> None:
        """``whole``: what gets wider and narrower."""
        self.figures = FiguresShown(self.desk, writing, self.leads.go)
        with ui.row().classes("wb-side-bar"):
            with ui.tabs().props("dense no-caps align=left") as tabs:
                for key, title in _TABS.items():
                    ui.tab(key, title)
            tabs.set_value(self.tab)
            tabs.on_value_change(lambda event: self.turn(str(event.value)))
            wider = ui.button(icon="open_in_full", on_click=lambda: whole.classes(toggle="wb-wide"))
            wider.props("flat dense aria-label=看宽些").tooltip("看宽些、看窄些")
        self.tabs = tabs
        self.room = ui.element("div").classes("wb-rule-side").props("tabindex=0 role=tabpanel aria-label=内容")

    async def turn(self, tab: str) -> None:
        self.tab = tab
        if self.tabs.value != tab:
            self.tabs.set_value(tab)
        self.address()
        await self.show()

    async def to_article(self, cite: str) -> None:
        self.article = cite
        await self.turn(TEXT)

    async def about(self, name: str) -> None:
        """Of another name, and of an article that it states."""
        self.name = name
        if self.articles is not None:
            cites = beside.cites_of(self.articles, name)
            if cites and self.article not in cites:
                self.article = cites[0]
        self.address()
        await self.show()

    async def follow(self) -> None:
        """The rules are others now."""
        self.articles = await aside(self.desk.articles)
        await self.show()

    async def show_anew(self) -> None:
        self._shown = ()
        await self.show()

    async def show(self) -> None:
        """What belongs to the name and the article, if it is another than what is shown. One at a time."""
        async with self._showing:
            await self._show()

    async def _show(self) -> None:
        book = self.desk.last
        what = (self.tab, self.article if self.tab == TEXT else self.name)
        now = (*what, id(book), self.desk.reached_now())
        if now == self._shown:
            return
        is_another = what != self._shown[: len(what)] or self._shown_of is None
        self._shown, self._shown_of = now, book
        if is_another:
            self._rows = None
        if book is not None and self.name and self.tab == FIGURES:
            if is_another or not await self.figures.takes(self.name):
                self.room.clear()
                with self.room:
                    await self.figures.show(self.name)
            return  # who is typing in a grid stays there
        rows = await self._told(book)
        if self._rows is None:
            self.room.clear()
            self._rows = KeptRows(self.room)
        self._rows.show(rows)

    async def _told(self, book: Book | None) -> Sequence[Row]:
        if book is None:
            return [text_row("wrong", "规则现在读不出来：看下面的问题", "wb-warn")]
        if self.tab == TEXT:
            return self._article()
        if self.tab == EXAMPLES:
            ways = beside.Ways(self._run, self._to_example, self.leads.to_line, partial(self.here.address, "examples"))
            return await beside.example_rows(self.desk, book, self.name, self.desk.reached_now(), ways)
        if not self.name:
            return [text_row("nothing", "光标停在一个名字上，或在左边选一个", "wb-quiet")]
        return await beside.name_rows(self.desk, book, self.name, self.articles, self.leads.go, self.to_article)

    def _article(self) -> Sequence[Row]:
        found = beside.found_unit(self.articles, self.article) if self.articles is not None else None
        if found is not None:
            return list(beside.article_rows(*found, self.desk.folder, self.leads.go, self._to_figures))
        if self.articles is not None and not self.articles.compared:
            return [text_row("nothing", "这个地区还没有录入办法的原文（casemix text）", "wb-quiet")]
        said = "在左边选一条；光标停在一条规则上，它依据的条款就在这里"
        return [text_row("nothing", said, "wb-quiet")]

    async def _to_example(self, example: Example) -> None:
        await self.leads.to_line(example.path, example.line)

    async def _to_figures(self, name: str) -> None:
        await self.leads.go(name)
        await self.turn(FIGURES)

    async def _run(self) -> None:
        found = await aside(self.desk.run_examples)
        with self.room:  # the button may be gone by now: rules that were checked meanwhile are shown anew
            if found is None:
                ui.notify("规则有错，先改好再运行例子", type="warning")
                return
            wrong = [one for one in found.outcomes.values() if not one.passed]
            ui.notify(f"{len(found.outcomes)} 个例子，{len(wrong)} 个不符", type="negative" if wrong else "positive")
            await self.show()
