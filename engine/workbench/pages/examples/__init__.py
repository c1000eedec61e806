"""例子: a region's examples as grids, with what came out; changed, run and mended here."""

from __future__ import annotations

from engine.workbench.desk import desk_of
from engine.workbench.page import Here, Page, aside
from engine.workbench.pages.examples.view import ExamplesView


async def build(here: Here) -> None:
    desk = await aside(desk_of, here.place.region_folder(here.region))
    await ExamplesView(here, desk).build()


PAGE = Page("examples", "例子", build, stays=True)
