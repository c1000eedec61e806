"""数和表: what can be changed of a name without its text. A change becomes the draft of its file at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from nicegui import ui

from engine.drafts import KeptMeanwhile, is_rules
from engine.excel.files import Change, TextFile
from engine.excel.grid import Refused
from engine.files.errors import RunStopped
from engine.workbench.desk import Desk, Figures, plain
from engine.workbench.page import aside
from engine.workbench.pages.rules.grids import TableGrid
from engine.workbench.pages.rules.parameters import ParameterForm
from engine.workbench.pages.rules.writing import Writing
from engine.workbench.shows import saving
from engine.workbench.shows.before_saving import not_in_text
from engine.workbench.shows.troubles import tell, words_of
from engine.workbench.while_open import while_open

Work = Callable[[], tuple[TextFile, Change]]
MOVED = "文字刚刚改过，表还是旧的：再改一次"


class FiguresShown:
    """Of one name, in the place where :meth:`show` is called. ``go`` leads to where a name is written."""

    def __init__(self, desk: Desk, writing: Writing, go: Callable[[str], Awaitable[None]]) -> None:
        self.desk, self.writing, self.go = desk, writing, go
        self._name = ""
        self._form: ParameterForm | None = None
        self._grids: list[TableGrid] = []
        self._one = asyncio.Lock()
        """One change at a time, in their order: each is made where the one before left the file."""

    async def show(self, name: str) -> None:
        async with self._one:
            await self._show(name)

    async def _show(self, name: str) -> None:
        self._name = name
        found, drafts = await self._read()
        ui.label(name).classes("wb-subtitle")
        self._form = ParameterForm(found.parameter, self.put) if found.parameter is not None else None
        self._grids = []
        for sheet in found.tables:
            file = sheet.about[0].name if sheet.about is not None else ""
            drop = None if is_rules(file) else (lambda file=file: self._drop(file))
            await asyncio.sleep(0)
            self._grids.append(TableGrid(sheet, found.problems, self.put, draft=file in drafts, drop=drop))
        for line in found.elsewhere:
            ui.label(line).classes("wb-about")
        if found.elsewhere:
            ui.link(f"到写 {name} 的地方", "#").classes("wb-to").on("click.prevent", lambda: self.go(name))
        if self._form is None and not self._grids and not found.elsewhere:
            ui.label(await aside(self._why_nothing, name)).classes("wb-quiet")
        self._doubts = ui.element("div").props("aria-live=polite")
        self._doubt_later()

    def _doubt_later(self) -> None:
        with self._doubts:
            while_open(self._doubt)

    async def _doubt(self) -> None:
        """What is drafted of the name and neither its article nor its 原句 has."""
        room, book = self._doubts, self.desk.last
        drafts = await aside(self.desk.drafts.all)
        lines = await aside(not_in_text, book, drafts) if drafts and book is not None else []
        if room is self._doubts and not room.is_deleted:
            room.clear()
            with room:
                for line in lines:
                    if line.startswith(f"{self._name}："):
                        ui.label(line).classes("wb-warn")

    async def takes(self, name: str) -> bool:
        """What the files say now, in the same form and grids; false where others have to be shown."""
        async with self._one:
            return name == self._name and await self._takes()

    async def _takes(self) -> bool:
        found, drafts = await self._read()
        if (found.parameter is None) != (self._form is None) or len(found.tables) != len(self._grids):
            return False
        if not found.tables and found.parameter is None:
            return False
        if self._form is not None and (found.parameter is None or not self._form.takes(found.parameter)):
            return False
        for grid, sheet in zip(self._grids, found.tables, strict=True):
            file = sheet.about[0].name if sheet.about is not None else ""
            if not grid.takes(sheet, found.problems, file in drafts):
                return False
            await asyncio.sleep(0)
        return True

    async def _read(self) -> tuple[Figures, set[str]]:
        found = await aside(self.desk.figures, self._name)
        return found, {one.file for one in await aside(self.desk.drafts.all)}

    def _why_nothing(self, name: str) -> str:
        made = self.desk.made(name)
        if made and not any(one.own for one in made):
            return f"它不在这个地区的文件里，在 {self.desk.near(str(made[0].path))}：别的地区也用它，在这里改不了"
        return "它没有按日期的数，也不是表；在文字里改"

    # -- changes

    async def settle(self) -> None:
        """Waits until what was typed is kept."""
        for grid in self._grids:
            await grid.leave()
        async with self._one:
            pass

    async def put(self, work: Work) -> bool:
        """A change becomes the draft of its file; the editor shows it. The form itself may be replaced meanwhile."""
        async with self._one:
            kept = await self._kept(work)
            if kept is None:  # another window was quicker: once more, on what it left
                await self._follow()
                kept = await self._kept(work)
                if kept is None:
                    ui.notify(MOVED, type="warning")
            await self._follow()
            self._doubt_later()
            return bool(kept)

    async def _kept(self, work: Work) -> bool | None:
        """``None``: the file says something else by now than what the change was made in."""
        with self.writing.editor:
            try:
                await self._put(*work())
            except KeptMeanwhile:
                return None
            except (Refused, RunStopped) as refused:
                ui.notify(words_of(refused), type="warning", multi_line=True)
            except OSError as error:
                tell(f"草稿没有存下来：{words_of(error)}")
            else:
                return True
        return False

    async def _follow(self) -> None:
        await self.writing.check()
        await self._takes()

    async def _put(self, file: TextFile, change: Change) -> None:
        name = file.name
        if not is_rules(name):
            await aside(self.desk.put, file, [change])
            return
        await self.writing.settle()
        text, revision = await aside(self.desk.text, name)
        is_open = name == self.writing.file
        if plain(file.text) != plain(self.writing.editor.text if is_open else text):
            raise KeptMeanwhile(None)
        text = plain(file.changed([change]).decode(file.encoding))
        if is_open:
            self.writing.write(text)
            await self.writing.settle()
        else:
            await aside(self.desk.keep, name, text, revision)

    async def _drop(self, file: str) -> None:
        async def dropped() -> None:
            async with self._one:
                await aside(self.desk.drop, file)
                await self._follow()

        saving.ask_to_drop(file, dropped)
