"""Comments of a YAML file, and whether all that stands between its values can be laid out anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.rulebook.spans import Written

_BETWEEN = re.compile(r"[\s{}\[\],:\-]*")
_EXPLICIT_KEY = re.compile(r"(^|[\s\[{,])\?(\s|$)", re.MULTILINE)


class NotLaidOut(Exception):
    """The file holds something that this cannot write again. ``line`` from 1."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message, self.line = message, line


@dataclass(frozen=True)
class Remark:
    """A comment: where it begins, its text with ``#``, and whether it has a line of its own."""

    at: int
    text: str
    alone: bool


def remarks_of(text: str, root: Written) -> list[Remark]:
    """Every comment, in order. Raises :class:`NotLaidOut` for marks that rules files do not have."""
    found: list[Remark] = []
    at = 0
    for scalar in sorted(scalars(root), key=lambda one: one.start):
        found += _in_gap(text, at, scalar.start)
        at = max(at, end_of(text, scalar))
    found += _in_gap(text, at, len(text))
    return found


def scalars(node: Written) -> Iterator[Written]:
    """All texts below a node, keys too."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.kind == "scalar":
            yield one
        waiting += [part for entry in one.entries for part in entry] + one.items


def line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def end_of(text: str, scalar: Written) -> int:
    """Where a text ends: that of ``|`` or ``>`` with its last line, before remarks that follow."""
    if scalar.style not in ("|", ">"):
        return scalar.end
    _plain_header(text, scalar)
    end = at = text.index("\n", scalar.start) + 1 if "\n" in text[scalar.start :] else len(text)
    column = None
    while at < scalar.end:
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        line = text[at:stop]
        if line.strip(" "):
            indent = len(line) - len(line.lstrip(" "))
            column = indent if column is None else column
            if indent < column:
                break
            end = stop
        at = stop + 1
    return min(end, scalar.end)


def _in_gap(text: str, start: int, end: int) -> Iterator[Remark]:
    at = start
    while at < end:
        clean = _BETWEEN.match(text, at, end)
        at = clean.end() if clean else at
        if at >= end:
            return
        if text[at] != "#":
            raise NotLaidOut(f"这里的“{text[at]}”不会重排", line_of(text, at))
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        begun = text.rfind("\n", 0, at) + 1
        yield Remark(at, text[at:stop].rstrip(), not text[begun:at].strip())
        at = stop


def _plain_header(text: str, scalar: Written) -> None:
    """A ``|`` or ``>`` followed by anything but ``-`` says more than can be kept when lines move."""
    line = text[scalar.start : text.find("\n", scalar.start)].strip()
    if line not in ("|", ">", "|-", ">-"):
        raise NotLaidOut(f"“{line}”这样的多行文字不会重排", line_of(text, scalar.start))
