"""The name that was meant by one that is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property, lru_cache

from engine.language.other_words import simplified
from engine.language.syntax_help import in_signs

_OTHERWISE = (
    *("其他", "其它", "其余", "默认", "其他情形", "其它情形", "其他情况", "其它情况", "其余情形", "其余情况"),
    *("else", "otherwise", "default"),
)
_YES_OR_NO = {"true": "是", "yes": "是", "false": "否", "no": "否"}
_SHOWN = 4
_MANY, _COMPARED = 2_000, 200
"""From how many names on only so many are compared with a name that is not known."""


class KnownNames:
    """Names that may have been meant, each once, in their order; made once where many unknown ones ask for them."""

    def __init__(self, names: Iterable[str], also_called: Mapping[str, str] | None = None) -> None:
        """``also_called``: other names, to the one that each stands for."""
        self.names = tuple(dict.fromkeys(name for name in names if "〔" not in name))
        self.also_called = dict(also_called or {})
        self._hash = hash((self.names, *self.also_called))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, KnownNames) and self._all == other._all)

    @property
    def _all(self) -> tuple[tuple[str, ...], dict[str, str]]:
        return self.names, self.also_called

    def __contains__(self, name: object) -> bool:
        return name in self._places

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def _alike(self) -> dict[tuple[str, str, int], list[str]]:
        """Names by the sign that they begin or end with, and their length."""
        found: dict[tuple[str, str, int], list[str]] = {}
        for name in self.names:
            found.setdefault(("begins", name[:1], len(name)), []).append(name)
            found.setdefault(("ends", name[-1:], len(name)), []).append(name)
        return found

    def comparable(self, name: str) -> list[str]:
        """The names to compare with: of thousands those that begin or end alike, and not all of those."""
        if len(self.names) <= _MANY:
            return list(self.names)
        found: set[str] = set()
        for length in (len(name) - 1, len(name), len(name) + 1):
            found.update(self._alike.get(("begins", name[:1], length), ())[:_COMPARED])
            found.update(self._alike.get(("ends", name[-1:], length), ())[:_COMPARED])
        return sorted(found, key=self._places.__getitem__)[:_COMPARED]


def says_yes_or_no(word: str) -> bool:
    """Whether a word is one that other languages have for 是 or 否."""
    return word.lower() in _YES_OR_NO


def nearest(name: str, names: Iterable[str] | KnownNames) -> str:
    """“是不是 …？” for a misspelt name, also where a blank is missing after 非, 有 or 没有; or nothing."""
    return _nearest(name, names if isinstance(names, KnownNames) else KnownNames(names))


@lru_cache(maxsize=2000)
def _nearest(name: str, known: KnownNames) -> str:
    """Asked anew by every program and day that sees the same name, and not quick."""
    if name in known.also_called:
        return f"{name} 是 {known.also_called[name]} 的又名：公式里写 {known.also_called[name]}"
    for word in ("没有", "可算", "非", "有"):
        if name.startswith(word) and name[len(word) :] in known:
            return f"是不是“{word} {name[len(word) :]}”？“{word}”后面要空一格"
    if name.lower() in _YES_OR_NO:
        return f"写 {_YES_OR_NO[name.lower()]}"
    if name.lower() in _OTHERWISE:
        return "分情形的最后一支，其余的情形写 否则"
    if written := in_signs(name, known):
        return written
    plain = simplified(name)
    if plain != name:
        near = plain if plain in known else _like(plain, known)
        return f"名字用简体字写{'：' if near else ''}{near}"
    like = _like(name, known)
    return f"是不是 {like}？" if like else ""


def _like(name: str, known: KnownNames) -> str:
    """The name or names that ``name`` is like, or nothing."""
    others = known.comparable(name)
    slips = [other for other in others if len(name) > 2 and _one_slip(name, other)]
    near = slips or get_close_matches(name, others, 3, 0.5 if len(name) <= 3 else 0.55)
    if not near:
        return ""
    likeness = [SequenceMatcher(None, other, name).ratio() for other in near]
    alike = [other for other, how in zip(near, likeness, strict=True) if slips or how == likeness[0]]
    return near[0] if len(alike) == 1 else f"{'、'.join(sorted(alike)[:_SHOWN])} 中的一个"


def _one_slip(name: str, other: str) -> bool:
    """Whether one sign was mistyped, left out, added, or put before the one beside it."""
    if len(name) == len(other):
        wrong = [place for place, (a, b) in enumerate(zip(name, other, strict=True)) if a != b]
        turned = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and name[wrong[0]] == other[wrong[1]]
        return len(wrong) == 1 or (turned and name[wrong[1]] == other[wrong[0]])
    short, long = sorted((name, other), key=len)
    return len(long) == len(short) + 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
