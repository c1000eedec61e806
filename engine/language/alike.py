"""Letters and digits that look like ones of ASCII and are others; keys that look alike."""

from __future__ import annotations

import re

_LATIN = {
    "АВЕЅІЈКМНОРСТХУаеѕіјорсху": "ABESIJKMHOPCTXYaesijopcxy",
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο": "ABEZHIKMNOPTYXo",
}
LOOKS_LIKE = {letter: latin for row, to in _LATIN.items() for letter, latin in zip(row, to, strict=True)}
"""Cyrillic and Greek letters that are printed as Latin ones."""
LOOKS_LIKE |= {chr(0xFEE0 + code): chr(code) for code in range(0x21, 0x7F) if chr(code).isalnum()}
"""Full-width letters and digits."""
FOREIGN = f"[{''.join(LOOKS_LIKE)}]"
_FOREIGN = re.compile(FOREIGN)
UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters that leave a gap or nothing at all: fillers of Hangul, selectors of forms."""
_PLAIN = str.maketrans(LOOKS_LIKE)
BLANKS = " \u00a0\u2002\u2003\u2009\u3000"
SIGNS = dict.fromkeys("－—–‐‑−", "-") | {"（": "(", "）": ")", "／": "/", "．": ".", "＿": "_", "，": ","}
"""Signs that are written for others: full-width ones, and the many strokes."""
LOOSE = f"[{BLANKS}{''.join(SIGNS)}]"
_LOOSE = str.maketrans({**dict.fromkeys(BLANKS, ""), **SIGNS})


def plain(text: str) -> str:
    """``text`` as it looks, in ASCII where it looks like that."""
    return text if text.isascii() else text.translate(_PLAIN)


def foreign_letter(text: str) -> str:
    """The first letter or digit that only looks like one of ASCII; empty if there is none."""
    found = None if text.isascii() else _FOREIGN.search(text)
    return found[0] if found else ""


def likeness(text: str) -> str:
    """Equal for texts that people take for one another: neither the case, blanks, the width of signs nor zeros in front
    count.
    """
    return plain(text).lower().translate(_LOOSE).lstrip("0")
