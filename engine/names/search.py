"""Names that a word leads to: by name, other name, article, kind, layer, what they are for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from engine.language.alike import plain
from engine.language.other_words import simplified
from engine.measure.numerals import in_characters
from engine.names.named import Named

MOST_NEAR = 10
_BRACKETS = str.maketrans("（）", "()")
_ARTICLE = re.compile(r"第 ?([0-9]{1,4}) ?([条章节款项])")
_LIKE = 0.5
"""From which likeness a name may have been meant."""


@dataclass(frozen=True)
class Near:
    """A name that may have been meant: ``text`` is it or another name of it."""

    named: Named
    text: str


def search(names: Sequence[Named], words: str) -> list[Named]:
    """Those that have every word of ``words``, the best first: the name itself before what is only said of it.

    Traditional characters, full-width signs and capitals are the same as simplified, half-width and small ones, and
    第19条 the same as 第十九条.
    """
    wanted = as_searched(words).split()
    found: list[tuple[int, int, Named]] = []
    for named in names:
        ranks = [rank for word in wanted if (rank := _rank(named, word)) is not None]
        if wanted and len(ranks) == len(wanted):
            found.append((max(ranks), sum(ranks), named))
    return [named for _, _, named in sorted(found, key=lambda f: f[:2])]


def near(names: Sequence[Named], words: str) -> list[Near]:
    """Names and other names that are like ``words``, the likest first."""
    wanted = as_searched(words.replace(" ", ""))
    likeness: dict[str, tuple[float, Near]] = {}
    for named in names:
        for text in (named.name, *named.also_called):
            how = _alike(wanted, as_searched(text))
            if how >= _LIKE and how > likeness.get(named.name, (0.0,))[0]:
                likeness[named.name] = (how, Near(named, text))
    return [item for _, item in sorted(likeness.values(), key=lambda pair: -pair[0])[:MOST_NEAR]]


def _alike(wanted: str, other: str) -> float:
    """How alike two names are: as they read, or by the pairs of signs that both have (words in another order)."""
    pairs, others = _pairs(wanted), _pairs(other)
    shared = 2 * len(pairs & others) / (len(pairs) + len(others)) if pairs and others else 0.0
    return max(shared, SequenceMatcher(None, other, wanted).ratio())


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def as_searched(text: str) -> str:
    """A text as it is compared: simplified, half-width, small; the numbers of articles in characters (第十九条)."""
    found = simplified(plain(text)).lower().translate(_BRACKETS)
    return _ARTICLE.sub(lambda part: f"第{in_characters(int(part[1]))}{part[2]}", found)


def _is(texts: Callable[[Named], Sequence[str]]) -> Callable[[Named, str], bool]:
    return lambda named, word: any(as_searched(text) == word for text in texts(named))


def _has(texts: Callable[[Named], Sequence[str]]) -> Callable[[Named, str], bool]:
    return lambda named, word: any(word in as_searched(text) for text in texts(named))


_PLACES: tuple[Callable[[Named, str], bool], ...] = (
    _is(lambda n: (n.name,)),
    _is(lambda n: n.also_called),
    _is(lambda n: (n.kind, n.change, n.status, n.layer, n.layer_title)),
    _has(lambda n: (n.name,)),
    _has(lambda n: n.also_called),
    _has(lambda n: n.cites),
    _is(lambda n: n.classes),
    _is(lambda n: (*n.grain.split("、"), n.unit)),
    _has(lambda n: (n.meaning, n.change_note)),
)
"""Where a word is looked for, the best place first."""


def _rank(named: Named, word: str) -> int | None:
    return next((rank for rank, fits in enumerate(_PLACES) if fits(named, word)), None)
