"""Lines as they were broken to fit a page, put together to the paragraphs that were written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from engine.measure.marks import ARTICLE, CHAPTER, ITEM, OUTLINE, POINT, mark_of

Line = tuple[str, float, str]
"""The text of a line, how far it is set in (signs of full width), and its page (empty: not known)."""

_ENDS = "。；！？：;!?:”》"
_WIDEST = 110
"""Half-width signs up to which lines may have been broken at the edge of a page."""
_PAGE_NUMBER = re.compile(r"[-—–－‑ ]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／共]\s*\d{1,4}\s*页?)?[-—–－‑ ]*")
_STARTS = (CHAPTER, ARTICLE, OUTLINE, ITEM, POINT)


def paragraphs_of_lines(lines: Sequence[Line]) -> list[str]:
    """The paragraphs: a line that fills its width without an end goes on in the next, unless that begins something."""
    kept = _without_furniture(lines)
    width = _full_width(kept)
    found: list[str] = []
    last: Line | None = None
    for line in kept:
        text = line[0].strip()
        if not text:
            continue
        if last is not None and width and _goes_on(last, line, width):
            found[-1] = _joined(found[-1], text)
        else:
            found.append(text)
        last = line
    return found


def _without_furniture(lines: Sequence[Line]) -> list[Line]:
    """Without page numbers, and lines that stand on most pages at their edge (running heads)."""
    pages: dict[str, list[int]] = {}
    for number, (text, _, page) in enumerate(lines):
        if page and text.strip():
            pages.setdefault(page, []).append(number)
    edges = [number for found in pages.values() for number in {*found[:1], *found[-1:]}]
    seen: dict[str, int] = {}
    for number in edges:
        seen[lines[number][0].strip()] = seen.get(lines[number][0].strip(), 0) + 1
    running = {text for text, count in seen.items() if count > 2 and count * 2 > len(pages)}
    dropped = {
        number
        for number in edges
        if lines[number][0].strip() in running or _PAGE_NUMBER.fullmatch(lines[number][0].strip())
    }
    return [line for number, line in enumerate(lines) if number not in dropped]


def _full_width(lines: Sequence[Line]) -> int:
    """How wide a full line is; 0 where lines are paragraphs already."""
    widths = sorted(_width(text.strip()) for text, _, _ in lines if text.strip())
    if len(widths) < 3:
        return 0
    widest = widths[int(len(widths) * 0.95)]
    return 0 if widest > _WIDEST or widest < 20 else widest


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _goes_on(last: Line, line: Line, width: int) -> bool:
    if _begins_something(line[0]) or line[1] - last[1] >= 1.5:
        return False
    if _width(last[0].strip()) + 2 * last[1] < width - 7:
        return False
    return last[0].strip()[-1] not in _ENDS or bool(line[2]) and line[1] < 0.5 and last[0].strip()[-1] not in "。："


def _begins_something(text: str) -> bool:
    mark = mark_of(text)
    return mark is not None and mark.kind in _STARTS


def _joined(first: str, second: str) -> str:
    """Chinese without a blank between; a word of letters or digits keeps one."""
    latin = first[-1].isascii() and second[0].isascii() and first[-1].isalnum() and second[0].isalnum()
    return f"{first} {second}" if latin else first + second
