"""The form: a field each, as the region declares it. Numbers are texts here, so that none is ever rounded."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from engine.language.types import Kind
from engine.pricing.form import Asked
from engine.pricing.region import Region
from engine.workbench.page import aside

MOST_OFFERED = 800
"""Keys of a published table that are put into a list; of more, the key is typed."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Changed = Callable[[], Awaitable[None]]


class Fields:
    """``again`` is called when something was changed and typing has paused."""

    def __init__(
        self, opened: Region, record: dict[str, str], below: dict[str, list[dict[str, str]]], again: Changed
    ) -> None:
        self.opened, self.again = opened, again
        self._values = dict(record)
        self._shown: dict[str, Any] = {}
        self._below = {name: [dict(row) for row in below.get(name, [])] for name in opened.fields_below}

    def mark(self, wrong: Mapping[str, str]) -> None:
        """Marks the fields whose values cannot be read, by name with why, and no others."""
        for name, shown in self._shown.items():
            said = wrong.get(name, "")
            if said != shown.props.get("error-message", ""):
                shown.props["error-message"] = said
                shown.props["error"] = bool(said)

    async def build(self) -> None:
        """Puts the form on the page, a part at a time: the loop is everybody's."""
        asked = await aside(self.opened.form)
        required = [one for one in asked if one.required]
        others = [one for one in asked if not one.required]
        with ui.element("section").classes("wb-fields") as section:
            section.props["aria-label"] = self.opened.table
            await self._ask(required, self._values)
            if others:
                filled = any(one.name in self._values for one in others)
                with ui.expansion("可以不填的", value=filled).classes("wb-more"):
                    await self._ask(others, self._values)
            for name in self._below:
                await self._rows(name)
            with ui.element("div").classes("wb-row wb-no-print"):
                ui.button("清空表单", icon="clear_all", on_click=self._clear).props("flat dense no-caps")

    def record(self) -> dict[str, str | None]:
        return {name: text or None for name, text in self._values.items()}

    def below(self) -> dict[str, list[dict[str, str | None]]]:
        """Rows of tables below; a table without any is left out where the region says that it may be."""
        found: dict[str, list[dict[str, str | None]]] = {}
        for name, rows in self._below.items():
            own = self._keys(name)
            given = [{field: text or None for field, text in (row | own).items()} for row in rows]
            if given or not self.opened.tables[name].optional:
                found[name] = given
        return found

    def _keys(self, name: str) -> dict[str, str]:
        """What says in a row of a table below that it belongs to the case, as the case is called now."""
        table, (key, *_) = self.opened.tables[name], self.opened.tables[self.opened.table].key
        own = [one for one in table.key if table.fields[one].refers == self.opened.table]
        return dict.fromkeys(own, self._values.get(key, ""))

    def in_address(self) -> dict[str, str]:
        return in_address(self._values, self._below)

    async def _ask(self, asked: list[Asked], values: dict[str, str]) -> None:
        with ui.element("div").classes("wb-fields-grid"):
            for one in asked:
                self._one(one, values)
                await asyncio.sleep(0)

    def _one(self, one: Asked, values: dict[str, str]) -> None:
        shown = _element(one, values.get(one.name, ""))
        shown.props("outlined dense options-dense hide-hint stack-label")
        shown.classes("wb-field wb-wide" if one.refers else "wb-field")
        if values is self._values:
            self._shown[one.name] = shown
        shown.props["hint"] = "；".join(text for text in (one.note, one.range, one.cite) if text)

        async def changed(event: Any) -> None:
            values[one.name] = str(event.value or "").strip()
            await self.again()

        shown.on_value_change(changed)

    async def _rows(self, name: str) -> None:
        """Rows of a table that belong to the case."""
        own = self._keys(name)
        asked = [one for one in self.opened.form(name) if one.name not in own]
        with ui.expansion(f"属于它的 {name}", value=bool(self._below[name])).classes("wb-more"):
            room = ui.element("div")
            shown: list[ui.element] = []

            def show(row: dict[str, str]) -> None:
                """The other rows stay as they are: somebody may be typing there."""
                with room, ui.element("div").classes("wb-fields-grid") as fields:
                    for one in asked:
                        self._one(one, row)
                shown.append(fields)

            async def more() -> None:
                row = self._keys(name)
                self._below[name].append(row)
                show(row)
                await self.again()

            async def fewer() -> None:
                if self._below[name]:
                    self._below[name].pop()
                    shown.pop().delete()
                    await self.again()

            for row in self._below[name]:
                show(row)
                await asyncio.sleep(0)
            ui.button("加一行", icon="add", on_click=more).props("flat dense no-caps")
            ui.button("去掉最后一行", icon="remove", on_click=fewer).props("flat dense no-caps")

    def _clear(self) -> None:
        """A page with an empty form: from the address, as everything."""
        ui.navigate.to("?new=1")


def in_address(record: Mapping[str, str], below: Mapping[str, Sequence[Mapping[str, str]]]) -> dict[str, str]:
    """A case and the rows that belong to it as words of an address."""
    said = {name: text for name, text in record.items() if text}
    for table, rows in below.items():
        for number, row in enumerate(rows, 1):
            said |= {f"{table}.{number}.{name}": text for name, text in row.items() if text}
    return said or {"new": "1"}


def _element(one: Asked, value: str) -> Any:
    """The control for a kind of field."""
    label = f"{one.name} *" if one.required else one.name
    if one.choices:
        left_out = f"（不填：{one.default}）" if one.default else "（空）"
        options = {} if one.required and value else {"": left_out}
        options |= {choice: choice for choice in one.choices}
        if value not in options:
            options[value] = value
        return ui.select(options, value=value, label=label)
    if one.known and len(one.known) <= MOST_OFFERED:
        offered = {key: f"{key} {title}".strip() for key, title in one.known}
        if value and value not in offered:
            offered[value] = f"{value}（公布的表里没有）"
        chosen = ui.select(offered, value=value or None, label=label, with_input=True, clearable=not one.required)
        return chosen
    if one.kind == Kind.DATE.value and (not value or _DAY.fullmatch(value)):
        return ui.date_input(label, value=value or None).props("debounce=350")
    field = ui.input(label, value=value, placeholder=one.default or "").props("debounce=350")
    if one.kind == Kind.NUMBER.value:
        field.props("inputmode=decimal").classes("wb-number")
    if one.unit:
        field.props["suffix"] = one.unit
    return field
