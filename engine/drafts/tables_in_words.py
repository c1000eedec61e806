"""What differs between two texts of a CSV file, row by row and cell by cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from engine.drafts.said import ADDED, CHANGED, GONE, Said, short

_Row = tuple[str, ...]


@dataclass(frozen=True)
class _Line:
    """A record and the line that it begins in."""

    line: int
    cells: _Row

    def called(self) -> str:
        return f"第 {self.line} 行" + (f" {short(self.cells[0])}" if self.cells and self.cells[0] else "")


def table_in_words(old: str, new: str) -> list[Said] | None:
    """What the rows say that they did not say before; ``None``: a text is no table."""
    try:
        before, after = _lines(old), _lines(new)
    except csv.Error:
        return None
    titles = _titles(after) or _titles(before)
    found: list[Said] = []
    matcher = SequenceMatcher(None, [one.cells for one in before], [one.cells for one in after], autojunk=False)
    for how, a, b, c, d in matcher.get_opcodes():
        if how != "equal":
            found += _block(before[a:b], after[c:d], titles)
    return found


def _lines(text: str) -> list[_Line]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    found, line = [], 1
    for cells in reader:
        if any(cells):
            found.append(_Line(line, tuple(cell.strip() for cell in cells)))
        line = reader.line_num + 1
    return found


def _titles(lines: Sequence[_Line]) -> _Row:
    """The first line that is filled throughout: what a published file has above it is a heading of the whole."""
    widest = max((len(one.cells) for one in lines), default=0)
    return next((one.cells for one in lines if len(one.cells) == widest and all(one.cells)), ())


def _block(before: Sequence[_Line], after: Sequence[_Line], titles: _Row) -> Iterator[Said]:
    """Rows in the place of others: those that have a cell in common, or are called alike, are changed."""
    was = {other: one for one, other in _pairs(before, after)}
    stays = set(was.values())
    for one in before:
        if one not in stays:
            yield Said(GONE, one.called(), old=_whole(one, titles))
    for other in after:
        if other in was:
            yield from _cells(was[other], other, titles)
        else:
            yield Said(ADDED, other.called(), new=_whole(other, titles))


def _pairs(before: Sequence[_Line], after: Sequence[_Line]) -> Iterator[tuple[_Line, _Line]]:
    if len(before) == len(after):
        yield from (pair for pair in zip(before, after, strict=True) if _are_alike(*pair))
        return
    matcher = SequenceMatcher(None, [one.cells[:1] for one in before], [one.cells[:1] for one in after], autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        yield from zip(before[a : a + size], after[b : b + size], strict=True)


def _are_alike(one: _Line, other: _Line) -> bool:
    return any(a == b != "" for a, b in zip(one.cells, other.cells, strict=False))


def _cells(one: _Line, other: _Line, titles: _Row) -> Iterator[Said]:
    for place in range(max(len(one.cells), len(other.cells))):
        old, new = (line.cells[place] if place < len(line.cells) else "" for line in (one, other))
        if old != new:
            title = titles[place] if place < len(titles) else f"第 {place + 1} 列"
            yield Said(CHANGED, other.called(), (title,), short(old) or "（空）", short(new) or "（空）")


def _whole(one: _Line, titles: _Row) -> str:
    return short("，".join(f"{title} {cell}" for title, cell in zip(titles, one.cells, strict=False) if cell))
