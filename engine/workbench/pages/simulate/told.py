"""A simulation: what the rules say otherwise, then what that moves; and the drafts into the region."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from nicegui import ui

from engine.compare.runs import read_run
from engine.files.errors import DataError
from engine.simulate.simulate import AFTER, BEFORE, Simulation, read_simulation
from engine.workbench.desk import desk_of
from engine.workbench.page import Here, aside
from engine.workbench.pages.compare.both import show_both_reasons
from engine.workbench.pages.compare.differences import show_differences
from engine.workbench.pages.simulate.differing import show_changes
from engine.workbench.shows.saving import ask_to_save

MOST_AT_ONCE = 6
"""Lines of what the rules say otherwise that stand there at once."""
SAVED, DRAFTED, OTHERS = "saved", "drafted", "others"
"""What the region says now: what was simulated; that with its drafts; something else."""


async def show_simulation(here: Here, name: str) -> None:
    runs = [await aside(here.place.result, f"{name}/{side}") for side in (BEFORE, AFTER)]
    one, other = runs
    if one is None or other is None or one.region != here.region:
        raise DataError(f"没有试算 {name}", "它可能移走了，或没有算完")
    made = await aside(read_simulation, one.folder.parent)
    address = partial(here.address, result=name)
    if here.asked.get("grain"):
        await show_both_reasons(here, [one, other], address)
        return
    with ui.row().classes("wb-row"):
        title = f"试算 {made.title} {made.program} {made.period}"
        ui.label(title).classes("wb-title").props("role=heading aria-level=1")
        if await aside(lambda: any(read_run("", run.folder).record["example"] for run in (one, other))):
            ui.label("示例：含虚构数值").classes("wb-example")
    with ui.element("div").classes("wb-settle wb-cause-effect"):
        with ui.element("section").classes("wb-card").props("aria-label=规则变了什么"):
            ui.label(f"规则变了什么：{_sides(here, made)}").classes("wb-subtitle").props("role=heading aria-level=2")
            show_changes(made.changed, MOST_AT_ONCE)
            if not made.against:
                await _state(here, made, address())
        with ui.element("section").classes("wb-card").props("aria-label=结果变了什么") as room:
            ui.label("结果变了什么").classes("wb-subtitle").props("role=heading aria-level=2")
    about = ui.element("div")
    with ui.row().classes("wb-row"):
        ui.link("原来的结果", here.address("settle", result=one.name))
        if other.region == here.region:
            ui.link("改后的结果", here.address("settle", result=other.name))
    await show_differences(here, one, other, address, room, about)


def _sides(here: Here, made: Simulation) -> str:
    """What was run against what."""
    return f"存着的 → {here.place.titles().get(made.against, made.against)}" if made.against else "存着的 → 草稿"


async def _state(here: Here, made: Simulation, again: str) -> None:
    state = await aside(_now, here, made.after)
    if state == SAVED:
        ui.label("这些改动已经存进地区了。").classes("wb-good")
    elif state == OTHERS:
        ui.label("规则或草稿在这次试算以后又改过，或没有存就不要了；下面是当时的数。").classes("wb-warn")
    else:

        async def done() -> None:
            ui.navigate.to(again)

        with ui.row().classes("wb-row wb-no-print"):
            desk = await aside(desk_of, here.place.region_folder(here.region))
            ui.button("存进地区…", icon="save", on_click=lambda: ask_to_save(here, desk, done)).props(
                "unelevated no-caps"
            )
            ui.link("回到规则页再改", here.address("rules"))


def _now(here: Here, after: Path) -> str:
    simulated = read_run("B", after).record["rules_sha256"]
    if here.place.book(here.region).fingerprint() == simulated:
        return SAVED
    drafted = desk_of(here.place.region_folder(here.region)).look().book
    return DRAFTED if drafted is not None and drafted.fingerprint() == simulated else OTHERS
