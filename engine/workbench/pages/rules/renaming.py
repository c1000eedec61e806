"""A name changed everywhere: asked for in a dialog, done as drafts, what is left told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from engine.assist.rename import NotRenamed, Renamed
from engine.drafts import KeptMeanwhile
from engine.rulebook.layers import shown
from engine.workbench.desk import Desk
from engine.workbench.page import aside
from engine.workbench.shows.dialogs import dialog_called


def ask_for_name(desk: Desk, old: str, done: Callable[[str], Awaitable[None]]) -> None:
    if not old:
        ui.notify("光标先停在一个名字上")
        return
    with dialog_called(f"{old} 改名") as dialog:
        ui.label("规则、通知、例子一起改，作为草稿；存了才算。").classes("wb-quiet")
        name = ui.input("新名字", value=old).props("dense outlined autofocus")
        room = ui.element("div")

        async def change() -> None:
            new = name.value.strip()
            room.clear()
            try:
                made = await aside(desk.rename, old, new)
            except NotRenamed as refused:
                with room:
                    ui.label(refused.message).classes("wb-bad")
                    ui.label(f"→ {refused.hint}" if refused.hint else "").classes("wb-hint")
                return
            except KeptMeanwhile as behind:
                with room:
                    ui.label(str(behind)).classes("wb-bad")
                return
            buttons.set_visibility(False)
            with room:
                _told(made, old)
                ui.button("知道了", on_click=dialog.close).props("no-caps")
            await done(new)

        with ui.row().classes("wb-rule-bar") as buttons:
            ui.space()
            ui.button("不改", on_click=dialog.close).props("flat no-caps")
            ui.button("改名", on_click=change).props("no-caps")
    dialog.open()


def _told(made: Renamed, old: str) -> None:
    ui.label(f"{len(made.edits)} 个文件里 {made.places} 处改了").classes("wb-good")
    if made.left:
        ui.label(f"{len(made.left)} 处说明、注释里还写着 {old}，没有改：").classes("wb-warn")
    for one in made.left:
        ui.label(f"{shown(one.path)}:{one.line} {one.where} {one.text}").classes("wb-about")
