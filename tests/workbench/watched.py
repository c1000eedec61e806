"""The workbench with a watch on its event loop: a handler that works too long there is told on the standard error.

What counts is the time that the processor worked for it. The aim is 50 ms; two processors that many share count up to
three times as much for the same work, so that tests tell what takes ``MOST``.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time

MOST = 0.15


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


if __name__ == "__main__":
    from engine.cli import main

    watch()
    sys.argv = ["casemix", "workbench", *sys.argv[1:]]
    main()
