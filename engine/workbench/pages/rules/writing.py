"""The editor in the middle: a file's text, kept at every pause, with its problems under it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import yaml
from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from engine.assist import complete as completing
from engine.assist.fixes import Fix, offset_of
from engine.drafts import KeptMeanwhile
from engine.formatting.remarks import NotLaidOut
from engine.rulebook.problems import Problem
from engine.workbench.desk import GONE, Desk
from engine.workbench.page import aside
from engine.workbench.pages.rules.editor import Editor
from engine.workbench.while_open import while_open

PAUSE = 0.15
"""Seconds without a sign typed until the text is kept and checked."""
SEEN = 2.0
"""Seconds between two looks at what other windows keep."""
SCRIPT = (Path(__file__).parent / "editor.js").read_text("utf-8")
READY = """(async (id, work) => {
  const later = (done) => setTimeout(done, 50);
  for (let tries = 0; tries < 200 && !getElement(id)?.rulesGo; tries++) await new Promise(later);
  work(getElement(id));
})"""
MOST_PROBLEMS = 100
_TYPES = {
    completing.KEYWORD: "keyword",
    completing.NAME: "variable",
    completing.FUNCTION: "function",
    completing.CLASS: "enum",
    completing.UNIT: "type",
    completing.ARTICLE: "text",
}


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
        self.problems: Sequence[Problem] = ()
        self._waiting: asyncio.Task[None] | None = None
        self._keeping = asyncio.Lock()
        self._listed: tuple[object, ...] = ()

    def build(self) -> None:
        with ui.row().classes("wb-rule-bar"):
            self.said = ui.label("").classes("wb-grow wb-quiet").props("role=status")
            ui.button("排版", on_click=self.lay_out).props("flat dense no-caps title='Shift+Alt+F'")
        self.told = ui.row().classes("wb-behind").props("role=alert")
        self.told.set_visibility(False)
        self.editor = Editor(self._typed)
        self.editor.classes("wb-rule-editor")
        for event, work in (
            ("rules-complete", self._complete), ("rules-hover", self._hover), ("rules-jump", self._jump),
            ("rules-at", self._at), ("rules-save", self._save), ("rules-format", self.lay_out),
            ("rules-unsent", self._unsent),
        ):  # fmt: skip
            self.editor.on(event, work)
        self.under = ui.element("div").classes("wb-under").props("tabindex=0 aria-label=问题")
        ui.run_javascript(f"({SCRIPT})({self.editor.id}, {json.dumps({'label': '规则文件'})})")
        while_open(self._look_elsewhere, every=SEEN)

    # -- which text

    async def open(self, file: str) -> None:
        """Shows a file; what was typed in the one before is kept first."""
        if file != self.file:
            await self.settle()
            async with self._keeping:
                await self._from_disk(file)
            await self.check()

    async def go(self, start: int, end: int) -> None:
        ui.run_javascript(f"{READY}({self.editor.id}, (editor) => editor.rulesGo({start}, {end}))")

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
        text, self.revision = await aside(self.desk.text, file)
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
            self._tell_browser(f"rulesKept({made})")
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
        self._tell_browser(f"rulesKept({made})")

    def ask_for_unsent(self) -> None:
        """Once the page stands: what the browser could not send, it gives now."""
        ui.run_javascript(f"{READY}({self.editor.id}, (editor) => editor.rulesUnsent())")

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
        self._tell_browser("rulesBack()")
        if not self.behind:
            ui.notify("连接断开的时候写的放回来了，留成了草稿", timeout=0, close_button="知道了")
        await self.check()

    def _tell_browser(self, call: str) -> None:
        self.editor.client.run_javascript(f"getElement({self.editor.id})?.{call}")

    def _is_behind(self, told: KeptMeanwhile) -> None:
        self.behind = True
        self.told.clear()
        self.told.set_visibility(True)
        mine = self.editor.text

        async def theirs() -> None:
            await self.reload()

        async def keep_mine() -> None:
            _, self.revision = await aside(self.desk.text, self.file)
            self.behind = False
            self.told.set_visibility(False)
            if self.editor.value != mine:
                self.editor.set_value(mine)
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
        try:
            out = await aside(self.desk.laid_out, self.editor.text)
        except NotLaidOut as error:
            ui.notify(error.message, type="warning")
            return
        except yaml.YAMLError:
            ui.notify("现在读不成 YAML，先改好红线的地方", type="warning")
            return
        self.write(out)

    # -- problems

    async def check(self) -> None:
        """Also for a form whose place is gone by then: what is done, is done in the editor's."""
        with self.editor:
            await self._check()

    async def _check(self) -> None:
        looked = await aside(self.desk.look)
        self.gone = bool(looked.problems) and looked.problems[0].message == GONE
        self.problems = looked.problems
        text = self.editor.text
        own = [one for one in self.problems if self._is_here(one)]
        marks = []
        for one in own:
            start = offset_of(text, one)
            if start is not None and start < len(text):
                told = f"{one.code} {one.message}" + (f"\n→ {one.hint}" if one.hint else "")
                look = f"wb-mark-{one.code[0]}"
                marks.append({"from": start, "to": _end_of_word(text, start), "look": look, "message": told})
        given = f"{json.dumps(marks)}, {len(text)}"
        ui.run_javascript(f"{READY}({self.editor.id}, (editor) => editor.rulesMarks({given}))")
        self._show(own)
        await self.changed()

    def _is_here(self, problem: Problem) -> bool:
        return Path(problem.place.file).absolute() == self.desk.folder / self.file

    def _show(self, own: Sequence[Problem]) -> None:
        errors = sum(one.is_error for one in self.problems)
        elsewhere = len(self.problems) - len(own)
        kept = "草稿已留在磁盘上，还没有存进地区" if self.revision > 0 else "和存着的一样"
        said = GONE if self.gone else f"全部 {errors} 个错误"
        self.said.set_text(f"{said}；{kept}" if self.gone else f"{kept}；{said}")
        self.said.classes("wb-bad" if self.gone else "", remove="" if self.gone else "wb-bad")
        now = (self.file, tuple(own), elsewhere)
        if now == self._listed:
            return  # what somebody is about to click stays where it is
        self._listed = now
        self.under.clear()
        with self.under:
            if not self.problems:
                ui.label("没有问题").classes("wb-good")
            for number, one in enumerate(own[:MOST_PROBLEMS]):
                self._problem(number, one)
            if elsewhere:
                others = [one for one in self.problems if not self._is_here(one)]
                with ui.expansion(f"别的文件里 {elsewhere} 个问题").classes("wb-elsewhere"):
                    for one in others[:MOST_PROBLEMS]:
                        ui.label(self.desk.near(f"{one.place} {one.code} {one.message}")).classes(_look(one))

    def _problem(self, number: int, one: Problem) -> None:
        with ui.element("div").classes("wb-one-problem"):
            where = f"{one.place.line} 行 {one.code}" if one.place.line else one.code
            place = ui.link(where, "#").classes(_look(one))
            place.on("click.prevent", lambda: self._to(one))
            ui.label(one.message)
            if one.hint:
                ui.label(f"→ {one.hint}").classes("wb-hint")
            room = ui.row().classes("wb-fixes")
            with room:
                ui.button("怎样改", on_click=lambda: self._offer(one, room)).props("flat dense no-caps size=sm")

    async def _to(self, one: Problem) -> None:
        text = self.editor.text
        start = offset_of(text, one) or 0
        await self.go(start, _end_of_word(text, start))

    async def _offer(self, one: Problem, room: ui.row) -> None:
        text = self.editor.text
        found = await aside(self.desk.fixes, self.file, one, text)
        room.clear()
        with room:
            for fix in found:
                ui.button(fix.title, on_click=lambda fix=fix: self._mend(fix, text)).props(
                    "dense no-caps size=sm outline"
                )
            if not found:
                ui.label("没有现成的改法").classes("wb-quiet")

    def _mend(self, fix: Fix, text: str) -> None:
        if self.editor.text == text:
            self.write(fix.applied(text))

    # -- what the editor asks

    async def _complete(self, event: GenericEventArguments) -> None:
        number, at = int(event.args["number"]), int(event.args["at"])
        text = self.editor.text
        found = await aside(self.desk.complete, self.file, text, at)
        options = [
            {
                "label": one.label, "apply": one.insert, "detail": one.detail[:60], "info": one.meaning[:200] or None,
                "type": _TYPES.get(one.kind, "text"),
            }
            for one in found[:80]
        ]  # fmt: skip
        self._answer(number, {"from": found[0].start if found else at, "options": options})

    async def _hover(self, event: GenericEventArguments) -> None:
        number, at = int(event.args["number"]), int(event.args["at"])
        told = await aside(self.desk.hover, self.file, self.editor.text, at)
        lines = [self.desk.near(line) for line in told.lines] if told is not None else []
        self._answer(number, {"from": told.start, "to": told.end, "lines": lines} if told is not None else None)

    def _answer(self, number: int, answer: Any) -> None:
        ui.run_javascript(f"getElement({self.editor.id}).rulesAnswer({number}, {json.dumps(answer)})")

    async def _jump(self, event: GenericEventArguments) -> None:
        name = await aside(self.desk.name, self.file, self.editor.text, int(event.args["at"]))
        if name:
            await self.jump(name)

    async def _at(self, event: GenericEventArguments) -> None:
        name = await aside(self.desk.name, self.file, self.editor.text, int(event.args["at"]))
        if name:
            await self.at_name(name)

    async def _save(self) -> None:
        await self.settle()
        await self.save()


def _end_of_word(text: str, start: int) -> int:
    end = start
    while end < len(text) and (text[end].isalnum() or text[end] in "_.%"):
        end += 1
    if end == start:
        stop = text.find("\n", start)
        end = len(text) if stop < 0 else stop
    return max(end, min(start + 1, len(text)))


def _look(one: Problem) -> str:
    return {"E": "wb-bad", "W": "wb-warn"}.get(one.code[0], "wb-quiet")
