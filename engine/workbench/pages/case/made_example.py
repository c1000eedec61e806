"""The priced case becomes an example of the region, in a draft, with one click."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from engine.drafts import Drafts, KeptMeanwhile
from engine.excel.example_files import keep_example
from engine.excel.grid import Refused
from engine.files.errors import RunStopped
from engine.pricing.as_example import FILE, as_example
from engine.pricing.priced import Priced
from engine.pricing.problems import CannotPrice
from engine.pricing.region import Region
from engine.workbench.page import Here, aside
from engine.workbench.shows.troubles import words_of

EXAMPLES = "examples"
"""The page of the examples."""
Record = Mapping[str, Any]
Below = Mapping[str, Sequence[Mapping[str, Any]]]


class MadeExample:
    """The button, and below it what came of it. It stays while the case is priced anew: what is pressed then makes an
    example of the case as the form has it, once it has its price.
    """

    def __init__(self, here: Here, opened: Region) -> None:
        self.here, self.opened = here, opened
        self._case: tuple[Priced, Record, Below] | None = None
        self._is_priced = asyncio.Event()
        with ui.element("div").classes("wb-row wb-no-print"):
            self._button = ui.button("变成例子", icon="playlist_add", on_click=self._made)
            self._button.props("dense no-caps outline").set_visibility(False)
            self._said = ui.element("div").props("role=status")

    def priced_anew(self) -> None:
        """The form says something else than what has a price."""
        self._is_priced.clear()

    def priced(self, priced: Priced | None, record: Record, below: Below) -> None:
        """``None``: it has none."""
        self._case = (priced, record, below) if priced is not None and priced.settled else None
        self._button.set_visibility(self._case is not None)
        self._button.enable()
        self._said.clear()
        self._is_priced.set()

    async def _made(self) -> None:
        self._button.disable()
        await self._is_priced.wait()
        self._said.clear()
        if self._case is None:
            return
        case = self._case
        drafts = Drafts(self.here.place.region_folder(self.here.region))
        try:
            name = await aside(_kept, drafts, self.opened, *case)
        except (CannotPrice, Refused, KeptMeanwhile, RunStopped, OSError) as error:
            with self._said:
                ui.label(f"没有写成例子：{words_of(error)}").classes("wb-bad")
            self._button.enable()
            return
        with self._said:
            ui.link(f"写进了草稿：{name}", self.here.address(EXAMPLES, file=FILE, example=name))
            ui.label("里面有这一行的字段：能认出人的，存以前改掉").classes("wb-quiet wb-inline")


def _kept(drafts: Drafts, opened: Region, priced: Priced, record: Record, below: Below) -> str:
    key = " ".join(str(record.get(name) or "") for name in opened.keys(opened.table)).strip()
    return keep_example(drafts, as_example(opened, priced, record, below, f"{opened.table} {key}".strip()), FILE)
