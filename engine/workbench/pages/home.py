"""首页: the regions of the folder with what is wrong and what is open, and the last results."""

from __future__ import annotations

import datetime
import logging

from nicegui import ui

from engine.workbench.page import Here, Page, aside
from engine.workbench.shows.counts import RegionCounts, counts_of
from engine.workbench.shows.troubles import words_of

LOG = logging.getLogger("casemix.workbench")
MOST_RESULTS = 20
SETTLE = "settle"
"""The page that shows a result."""


async def build(here: Here) -> None:
    names = here.place.regions()
    ui.label("地区").classes("wb-title").props("role=heading aria-level=1")
    rows: dict[str, ui.element] = {}
    with ui.element("div").classes("wb-cards"):
        for name in names:
            with ui.element("section").classes("wb-card"):
                ui.link(name, here.address("", region=name)).classes("wb-card-title")
                rows[name] = ui.column().classes("wb-card-body")
                with rows[name]:
                    ui.label("正在核对…").classes("wb-quiet")
                with ui.element("nav").classes("wb-row wb-card-pages").props(f"aria-label={name}"):
                    for page in here.pages:
                        if page.of_region:
                            ui.link(page.title, here.address(page.name, region=name))
    await _results(here)

    async def count() -> None:
        for name, row in rows.items():
            try:
                found = await here.place.beside.ask(counts_of, name)
            except Exception as error:  # the others are looked at all the same
                LOG.exception("counts of %s", name)
                row.clear()
                with row:
                    ui.label(f"没有核对成：{words_of(error)}").classes("wb-bad")
                continue
            row.clear()
            with row:
                _counts(found)

    here.later(count)


def _counts(found: RegionCounts) -> None:
    ui.label(found.title)
    if found.unreadable:
        ui.label(found.unreadable).classes("wb-bad")
        return
    ui.label("没有错误" if not found.errors else f"{found.errors} 个错误").classes(
        "wb-bad" if found.errors else "wb-good"
    )
    if found.warnings:
        ui.label(f"{found.warnings} 个提醒").classes("wb-warn")
    if found.pending:
        with ui.expansion(f"{len(found.pending)} 项待定").classes("wb-pending"):
            for line in found.pending:
                ui.label(line)


async def _results(here: Here) -> None:
    found = await aside(here.place.results)
    ui.label("最近的结果").classes("wb-title").props("role=heading aria-level=2")
    if not found:
        ui.label("这个文件夹里还没有结果。").classes("wb-quiet")
        return
    regions = here.place.regions()
    with ui.element("ul").classes("wb-list"):
        for run in found[:MOST_RESULTS]:
            when = datetime.datetime.fromtimestamp(run.written).strftime("%Y-%m-%d %H:%M")
            with ui.element("li"):
                if run.region in regions:
                    title = f"{run.region} {run.program} {run.period}"
                    ui.link(title, here.address(SETTLE, region=run.region, result=run.name))
                else:
                    ui.label(f"{run.region} {run.program} {run.period}")
                ui.label(f"{run.name}，{when}").classes("wb-quiet")


PAGE = Page("", "首页", build, of_region=False)
