"""What is said below the grids of an example of how it came out: quiet once the row that it is about was changed."""

from __future__ import annotations

from collections.abc import Mapping

from nicegui import ui

from engine.workbench.pages.examples.grid import ShownGrid

BEFORE = "（改之前的结果，再运行）"


class SaidLines:
    """The lines stay where they are: somebody may be about to click beside them."""

    def __init__(self) -> None:
        self._lines: list[tuple[ui.label, str, str, str, int]] = []

    def say(self, text: str, style: str, part: str = "", row: int = 0) -> None:
        """``part`` and ``row`` of a grid that it is about; nothing: the whole example."""
        self._lines.append((ui.label(text).classes(style), text, style, part, row))

    def follow(self, grids: Mapping[str, ShownGrid]) -> None:
        """The rows that have no result any more."""
        anywhere = any(grid.stale for grid in grids.values())
        for label, text, style, part, row in self._lines:
            stale = row in grids[part].stale if part else anywhere
            label.set_text(f"{text}{BEFORE}" if stale else text)
            label.classes(replace="wb-quiet" if stale else style)
