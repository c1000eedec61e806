"""Changes of examples, each kept as a draft at once: of the example's file, or of the file that has its rows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from nicegui import ui

from engine.assist.new_rows_kept import WithRow
from engine.drafts import KeptMeanwhile
from engine.excel.example_grid import Grid
from engine.excel.files import Change, TextFile
from engine.excel.grid import Refused
from engine.files.errors import RunStopped
from engine.workbench.page import aside
from engine.workbench.pages.examples.chosen import Chosen
from engine.workbench.shows.troubles import tell, words_of


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

    async def cell(self, part: str, row: int, place: int, text: str) -> list[Grid] | None:
        """The grids of the example as they are now, none where its file was shown anew; ``None``: it was refused."""
        async with self.one:
            now = self.chosen.now()
            grid = now[1].grid(part) if now is not None else None
            if grid is None or row >= len(grid.rows):
                return []
            try:
                kept = await self._keep(*grid.change(row, place, text))
            except (Refused, RunStopped) as refused:
                ui.notify(words_of(refused), type="warning")
                return None
            again = self.chosen.now() if kept else None
            return again[1].grids if again is not None else []

    async def rows(self, part: str, change: Callable[[Grid], tuple[TextFile, Change]]) -> None:
        async with self.one:
            now = self.chosen.now()
            grid = now[1].grid(part) if now is not None else None
            if grid is None:
                return
            try:
                await self._keep(*change(grid))
            except (Refused, RunStopped) as refused:
                ui.notify(words_of(refused), type="warning")

    async def put_in(self, made: WithRow) -> None:
        """A whole text with a new row or example: kept, shown, run."""
        try:
            await aside(self.chosen.desk.keep, made.file, made.text, made.revision)
        except KeptMeanwhile as meanwhile:
            ui.notify(f"{meanwhile}：再试一次", type="warning")
        else:
            self.chosen.file, self.chosen.example, self.chosen.why = made.file, made.example, ""
        await self.put()

    async def _keep(self, file: TextFile, change: Change) -> bool:
        """Whether the change is kept; where another window was quicker, its text is shown."""
        try:
            await aside(self.chosen.desk.put, file, [change])
        except KeptMeanwhile as meanwhile:
            ui.notify(f"{meanwhile}：换成了那边的，再改一次", type="warning")
            await self.again()
            return False
        except OSError as error:
            tell(f"没有留住：{words_of(error)}")
            return False
        read = await self.chosen.read_again()
        drafted = read is not None and (read.revision or read.drafts)
        self.told("草稿已留在磁盘上；Ctrl+Enter 运行" if drafted else "和存着的一样")
        return True
