"""Ctrl-C in tests. A shell ignores it for what it runs in the background, and children inherit that: no test may
depend on how the tests were started.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOOKS = 0.02
"""Seconds between two looks whether it has begun."""


def as_from_a_terminal() -> None:
    """For a process of its own: it obeys Ctrl-C from now on."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def obeyed() -> Iterator[None]:
    """Within the block this process obeys Ctrl-C, and so do those that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def coming_once(begun: Callable[[], bool]) -> Iterator[None]:
    """Ctrl-C comes while the block works, as soon as ``begun``, asked from another thread, is true."""
    over = threading.Event()

    def strike() -> None:
        while not over.wait(LOOKS):
            if begun():
                os.kill(os.getpid(), signal.SIGINT)
                return

    striking = threading.Thread(target=strike, daemon=True)
    with obeyed():
        striking.start()
        try:
            yield
        finally:
            over.set()
            striking.join()
