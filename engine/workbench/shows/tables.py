"""A small table of texts."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement


def show_table(headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: int = 100) -> None:
    """``numbers``: the column from which on cells stand to the right."""
    with ui.element("table").classes("wb-table"):
        with ui.element("thead"), ui.element("tr"):
            for heading in headings:
                TextElement(tag="th", text=heading)
        with ui.element("tbody"):
            for row in rows:
                with ui.element("tr"):
                    for place, cell in enumerate(row):
                        TextElement(tag="td", text=cell).classes("wb-num" if place >= numbers else "")
