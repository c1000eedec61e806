"""The note of an example as a field: what is written there is kept when it is left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui


class ShownNote:
    """``keep`` gets the note as it was and as it was written."""

    def __init__(self, note: str, keep: Callable[[str, str], Awaitable[None]]) -> None:
        self._note, self._keep = note, keep
        self._field = ui.textarea("说明", value=note).props("outlined dense autogrow").classes("wb-note")
        self._field.on("blur", self.leave)

    def follow(self, note: str) -> None:
        """What the file says now; what somebody is writing stays."""
        if self._written() == self._note:
            self._field.set_value(note)
        self._note = note

    async def leave(self) -> None:
        """What was written is kept when this returns."""
        was, written = self._note, self._written()
        if written != was:
            self._note = written  # kept once, however it is left
            await self._keep(was, written)

    def _written(self) -> str:
        return str(self._field.value or "").strip()
