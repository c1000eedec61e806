"""规则: the text of the measure beside the rules that state it, and an editor that helps."""

from __future__ import annotations

from engine.workbench.desk import desk_of
from engine.workbench.page import Here, Page, aside
from engine.workbench.pages.rules.view import RulesView


async def build(here: Here) -> None:
    desk = await aside(desk_of, here.place.region_folder(here.region))
    await RulesView(here, desk).build()


PAGE = Page("rules", "规则", build, stays=True)
