"""Saving as one act: what changes, in words and in lines, and what is wrong with it; and undoing it by one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from engine.drafts import ChangedMeanwhile, Draft, last_saved
from engine.drafts.said import Said
from engine.drafts.words import in_lines, in_words
from engine.files.errors import RunStopped
from engine.workbench.desk import GONE, Desk
from engine.workbench.page import aside
from engine.workbench.shows.before_saving import show_before_saving
from engine.workbench.shows.troubles import tell, words_of

MOST_WORDS, MOST_LINES = 60, 300
"""Of one file; a table that was replaced has thousands."""


_ASKING: set[str] = set()
"""Windows in which a dialog is being made: who clicks twice is asked once."""


async def ask_to_save(desk: Desk, done: Callable[[], Awaitable[None]]) -> None:
    """A dialog with the difference of every draft; what is saved is what it shows."""
    window = ui.context.client.id
    if window in _ASKING:
        return
    _ASKING.add(window)
    try:
        await _ask(desk, done)
    finally:
        _ASKING.discard(window)


async def _ask(desk: Desk, done: Callable[[], Awaitable[None]]) -> None:
    if await aside(desk.gone):
        tell(f"{GONE}，没有存；草稿还在")
        return
    drafts = await aside(desk.drafts.all)
    if not drafts:
        ui.notify("没有要存的：和存着的一样")
        return
    told = await aside(_differences, drafts)
    looked = await aside(desk.look)
    with ui.dialog() as dialog, ui.card().classes("wb-save-dialog"):
        ui.label("存进地区").classes("wb-title")
        errors = [one for one in looked.problems if one.is_error]
        if errors:
            first = desk.near(f"{errors[0].place} {errors[0].message}")
            ui.label(f"存了以后有 {len(errors)} 个错误，运行不了：{first}").classes("wb-bad")
        before = ui.element("div")
        for one, words, lines in told:
            _difference(one, words, lines)
        with ui.row().classes("wb-rule-bar"):
            ui.space()
            ui.button("先不存", on_click=dialog.close).props("flat no-caps")

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
        await show_before_saving(desk, drafts, lambda: button.set_text(f"照样存 {len(drafts)} 个文件"))


def ask_to_drop(file: str, drop: Callable[[], Awaitable[None]]) -> None:
    """Nothing brings a draft back: it is asked for first."""
    with ui.dialog() as dialog, ui.card().classes("wb-save-dialog"):
        ui.label(f"不要 {file} 的草稿").classes("wb-title")
        ui.label("这个文件回到存着的样子，草稿里写的找不回来。")

        async def dropped() -> None:
            dialog.close()
            await drop()

        with ui.row().classes("wb-rule-bar"):
            ui.space()
            ui.button("留着", on_click=dialog.close).props("flat no-caps autofocus")
            ui.button("不要了", on_click=dropped).props("no-caps color=negative")
    dialog.open()


def _differences(drafts: list[Draft]) -> list[tuple[Draft, list[Said] | None, list[str]]]:
    return [(one, in_words(one.file, one.was, one.text), in_lines(one.was, one.text, one.file)) for one in drafts]


def _difference(one: Draft, words: list[Said] | None, lines: list[str]) -> None:
    ui.label(one.file).classes("wb-subtitle")
    if words is None:
        ui.label("现在读不出来，只能看行").classes("wb-warn")
    for said in (words or ())[:MOST_WORDS]:
        ui.label(str(said)).classes("wb-about")
    _more(len(words or ()) - MOST_WORDS, "处")
    if words == []:
        ui.label("只有排列、注释变了").classes("wb-quiet")
    with ui.expansion("一行一行看", value=words is None).classes("wb-diff-lines"):
        for line in lines[2:][:MOST_LINES]:
            look = {"+": "wb-diff-new", "-": "wb-diff-old"}.get(line[:1], "wb-quiet")
            ui.label(line).classes(f"wb-code wb-diff {look}")
        _more(len(lines) - 2 - MOST_LINES, "行")


def _more(left: int, of: str) -> None:
    if left > 0:
        ui.label(f"…还有 {left} {of}：用 casemix drafts 全部列出来").classes("wb-quiet")


async def undo_last(desk: Desk, done: Callable[[], Awaitable[None]]) -> None:
    saved = await aside(last_saved, desk.drafts)
    if saved is None:
        ui.notify("没有可撤销的")
        return
    try:
        await aside(desk.undo)
    except (ChangedMeanwhile, OSError, RunStopped) as error:
        tell(f"没有撤销：{words_of(error)}")
        return
    ui.notify(f"撤销了 {saved.when} 存的 {len(saved.after)} 个文件", type="positive")
    await done()
