"""A flag by which another thread cancels a long work, and what it interrupts meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

AGAIN = 0.2
"""Seconds after which what still runs is interrupted again: the first time nothing may have been asked yet."""


class Cancelled(KeyboardInterrupt):
    """The work was cancelled, and has left nothing. As an interruption at the keyboard it is no ``Exception``: whoever
    cleans up after that one cleans up after this.
    """


class Cancel:
    """``set`` may be called from any thread, at any time, several times."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.RLock()  # set may be called by a signal, in the midst of anything
        self._running: list[Callable[[], None]] = []

    def set(self) -> None:
        """Cancels: what is running now is interrupted, what would begin does not."""
        self._event.set()
        with self._lock:
            running = list(self._running)
        for interrupt in running:
            threading.Thread(target=self._keep_interrupting, args=[interrupt], daemon=True).start()

    @property
    def is_set(self) -> bool:
        return self._event.is_set()

    def refuse(self) -> None:
        """Raises :class:`Cancelled` if it is."""
        if self._event.is_set():
            raise Cancelled

    @contextmanager
    def interrupting(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """Within the block ``interrupt`` is called once it is set, from another thread, until the block is left.

        What the block raises is :class:`Cancelled` then, whatever the interruption looks like.
        """
        self.refuse()
        with self._lock:
            self._running.append(interrupt)
        try:
            self.refuse()
            yield
        except BaseException as error:
            if self.is_set and not isinstance(error, Cancelled):
                raise Cancelled from None
            raise
        finally:
            with self._lock:
                self._running.remove(interrupt)

    def _keep_interrupting(self, interrupt: Callable[[], None]) -> None:
        while True:
            with self._lock:
                if interrupt not in self._running:
                    return
            with suppress(Exception):  # the connection may be gone already
                interrupt()
            threading.Event().wait(AGAIN)
