"""The key of a row as people type it: its parts in key order between commas; a part with a comma in quotes."""

from __future__ import annotations

from collections.abc import Iterable

QUOTE, MARKS = '"', ('"', "“", "”")


def joined(parts: Iterable[str]) -> str:
    """``东,"a,b"``: a part that would be read otherwise stands in quotes, and a quote in it twice."""
    return ",".join(_quoted(part) for part in parts)


def split(key: str) -> list[str]:
    """The parts. A quote that does not begin a part is part of the text; curved quotes do as well.

    Raises ``ValueError`` (Chinese) for a quote that is not closed.
    """
    parts, at = [], 0
    while True:
        while key[at : at + 1] == " ":
            at += 1
        if key[at : at + 1] in MARKS and at < len(key):
            part, at = _inside(key, at)
            while key[at : at + 1] == " ":
                at += 1
        else:
            end = key.find(",", at)
            part, at = (key[at:], len(key)) if end < 0 else (key[at:end], end)
            part = part.strip()
        parts.append(part)
        if at >= len(key):
            return parts
        if key[at] != ",":
            raise ValueError(f"引号后面应是逗号：{key[at:][:20]}")
        at += 1


def _inside(key: str, at: int) -> tuple[str, int]:
    """What stands between quotes, and where it goes on behind them."""
    closing = QUOTE if key[at] == QUOTE else "”"
    text, at = "", at + 1
    while at < len(key):
        if key[at] == closing:
            if closing == QUOTE and key[at + 1 : at + 2] == QUOTE:
                text, at = text + QUOTE, at + 2
                continue
            return text, at + 1
        text, at = text + key[at], at + 1
    raise ValueError("键里的引号没有合上")


def _quoted(part: str) -> str:
    plain = "," not in part and part == part.strip() and not part.startswith(MARKS)
    return part if plain else f'"{part.replace(QUOTE, QUOTE * 2)}"'
