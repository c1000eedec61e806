"""What to simulate: the drafts or another region, program, period, data. Errors of the rules are said first."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

from nicegui import ui

from engine.files.errors import DataError
from engine.jobs.queue import Jobs
from engine.rulebook.book import Book
from engine.rulebook.problems import Problem
from engine.simulate.simulate import AFTER, BEFORE, FILE, one_period
from engine.simulate.variants import FileChange, changes
from engine.workbench.desk import desk_of
from engine.workbench.page import Here, aside
from engine.workbench.pages.settle.choice import Choice, choice_of, only_one, usual_choice, usual_out
from engine.workbench.pages.settle.earlier import MOST_LISTED, show_earlier
from engine.workbench.pages.simulate.differing import show_changes
from engine.workbench.shows.data_told import folders_told, show_told
from engine.workbench.shows.period_field import period_field
from engine.workbench.shows.troubles import show_data_errors, show_problems, show_trouble
from engine.workbench.workplace import Run, Workplace

FOLDER, DRAFTS = "试算", "草稿"


async def show_choice(here: Here) -> None:
    book = await here.book()
    choice = await aside(usual_choice, here, book, choice_of(here.asked), FOLDER)
    form = _Form(here, book, choice, here.asked.get("against", ""))
    await form.build()
    await _earlier(here)


class _Form:
    def __init__(self, here: Here, book: Book, choice: Choice, against: str) -> None:
        self.here, self.book, self.choice = here, book, choice
        self.others = {name: title for name, title in here.place.titles().items() if name != here.region}
        if not choice.out and choice.program and choice.period:
            self.choice = replace(choice, out=self._usual(choice))
        if against and against not in self.others:
            raise DataError(f"没有地区 {against}", "它可能移走了，或改了名：再选一次")
        self.against = against
        self.refused = False
        self.programs = book.at(max(book.start, datetime.date.today())).programs

    async def build(self) -> None:
        place, region = self.here.place, self.here.region
        folders = await aside(place.table_folders, region)
        self.told = await aside(folders_told, folders)
        results = {run.name: run.title for run in await aside(place.results) if run.region == region}
        mappings = await aside(place.mappings, region)
        ui.label(f"试算 {self.book.title}").classes("wb-title").props("role=heading aria-level=1")
        with ui.element("div").classes("wb-settle"):
            with ui.element("section").classes("wb-card").props("aria-label=改了什么"):
                await self._what_changes()
            with ui.element("section").classes("wb-card").props("aria-label=算什么"):
                self.choice = replace(self.choice, data=self.choice.data or only_one(folders, self.choice))
                self._what({name: name for name in folders} | results, {name: name for name in mappings}, results)

    async def _what_changes(self) -> None:
        ui.label("原来：存着的规则").classes("wb-subtitle")
        other = ui.select(["", *self.others], value=self.against, label="改后").props("outlined dense")
        others = {name: f"{title}　{name}" for name, title in self.others.items()}
        other.set_options({"": DRAFTS, **others}, value=self.against)
        other.on_value_change(
            lambda event: ui.navigate.to(self.here.address(**self.choice.as_asked(), against=event.value or ""))
        )
        found, errors = await aside(_differences, self.here, self.book, self.against)
        self.ready = bool(found) and not errors
        if errors:
            show_problems(errors)
            ui.label("规则有错，不能试算：先改好。").classes("wb-warn")
        elif not found:
            nothing = "两边的规则一样。" if self.against else "没有草稿：先在规则页改，不用存，再到这里看会怎样。"
            ui.label(nothing).classes("wb-quiet")
        ui.label("规则变了什么").classes("wb-subtitle")
        show_changes(found)
        ui.link("到规则页", self.here.address("rules"))

    def _what(self, data: dict[str, str], mappings: dict[str, str], results: dict[str, str]) -> None:
        """Each by its name, with what it is called on the page."""
        with ui.element("div").classes("wb-settle-two"):
            names = list(self.programs)
            chosen = self.choice.program if self.choice.program in names else None
            program = ui.select(names, value=chosen, label="程序").props("outlined dense")
            period_field(self.choice.period, self._timed)
        program.on_value_change(lambda event: self._changed(program=event.value or "", out=""))
        there = [name for name in self.choice.data if name in data]
        label = "数据：文件夹和以前的结果（后面的盖前面的）"
        chips = ui.select(data, value=there, label=label, multiple=True).props("outlined dense use-chips options-dense")
        about = ui.label().classes("wb-quiet")
        show_told(self.told, there, about)
        chips.on_value_change(lambda event: show_told(self.told, event.value or (), about))
        chips.on_value_change(lambda event: self._changed(data=tuple(event.value or ())))
        with ui.expansion("映射、上期").classes("wb-more"), ui.element("div").classes("wb-settle-two"):
            self._optional("映射文件", "mapping", mappings)
            self._optional("上期的结果", "previous", results)
        self.out = ui.input("试算放在（工作台文件夹里）", value=self.choice.out).props("outlined dense")
        self.out.on("blur", lambda: self._changed(out=(self.out.value or "").strip()))
        with ui.row().classes("wb-row"):
            self.go = ui.button("开始试算", icon="play_arrow", on_click=self._start).props("unelevated no-caps")
        self.go.set_enabled(self.ready)
        self.said = ui.element("div").props("aria-live=polite")
        with self.said:
            ui.label("一次算一个期间：下一期要接上一期的结果，两边各接各的，几个月的请一个月一个月地试算。").classes(
                "wb-quiet"
            )
            ui.label("用同样的数据算两遍，再比较。规则先抄一份：草稿以后存了、不要了，这次的数照样能解释。").classes(
                "wb-quiet"
            )

    def _optional(self, label: str, name: str, called: dict[str, str]) -> None:
        now = getattr(self.choice, name)
        field = ui.select({"": "", **called}, value=now if now in called else "", label=label).props("outlined dense")
        field.on_value_change(lambda event: self._changed(**{name: event.value or ""}))

    def _changed(self, **what: Any) -> None:
        if self.refused:  # what was told may be mended now
            self.said.clear()
            self.refused = False
        shown = self.choice.out
        self.choice = replace(self.choice, **what)
        if not self.choice.out and self.choice.program and self.choice.period:
            self.choice = replace(self.choice, out=self._usual(self.choice))
        if (self.out.value or "").strip() == shown:  # else somebody is typing there
            self.out.set_value(self.choice.out)
        self.here.show_address(**self.choice.as_asked(), against=self.against)

    def _timed(self, period: str) -> None:
        if period != self.choice.period:
            self._changed(period=period, out="")

    def _usual(self, choice: Choice) -> str:
        return usual_out(self.here.place, self.here.region, choice.program, choice.period, FOLDER)

    async def _start(self) -> None:
        asked = (
            ("程序", self.choice.program), ("期间", self.choice.period), ("数据", self.choice.data),
            ("试算放在哪里", self.choice.out),
        )  # fmt: skip
        missing = [text for text, there in asked if not there]
        self.said.clear()
        with self.said:
            if missing:
                show_trouble(f"还没有写 {'、'.join(missing)}")
                self.refused = True
                return
            try:
                one_period(self.choice.period)
                _, *words = self.choice.words(self.here.place, self.here.region)
                which = ["--against", self.against] if self.against else ["--drafts"]
                self.go.disable()  # who clicks twice begins one
                title = f"试算 {self.book.title} {self.choice.program} {self.choice.period}"
                job = await aside(Jobs().start, ["simulate", *which, *words], title, words[-1])
            except ValueError as error:
                show_trouble(str(error))
                return
            except DataError as error:
                show_data_errors(error)
                self.go.enable()
                return
        ui.navigate.to(self.here.address(job=job.id))


def _differences(here: Here, book: Book, against: str) -> tuple[list[FileChange], list[Problem]]:
    """What the other side says otherwise, and the errors that it has."""
    if against:
        return changes(book, here.place.book(against)), []
    looked = desk_of(here.place.region_folder(here.region)).look()
    errors = [one for one in looked.problems if one.is_error]
    return (changes(book, looked.book) if looked.book is not None else []), errors


def simulations(place: Workplace, region: str) -> list[Run]:
    """The first results of the simulations of a region that are whole, the last written first."""
    found = place.results()
    names = {run.name for run in found}
    return [
        run for run in found
        if run.region == region and run.folder.name == BEFORE and (run.folder.parent / FILE).is_file()
        and f"{run.name.removesuffix(BEFORE)}{AFTER}" in names
    ]  # fmt: skip


async def _earlier(here: Here) -> None:
    made = (await aside(simulations, here.place, here.region))[:MOST_LISTED]
    names = [(run, run.name.removesuffix(f"/{BEFORE}")) for run in made]
    lines = [(f"{run.program} {run.period}", here.address(result=name), Path(name).name) for run, name in names]
    await show_earlier(here, "simulate", "以前的试算", lines, "还没有试算。")
