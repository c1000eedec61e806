"""What differs between two texts of several lines: line by line, and cell by cell in the small tables of examples."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

_CELLS = re.compile(r"\|\|?")
Told = tuple[tuple[str, ...], str, str]
"""Where, before and after."""


def text_in_words(old: str, new: str) -> Iterator[Told]:
    """Spaces aside. A line of a small table is called as its row: the names of the columns are none."""
    before, after = ([" ".join(line.split()) for line in text.strip().splitlines()] for text in (old, new))
    is_table = all("|" in (lines or [""])[0] for lines in (before, after))
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        gone, come = range(a, b), range(c, d)
        for one, other in zip(gone, come, strict=False):
            where = _called(other, is_table)
            told = _cells(before, after, one, other) if is_table and one and other else []
            yield from (
                (((where, title), x, y) for title, x, y in told) if told else [((where,), before[one], after[other])]
            )
        both = min(len(gone), len(come))
        yield from (((_called(one, is_table),), before[one], "") for one in gone[both:])
        yield from (((_called(one, is_table),), "", after[one]) for one in come[both:])


def _called(number: int, is_table: bool) -> str:
    if is_table:
        return f"第 {number} 行" if number else "列名"
    return f"第 {number + 1} 行"


def _cells(before: Sequence[str], after: Sequence[str], one: int, other: int) -> list[tuple[str, str, str]]:
    """Column, and both texts, of the cells that differ; nothing where the two have not the same columns."""
    titles, old, new = (_split(line) for line in (after[0], before[one], after[other]))
    if _split(before[0]) != titles or not len(titles) == len(old) == len(new):
        return []
    return [(title, x or "空", y or "空") for title, x, y in zip(titles, old, new, strict=True) if x != y]


def _split(line: str) -> list[str]:
    return [cell.strip() for cell in _CELLS.split(line)]
