"""Why a row of a result is as it is: the tree of its reasons, opened step by step."""

from __future__ import annotations

from nicegui import ui

from engine.files.errors import DataError
from engine.workbench.page import Here, aside
from engine.workbench.pages.case.leading import link_to_case
from engine.workbench.pages.settle.trying import explained
from engine.workbench.shows.names_beside import key_called
from engine.workbench.shows.rule_links import RuleLinks
from engine.workbench.shows.steps import Tree


async def show_reasons(here: Here, name: str, grain: str, key: str) -> None:
    run = await aside(here.place.result, name)
    if run is None:
        raise DataError(f"没有结果 {name}", "它可能移走了")
    called = await aside(key_called, here.place, await here.book(), run, grain, key)
    ui.label(f"{grain} {called}").classes("wb-title").props("role=heading aria-level=1")
    with ui.row().classes("wb-row"):
        ui.link(f"{run.program} {run.period}", here.address(result=name))
        await link_to_case(here, run, grain, key)
        waiting = ui.row().classes("wb-row").props("role=status")
    with waiting:
        ui.spinner()
        ui.label("正在从数据重新算出理由…")
    found = await here.place.beside.ask(explained, str(run.folder), grain, key)
    waiting.delete()
    if found.example:
        ui.label("示例：这次运行用了编造的数值").classes("wb-example")
    if found.left_out:
        ui.label(found.left_out).classes("wb-warn")
    await Tree(await RuleLinks.on(here), opens=True).show(found.steps)
