"""Changes of examples, each kept as a draft at once: of the example's file, or of the file that has its rows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from engine.assist.new_rows_kept import WithRow
from engine.drafts import KeptMeanwhile
from engine.excel.computed import Taken, take
from engine.excel.example_grid import Grid
from engine.excel.example_notes import note_change
from engine.excel.files import Change, TextFile
from engine.excel.grid import Refused
from engine.files.errors import RunStopped
from engine.workbench.page import aside
from engine.workbench.pages.examples.chosen import Chosen
from engine.workbench.pages.examples.grid import texts_of
from engine.workbench.shows.troubles import tell, words_of
from engine.workbench.shows.typed_grid import TypedCell

MOVED = "别处刚刚改过，换成了那边的：再改一次"


class Changing:
    """``again`` shows what the disk has; ``put`` is called once a whole text was kept. ``one``: one change or run at a
    time, in their order: a key that runs comes after the cell that it leaves.
    """

    def __init__(
        self, chosen: Chosen, again: Callable[[], Awaitable[None]], put: Callable[[], Awaitable[None]],
        told: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.chosen, self.again, self.put, self.told = chosen, again, put, told
        self.one = asyncio.Lock()

    async def cell(self, file: str, example: str, part: str, cell: TypedCell) -> None:
        """A text in the place of another."""

        def change(grid: Grid) -> tuple[TextFile, Change]:
            row = cell.now([texts_of(grid, number) for number in range(len(grid.rows))])
            if row is None:
                raise Refused(MOVED)
            return grid.change(row, cell.place, cell.text)

        await self.change(file, example, part, change)

    async def note(self, file: str, example: str, was: str, note: str) -> None:
        """Of an example, unless it says another by now than it ``was``."""

        def change() -> tuple[TextFile, Change]:
            found = self.chosen.found(file, example)
            if found is None or found[1].note != was:
                raise Refused(MOVED)
            return found[0].text, note_change(found[0].text, example, note)

        await self._one_change(file, change)

    async def change(
        self, file: str, example: str, part: str, change: Callable[[Grid], tuple[TextFile, Change]]
    ) -> None:
        """Of a grid, as it stands when its turn has come."""

        def changed() -> tuple[TextFile, Change]:
            found = self.chosen.found(file, example)
            grid = found[1].grid(part) if found is not None else None
            if grid is None:
                raise Refused(MOVED)
            return change(grid)

        await self._one_change(file, changed)

    async def _one_change(self, file: str, change: Callable[[], tuple[TextFile, Change]]) -> None:
        """Of an example of ``file``."""
        async with self.one:
            try:
                if not await self._kept(file, change):  # another window was quicker: on what it left
                    await self.again()
                    if not await self._kept(file, change):
                        raise Refused(MOVED)
            except (Refused, RunStopped) as refused:
                ui.notify(words_of(refused), type="warning")
            except OSError as error:
                tell(f"没有留住：{words_of(error)}")

    async def put_in(self, made: WithRow) -> None:
        """A whole text with a new row or example: kept, shown, run."""
        async with self.one:
            try:
                await aside(self.chosen.desk.keep, made.file, made.text, made.revision)
            except KeptMeanwhile as meanwhile:
                ui.notify(f"{meanwhile}：再试一次", type="warning")
            else:
                self.chosen.file, self.chosen.example, self.chosen.why = made.file, made.example, ""
        await self.put()

    async def take(self, file: str, example: str, those: Sequence[Taken]) -> None:
        """What came out in the place of what must come out, in several cells as one."""
        async with self.one:
            try:
                await aside(take, self.chosen.desk.drafts, file, example, those)
            except (Refused, RunStopped, KeptMeanwhile) as refused:
                ui.notify(f"没有改：{words_of(refused)}", type="warning")
            except OSError as error:
                tell(f"没有留住：{words_of(error)}")
        await self.put()

    async def _kept(self, file: str, change: Callable[[], tuple[TextFile, Change]]) -> bool:
        """False: the file says something else by now than what is shown."""
        text, made = change()
        try:
            await aside(self.chosen.desk.put, text, [made])
        except KeptMeanwhile:
            return False
        read = await self.chosen.read_again(file)
        drafted = read is not None and (read.revision or read.drafts)
        self.told("草稿已留在磁盘上；Ctrl+Enter 运行" if drafted else "和存着的一样")
        return True
