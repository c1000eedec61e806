"""A small table of texts and counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement


def show_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str | int]],
    numbers: int = 100,
    leads: Callable[[int], str] | None = None,
) -> None:
    """``numbers``: the column from which on texts stand to the right, as counts do everywhere, and their headings;
    ``leads``: where the first cell of a row leads.
    """
    with ui.element("table").classes("wb-table"):
        with ui.element("thead"), ui.element("tr"):
            for place, heading in enumerate(headings):
                counts = bool(rows) and all(isinstance(row[place], int) for row in rows)
                TextElement(tag="th", text=heading).classes("wb-num" if place >= numbers or counts else "")
        with ui.element("tbody"):
            for number, row in enumerate(rows):
                with ui.element("tr"):
                    if leads is not None:
                        with ui.element("td"):
                            ui.link(str(row[0]), leads(number))
                    for place, cell in list(enumerate(row))[leads is not None :]:
                        to_the_right = place >= numbers or isinstance(cell, int)
                        text = f"{cell:,}" if isinstance(cell, int) else cell
                        TextElement(tag="td", text=text).classes("wb-num" if to_the_right else "")
