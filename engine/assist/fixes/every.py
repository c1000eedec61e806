"""All mistakes of a file that can mean nothing else, mended at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from engine.assist.fixes.fix import Edit, Fix
from engine.assist.fixes.offered import errors_by_code, fixes, hides, tried
from engine.rulebook.book import Book
from engine.rulebook.problems import Problem
from engine.rulebook.source import read_text

MOST_ROUNDS = 2000
Again = Callable[[str], Sequence[Problem]]


@dataclass(frozen=True)
class Mended:
    """The text of a file before and after; what was done to it, and how often."""

    before: str
    after: str
    done: Counter[str] = field(default_factory=Counter)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The lines that are others."""
        old, new = (text.splitlines(keepends=True) for text in (self.before, self.after))
        starts = [0]
        for line in old:
            starts.append(starts[-1] + len(line))
        changed = (one for one in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if one[0] != "equal")
        return tuple(Edit(starts[i], starts[j], "".join(new[k:m])) for _, i, j, k, m in changed)


def mended(book: Book | None, file: str, text: str, again: Again, code: str = "") -> Mended:
    """The text of ``file`` (as problems call it) with every fix that is certain; ``code``: of that kind only.

    ``again``: as for :func:`engine.assist.fixes.fixes`. What comes to light once a file can be read is mended too.
    """

    @lru_cache(maxsize=2)  # each text is asked for again and again
    def read(other: str) -> Sequence[Problem]:
        found: list[Problem] = []
        read_text(other, file, found)
        return found

    now, done = text, Counter[str]()
    for judge in (read, again):  # until it can be read there is no need to look at the rest of the region
        for _ in range(MOST_ROUNDS):
            problems = [one for one in judge(now) if one.place.file == file and code in ("", one.code)]
            made = _at_once(book, problems, now, judge) or next(_one_by_one(book, problems, now, judge), [])
            if not made:
                break
            now = _together(made).applied(now)
            done.update(fix.title for fix in made)
    return Mended(text, now, done)


def _at_once(book: Book | None, problems: Sequence[Problem], text: str, again: Again) -> list[Fix]:
    """Those that do not touch each other, if none of what they mend is left and no error is new."""
    taken: list[Fix] = []
    ends: list[tuple[int, int]] = []
    for fix in _certain(book, problems, text):
        if all(edit.end <= start or end <= edit.start for edit in fix.edits for start, end in ends):
            taken.append(fix)
            ends += [(edit.start, edit.end + 1) for edit in fix.edits]
    if len(taken) < 2:
        return []
    of_them = [one for one in problems if set(_certain(book, [one], text)) & set(taken)]
    before, after = again(text), again(_together(taken).applied(text))
    left = {(one.code, one.message) for one in after} & {(one.code, one.message) for one in of_them}
    worse = errors_by_code(after) - errors_by_code(before)
    hidden = any(hides(one) for one in of_them)
    return [] if left or (worse and not hidden) else taken


def _certain(book: Book | None, problems: Sequence[Problem], text: str) -> list[Fix]:
    """Of each problem of a text that has one fix that is certain, that fix; not yet tried on it."""
    found = (tried(book, one, text) for one in problems)
    return list(dict.fromkeys(offered[0] for offered in found if len(offered) == 1 and offered[0].certain))


def _together(made: Sequence[Fix]) -> Fix:
    return Fix("", tuple(edit for fix in made for edit in fix.edits))


def _one_by_one(book: Book | None, problems: Sequence[Problem], text: str, again: Again) -> Iterator[list[Fix]]:
    for problem in problems:
        offered = fixes(book, problem, text, again)
        if offered and offered[0].certain and all(one.certain for one in offered):
            yield offered[:1]
