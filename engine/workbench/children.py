"""Work that would keep the interpreter busy for seconds goes to one process beside this one."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

Found = TypeVar("Found")


class Beside:
    """One process for short questions, begun when the first is asked; a process that died is begun anew.

    What is asked is a function of a module with plain arguments. Runs are no short questions: they have processes of
    their own, which can be ended.
    """

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    async def ask(self, work: Callable[..., Found], /, *args: Any) -> Found:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._begun(), _answered, work, args)
        except BrokenProcessPool:
            self._pool = None
            return await loop.run_in_executor(self._begun(), _answered, work, args)

    def end(self) -> None:
        """Nothing is waited for."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _begun(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_left_to_its_parent)
        return self._pool


def _left_to_its_parent() -> None:
    """A Ctrl-C in the terminal reaches all processes; who began this one ends it, or was killed and cannot."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_ends_with_its_parent, daemon=True).start()


def _ends_with_its_parent() -> None:
    """Nobody asks any more, and nobody waits for an answer: not even for one that is being worked out."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _answered(work: Callable[..., Found], args: tuple[Any, ...]) -> Found:
    """In the process beside. An exception that the other process could not put together again would end them both."""
    try:
        return work(*args)
    except Exception as error:
        if _arrives(error):
            raise
        raise RuntimeError("".join(traceback.format_exception(error))) from None


def _arrives(error: Exception) -> bool:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # whatever its __init__ raises for want of what it was given
        return False
    return True
