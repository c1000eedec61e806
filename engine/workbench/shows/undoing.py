"""Undoing what was saved last, as one act: what it is, from what to what, is shown before it is done and said after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from engine.drafts import ChangedMeanwhile, Saved, changed_since, is_something_saved, last_saved
from engine.files.errors import RunStopped
from engine.workbench.desk import Desk
from engine.workbench.page import aside
from engine.workbench.shows.dialogs import dialog_called
from engine.workbench.shows.file_differences import FileDifference
from engine.workbench.shows.troubles import tell, words_of
from engine.workbench.while_open import while_open

SEEN = 2.0
"""Seconds between two looks whether something was saved, here or elsewhere."""
NOTHING = "没有可撤销的：还没有存过，或者已经撤销了"
MOST_TOLD = 4
Work = Callable[[], Awaitable[None]]


class UndoButton:
    """Can be pressed where something was saved. ``settle``: waits until what was typed is kept; ``done`` is called once
    the region's files are others.
    """

    def __init__(self, desk: Desk, settle: Work, done: Work) -> None:
        self.desk, self.settle, self.done = desk, settle, done
        self.button = ui.button("撤销上次存的…", on_click=self._ask).props("dense flat no-caps")
        self.button.disable()
        while_open(self._follow, every=SEEN)

    async def _follow(self) -> None:
        can = await aside(is_something_saved, self.desk.drafts)
        self.button.set_enabled(can)
        self.button.props(f'title="{"先看撤销的是什么" if can else NOTHING}"')

    async def _ask(self) -> None:
        await self.settle()
        saved = await aside(last_saved, self.desk.drafts)
        if saved is None:
            ui.notify(NOTHING)
            return
        told = await aside(_differences, saved)
        changed = await aside(changed_since, self.desk.drafts, saved)
        typed = [one.file for one in await aside(self.desk.drafts.all) if one.file in saved.after]
        with dialog_called(f"撤销 {saved.when} 存的") as dialog:
            if changed:
                ui.label(f"存了以后在别处又改过，不能撤销：{'、'.join(changed)}").classes("wb-bad")
            ui.label(f"{len(told)} 个文件回到那次存以前的样子：").classes("wb-about")
            for one in told:
                one.show()
                if saved.before[one.file] is None:
                    ui.label("这个文件是那次新写的，撤销了就没有了").classes("wb-warn")
                if one.file in typed:
                    ui.label("它还有没存的草稿：草稿不动").classes("wb-quiet")

            async def undo() -> None:
                button.disable()
                dialog.close()
                await self._undo(saved, told)

            with ui.row().classes("wb-rule-bar"):
                ui.space()
                ui.button("不撤销", on_click=dialog.close).props("flat no-caps autofocus")
                button = ui.button(f"撤销这 {len(told)} 个文件", on_click=undo).props("no-caps")
                button.set_enabled(not changed)
        dialog.open()

    async def _undo(self, saved: Saved, told: list[FileDifference]) -> None:
        try:
            undone = await aside(self.desk.undo, saved)
        except (ChangedMeanwhile, OSError, RunStopped) as error:
            tell(f"没有撤销：{words_of(error)}")
            return
        if undone is None:
            ui.notify("没有撤销：刚刚在别处撤销了")
            return
        lines = [f"{one.file} {said}" for one in told for said in one.words or ()]
        more = [f"…一共 {len(lines)} 处"] if len(lines) > MOST_TOLD else []
        said = "；".join([*lines[:MOST_TOLD], *more]) or "、".join(undone.after)
        ui.notify(f"撤销了 {undone.when} 存的：{said}", type="positive", timeout=10000, close_button="知道了")
        await self._follow()
        await self.done()


def _differences(saved: Saved) -> list[FileDifference]:
    return [FileDifference.of(file, now, before) for file, now, before in saved.to_undo()]
