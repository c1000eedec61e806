"""For messages: which row of a table is likely meant by a key that the table does not have (F20 for f20, 007 for 7)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import cast

from engine.language.alike import plain
from engine.language.values import Value, render

MOST_ROWS = 5000
"""Tables with more rows are not searched."""
_LONGEST = 40
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_MARKS = re.compile(r"[\W_]+")

Key = tuple[Value, ...]


class NearKeys:
    """Of the keys of a table the one that is meant by another; none where two are as likely.

    Alike are keys that differ in case, zeros in front of digits, signs, and letters that only look the same; after
    them those of one text that differ in one letter: another one, one more or one less. An answer takes some
    microseconds, for a million rows may refer to a million rows that are not there.
    """

    def __init__(self, keys: Collection[Key]) -> None:
        self._alike: dict[Key, set[Key]] = {}
        self._with_a_hole: dict[str, set[Key]] = {}
        self._one_less: dict[str, set[Key]] = {}
        self._lengths: set[int] = set()
        for key in keys if len(keys) <= MOST_ROWS else ():
            self._alike.setdefault(_reduced(key), set()).add(key)
            text = _only_text(key)
            self._lengths |= {len(text) - 1, len(text), len(text) + 1}
            for place in range(len(text) + 1):
                self._with_a_hole.setdefault(f"{text[:place]}\0{text[place:]}", set()).add(key)
            for rest in _holes(text):
                self._with_a_hole.setdefault(rest, set()).add(key)
                self._one_less.setdefault(rest.replace("\0", ""), set()).add(key)

    def meant(self, key: Key) -> str:
        """“（是不是 H09？）”, or nothing."""
        found = self._alike.get(_reduced(key))
        if found is None and self._with_a_hole:
            text = _only_text(key)
            if len(text) not in self._lengths:
                return ""
            found = set(self._one_less.get(text, ())).union(*(self._with_a_hole.get(one, ()) for one in _holes(text)))
        if not found or len(found) > 1:
            return ""
        return f"（是不是 {'、'.join(render(part) for key in found for part in key)}？）"


def _reduced(key: Key) -> Key:
    return tuple([_reduced_text(part) if isinstance(part, str) else part for part in key])


def _reduced_text(text: str) -> str:
    text = plain(text).lower()
    text = text if text.isalnum() else _MARKS.sub("", text)
    return _ZEROS.sub("", text) if "0" in text else text


def _only_text(key: Key) -> str:
    return cast(str, key[0]) if len(key) == 1 and isinstance(key[0], str) and len(key[0]) <= _LONGEST else ""


def _holes(text: str) -> Iterator[str]:
    """The text with a hole for each of its letters in turn; of one letter nothing would be left."""
    return (f"{text[:place]}\0{text[place + 1 :]}" for place in range(len(text)) if len(text) > 1)
