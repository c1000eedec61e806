"""Names that are likely misspellings of others, and the list of names that could have been meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

NEARLY = 0.7
MOST_NAMES = 40
"""In one list; a view of a database may have hundreds of columns."""


def nearly(name: str, others: Sequence[str]) -> list[str]:
    """The name that ``name`` is likely a misspelling of: much alike, or one character of a short name is another."""
    found = get_close_matches(name, others, 1, NEARLY)
    swapped = (o for o in others if len(o) == len(name) > 1 and sum(a != b for a, b in zip(o, name, strict=True)) == 1)
    return found or list(swapped)[:1]


def some_of(names: Sequence[str], meant: Iterable[str] = (), counted: str = "列") -> str:
    """``names`` in their order; of very many those first that share the most with what was ``meant``, and how many."""
    if len(names) <= MOST_NAMES:
        return "、".join(names)
    wanted = [set(name.casefold()) for name in meant]
    shared = {name: max((len(set(name.casefold()) & letters) for letters in wanted), default=0) for name in names}
    listed = sorted(names, key=lambda name: -shared[name])[:MOST_NAMES]
    return f"{'、'.join(listed)} 等，共 {len(names)} {counted}，最像的在前"
