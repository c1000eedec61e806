"""What is wrong with the text in the editor: marked in it, listed under it, mended from there."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from nicegui import ui

from engine.assist.fixes import Fix, offset_of
from engine.rulebook.problems import Problem
from engine.workbench.desk import Desk
from engine.workbench.page import aside
from engine.workbench.pages.rules.editor import Editor

MOST_PROBLEMS = 100


class ProblemsUnder:
    """Of the text of ``editor``; ``write`` puts another in its place."""

    def __init__(self, desk: Desk, editor: Editor, write: Callable[[str], None]) -> None:
        self.desk, self.editor, self.write = desk, editor, write
        self.file = ""
        self._listed: tuple[object, ...] = ()
        self._room = ui.element("div").classes("wb-under").props("tabindex=0 aria-label=问题")

    def show(self, file: str, problems: Sequence[Problem]) -> None:
        """``file``: the one in the editor; problems of others are counted."""
        self.file = file
        text = self.editor.text
        own = [one for one in problems if self._is_here(one)]
        marks = []
        for one in own:
            start = offset_of(text, one)
            if start is not None and start < len(text):
                told = f"{one.code} {one.message}" + (f"\n→ {one.hint}" if one.hint else "")
                look = f"wb-mark-{one.code[0]}"
                marks.append({"from": start, "to": _end_of_word(text, start), "look": look, "message": told})
        self.editor.tell(f"rulesMarks({json.dumps(marks)}, {len(text)})")
        self._list(own, [one for one in problems if not self._is_here(one)])

    def _is_here(self, problem: Problem) -> bool:
        return Path(problem.place.file).absolute() == self.desk.folder / self.file

    def _list(self, own: Sequence[Problem], others: Sequence[Problem]) -> None:
        now = (self.file, tuple(own), len(others))
        if now == self._listed:
            return  # what somebody is about to click stays where it is
        self._listed = now
        self._room.clear()
        with self._room:
            if not own and not others:
                ui.label("没有问题").classes("wb-good")
            if len(own) > 1:
                with ui.row().classes("wb-fixes"):
                    ui.button("只有一种改法的都改好", on_click=self._mend_all).props("flat dense no-caps")
            for one in own[:MOST_PROBLEMS]:
                self._problem(one)
            if others:
                with ui.expansion(f"别的文件里 {len(others)} 个问题").classes("wb-elsewhere"):
                    for one in others[:MOST_PROBLEMS]:
                        ui.label(self.desk.near(f"{one.place} {one.code} {one.message}")).classes(_look(one))

    def _problem(self, one: Problem) -> None:
        with ui.element("div").classes("wb-one-problem"):
            where = f"{one.place.line} 行 {one.code}" if one.place.line else one.code
            place = ui.link(where, "#").classes(_look(one))
            place.on("click.prevent", lambda: self._to(one))
            ui.label(one.message)
            if one.hint:
                ui.label(f"→ {one.hint}").classes("wb-hint")
            room = ui.row().classes("wb-fixes")
            with room:
                ui.button("怎样改", on_click=lambda: self._offer(one, room)).props("flat dense no-caps")

    def _to(self, one: Problem) -> None:
        text = self.editor.text
        start = offset_of(text, one) or 0
        self.editor.go(start, _end_of_word(text, start))

    async def _offer(self, one: Problem, room: ui.row) -> None:
        text = self.editor.text
        found = await aside(self.desk.fixes, self.file, one, text)
        room.clear()
        with room:
            for fix in found:
                ui.button(fix.title, on_click=lambda fix=fix: self._mend(fix, text)).props("dense no-caps outline")
            if not found:
                ui.label("没有现成的改法").classes("wb-quiet")

    async def _mend_all(self) -> None:
        text = self.editor.text
        made = await aside(self.desk.mended, self.file, text)
        if not made.done:
            ui.notify("这些错误都不止一种改法，一处一处选")
        elif self.editor.text == text:
            self.write(made.after)
            ui.notify(f"改好了：{'；'.join(made.done)}", type="positive", timeout=10000, close_button="知道了")

    def _mend(self, fix: Fix, text: str) -> None:
        if self.editor.text == text:
            self.write(fix.applied(text))


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
