"""Long sentences in lines that can be read."""

from __future__ import annotations

from rich.cells import cell_len

WIDEST = 100
"""Cells of a line: more are hard to follow, however wide the terminal is."""
_AFTER = "，；：。、）” "
"""Signs after which a line is best broken."""
_LEAST = 2 / 3
"""How full a line is at least before it is broken at such a sign."""


def folded(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` cells; words of ASCII stay whole unless they are longer than a line."""
    lines, rest = [], text
    while cell_len(rest) > width:
        end = _fits(rest, width)
        best = next((n for n in range(end, 1, -1) if rest[n - 1] in _AFTER), 0)
        if best and cell_len(rest[:best]) >= _LEAST * width:
            end = best
        else:
            whole = end
            while whole > 1 and _ascii(rest[whole - 1]) and _ascii(rest[whole]):
                whole -= 1
            end = whole if whole > 1 else end
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*lines, rest]


def _fits(text: str, width: int) -> int:
    """How many signs have room."""
    used = 0
    for number, sign in enumerate(text):
        used += cell_len(sign)
        if used > width:
            return max(number, 1)
    return len(text)


def _ascii(sign: str) -> bool:
    return sign.isascii() and not sign.isspace()
