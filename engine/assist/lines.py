"""From offsets in a text to lines and back, without counting the text anew each time."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache


@lru_cache(maxsize=64)
def starts_of(text: str) -> tuple[int, ...]:
    """Where each line begins."""
    starts = [0]
    at = text.find("\n") + 1
    while at:
        starts.append(at)
        at = text.find("\n", at) + 1
    return tuple(starts)


def end_of(text: str, line: int) -> int:
    """Where a line, from 1, ends: before its line break."""
    starts = starts_of(text)
    return starts[line] - 1 if line < len(starts) else len(text)


def line_at(text: str, offset: int) -> int:
    """The line, from 1, that has the offset."""
    return bisect_right(starts_of(text), offset)
