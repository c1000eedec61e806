"""What a file holds, by chapter, and what of it can be folded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from engine.assist.keys import kinds
from engine.assist.lines import line_at, starts_of
from engine.assist.spot import entries_of, keys_in
from engine.rulebook.keywords import PLACES

_HEADING = re.compile(r"^#\s*(?:[─—\-=*#]{2,}\s*)?(?P<title>[^─—=*#].*?)\s*(?:[─—\-=*#]{2,}\s*)$")
CHAPTER = "章节"


@dataclass
class Item:
    """A chapter (a comment with a rule of lines around its title) or an entry: lines from 1, the last one included."""

    name: str
    kind: str
    line: int
    last: int
    below: list[Item] = field(default_factory=list)


def outline(text: str) -> list[Item]:
    """Chapters with their entries; entries before the first chapter stand by themselves. Also of what is no YAML."""
    lines = text.split("\n")
    found: list[Item] = []
    entries = {line_at(text, at): name for name, at in entries_of(text)}
    keys = keys_in(text)
    chapter: Item | None = None
    for number, line in enumerate(lines, 1):
        heading = _HEADING.match(line)
        if heading is not None:
            chapter = Item(heading["title"], CHAPTER, number, number)
            found.append(chapter)
        elif number in entries:
            last = _last(lines, number)
            inner = _replaced(lines, number, last)
            item = Item(entries[number], _kind(keys.get((entries[number],), [])), number, last, inner)
            (found if chapter is None else chapter.below).append(item)
            if chapter is not None:
                chapter.last = last
    return found


def made_in(text: str) -> list[tuple[str, int]]:
    """The names of the entries of a file, and those below 替换, with where they stand."""
    found = []
    waiting = outline(text)
    while waiting:
        item = waiting.pop()
        waiting += item.below
        at = text.find(item.name, starts_of(text)[item.line - 1])
        if item.kind != CHAPTER and at >= 0:
            found.append((item.name, at))
    return sorted(found, key=lambda one: one[1])


def folds(text: str) -> list[tuple[int, int]]:
    """First and last line (from 1) of what can be folded: chapters and entries of more than one line."""
    waiting, found = outline(text), []
    while waiting:
        item = waiting.pop()
        waiting += item.below
        if item.last > item.line:
            found.append((item.line, item.last))
    return sorted(found)


def _last(lines: list[str], first: int) -> int:
    """The last line of an entry: blank lines and comments at the edge that follow are not its own."""
    last = first
    for number in range(first + 1, len(lines) + 1):
        line = lines[number - 1]
        if line[:1].strip() and not line.startswith("- "):
            break
        if line.strip():
            last = number
    return last


def _replaced(lines: list[str], first: int, last: int) -> list[Item]:
    """The entries below 替换, by chapter where it has some; blank lines and comments at the edge belong to none."""
    found: list[Item] = []
    chapter: Item | None = None
    entry: Item | None = None
    for number in range(first + 1, last + 1) if lines[first - 1].startswith("替换:") else ():
        line = lines[number - 1]
        heading = _HEADING.match(line[2:]) if line.startswith("  #") else None
        if heading is not None:
            chapter, entry = Item(heading["title"], CHAPTER, number, number), None
            found.append(chapter)
        elif re.match(r"  [^\s#-]", line):
            entry = Item(line.strip().split(":")[0].strip("\"'"), "", number, number)
            (found if chapter is None else chapter.below).append(entry)
        if entry is not None and line.strip() and not line.startswith("  #"):
            entry.last = number
            if chapter is not None:
                chapter.last = number
    return found


def _kind(keys: list[str]) -> str:
    """The kind of an entry with these keywords in Chinese; empty where it cannot be told."""
    found = kinds(tuple(keys)) if keys else ()
    return PLACES[found[0]] if len(found) == 1 else ""
