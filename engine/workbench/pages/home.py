"""首页: the regions of the folder with what is wrong and what is open, and the last results."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Mapping, Sequence

from nicegui import ui

from engine.workbench.page import Here, Page, aside
from engine.workbench.shows.counts import RegionCounts, counts_of
from engine.workbench.shows.troubles import words_of

LOG = logging.getLogger("casemix.workbench")
MOST_RESULTS = 20
SETTLE, RULES = "settle", "rules"
"""The pages that show a result, and a name."""
MOST_LISTED = 200


async def build(here: Here) -> None:
    titles = await aside(here.place.titles)
    ui.label("地区").classes("wb-title").props("role=heading aria-level=1")
    rows: dict[str, ui.element] = {}
    links: dict[str, list[tuple[Page, ui.link]]] = {}
    with ui.element("div").classes("wb-cards"):
        for name, title in titles.items():
            with ui.element("section").classes("wb-card"):
                with ui.element("div").classes("wb-row wb-named"):
                    ui.link(title, here.address("", region=name)).classes("wb-card-title")
                    ui.label(name).classes("wb-code-of")
                rows[name] = ui.column().classes("wb-card-body")
                with rows[name]:
                    ui.label("正在核对…").classes("wb-quiet")
                with ui.element("nav").classes("wb-row wb-card-pages") as pages:
                    pages.props["aria-label"] = title
                    links[name] = [
                        (page, ui.link(here.called(page, name), here.address(page.name, region=name)))
                        for page in here.pages
                        if page.of_region
                    ]
    await _results(here, titles)

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
            here.place.rows_called[name] = found.rows
            for page, link in links[name]:
                if page.of_a_row:
                    link.set_text(here.called(page, name))
            row.clear()
            with row:
                _counts(here, name, found)

    here.later(count)


def _counts(here: Here, region: str, found: RegionCounts) -> None:
    if found.unreadable:
        ui.label(found.unreadable).classes("wb-bad")
        return
    ui.label("没有错误" if not found.errors else f"{found.errors} 个错误").classes(
        "wb-bad" if found.errors else "wb-good"
    )
    if found.warnings:
        ui.label(f"{found.warnings} 个提醒").classes("wb-warn")
    if not found.errors:
        _listed(here, region, "待定，用到它们的程序会停下", found.pending, "没有待定")
        _listed(here, region, "不是正式的：转述、暂定", found.unsure, "都是正式的")


def _listed(here: Here, region: str, what: str, found: Sequence[tuple[str, str]], none: str) -> None:
    """Each with a link to where its name is told of; ``none``: what there is to say where there are none."""
    if not found:
        ui.label(none).classes("wb-quiet")
        return
    with ui.expansion(f"{len(found)} 项{what}").classes("wb-pending"):
        for name, said in found[:MOST_LISTED]:
            with ui.element("div"):
                ui.link(name, here.address(RULES, region=region, name=name, tab="name"))
                ui.label(said).classes("wb-quiet")
        if len(found) > MOST_LISTED:
            ui.label(f"…还有 {len(found) - MOST_LISTED} 项：用 casemix lists 全部列出来").classes("wb-quiet")


async def _results(here: Here, titles: Mapping[str, str]) -> None:
    found = await aside(here.place.results)
    ui.label("最近的结果").classes("wb-title").props("role=heading aria-level=2")
    if not found:
        ui.label("这个文件夹里还没有结果。").classes("wb-quiet")
        return
    with ui.element("ul").classes("wb-list"):
        for run in found[:MOST_RESULTS]:
            when = datetime.datetime.fromtimestamp(run.written).strftime("%Y-%m-%d %H:%M")
            with ui.element("li"):
                title = f"{titles.get(run.region, run.region)} {run.program} {run.period}"
                if run.region in titles:
                    ui.link(title, here.address(SETTLE, region=run.region, result=run.name))
                else:
                    ui.label(title)
                ui.label(f"{run.title}，{when}").classes("wb-quiet")


PAGE = Page("", "首页", build, of_region=False)
