"""What to run: program, period, data, where the result goes; what is missing is said before anything is begun."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nicegui import events, ui

from engine.data.columns_wanted import Lacking
from engine.databases.registry import PASSWORDS
from engine.execute.period import parse_periods
from engine.files.errors import DataError, RunStopped
from engine.jobs.queue import Jobs
from engine.rulebook.book import Book
from engine.rulebook.problems import RulebookError
from engine.workbench.page import Here, aside
from engine.workbench.pages.settle.choice import Choice, choice_of, only_one, plain_address, usual_choice, usual_out
from engine.workbench.pages.settle.dropped import (
    LARGEST,
    MOST_FILES,
    NOT_TAKEN,
    file_in,
    named_buttons,
    new_folder,
)
from engine.workbench.pages.settle.earlier import MOST_LISTED, show_earlier
from engine.workbench.pages.settle.mapping import edit_mapping, match_columns
from engine.workbench.pages.settle.seen import show_seen
from engine.workbench.pages.settle.trying import seen_of
from engine.workbench.shows.data_told import folders_told, show_told
from engine.workbench.shows.period_field import period_field
from engine.workbench.shows.troubles import show_data_errors, show_problems, show_trouble, words_of

_PERIODS = {"年": "2025", "季": "2025Q1", "月": "2025-03"}


async def show_choice(here: Here) -> None:
    book = await here.book()
    choice = await aside(usual_choice, here, book, choice_of(here.asked))
    form = _Form(here, book, choice)
    await form.build()
    await _earlier(here)


class _Form:
    def __init__(self, here: Here, book: Book, choice: Choice) -> None:
        self.here, self.book, self.choice = here, book, choice
        self.drop = new_folder(here.place)
        self.password = ""
        self.programs = book.at(max(book.start, datetime.date.today())).programs

    async def build(self) -> None:
        place, region = self.here.place, self.here.region
        self.folders = await aside(place.table_folders, region)
        self.told = await aside(folders_told, self.folders)
        self.usual = only_one(self.folders, self.choice)
        self.choice = replace(self.choice, data=self.choice.data or self.usual)
        self.results = {run.name: run.title for run in await aside(place.results) if run.region == region}
        self.mappings = await aside(place.mappings, region)
        ui.label(f"结算 {self.book.title}").classes("wb-title").props("role=heading aria-level=1")
        with ui.element("div").classes("wb-settle"):
            with ui.element("section").classes("wb-card").props("aria-label=要算什么"):
                self._what()
                self._data()
            with ui.element("section").classes("wb-card").props("aria-label=核对和开始"):
                self._begin()

    def _what(self) -> None:
        with ui.element("div").classes("wb-settle-two"):
            names = list(self.programs)
            chosen = self.choice.program if self.choice.program in names else None
            self.program = ui.select(names, value=chosen, label="程序").props("outlined dense")
            period_field(self.choice.period, self._timed)
        self.program.on_value_change(lambda event: self._changed(program=event.value or "", out=""))
        self.period_hint = ui.label().classes("wb-quiet")
        self._hint()

    def _data(self) -> None:
        ui.label("数据").classes("wb-subtitle")
        options = {name: name for name in self.folders} | self.results
        there = [name for name in self.choice.data if name in options]
        self.data = ui.select(options, value=there, label="文件夹和以前的结果（后面的盖前面的）", multiple=True)
        self.data.props("outlined dense use-chips options-dense")
        about = ui.label().classes("wb-quiet")
        show_told(self.told, there, about)
        self.data.on_value_change(lambda event: show_told(self.told, event.value or (), about))
        self.data.on_value_change(lambda event: self._changed(data=tuple(event.value or ())))
        self.upload = upload = ui.upload(
            label="把这次交来的文件拖到这里（csv、xlsx、parquet）", multiple=True, auto_upload=True,
            max_file_size=LARGEST, max_files=MOST_FILES, on_upload=self._dropped,
            on_rejected=lambda: ui.notify("有文件太大或太多，没有收", type="negative"),
        ).classes("wb-upload").props("flat bordered")  # fmt: skip
        self.here.later(lambda: named_buttons(upload.id))
        with ui.expansion("数据库、映射、上期").classes("wb-more"):
            with ui.element("div").classes("wb-settle-two"):
                self.address = ui.input(
                    "数据库地址", value=self.choice.address, placeholder="postgresql://用户@主机/库?schema=模式"
                ).props("outlined dense")
                secret = ui.input("密码（用过就忘掉）", password=True).props("outlined dense autocomplete=off")
            self.address.on("blur", self._addressed)
            secret.on_value_change(lambda event: setattr(self, "password", event.value or ""))
            with ui.element("div").classes("wb-settle-two"):
                self.mapping = ui.select(
                    ["", *self.mappings], value=self.choice.mapping if self.choice.mapping in self.mappings else "",
                    label="映射文件",
                ).props("outlined dense")  # fmt: skip
                previous = ui.select(
                    {"": "", **self.results},
                    value=self.choice.previous if self.choice.previous in self.results else "",
                    label="上期的结果",
                ).props("outlined dense")
            self.mapping.on_value_change(lambda event: self._changed(mapping=event.value or ""))
            previous.on_value_change(lambda event: self._changed(previous=event.value or ""))
        ui.button("编辑映射", icon="edit", on_click=self._edit).props("flat dense no-caps")

    def _begin(self) -> None:
        self.out = (
            ui.input("结果放在（工作台文件夹里）", value=self.choice.out).props("outlined dense").classes("wb-wide")
        )
        self.out.on("blur", lambda: self._changed(out=(self.out.value or "").strip()))
        with ui.row().classes("wb-row"):
            self.look = ui.button("先核对数据", icon="fact_check", on_click=self._look_over).props("outline no-caps")
            self.go = ui.button("开始结算", icon="play_arrow", on_click=self._start).props("unelevated no-caps")
        self.said = ui.element("div").props("aria-live=polite")
        with self.said:
            ui.label("核对会把每张表读一遍，说缺什么、哪些行读不出来；结算时也先做这一步。").classes("wb-quiet")

    # -- what is done ------------------------------------------------------------

    def _changed(self, **what: Any) -> None:
        shown = self.choice.out
        self.choice = replace(self.choice, **what)
        if not self.choice.out and self.choice.program and self.choice.period:
            out = usual_out(self.here.place, self.here.region, self.choice.program, self.choice.period)
            self.choice = replace(self.choice, out=out)
        if (self.out.value or "").strip() == shown:  # else somebody is typing there
            self.out.set_value(self.choice.out)
        self._hint()
        self.here.show_address(**self.choice.as_asked())

    def _timed(self, period: str) -> None:
        if period != self.choice.period:
            self._changed(period=period, out="")

    def _hint(self) -> None:
        program = self.programs.get(self.choice.program)
        kinds = program.periods if program else tuple(_PERIODS)
        self.period_hint.set_text("期间写成 " + "、".join(_PERIODS[kind] for kind in kinds if kind in _PERIODS))

    def _addressed(self) -> None:
        try:
            self._changed(address=plain_address(self.address.value) if self.address.value else "")
        except DataError as error:
            self.address.set_value("")
            ui.notify(f"{error.message}：{error.hint}", type="negative")

    async def _dropped(self, event: events.UploadEventArguments) -> None:
        if not await self._taken(event):
            given = json.dumps(event.file.name)
            ui.run_javascript(f"({NOT_TAKEN})({self.upload.id}, {given})")

    async def _taken(self, event: events.UploadEventArguments) -> bool:
        try:
            target = file_in(self.drop, event.file.name)
            await event.file.save(target)
        except DataError as error:
            ui.notify(f"{error.message}：{error.hint}", type="negative")
            return False
        except OSError as error:
            target.unlink(missing_ok=True)
            ui.notify(f"没有收下 {event.file.name}：{words_of(error)}", type="negative")
            return False
        name = self.drop.relative_to(self.here.place.folder).as_posix()
        if target.suffix.lower() in (".yaml", ".yml"):
            self._mapped(target)
            ui.notify(f"收下 {target.name}，当作映射", type="positive")
            return True
        if name not in self.folders:
            self.folders[name] = self.drop
            before = self.choice.data if self.choice.data != self.usual else ()  # nobody chose what was there alone
            self.data.set_options([*self.folders, *self.results], value=[*before, name])
        ui.notify(f"收下 {target.name}", type="positive")
        return True

    def _mapped(self, file: Path) -> None:
        name = file.relative_to(self.here.place.folder).as_posix()
        self.mappings[name] = file
        self.mapping.set_options(["", *self.mappings], value=name)

    async def _edit(self) -> None:
        file = self._mapping_file()
        if await edit_mapping(file):
            self._mapped(file)

    def _complete(self) -> bool:
        missing = [
            text for text, there in (
                ("程序", self.choice.program), ("期间", self.choice.period), ("结果放在哪里", self.choice.out)
            ) if not there
        ]  # fmt: skip
        self.said.clear()
        with self.said:
            if missing:
                show_trouble(f"还没有写 {'、'.join(missing)}")
                return False
            try:
                parse_periods(self.choice.period)
            except ValueError as error:
                show_trouble(str(error))
                return False
        return True

    async def _look_over(self) -> None:
        if not self._complete():
            return
        with self.said:
            waiting = ui.row().classes("wb-row").props("role=status")
            with waiting:
                ui.spinner()
                ui.label("正在核对…")
            self.look.disable()
            try:
                if self.choice.address:
                    ui.label("数据库里的表在结算时核对").classes("wb-quiet")
                words = self.choice.words(self.here.place, self.here.region)
                show_seen(await self.here.place.beside.ask(seen_of, words), self.here.place.folder)
            except RulebookError as error:
                show_problems(error.problems)
            except RunStopped as error:
                show_trouble(error.message, error.details, error.hint)
            except DataError as error:
                show_data_errors(error)
                self._offer_columns(error)
            finally:
                if not waiting.is_deleted:  # as it is where something else was begun meanwhile
                    waiting.delete()
                self.look.enable()

    def _offer_columns(self, error: DataError) -> None:
        """Where the cure is to say which column of the file is the one that is missed."""
        found = [getattr(one, "lacking", None) for one in getattr(error, "errors", (error,))]
        lacking = [one for one in found if one is not None and one.there]
        if lacking:
            match = ui.button("把列对上…", icon="rule", on_click=lambda: self._match(lacking))
            match.props("unelevated no-caps")

    async def _match(self, lacking: Sequence[Lacking]) -> None:
        file = self._mapping_file()
        if await match_columns(file, lacking):
            self._mapped(file)
            await self._look_over()

    def _mapping_file(self) -> Path:
        return self.mappings.get(self.choice.mapping) or self.drop / "映射.yaml"

    async def _start(self) -> None:
        if not self._complete():
            return
        self.go.disable()  # who clicks twice begins one
        with self.said:
            try:
                words = self.choice.words(self.here.place, self.here.region)
                scheme = self.choice.address.partition("://")[0].lower()
                secrets = {PASSWORDS[scheme]: self.password} if self.password and scheme in PASSWORDS else {}
                title = f"{self.book.title} {self.choice.program} {self.choice.period}"
                job = await aside(Jobs().start, words, title, words[-1], secrets)
            except DataError as error:
                show_data_errors(error)
                self.go.enable()
                return
        ui.navigate.to(self.here.address(job=job.id))


async def _earlier(here: Here) -> None:
    results = [run for run in await aside(here.place.results) if run.region == here.region][:MOST_LISTED]
    lines = [(f"{run.program} {run.period}", here.address(result=run.name), run.title) for run in results]
    await show_earlier(here, "run", "结果", lines, "还没有结果。")
