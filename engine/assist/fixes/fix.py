"""A change of a text that mends a problem, and what those who look for one are given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.rulebook.book import Book
from engine.rulebook.problems import Problem
from engine.rulebook.spans import Written, written


@dataclass(frozen=True)
class Edit:
    """``text[start:end]`` of the file becomes ``new``."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Fix:
    """``certain``: what was written can mean nothing else, so that many of them may be made at once, unseen."""

    title: str
    edits: tuple[Edit, ...]
    certain: bool = False

    def applied(self, text: str) -> str:
        for edit in sorted(self.edits, key=lambda one: -one.start):
            text = text[: edit.start] + edit.new + text[edit.end :]
        return text


@dataclass(frozen=True)
class Case:
    """A problem in the text of its file, at the offset ``at``. ``book``: ``None`` where nothing can be read."""

    book: Book | None
    problem: Problem
    text: str
    at: int

    @property
    def line(self) -> tuple[int, str]:
        """Where the line begins, and the line."""
        start = self.text.rfind("\n", 0, self.at) + 1
        stop = self.text.find("\n", start)
        return start, self.text[start : len(self.text) if stop < 0 else stop].removesuffix("\r")

    def entry(self) -> tuple[Written, Written] | None:
        """The innermost entry whose value the place is in, or whose name it is; none in a file that cannot be read."""
        found = None
        node = written(self.text)
        while node is not None:
            inner = next(
                ((key, value) for key, value in node.entries if key.start <= self.at < max(value.end, key.end)), None
            )
            found = inner or found
            node = inner[1] if inner else next((one for one in node.items if one.start <= self.at < one.end), None)
        return found


Fixer = Callable[[Case], Iterator[Fix]]


def offset_of(text: str, problem: Problem) -> int | None:
    """Where a problem stands in the text of its file; ``None`` where it has no line."""
    place = problem.place
    if not place.line:
        return None
    lines = text.split("\n")
    if place.line > len(lines):
        return len(text)
    begun = sum(len(line) + 1 for line in lines[: place.line - 1])
    return min(begun + max(place.column, 1) - 1, begun + len(lines[place.line - 1]))


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Each line with where it begins."""
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def outside_quotes(line: str, change: Callable[[str], str]) -> str:
    parts = re.split(r"(\"[^\"]*\"|'[^']*'|“[^”]*”|#.*$)", line)
    return "".join(part if place % 2 else change(part) for place, part in enumerate(parts))


def without_remark(line: str) -> str:
    """The line as far as a comment, without blanks at its end."""
    quoted = re.match(r"""(?:[^"'#]|"[^"]*"|'[^']*'|(?<=\S)#|["'])*?(?=\s+#|\s*$)""", line)
    return quoted[0] if quoted is not None else line.rstrip()


def whole_line(case: Case, new: str, title: str, certain: bool = False) -> Iterator[Fix]:
    """The line of the problem written otherwise."""
    start, line = case.line
    if new != line:
        yield Fix(title, (Edit(start, start + len(line), new),), certain)


def in_quotes(words: str) -> str | None:
    """A text as YAML takes it whole; ``None`` where it has both kinds of quotes."""
    sign = "'" if "\\" in words or '"' in words else '"'
    return None if sign in words else f"{sign}{words}{sign}"
