"""How long and how much memory one attempt may take."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 20
"""For one attempt. A shared machine is slow; a hang is longer than that."""


class TooSlow(BaseException):
    """An attempt did not end in time. No ``Exception``, so that nothing between here and there swallows it."""


@contextmanager
def bounded(seconds: int = SECONDS) -> Iterator[None]:
    """Raises :class:`TooSlow` in the main thread when the block takes longer."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TooSlow(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def peak_megabytes() -> float:
    """The most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
