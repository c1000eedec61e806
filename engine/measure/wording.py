"""Whether words that an entry quotes still stand in the text, whatever blanks and widths of signs differ."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

from engine.measure.outline import Outline, Part

_LEAST_ALIKE = 0.5
_SENTENCE = re.compile(r"[^。；\n]+[。；]?")
_LEFT_OUT = re.compile(r"…+|\.{3,}")
_LONGEST = 2_000
_SAME = str.maketrans("−–—～", "---~", "“”\"'‘’`")


def plain(text: str) -> str:
    """What is compared: no blanks, no quotes, one width, one kind of minus."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_SAME).split())


def pieces(quote: str) -> list[str]:
    """The words of a quotation between its ……."""
    return [found for part in _LEFT_OUT.split(quote) if (found := plain(part))]


def holds(text: str, quote: str) -> bool:
    """Whether all pieces of a quotation stand in a text, in their order."""
    at = 0
    wanted, whole = pieces(quote), plain(text)
    for piece in wanted:
        place = whole.find(piece, at)
        if place < 0:
            return False
        at = place + len(piece)
    return bool(wanted)


def where(outline: Outline, quote: str) -> Part | None:
    """The smallest part that holds the quotation; ``None`` if no article does."""
    found = None
    candidates: Iterable[Part] = outline.parts
    for part in candidates:
        if part.kind != "款" and holds(outline.text(part), quote) or holds(part.text, quote):
            found = part if found is None or part.end - part.index <= found.end - found.index else found
    return found


def nearest(outline: Outline, quote: str) -> tuple[Part, str] | None:
    """The sentence that is most like the quotation, and its part; ``None`` if none is."""
    wanted = plain(quote)[:_LONGEST]
    best: tuple[float, Part, str] | None = None
    for part in outline.parts:
        for sentence in _SENTENCE.findall(part.text):
            compared = SequenceMatcher(None, plain(sentence)[:_LONGEST], wanted, autojunk=False)
            least = best[0] if best else _LEAST_ALIKE
            if compared.real_quick_ratio() > least and compared.quick_ratio() > least:
                alike = compared.ratio()
                if alike > least:
                    best = (alike, part, sentence.strip())
    return None if best is None else (best[1], best[2])
