"""The priced case becomes an example of the region, in a draft, with one click."""

from __future__ import annotations

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


def offer_example(here: Here, opened: Region, priced: Priced, record: Record, below: Below) -> None:
    """The button, and below it what came of it."""
    with ui.element("div").classes("wb-row wb-no-print"):
        button = ui.button("变成例子", icon="playlist_add").props("dense no-caps outline")
        said = ui.element("div").props("role=status")

    async def made() -> None:
        button.disable()
        said.clear()
        try:
            name = await aside(_kept, Drafts(here.place.region_folder(here.region)), opened, priced, record, below)
        except (CannotPrice, Refused, KeptMeanwhile, RunStopped, OSError) as error:
            with said:
                ui.label(f"没有写成例子：{words_of(error)}").classes("wb-bad")
            button.enable()
            return
        with said:
            ui.link(f"写进了草稿：{name}", here.address(EXAMPLES, file=FILE, example=name))
            ui.label("里面有这一行的字段：能认出人的，存以前改掉").classes("wb-quiet wb-inline")

    button.on_click(made)


def _kept(drafts: Drafts, opened: Region, priced: Priced, record: Record, below: Below) -> str:
    key = " ".join(str(record.get(name) or "") for name in opened.keys(opened.table)).strip()
    return keep_example(drafts, as_example(opened, priced, record, below, f"{opened.table} {key}".strip()), FILE)
