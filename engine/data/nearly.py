"""Names that are likely misspellings of others."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

NEARLY = 0.7


def nearly(name: str, others: Sequence[str]) -> list[str]:
    """The name that ``name`` is likely a misspelling of: much alike, or one character of a short name is another."""
    found = get_close_matches(name, others, 1, NEARLY)
    swapped = (o for o in others if len(o) == len(name) > 1 and sum(a != b for a, b in zip(o, name, strict=True)) == 1)
    return found or list(swapped)[:1]
