"""A small table of texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement


def show_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: int = 100,
    leads: Callable[[int], str] | None = None,
) -> None:
    """``numbers``: the column from which on cells stand to the right;
    ``leads``: where the first cell of a row leads.
    """
    with ui.element("table").classes("wb-table"):
        with ui.element("thead"), ui.element("tr"):
            for heading in headings:
                TextElement(tag="th", text=heading)
        with ui.element("tbody"):
            for number, row in enumerate(rows):
                with ui.element("tr"):
                    if leads is not None:
                        with ui.element("td"):
                            ui.link(row[0], leads(number))
                    for place, cell in list(enumerate(row))[leads is not None :]:
                        TextElement(tag="td", text=cell).classes("wb-num" if place >= numbers else "")
