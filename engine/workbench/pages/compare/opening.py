"""Two results are chosen; the page shows where they differ, or the reasons of one row in both."""

from __future__ import annotations

from functools import partial

from nicegui import ui

from engine.files.errors import DataError
from engine.workbench.page import Here, Page, aside
from engine.workbench.pages.compare.both import show_both_reasons
from engine.workbench.pages.compare.differences import SIDES, show_differences


async def build(here: Here) -> None:
    one, other, by = (here.asked.get(name, "") for name in ("a", "b", "by"))
    runs = {run.name: run for run in await aside(here.place.results) if run.region == here.region}
    for name in (one, other):
        if name and name not in runs:
            raise DataError(f"没有结果 {name}", "它可能移走了")
    address = partial(here.address, a=one, b=other)
    if one and other and here.asked.get("grain"):
        await show_both_reasons(here, [runs[one], runs[other]], address)
        return
    ui.label("两个结果的比较").classes("wb-title").props("role=heading aria-level=1")
    if len(runs) < 2:
        ui.label("先在结算那一页用同样的数据算出两个结果：规则改动前一个，改动后一个。").classes("wb-quiet")
        return
    with ui.element("div").classes("wb-settle-two"):
        titles = {run.name: f"{run.program} {run.period}　{run.title}" for run in runs.values()}
        for name, title, value in zip("ab", SIDES.values(), (one, other), strict=True):
            choice = ui.select(titles, value=value or None, label=title).props("outlined dense")
            choice.on_value_change(
                lambda event, name=name: ui.navigate.to(
                    here.address(**{**{"a": one, "b": other, "by": by}, name: event.value})
                )
            )
    if one and other:
        with ui.element("section").classes("wb-card").props("aria-label=结果变了什么") as room:
            ui.label("结果变了什么").classes("wb-subtitle").props("role=heading aria-level=2")
        about = ui.element("div")
        await show_differences(here, runs[one], runs[other], address, room, about)


PAGE = Page("compare", "比较", build)
"""Two or more results side by side: the same region on several engines, before and after a change of its rules."""
