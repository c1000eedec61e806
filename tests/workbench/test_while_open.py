"""Work of a page goes on while the page is open: it survives its own errors, and ends with the page or its place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

pytest.importorskip("nicegui")

from fastapi import Request
from nicegui import Client, app, core, ui
from nicegui.page import page

from engine.workbench.while_open import while_open
from tests.looped import looped

Story = Callable[[Client], Awaitable[None]]


def lived(story: Story) -> None:
    """A page as a browser has it open."""

    async def live() -> None:
        core.loop = asyncio.get_running_loop()
        client = Client(page("/"), request=Request({"type": "http", "headers": [], "path": "/", "query_string": b""}))
        client.outbox.stop()
        client.tab_id = "one"
        with client:
            await story(client)

    try:
        looped(live())
    finally:
        core.loop = None
        Client.instances.clear()


def test_repeated_work_goes_on_after_an_error_and_ends_with_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Exception] = []
    monkeypatch.setattr(app, "handle_exception", told.append)
    turns: list[int] = []

    async def work() -> None:
        turns.append(len(turns))
        if len(turns) == 2:
            raise ValueError("乙")

    async def story(client: Client) -> None:
        task = while_open(work, every=0.001)
        while len(turns) < 4:
            await asyncio.sleep(0.001)
        client.delete()
        with pytest.raises(asyncio.CancelledError):
            await task

    lived(story)
    assert [str(error) for error in told] == ["乙"]


def test_it_ends_when_it_says_so_or_when_its_place_is_gone_and_leaves_nothing_with_the_page() -> None:
    turns: list[str] = []

    async def thrice() -> bool:
        turns.append("甲")
        return turns.count("甲") == 3

    async def ever() -> None:
        turns.append("乙")

    async def story(client: Client) -> None:
        with ui.element() as room:
            first, second = while_open(thrice, every=0.001), while_open(ever, every=0.001)
        await first
        room.delete()
        await second
        await asyncio.sleep(0)
        assert client.delete_handlers == []

    lived(story)
    assert turns.count("甲") == 3


def test_it_does_not_begin_for_a_reader_who_never_came() -> None:
    async def work() -> None:
        raise AssertionError

    async def story(client: Client) -> None:
        client.tab_id = None
        task = while_open(work)
        await asyncio.sleep(0.01)
        client.delete()
        with pytest.raises(asyncio.CancelledError):
            await task

    lived(story)
