"""What no example reaches, of the entries that are looked at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from nicegui import ui

from engine.assist.new_rows import new_row
from engine.assist.new_rows_kept import WithRow, text_with
from engine.assist.reached import Reached
from engine.excel.grid import Refused
from engine.testing.coverage import Unreached
from engine.workbench.desk import Desk
from engine.workbench.page import Here, aside

RULES = "rules"
MOST = 12
FOUND = "加了一行，走得到；应得的是照现在的规则算出来的，请核对"
NOT_FOUND = "没有试出走得到的：照最近的一行加了一行，应得写的是 空，改好再运行"
Leave = Callable[[], Awaitable[None]]
Put = Callable[[WithRow], Awaitable[None]]


def show_missing(here: Here, desk: Desk, names: Sequence[str], file: str, leave: Leave, put: Put) -> None:
    """Each with a link to its line, and a row that reaches it. ``leave``: once it returns, what was typed is kept."""
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
            ui.button("加一行走到它", on_click=lambda one=one: _add(desk, found, one, file, leave, put)).props(
                "dense no-caps outline"
            )
            ui.link(f"{one.name}：{one.what}", here.address(RULES, file=own, name=one.name, line=str(one.place.line)))
    if len(missing) > MOST:
        ui.label(f"…还有 {len(missing) - MOST} 处").classes("wb-quiet")


async def _add(desk: Desk, found: Reached, one: Unreached, file: str, leave: Leave, put: Put) -> None:
    ui.notify("正在试…")
    row = await aside(new_row, found.book, found.coverage, one)
    await leave()
    try:
        if row is None:
            raise Refused("它什么也不读，没有可以给的")
        made = await aside(text_with, desk.drafts, row, file)
    except Refused as refused:
        ui.notify(f"没有加：{refused}", type="warning")
        return
    ui.notify(FOUND if row.reaches else NOT_FOUND, type="positive" if row.reaches else "warning", timeout=8000)
    await put(made)
