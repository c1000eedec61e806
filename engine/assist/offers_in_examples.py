"""What may stand in an example: keywords, names that are given or compared, and what they may be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.assist.offered import CLASS, ELSEWHERE, NAME, READABLE, WORD, Asked, Completion
from engine.assist.offers_of_keys import keywords
from engine.assist.spot import KEY
from engine.assist.words import MEANINGS
from engine.execute.reference.verdicts import EXCLUDED, HELD, OUTSIDE, REJECTED, SETTLED
from engine.testing.typed_text import ABSENT_WORDS, OUTCOME

_NAME = re.compile(r"(\w+)\s*$")
_BETWEEN = re.compile(r"\|+")
_GIVEN = ("已知", "应得", "分情形")


def in_an_example(asked: Asked) -> Iterator[Completion]:
    at = asked.at
    below = at.path[1] if len(at.path) > 1 else ""
    if at.inside_text:
        yield from _in_a_table(asked) if below in _GIVEN else ()
    elif at.role == KEY and len(at.path) == 1:
        yield from keywords(asked, ("test",))
    elif at.role == KEY and below in _GIVEN:
        yield from _names(asked, at.path[2] if len(at.path) > 2 else "", ": ")
    elif at.key == "程序" and len(at.path) == 2:
        yield from (asked.named(one, far=READABLE) for one in asked.of_kinds("程序"))
    elif at.role != KEY and below in _GIVEN and at.key != below:
        yield from _what_it_may_be(asked, at.key)


def _in_a_table(asked: Asked) -> Iterator[Completion]:
    """In the heading names, in a cell what the name above it may be."""
    at = asked.at
    line_start = asked.text.rfind("\n", 0, at.offset) + 1
    written = asked.text[line_start : at.offset]
    heading = _BETWEEN.split(at.heading)
    if asked.text[line_start:].split("\n", 1)[0].strip() == at.heading:
        yield from _names(asked, at.path[2] if len(at.path) > 2 else "", "")
        return
    column = len(_BETWEEN.split(written)) - 1
    name = _NAME.search(heading[column].replace(")", "").replace("）", "")) if column < len(heading) else None
    yield from _what_it_may_be(asked, name[1]) if name is not None else ()


def _names(asked: Asked, rows: str, after: str) -> Iterator[Completion]:
    """``rows``: whose rows are given; empty for single values."""
    known = set()
    for one in asked.names:
        known.add(one.name)
        yield asked.named(one, after, ELSEWHERE if rows and asked.far(one, rows) == ELSEWHERE else READABLE)
    if asked.at.key != "已知":
        yield asked.word(OUTCOME, WORD, "这一行怎么样了", "", after, READABLE)
    for key in sorted(asked.snapshot.dimensions - known):
        yield asked.word(key, NAME, "键", "", after, READABLE)


def _what_it_may_be(asked: Asked, name: str) -> Iterator[Completion]:
    states = (OUTSIDE, REJECTED, EXCLUDED, HELD, SETTLED) if name == OUTCOME else ()
    yield from (asked.word(word, CLASS, name) for word in (*asked.classes_of(name), *states))
    if asked.is_yes_or_no(name):
        yield from (asked.word(word, WORD, name, MEANINGS[word]) for word in ("是", "否"))
    yield from (asked.word(word, WORD, name, MEANINGS[word]) for word in ABSENT_WORDS if word)
