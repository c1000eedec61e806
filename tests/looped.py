"""Runs a coroutine where a browser's driver already has a loop of its own in the thread of the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Found = TypeVar("Found")


def looped(work: Coroutine[Any, Any, Found]) -> Found:
    """What ``work`` gives, on a thread and a loop of its own."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, work).result()
