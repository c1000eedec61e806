"""One at a time: a lock that is a file, between threads and between processes; it goes with whoever holds it."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.files import system

_PATIENCE = 10.0
"""Seconds that somebody waits: it is held for milliseconds by others."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Nobody else is in ``folder`` meanwhile who asks this way. Raises ``TimeoutError`` where somebody stays in it,
    ``OSError``.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        handle = system.open_to_lock(folder / "lock", create=True)
        if system.lock(handle):
            break
        os.close(handle)
        if time.monotonic() > until:
            raise TimeoutError(errno.ETIMEDOUT, "一直被占着，看是不是有卡住的 casemix 进程", str(folder))
        time.sleep(0.01)
    try:
        yield
    finally:
        system.release(handle, None)
