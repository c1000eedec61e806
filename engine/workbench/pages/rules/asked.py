"""What the editor asks while somebody writes: what may stand here, what a name means, where it is written."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui.events import GenericEventArguments

from engine.assist import offered as completing
from engine.workbench.desk import Desk
from engine.workbench.page import aside
from engine.workbench.pages.rules.editor import Editor

_TYPES = {
    completing.KEYWORD: "keyword",
    completing.NAME: "variable",
    completing.FUNCTION: "function",
    completing.CLASS: "enum",
    completing.UNIT: "type",
    completing.ARTICLE: "text",
}
Named = Callable[[str], Awaitable[None]]


class Asked:
    """``file``: the one in the editor. ``at_name`` is called when the cursor is on a name, ``jump`` to go to it."""

    def __init__(self, desk: Desk, editor: Editor, file: Callable[[], str], at_name: Named, jump: Named) -> None:
        self.desk, self.editor, self.file, self.at_name, self.jump = desk, editor, file, at_name, jump
        for event, work in (
            ("rules-complete", self._complete), ("rules-hover", self._hover), ("rules-jump", self._jump),
            ("rules-at", self._at),
        ):  # fmt: skip
            editor.on(event, work)

    async def _complete(self, event: GenericEventArguments) -> None:
        number, at = int(event.args["number"]), int(event.args["at"])
        text = self.editor.text
        found = await aside(self.desk.complete, self.file(), text, at)
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
        told = await aside(self.desk.hover, self.file(), self.editor.text, at)
        lines = [self.desk.near(line) for line in told.lines] if told is not None else []
        self._answer(number, {"from": told.start, "to": told.end, "lines": lines} if told is not None else None)

    def _answer(self, number: int, answer: Any) -> None:
        self.editor.tell(f"rulesAnswer({number}, {json.dumps(answer)})")

    async def _jump(self, event: GenericEventArguments) -> None:
        name = await aside(self.desk.name, self.file(), self.editor.text, int(event.args["at"]))
        if name:
            await self.jump(name)

    async def _at(self, event: GenericEventArguments) -> None:
        name = await aside(self.desk.name, self.file(), self.editor.text, int(event.args["at"]))
        if name:
            await self.at_name(name)
