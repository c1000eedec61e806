"""Why a value of an example is what it is: its tree of reasons, open on the way to what the drafts say otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nicegui import ui

from engine.assist.reached import Reached
from engine.assist.reasons import reasons
from engine.compare.reasons import Pair, marked, paired
from engine.excel.examples_apart import CASES
from engine.explain.steps import Step
from engine.rulebook.problems import RulebookError
from engine.rulebook.unread_files import is_example
from engine.workbench.desk import Desk
from engine.workbench.page import Here, aside
from engine.workbench.pages.examples.chosen import Chosen
from engine.workbench.shows.rule_links import RuleLinks
from engine.workbench.shows.steps import Tree


class Because:
    """Of the cell that was asked for last; it stays while the rules are the same."""

    def __init__(self, here: Here, chosen: Chosen) -> None:
        self.here, self.chosen = here, chosen
        self._told: tuple[Any, ...] | None = None
        self.room = ui.element("div")

    async def show(self) -> None:
        reached = self.chosen.reached()
        because = (self.chosen.file, self.chosen.example, self.chosen.why, reached)
        if because == self._told:
            return
        self._told = because
        self.room.clear()
        part, _, rest = self.chosen.why.partition("|")
        row, _, title = rest.partition("|")
        if not title or not row.isdigit() or reached is None or self.chosen.now() is None:
            return
        grain = part.removeprefix("应得").strip() if part != CASES else ""
        number = int(row) if part == CASES or grain else 0
        path = self.chosen.desk.folder / self.chosen.file
        asked = (path, self.chosen.example, title, grain, number)
        found, pairs = await aside(_found, self.here, self.chosen.desk, reached, asked)
        links = await RuleLinks.on(self.here)
        if because != self._told:
            return
        with self.room:
            where = f"{part} 第 {row} 行 " if number else ""
            ui.label(f"{where}{title} 怎么来的").classes("wb-subtitle").props("role=heading aria-level=2")
            if found is None:
                ui.label("它不是算出来的，没有一步一步的理由").classes("wb-quiet")
                return
            marks = {id(step): pair for step, pair in marked(pairs)}
            if marks:
                ui.label("带 ≠ 的行，照草稿算的和照存着的规则算的不一样").classes("wb-quiet")
            await Tree(links, marks=marks, opens=True).show([found])

    def scroll(self) -> None:
        """To where it is read."""
        self.here.window.run_javascript(f"getHtmlElement({self.room.id})?.scrollIntoView({{block: 'start'}})")


def _found(here: Here, desk: Desk, reached: Reached, asked: tuple[Path, str, str, str, int]) -> tuple[Step | None, list[Pair]]:  # fmt: skip  # noqa: E501
    """The reasons on the drafts; where some are of rules, beside those on the rules as they are saved."""
    found = reasons(reached.book, *asked)
    if found is None or all(is_example(desk.folder / one.file, desk.folder) for one in desk.drafts.all()):
        return found, []
    try:
        before = reasons(here.place.book(here.region), *asked)
    except RulebookError:  # as it is saved: with the drafts it is sound
        return found, []
    return found, paired([before], [found]) if before is not None else []
