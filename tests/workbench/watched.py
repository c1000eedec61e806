"""The workbench with a watch on its event loop: a handler that works too long there is told on the standard error.

What counts is the time that the processor worked for it. The aim is 50 ms; two processors that many share count up to
three times as much for the same work, so that tests tell what takes ``MOST``.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import time

MOST = 0.15
FORGETS = "CASEMIX_TESTS_FORGET_PAGES_AFTER"
"""In the environment: seconds that a page is kept without its browser."""
COMES_WITHIN = 5.0
"""Seconds that a page that was sent is then kept for a browser that never came for it."""


def watch() -> None:
    run = asyncio.Handle._run  # type: ignore[attr-defined]
    collecting = [0.0, 0.0]

    def collected(phase: str, about: object) -> None:
        """What the collector takes falls on whoever allocates when it is due."""
        if phase == "start":
            collecting[1] = time.thread_time()
        else:
            collecting[0] += time.thread_time() - collecting[1]

    def watched(self: asyncio.Handle) -> None:
        begun, before = time.thread_time(), collecting[0]
        run(self)
        taken = time.thread_time() - begun - (collecting[0] - before)
        if taken > MOST:
            print(f"SLOW {taken * 1000:.0f} ms {self!r}", file=sys.stderr, flush=True)

    gc.callbacks.append(collected)
    asyncio.Handle._run = watched  # type: ignore[attr-defined,method-assign]


def forget_after(seconds: float) -> None:
    """Pages that were left are forgotten so soon, not after a minute."""
    from nicegui import Client, app

    from engine.workbench import application

    application.KEPT = seconds
    app.timer(0.5, lambda: Client.prune_instances(client_age_threshold=COMES_WITHIN))


def tell_what_is_held() -> None:
    """On SIGUSR1: pages that nobody has let go, tasks that run, and all objects."""
    from nicegui import Client
    from nicegui.background_tasks import running_tasks

    def tell(*_: object) -> None:
        gc.collect()
        every = gc.get_objects()
        pages = sum(isinstance(one, Client) for one in every)
        print(f"HELD pages={pages} tasks={len(running_tasks)} objects={len(every)}", file=sys.stderr, flush=True)

    signal.signal(signal.SIGUSR1, tell)


if __name__ == "__main__":
    from engine.cli import main

    watch()
    tell_what_is_held()
    if FORGETS in os.environ:
        forget_after(float(os.environ[FORGETS]))
    sys.argv = ["casemix", "workbench", *sys.argv[1:]]
    main()
