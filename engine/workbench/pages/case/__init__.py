"""个案, under the region's own name for its rows: a form, the price, why, and how it varies."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from nicegui import ui

from engine.execute.reference.verdicts import REJECTED
from engine.pricing.delivered import Delivered
from engine.pricing.priced import Priced
from engine.pricing.problems import CannotPrice
from engine.pricing.region import FORMAT, Region
from engine.rulebook.problems import RulebookError
from engine.workbench.page import Here, Page, aside
from engine.workbench.pages.case.asked import PICKED, Choices, below_of, choices, period_at, record_of
from engine.workbench.pages.case.chart import Varied
from engine.workbench.pages.case.fields import Fields, in_address
from engine.workbench.pages.case.from_data import FromData, Places
from engine.workbench.pages.case.made_example import MadeExample
from engine.workbench.pages.case.outcome import HERE, PUBLISHED, show_outcome
from engine.workbench.shows.period_field import period_field
from engine.workbench.shows.rule_links import RuleLinks
from engine.workbench.shows.steps import Tree
from engine.workbench.shows.troubles import show_problems, show_trouble

RULES = "rules"
"""The page of the rules."""


async def build(here: Here) -> None:
    picks = await aside(choices, here, await here.book())
    with ui.element("div").classes("wb-case"):
        left = ui.element("div").classes("wb-case-form")
        right = ui.element("div").classes("wb-case-outcome").props("aria-live=polite")
    shown = _Shown(here, picks)
    with left:
        _choosers(shown)
    try:
        opened = await aside(here.prices.of, picks.chosen)
    except CannotPrice as error:
        with right:
            _refused(error)
        return
    one = _Case(shown, opened, await RuleLinks.on(here), right)
    with left:
        one.source = FromData(here, opened, shown.places(), lambda found: shown.fill(opened, found))
        record, below = record_of(opened, here.asked, picks.example), below_of(opened, here.asked)
        if here.asked.get("load") and (found := await one.source.of(record)) is not None:
            record, below = found.record, found.below
        one.fields = Fields(opened, record, below, one.again)
        await one.fields.build()
    await one.again()


@dataclass
class _Shown:
    """What the address says now: what is priced by, and the case as the form has it."""

    here: Here
    picks: Choices
    case: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.case = {name: text for name, text in self.here.asked.items() if name not in PICKED}

    def said(self) -> dict[str, str]:
        chosen = self.picks.chosen
        picked = {"program": chosen.program, "period": chosen.period, "published": chosen.published}
        return {**picked, "data": "|".join(chosen.data) or "|", **self.case}

    def show(self, case: dict[str, str]) -> None:
        self.case = case
        self.here.show_address(**self.said())

    def places(self) -> Places:
        """Where the data may have the case."""
        picks = self.picks
        names = [*picks.chosen.data, *([picks.results[picks.chosen.published]] if picks.run else [])]
        return Places(picks.folders, picks.run, "、".join(names))

    def fill(self, opened: Region, found: Delivered) -> None:
        """The case as the data have it, in the period in which it falls: another address."""
        table = opened.tables[opened.table]
        period = period_at(found.record.get(table.period_field or "", ""), self.picks.kind)
        self.case = in_address(found.record, found.below)
        self.go(period=period or self.picks.chosen.period)

    def go(self, **other: str) -> None:
        """The same case by something else: another address."""
        ui.navigate.to(self.here.address(**{**self.said(), **other}))


class _Case:
    """The case on the page: its fields, what it came to, and the parts of the page that show it."""

    def __init__(self, shown: _Shown, opened: Region, links: RuleLinks, room: ui.element) -> None:
        self.shown, self.opened = shown, opened
        self.fields: Fields | None = None
        self.source: FromData | None = None
        self._asked = 0
        with room:
            self._said = ui.element("div")
            self._example = MadeExample(shown.here, opened)
            ui.label("怎么来的").classes("wb-subtitle").props("role=heading aria-level=2")
            self._tree = Tree(links, opened.digits, opens=True)
            self._varied = Varied(opened, shown.here.asked, self._curve_changed)

    async def again(self) -> None:
        """Prices what the fields say now; an answer that was overtaken by another question is let go."""
        assert self.fields is not None
        record, below = self.fields.record(), self.fields.below()
        self._asked += 1
        asked = self._asked
        self._example.priced_anew()
        self._into_the_address()
        found = await aside(_priced, self.opened, record, below)
        if asked != self._asked:
            return
        self._said.clear()
        with self._said:
            if isinstance(found, CannotPrice):
                _refused(found)
            else:
                show_outcome(self.opened, found[0])
        self._example.priced(found[0] if isinstance(found, tuple) else None, record, below)
        await asyncio.sleep(0)
        await self._tree.show([] if isinstance(found, CannotPrice) else found[1])
        if asked != self._asked:
            return
        wrong = unreadable(self.opened, found) if isinstance(found, tuple) else {}
        self.fields.mark(wrong)
        if self.source is not None:
            self.shown.here.later(partial(self.source.look, record))
        if wrong:
            self._varied.none(f"{'、'.join(wrong)} 读不出来，没有曲线")
        else:
            await self._varied.show(record, below)

    async def _curve_changed(self) -> None:
        self._into_the_address()
        assert self.fields is not None
        await self.again()

    def _into_the_address(self) -> None:
        assert self.fields is not None
        self.shown.show(self.fields.in_address() | self._varied.in_address())


def _priced(opened: Region, record: dict[str, Any], below: dict[str, Any]) -> tuple[Priced, list[Any]] | CannotPrice:
    try:
        found = opened.price(record, **below)
        names = list(opened.first) if found.settled else []
        return found, found.explain(*[name for name in names if name not in found.unknown]).steps
    except CannotPrice as error:
        return error


def unreadable(opened: Region, found: tuple[Priced, list[Any]]) -> dict[str, str]:
    """The fields whose values cannot be read, each with why, of a case that is refused for its form."""
    priced = found[0]
    if priced.state != REJECTED or priced.by != FORMAT:
        return {}
    told = (part.partition("：") for part in priced.reason.split("；"))
    return {name: why for name, _, why in told if name in opened.fields}


def _choosers(shown: _Shown) -> None:
    """Program, period, published tables."""
    picks, chosen = shown.picks, shown.picks.chosen
    with ui.element("div").classes("wb-case-choose"):
        program = ui.select(list(picks.programs), value=chosen.program, label="程序")
        program.on_value_change(lambda event: shown.go(program=event.value, period=""))

        def other_period(text: str) -> None:
            if text != chosen.period and not period.error:
                shown.go(period=text)

        period = period_field(chosen.period, other_period)
        data = ui.select(list(picks.data), value=list(chosen.data), label="公布的表取自", multiple=True).props(
            "use-chips"
        )

        def other_data() -> None:
            if tuple(data.value) != chosen.data:
                shown.go(data="|".join(data.value) or "|")

        data.on("popup-hide", other_data)
        data.on("remove", other_data)
        choosers: list[Any] = [program, period, data]
        if picks.results:
            names = {"": "（不用）", **picks.results}
            result = ui.select(names, value=chosen.published, label="已结算的结果")
            result.on_value_change(lambda event: shown.go(published=event.value))
            choosers.append(result)
        for one in choosers:
            one.props("outlined dense options-dense stack-label")


def _refused(error: CannotPrice) -> None:
    cause = error.__cause__
    if isinstance(cause, RulebookError):
        show_problems(cause.problems)
    else:
        show_trouble(error.message, error.details, error.hint or (PUBLISHED if HERE in error.message else ""))


PAGE = Page("case", "个案", build, of_a_row=True)
