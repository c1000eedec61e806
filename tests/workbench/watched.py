"""The workbench with a watch on its event loop: a handler that works over 50 ms there is told on the standard error.

What counts is the time that the processor worked for it: a busy machine makes nobody slow. The first time that NiceGUI
loads a component is not counted (``WARM``).
"""

from __future__ import annotations

import asyncio
import sys
import time

MOST = 0.05


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
