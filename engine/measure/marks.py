"""What a line of a measure begins with: 第三章, 第八条, 一、, （二）, 3., （4）, ⑤."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.measure.numerals import SIGNS, in_characters, number_of

ANNEX, PART, CHAPTER, SECTION, ARTICLE = "附件", "编", "章", "节", "条"
OUTLINE, ITEM, POINT, SUBPOINT, CIRCLE = "一、", "（一）", "1.", "（1）", "①"
PARAGRAPH = "款"

DEPTH = {ANNEX: 0, PART: 1, CHAPTER: 2, SECTION: 3, OUTLINE: 4, ARTICLE: 5, ITEM: 7, POINT: 8, SUBPOINT: 9, CIRCLE: 10}
"""Smaller stands above larger. 一、 inside an article stands at ``OUTLINE_INSIDE``."""
OUTLINE_INSIDE = 6
PARAGRAPH_DEPTH = 11

_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_N = f"[{SIGNS}]{{1,9}}"
_D = r"[0-9０-９]{1,3}"
_PATTERNS = (
    (re.compile(rf"第\s*({_N}|{_D})\s*编(?=[\s　]|$)"), PART),
    (re.compile(rf"第\s*({_N}|{_D})\s*章(?=[\s　]|$|[^的之第、，])"), CHAPTER),
    (re.compile(rf"第\s*({_N}|{_D})\s*节(?=[\s　]|$|[^的之第、，])"), SECTION),
    (re.compile(rf"第\s*({_N}|{_D})\s*条(?:之({_N}))?(?![第、，的（(至和及中]|规定|所[称列指述]|以外)"), ARTICLE),
    (re.compile(rf"({_N})\s*[、．]"), OUTLINE),
    (re.compile(rf"[（(]\s*({_N})\s*[）)]"), ITEM),
    (re.compile(rf"({_D})\s*(?:[.．](?![0-9０-９])|、)"), POINT),
    (re.compile(rf"[（(]\s*({_D})\s*[）)]|({_D})\s*[）)]"), SUBPOINT),
    (re.compile(f"([{_CIRCLES}])"), CIRCLE),
)
_ANNEX = re.compile(rf"附\s*(?:件|录|表)\s*({_N}|{_D})?\s*(?:[:：、.．]|$)")


@dataclass(frozen=True)
class Mark:
    """``sub``: 第八条之二 has 2; ``end``: where what follows it begins in the line."""

    kind: str
    number: int
    sub: int = 0
    end: int = 0

    @property
    def label(self) -> str:
        """As it is written in a citation: 第八条, 四, （二）, 3, （4）, ⑤."""
        return label(self.kind, self.number, self.sub)


def label(kind: str, number: int, sub: int = 0) -> str:
    """How a part is named in a citation."""
    words = in_characters(number)
    if kind in (PART, CHAPTER, SECTION, ARTICLE, PARAGRAPH):
        return f"第{words}{kind}" + (f"之{in_characters(sub)}" if sub else "")
    if kind == ANNEX:
        return f"附件{number or ''}"
    if kind == CIRCLE:
        return _CIRCLES[number - 1] if 0 < number <= len(_CIRCLES) else str(number)
    return {OUTLINE: words, ITEM: f"（{words}）", POINT: str(number), SUBPOINT: f"（{number}）"}[kind]


def mark_of(line: str) -> Mark | None:
    """The mark that ``line`` begins with, after blanks; ``None`` for plain text."""
    text = line.lstrip()
    lead = len(line) - len(text)
    if found := _ANNEX.match(text):
        return Mark(ANNEX, (number_of(found[1]) or 0) if found[1] else 0, end=lead + found.end())
    for pattern, kind in _PATTERNS:
        if found := pattern.match(text):
            written = next(group for group in found.groups() if group)
            number = _CIRCLES.index(written) + 1 if kind == CIRCLE else number_of(written)
            if number is None:
                return None
            sub = (number_of(found[2]) or 0) if kind == ARTICLE and found[2] else 0
            return Mark(kind, number, sub, lead + found.end())
    return None


def inline(text: str, kind: str, number: int) -> int:
    """Where an item begins inside a paragraph (…：（一）甲；（二）乙); -1 where it does not."""
    for pattern, found_kind in _PATTERNS:
        if found_kind == kind and kind in (ITEM, POINT, SUBPOINT, CIRCLE, OUTLINE):
            for found in pattern.finditer(text):
                written = next(group for group in found.groups() if group)
                value = _CIRCLES.index(written) + 1 if kind == CIRCLE else number_of(written)
                if value == number:
                    return found.start()
    return -1
