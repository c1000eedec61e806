"""All mistakes of a file that can mean nothing else, mended at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from engine.assist.fixes.fix import Fix
from engine.assist.fixes.offered import fixes
from engine.rulebook.book import Book
from engine.rulebook.problems import Problem

MOST_ROUNDS = 200


@dataclass(frozen=True)
class Mended:
    """The text of a file before and after; what was done to it, and how often."""

    before: str
    after: str
    done: Counter[str] = field(default_factory=Counter)


def mended(book: Book, file: str, text: str, again: Callable[[str], Sequence[Problem]], code: str = "") -> Mended:
    """The text of ``file`` (as problems call it) with every fix that is certain; ``code``: of that kind only.

    ``again``: as for :func:`engine.assist.fixes.fixes`. What comes to light once a file can be read is mended too.
    """
    now, done = text, Counter[str]()
    for _ in range(MOST_ROUNDS):
        fix = next(_certain(book, file, now, again, code), None)
        if fix is None:
            break
        now = fix.applied(now)
        done[fix.title] += 1
    return Mended(text, now, done)


def _certain(book: Book, file: str, text: str, again: Callable[[str], Sequence[Problem]], code: str) -> Iterator[Fix]:
    for problem in again(text):
        if problem.place.file == file and code in ("", problem.code):
            offered = fixes(book, problem, text, again)
            if len(offered) == 1 and offered[0].certain:
                yield offered[0]
