"""The workbench with a watch on its event loop: a handler that works too long there is told on the standard error.

What counts is the time that the processor worked for it. The aim is 50 ms; two processors that many share count up to
three times as much for the same work, so that tests tell what takes ``MOST``.
"""

from __future__ import annotations

import asyncio
import sys
import time

MOST = 0.15


def watch() -> None:
    run = asyncio.Handle._run  # type: ignore[attr-defined]

    def watched(self: asyncio.Handle) -> None:
        begun = time.thread_time()
        run(self)
        taken = time.thread_time() - begun
        if taken > MOST:
            print(f"SLOW {taken * 1000:.0f} ms {self!r}", file=sys.stderr, flush=True)

    asyncio.Handle._run = watched  # type: ignore[attr-defined,method-assign]


if __name__ == "__main__":
    from engine.cli import main

    watch()
    sys.argv = ["casemix", "workbench", *sys.argv[1:]]
    main()
