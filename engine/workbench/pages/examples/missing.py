"""What no example reaches, of the entries that are looked at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from nicegui import ui

from engine.workbench.desk import Desk
from engine.workbench.page import Here

RULES = "rules"
MOST = 12
Put = Callable[[str, str, str, int], Awaitable[None]]


async def show_missing(here: Here, desk: Desk, names: Sequence[str], file: str, put: Put) -> None:
    """Each with a link to its line."""
    found = desk.reached_now()
    if found is None:
        return
    missing = [one for name in names for one in found.of(name)[1]]
    if not missing:
        return
    ui.label(f"没有走到的 {len(missing)} 处").classes("wb-subtitle").props("role=heading aria-level=2")
    for one in missing[:MOST]:
        with ui.element("div").classes("wb-example-row"):
            path = Path(one.place.file).absolute()
            own = path.relative_to(desk.folder).as_posix() if path.is_relative_to(desk.folder) else ""
            ui.link(f"{one.name}：{one.what}", here.address(RULES, file=own, name=one.name, line=str(one.place.line)))
    if len(missing) > MOST:
        ui.label(f"…还有 {len(missing) - MOST} 处").classes("wb-quiet")
