"""A range of numbers in words (在100到200之间, 大于100小于200, 100～200), and the interval that it is."""

from __future__ import annotations

import re

_NUMBER = r"([0-9]+(?:\.[0-9]+)?[%‰]?)"
_ABOVE = dict.fromkeys(("大于等于", "大于或等于", "不小于", "不低于", "不少于"), "[")
_ABOVE |= dict.fromkeys(("大于", "超过", "高于"), "(")
_BELOW = dict.fromkeys(("小于等于", "小于或等于", "不大于", "不超过", "不高于"), "]")
_BELOW |= dict.fromkeys(("小于", "低于", "不足"), ")")


def _one_of(words: dict[str, str]) -> str:
    return f"({'|'.join(sorted(words, key=len, reverse=True))})"


_BETWEEN = re.compile(
    rf"(?<![\w.\-/])(在|介于|处于|从)?\s*{_NUMBER}\s*[元天岁倍点分次]?\s*(到|至|[~～]|[和与])\s*{_NUMBER}\s*[元天岁倍点分次]?"
    r"\s*(之间|以内|范围内)?(?![\w.\-/])"
)
_BOTH_SIDES = re.compile(
    rf"(?<!\w){_one_of(_ABOVE)}\s*{_NUMBER}\s*(?:[，、,]|且|并且|但)?\s*{_one_of(_BELOW)}\s*{_NUMBER}(?![\w.\-/])"
)


def interval_for(text: str, column: int | None = None) -> tuple[str, int] | None:
    """How the range that is all of ``text``, or that ``column`` lies in, is written, and where it begins."""
    for pattern in (_BETWEEN, _BOTH_SIDES):
        for found in pattern.finditer(text):
            here = found.span() == (0, len(text)) if column is None else found.start() <= column <= found.end()
            interval = _between(found) if pattern is _BETWEEN else _both_sides(found)
            if here and interval:
                said = f"“{found[0].strip()}”写成区间 {interval}（公式里是 属于 {interval}）"
                return said + ("；不含的一头用圆括号" if pattern is _BETWEEN else ""), found.start()
    return None


def _between(found: re.Match[str]) -> str:
    before, low, joined, high, after = found.groups()
    if joined in "和与" and not (before and after):
        return ""  # two numbers, not a range
    return f"[{low}, {high}]"


def _both_sides(found: re.Match[str]) -> str:
    above, low, below, high = found.groups()
    return f"{_ABOVE[above]}{low}, {high}{_BELOW[below]}"
