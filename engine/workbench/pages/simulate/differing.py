"""What the rules say otherwise, in words."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from engine.simulate.variants import FileChange


def show_changes(changed: Sequence[FileChange], at_once: int = 0) -> None:
    """``at_once``: so many lines stand there, the others behind a line that opens; nothing: all of them."""
    lines = [(one.file, said) for one in changed for said in one.said]
    shown = lines[:at_once] if at_once else lines
    _lines(shown)
    if rest := lines[len(shown) :]:
        with ui.expansion(f"另外 {len(rest)} 处").classes("wb-more"):
            _lines(rest)


def _lines(lines: Sequence[tuple[str, str]]) -> None:
    for file in dict.fromkeys(file for file, _ in lines):
        ui.label(file).classes("wb-quiet")
        with ui.element("ul").classes("wb-list"):
            for said in (said for one, said in lines if one == file):
                with ui.element("li"):
                    ui.label(said)
