"""What the rules say otherwise, in words."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from engine.simulate.variants import FileChange


def show_changes(changed: Sequence[FileChange]) -> None:
    for one in changed:
        ui.label(one.file).classes("wb-quiet")
        with ui.element("ul").classes("wb-list"):
            for said in one.said:
                with ui.element("li"):
                    ui.label(said)
