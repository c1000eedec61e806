"""What is worked out once of a thing that never changes, and goes with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Thing = TypeVar("Thing")
Found = TypeVar("Found")


def kept_beside(thing: Thing, name: str, work_out: Callable[[Thing], Found]) -> Found:
    """``work_out(thing)``, kept as attribute ``name`` of a frozen ``thing``: no field, neither compared nor shown."""
    kept: dict[str, Any] = thing.__dict__
    if name not in kept:
        kept[name] = work_out(thing)
    found: Found = kept[name]
    return found
