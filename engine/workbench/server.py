"""Starts the workbench: 127.0.0.1 only, one process, a link with a token."""

from __future__ import annotations

import gc
import os
import socket
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

import uvicorn

from engine.files.errors import RunStopped
from engine.workbench.application import make_application
from engine.workbench.pages.registry import PAGES
from engine.workbench.prices import Prices
from engine.workbench.security.who import Door
from engine.workbench.workplace import Workplace

ADDRESS = "127.0.0.1"
LARGEST_MESSAGE = 2_000_000


def serve(folder: Path, port: int, said: Callable[[str], None], opens: bool) -> None:
    """Until it is interrupted. ``port`` 0: one that is free. ``said`` is told the link once it can be followed."""
    os.chdir(folder)
    listening = _listening(port)
    door = Door(listening.getsockname()[1])
    place = Workplace(folder)
    guard = make_application(place, Prices(place), door, PAGES)
    config = uvicorn.Config(
        guard, log_level="warning", access_log=False, server_header=False, date_header=False, lifespan="on",
        loop="asyncio", ws_max_size=LARGEST_MESSAGE, timeout_graceful_shutdown=2, proxy_headers=False,
    )  # fmt: skip
    gc.collect()
    gc.freeze()  # what was imported stays: no collection has to look through it while somebody waits
    server = _Server(config, lambda: _ready(door, said, opens))
    try:
        server.run(sockets=[listening])
    finally:
        gc.unfreeze()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.ready()


def _ready(door: Door, said: Callable[[str], None], opens: bool) -> None:
    said(door.link())
    if opens:
        threading.Thread(target=webbrowser.open, args=(door.link(),), daemon=True).start()


def _listening(port: int) -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name != "nt":
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((ADDRESS, port))
    except OSError as error:
        found.close()
        raise RunStopped(
            f"端口 {port} 用不了（{error.strerror}）", hint="换一个 --port，或不写，由程序找一个空着的"
        ) from error
    return found
