"""Works something out at each of many keys: once where keys are the same, a failure kept as what came of it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from engine.language.values import Unresolved, Value

Found = TypeVar("Found")


def outcome(work: Callable[[tuple[Value, ...]], Found], key: tuple[Value, ...]) -> Found | Unresolved:
    """What ``work`` gives at a key, or why it gives nothing."""
    try:
        return work(key)
    except Unresolved as error:
        return error.again()


def of_each(work: Callable[[tuple[Value, ...]], Value], keys: Iterable[tuple[Value, ...]]) -> list[Value | Unresolved]:
    """``work`` on each key, once where keys are the same."""
    found: dict[tuple[Value, ...], Value | Unresolved] = {}
    results = []
    for key in keys:
        if key not in found:
            found[key] = outcome(work, key)
        results.append(found[key])
    return results


@contextmanager
def all_is_kept() -> Iterator[None]:
    """While a million values are made that all stay, looking for garbage among them again and again takes longer."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
