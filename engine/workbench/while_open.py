"""Work that goes on while a page is open, and ends with it without a word.

``ui.timer`` of NiceGUI 3.18 writes a traceback where the reader left before it began.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import Client, app, background_tasks, ui
from nicegui.slot import Slot


def while_open(
    work: Callable[[], Awaitable[bool | None]], *, after: float = 0.0, every: float | None = None
) -> asyncio.Task[None]:
    """``work`` in the place on the page where this is called: once, or ``every`` so many seconds until it returns true.

    It begins when the browser has the page, ``after`` so many seconds, and is cancelled when the page, or between two
    times the place, is gone: what has to be done to its end is no such work. What it raises goes where errors of the
    page's handlers go; what is repeated goes on.
    """
    slot = ui.context.slot
    task = background_tasks.create(_going(slot, work, after, every), name=f"while open: {work!r}")
    _ends_with(slot.parent.client, task)
    return task


def ends_with_page() -> None:
    """The task that runs is cancelled when the page is gone that it builds."""
    task = asyncio.current_task()
    assert task is not None
    _ends_with(ui.context.client, task)


def _ends_with(client: Client, task: asyncio.Task[Any]) -> None:
    def end() -> None:
        task.cancel()

    client.on_delete(end)
    task.add_done_callback(lambda _: client.delete_handlers.remove(end))


async def _going(slot: Slot, work: Callable[[], Awaitable[bool | None]], after: float, every: float | None) -> None:
    place, client = slot.parent, slot.parent.client  # held, so that the slot leads to them as long as this goes on
    await client.connected()
    await asyncio.sleep(after)
    while not place.is_deleted and not client.is_deleted:
        with slot:
            try:
                is_over = await work()
            except Exception as error:
                app.handle_exception(error)
                is_over = False
        if every is None or is_over:
            return
        await asyncio.sleep(every)
