"""The text in the middle: which file's it is, kept at every pause, never over what another window kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import yaml
from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from engine.drafts import KeptMeanwhile
from engine.formatting.remarks import NotLaidOut
from engine.workbench.desk import GONE, Desk
from engine.workbench.page import aside
from engine.workbench.pages.rules.asked import Asked
from engine.workbench.pages.rules.editor import Editor
from engine.workbench.pages.rules.under import ProblemsUnder
from engine.workbench.while_open import while_open

PAUSE = 0.15
"""Seconds without a sign typed until the text is kept and checked."""
SEEN = 2.0
"""Seconds between two looks at what other windows keep."""


class Writing:
    """``changed`` is called when the rules were checked anew, ``at_name`` when the cursor is on a name."""

    def __init__(
        self, desk: Desk, changed: Callable[[], Awaitable[None]], at_name: Callable[[str], Awaitable[None]],
        jump: Callable[[str], Awaitable[None]], save: Callable[[], Awaitable[None]],
    ) -> None:  # fmt: skip
        self.desk, self.changed, self.at_name, self.jump, self.save = desk, changed, at_name, jump, save
        self.file = ""
        self.revision = 0
        self.behind = self.gone = False
        self.drafts: list[str] = []
        self._waiting: asyncio.Task[None] | None = None
        self._keeping = asyncio.Lock()

    def build(self) -> None:
        with ui.row().classes("wb-rule-bar"):
            self.said = ui.label("").classes("wb-grow wb-quiet").props("role=status")
            ui.button("排版", on_click=self.lay_out).props("flat dense no-caps title='Shift+Alt+F'")
        self.told = ui.row().classes("wb-behind").props("role=alert")
        self.told.set_visibility(False)
        self.editor = Editor(self._typed)
        self.editor.classes("wb-rule-editor")
        self.editor.on("rules-save", self._save)
        self.editor.on("rules-format", self.lay_out)
        self.editor.on("rules-unsent", self._unsent)
        Asked(self.desk, self.editor, lambda: self.file, self.at_name, self.jump)
        self.under = ProblemsUnder(self.desk, self.editor, self.write)
        self.editor.begin("规则文件")
        while_open(self._look_elsewhere, every=SEEN)

    # -- which text

    async def open(self, file: str) -> None:
        """Shows a file; what was typed in the one before is kept first."""
        if file != self.file:
            await self.settle()
            async with self._keeping:
                text, revision = await aside(self.desk.text, file)
                while self._waiting is not None:  # somebody typed on meanwhile
                    self._forget_waiting()
                    await self._keep()
                self._give(file, text, revision)
            await self.check()

    def go(self, start: int, end: int) -> None:
        self.editor.go(start, end)

    async def reload(self) -> None:
        """What the disk has now, draft or file."""
        async with self._keeping:
            await self._from_disk(self.file)
        await self.check()

    async def drop(self) -> None:
        """The draft is no more, what is just being kept neither."""
        self._forget_waiting()
        async with self._keeping:
            await aside(self.desk.drop, self.file)
            await self._from_disk(self.file)

    async def _from_disk(self, file: str) -> None:
        self._give(file, *await aside(self.desk.text, file))

    def _give(self, file: str, text: str, revision: int) -> None:
        self.revision = revision
        self._forget_waiting()
        self.file, self.behind = file, False
        self.told.set_visibility(False)
        self.editor.give(file, text)

    async def settle(self) -> None:
        """Waits until what was typed is kept."""
        if self._waiting is not None:
            self._forget_waiting()
            await self.keep()
        async with self._keeping:
            pass

    def write(self, text: str) -> None:
        """A text in the place of what stands in the editor, as if somebody had typed it."""
        if text != self.editor.text:
            self.editor.set_value(text)
            self._typed()

    def _forget_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    # -- typing

    def _typed(self) -> None:
        self._forget_waiting()
        self._waiting = background_tasks.create(self._paused(), context=self.editor)

    async def _paused(self) -> None:
        await asyncio.sleep(PAUSE)
        self._waiting = None
        await self.keep()
        await self.check()

    async def keep(self) -> None:
        """The text on the disk as a draft, unless another window was quicker. One at a time."""
        async with self._keeping:
            await self._keep()

    async def _keep(self) -> None:
        text, made = self.editor.text, self.editor.made
        if not self.file or self.behind:
            return
        if text == (await aside(self.desk.text, self.file))[0]:
            self.editor.tell(f"rulesKept({made})")
            return
        try:
            draft = await aside(self.desk.keep, self.file, text, self.revision)
        except KeptMeanwhile as told:
            self._is_behind(told)
            return
        except OSError as error:
            self.said.set_text(f"草稿没有存下来：{error.strerror or error}")
            self.said.classes("wb-bad")
            return
        self.said.classes(remove="wb-bad")
        self.revision = draft.revision if draft is not None else 0
        self.editor.tell(f"rulesKept({made})")

    def ask_for_unsent(self) -> None:
        """Once the page stands: what the browser could not send, it gives now."""
        self.editor.tell("rulesUnsent()")

    async def _unsent(self, event: GenericEventArguments) -> None:
        """What was typed while the connection was broken for so long that the page had to be opened anew."""
        file, was, text = (str(event.args.get(key) or "") for key in ("file", "was", "text"))
        if file not in await aside(self.desk.files):
            return
        await self.open(file)
        async with self._keeping:
            now, _ = await aside(self.desk.text, file)
            if now != text:
                self.editor.set_value(text)
            if now not in (text, was):
                self._is_behind(KeptMeanwhile(self.desk.drafts.of(file)))
        await self.keep()
        self.editor.tell("rulesBack()")
        if not self.behind:
            ui.notify("连接断开的时候写的放回来了，留成了草稿", timeout=0, close_button="知道了")
        await self.check()

    def _is_behind(self, told: KeptMeanwhile) -> None:
        self.behind = True
        self.told.clear()
        self.told.set_visibility(True)

        async def theirs() -> None:
            await self.reload()

        async def keep_mine() -> None:
            _, self.revision = await aside(self.desk.text, self.file)
            self.behind = False
            self.told.set_visibility(False)
            await self.keep()
            await self.check()

        with self.told:
            what = "改过" if told.draft is not None else "存了，或不要草稿了"
            ui.label(f"这个文件在另一个窗口里{what}；这里写的还没有留下，也没有盖掉那边的。").classes("wb-grow")
            ui.button("看那边的", on_click=theirs).props("dense no-caps outline")
            ui.button("用这里的", on_click=keep_mine).props("dense no-caps outline")

    async def _look_elsewhere(self) -> None:
        """Another window on the same file is seen before anything is typed over it."""
        if not self.file or self.behind or self._waiting is not None or self._keeping.locked():
            return
        if await aside(self.desk.gone) != self.gone:
            await self.check()
            return
        known, file = self.revision, self.file
        text, revision = await aside(self.desk.text, file)
        moved_on = self._waiting is not None or self._keeping.locked() or (known, file) != (self.revision, self.file)
        if revision == self.revision or moved_on:
            return
        if text == self.editor.value:
            self.revision = revision
            return
        self._is_behind(KeptMeanwhile(self.desk.drafts.of(self.file)))

    async def lay_out(self) -> None:
        text = self.editor.text
        try:
            out = await aside(self.desk.laid_out, text)
        except NotLaidOut as error:
            ui.notify(error.message, type="warning")
            return
        except yaml.YAMLError:
            ui.notify("现在读不成 YAML，先改好红线的地方", type="warning")
            return
        if self.editor.text == text:
            self.write(out)
        else:  # somebody typed on
            await self.lay_out()

    # -- checked

    async def check(self) -> None:
        """Also for a form whose place is gone by then: what is done, is done in the editor's."""
        with self.editor:
            looked = await aside(self.desk.look)
            self.drafts = [one.file for one in await aside(self.desk.drafts.all)]
            self.gone = bool(looked.problems) and looked.problems[0].message == GONE
            self.under.show(self.file, looked.problems)
            self._say(sum(one.is_error for one in looked.problems))
            await self.changed()

    def _say(self, errors: int) -> None:
        unsaved = sum(file != self.file for file in self.drafts)
        kept = "草稿已留在磁盘上，还没有存进地区" if self.revision > 0 else "和存着的一样"
        kept += f"；别的文件还有 {unsaved} 个草稿没有存" if unsaved else ""
        said = GONE if self.gone else f"全部 {errors} 个错误"
        self.said.set_text(f"{said}；{kept}" if self.gone else f"{kept}；{said}")
        self.said.classes("wb-bad" if self.gone else "", remove="" if self.gone else "wb-bad")

    async def _save(self) -> None:
        await self.settle()
        await self.save()
