"""Lines that stand too far left or right, and marks between documents."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.assist.fixes.fix import Case, Edit, Fix, lines_of

_STEP = 2


def indentation(case: Case) -> Iterator[Fix]:
    """The line as far right as the one before it, or one level below it; or that one moved to where this one stands."""
    lines = list(lines_of(case.text))
    start, line = case.line
    here = _column(line)
    place = next(place for place, (at, _) in enumerate(lines) if at == start)
    before = next((one for one in reversed(range(place)) if _says(lines[one][1])), None)
    if before is None:
        return
    above = _column(lines[before][1])
    levels = {above, *((above + _STEP,) if lines[before][1].rstrip().endswith(":") else ())}
    for at in reversed(range(before)):
        if _says(lines[at][1]) and _column(lines[at][1]) < min(levels):
            levels.add(_column(lines[at][1]))
    for level in sorted(levels - {here}, key=lambda one: (abs(one - here), -one)):
        yield Fix(f"这一行改成缩进 {level} 格", tuple(_moved(lines, place, level - here)))
    if here > above:
        yield Fix(f"上一行改成缩进 {here} 格", tuple(_moved(lines, before, here - above, last=before)))


def under_another(case: Case) -> Iterator[Fix]:
    """A keyword that belongs to the level above, or to the entry above."""
    lines = list(lines_of(case.text))
    start, line = case.line
    place = next(place for place, (at, _) in enumerate(lines) if at == start)
    here = _column(line)
    if "前面少缩进两格" in case.problem.hint and case.at == start + here:
        outer = max((_column(one) for _, one in lines[:place] if _says(one) and _column(one) < here), default=None)
        if outer is not None:
            yield Fix(f"少缩进 {here - outer} 格", tuple(_moved(lines, place, outer - here)))
    elif "前面多缩进两格" in case.problem.hint and not here:
        yield Fix(f"缩进 {_STEP} 格，属于上面的条目", tuple(_moved(lines, place, _STEP)))


def one_document(case: Case) -> Iterator[Fix]:
    start, line = case.line
    if re.fullmatch(r"---\s*", line):
        yield Fix("删去 ---", (Edit(start, start + len(line) + 1, ""),))


def _moved(lines: list[tuple[int, str]], place: int, by: int, last: int | None = None) -> Iterator[Edit]:
    """The line and those below that stand alike or belong to it; ``last``: up to there only."""
    here, is_head = _column(lines[place][1]), lines[place][1].rstrip().endswith(":")
    for one, (at, line) in enumerate(lines[place:], place):
        if not line.strip():
            continue
        column = _column(line)
        if one > place and (column < here or (column > here and not is_head) or (last is not None and one > last)):
            return
        yield Edit(at, at + _column(line), " " * (_column(line) + by))


def _column(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
