"""Taking over what came out: all of it as one act, with what it changes shown before it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from engine.excel.computed import Taken
from engine.excel.outdated_notes import outdated, said_of
from engine.workbench.shows.dialogs import dialog_called

MOST_SHOWN = 60


def ask_to_take(those: Sequence[Taken], note: str, there: Sequence[str], take: Callable[[], Awaitable[None]]) -> None:
    """``there``: values of the example that stay. ``take`` is called once somebody wants it."""
    with dialog_called(f"{len(those)} 处应得都改成算出的值") as dialog:
        ui.label("例子说的是办法要的结果。改之前看清楚：是办法变了，还是规则写错了。").classes("wb-about")
        with ui.element("ul").classes("wb-list"):
            for one in those[:MOST_SHOWN]:
                with ui.element("li"):
                    ui.label(str(one)).classes("wb-about")
        if len(those) > MOST_SHOWN:
            ui.label(f"…还有 {len(those) - MOST_SHOWN} 处").classes("wb-quiet")
        left = outdated(note, [one.was for one in those], [*there, *(one.now for one in those)])
        if left:
            ui.label(said_of(left)).classes("wb-warn")

        async def taken() -> None:
            button.disable()
            dialog.close()
            await take()

        with ui.row().classes("wb-rule-bar"):
            ui.label("改了先是草稿，存了也可以撤销").classes("wb-quiet wb-grow")
            ui.button("先不改", on_click=dialog.close).props("flat no-caps autofocus")
            button = ui.button(f"改这 {len(those)} 处", on_click=taken).props("no-caps")
    dialog.open()
