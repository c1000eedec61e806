"""Saving as one act: what changes, in words and in lines, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from engine.drafts import ChangedMeanwhile
from engine.files.errors import RunStopped
from engine.workbench.desk import GONE, Desk
from engine.workbench.page import Here, aside
from engine.workbench.shows.before_saving import show_before_saving
from engine.workbench.shows.dialogs import dialog_called
from engine.workbench.shows.file_differences import FileDifference
from engine.workbench.shows.troubles import tell, words_of

_ASKING: set[str] = set()
"""Windows in which a dialog is being made: who clicks twice is asked once."""


async def ask_to_save(here: Here, desk: Desk, done: Callable[[], Awaitable[None]]) -> None:
    """A dialog with the difference of every draft; what is saved is what it shows."""
    window = ui.context.client.id
    if window in _ASKING:
        return
    _ASKING.add(window)
    try:
        await _ask(here, desk, done)
    finally:
        _ASKING.discard(window)


async def _ask(here: Here, desk: Desk, done: Callable[[], Awaitable[None]]) -> None:
    if await aside(desk.gone):
        tell(f"{GONE}，没有存；草稿还在")
        return
    drafts = await aside(desk.drafts.all)
    if not drafts:
        ui.notify("没有要存的：和存着的一样")
        return
    told = await aside(lambda: [FileDifference.of(one.file, one.was, one.text) for one in drafts])
    looked = await aside(desk.look)
    with dialog_called("存进地区") as dialog:
        errors = [one for one in looked.problems if one.is_error]
        if errors:
            first = desk.near(f"{errors[0].place} {errors[0].message}")
            ui.label(f"存了以后有 {len(errors)} 个错误，运行不了：{first}").classes("wb-bad")
        for one in told:
            one.show()
        before = ui.element("div").classes("wb-before-saving")
        with ui.row().classes("wb-rule-bar"):
            in_short = ui.label("").classes("wb-grow").props("role=status")
            back = ui.button("先不存", on_click=dialog.close).props("flat no-caps")

            async def save() -> None:
                button.disable()  # who clicks twice saves once
                dialog.close()
                try:
                    saved = await aside(desk.save, drafts)
                except ChangedMeanwhile as changed:
                    tell(f"{changed}。没有存，草稿还在")
                    return
                except (OSError, RunStopped) as error:
                    tell(f"没有存：{words_of(error)}。草稿还在")
                    return
                said = f"存了 {len(saved.after)} 个文件，可以撤销" if saved.after else "没有要存的：刚刚在别处存了"
                ui.notify(said, type="positive")
                await done()

            button = ui.button(f"存 {len(drafts)} 个文件", on_click=save).props("no-caps")
    dialog.open()
    with before:
        doubts = await show_before_saving(here, desk, drafts)
    if doubts and not button.is_deleted:
        in_short.set_text(doubts)
        in_short.classes("wb-bad")
        _prefer(back, "回去改", button, f"照样存 {len(drafts)} 个文件")


def _prefer(back: ui.button, words: str, save: ui.button, anyway: str) -> None:
    """What is doubtful is not saved by the button that stands out, nor by a key at once."""
    back.set_text(words)
    back.props(remove="flat").props("unelevated")
    save.set_text(anyway)
    save.props("flat")
    back.client.run_javascript(f"getHtmlElement({back.id})?.focus()")


def ask_to_drop(file: str, drop: Callable[[], Awaitable[None]]) -> None:
    """Nothing brings a draft back: it is asked for first."""
    with dialog_called(f"不要 {file} 的草稿") as dialog:
        ui.label("这个文件回到存着的样子，草稿里写的找不回来。")

        async def dropped() -> None:
            dialog.close()
            await drop()

        with ui.row().classes("wb-rule-bar"):
            ui.space()
            ui.button("留着", on_click=dialog.close).props("flat no-caps autofocus")
            ui.button("不要了", on_click=dropped).props("no-caps color=negative")
    dialog.open()
