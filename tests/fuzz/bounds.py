"""How long and how much memory one attempt may take."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 20
"""Of the processor, for one attempt: a crowded machine does not change them."""
HANG = 10
"""So many times as long on the clock is a hang, whoever has the processor."""


class TooSlow(BaseException):
    """An attempt did not end in time. No ``Exception``, so that nothing between here and there swallows it."""


@contextmanager
def bounded(seconds: int = SECONDS) -> Iterator[None]:
    """Raises :class:`TooSlow` in the main thread when the block takes longer."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TooSlow(f"longer than {seconds} s of the processor, or {HANG * seconds} s on the clock")

    timers = ((signal.ITIMER_PROF, signal.SIGPROF, seconds), (signal.ITIMER_REAL, signal.SIGALRM, HANG * seconds))
    before = [signal.signal(number, ring) for _, number, _ in timers]
    for timer, _, after in timers:
        signal.setitimer(timer, after)
    try:
        yield
    finally:
        for (timer, number, _), handler in zip(timers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


def peak_megabytes() -> float:
    """The most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
