"""A form for the dated figures of a parameter: a line for each date, and one for a further date."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from engine.excel.files import Change, TextFile
from engine.excel.grid import Sheet
from engine.excel.parameters import FIGURE, LIMIT, NAME, START
from engine.language.range_words import in_words

Put = Callable[[Callable[[], tuple[TextFile, Change]]], Awaitable[bool]]
"""Makes a change when its turn has come, and keeps it; whether it is kept."""
_ABOUT = ("单位", LIMIT, "依据", "状态", "说明")


class ParameterForm:
    """``sheet``: of the rows of one parameter, as the file has them now."""

    def __init__(self, sheet: Sheet, put: Put) -> None:
        self.sheet, self._put = sheet, put
        self._boxes: dict[tuple[int, str], Any] = {}
        about = sheet.rows[0].cells
        for title in _ABOUT:
            if title in about and about[title].text:
                told = f"可填 {in_words(about[title].text)}" if title == LIMIT else f"{title}：{about[title].text}"
                ui.label(told).classes("wb-about")
        for number in range(len(sheet.rows)):
            with ui.row().classes("wb-dated"):
                self._field(number, START)
                self._field(number, FIGURE)
        if sheet.add is not None:
            self._one_more()

    def takes(self, sheet: Sheet) -> bool:
        """The same lines as their file has them now, but where somebody has typed on; false for other lines."""
        if len(sheet.rows) != len(self.sheet.rows):
            return False
        before, self.sheet = self.sheet, sheet
        for (number, title), box in self._boxes.items():
            text, was = (of.rows[number].cells[title].text for of in (sheet, before))
            if text != was and str(box.value or "").strip() == was:
                box.set_value(text)
        return True

    def _field(self, number: int, title: str) -> None:
        cell = self.sheet.rows[number].cells[title]
        box: Any
        if cell.choices:
            box = ui.select(list(cell.choices), value=cell.text if cell.text in cell.choices else None, label=title)
        else:
            box = ui.input(title, value=cell.text)
        box.props("dense outlined")
        self._boxes[number, title] = box

        async def done() -> None:
            """Once for a text: the field is left after Enter, too."""
            text = str(box.value or "").strip()
            if text != self.sheet.rows[number].cells[title].text:
                await self._put(lambda: self.sheet.change(number, title, text))

        if cell.choices:
            box.on_value_change(done)
        else:
            box.on("keydown.enter", done)
            box.on("blur", done)

    def _one_more(self) -> None:
        with ui.row().classes("wb-dated"):
            day = ui.input("再加一个日期", placeholder="2026-01-01").props("dense outlined")
            figure = ui.input("从那天起的值").props("dense outlined")

            async def added() -> None:
                name = self.sheet.rows[0].cells[NAME].text
                texts = {NAME: name, START: day.value.strip(), FIGURE: figure.value.strip()}
                await self._put(lambda: self.sheet.new_row(texts))

            ui.button("加上", on_click=added).props("dense no-caps outline")
