"""The box that a text is written in: what is typed is told apart from what the page puts into it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

SCRIPT = (Path(__file__).parent / "editor.js").read_text("utf-8")
_READY = """(async (id, work) => {
  const later = (done) => setTimeout(done, 50);
  for (let tries = 0; tries < 200 && !getElement(id)?.rulesGo; tries++) await new Promise(later);
  work(getElement(id));
})"""
GIVEN = "data-given"
"""The number of the text that the page gave last; ``editor.js`` says with every change which one it was made in."""
FILE = "data-file"
"""Which file it is, for the browser: what it could not send stays there, under that name."""


class Editor(ui.codemirror):
    """``typed`` is called when somebody typed, not when the page gives a text.

    A change made in a text that was replaced meanwhile is let go: the browser has the new text by then.
    ``made``: the number that the browser gave the last change that is in the text.
    """

    def __init__(self, typed: Callable[[], None]) -> None:
        self._given = 0
        self._typed = typed
        self.made = 0
        super().__init__("", language="YAML", indent="  ", line_wrapping=True)

    def begin(self, label: str) -> None:
        """What it does more than its kind, once it stands in the browser."""
        self.client.run_javascript(f"({SCRIPT})({self.id}, {json.dumps({'label': label})})")

    def go(self, start: int, end: int) -> None:
        """The cursor from here to there, in sight."""
        self.tell(f"rulesGo({start}, {end})")

    def tell(self, call: str) -> None:
        """One of the functions of ``editor.js``, with what it is given, once they are there."""
        self.client.run_javascript(f"{_READY}({self.id}, (editor) => editor.{call})")

    @property
    def text(self) -> str:
        return self.value or ""

    def give(self, file: str, text: str) -> None:
        """Another text, of this file."""
        with self._props.suspend_updates():
            self._props[FILE] = file
        if text == self.text:
            self.update()
        else:
            self.set_value(text)

    def _handle_value_change(self, value: Any) -> None:
        by_page = self._send_update_on_value_change
        if by_page:
            self._given += 1
            with self._props.suspend_updates():
                self._props[GIVEN] = str(self._given)
        super()._handle_value_change(value)
        if not by_page:
            self._typed()

    def _event_args_to_value(self, event: GenericEventArguments) -> str:
        made_in = event.args.get("given")
        if made_in is not None and made_in != self._props.get(GIVEN):
            return self.text
        if sum(event.args["sections"][::2]) != len(self._codepoints):
            return self.text
        self.made = int(event.args.get("made") or 0)
        return super()._event_args_to_value(event)
