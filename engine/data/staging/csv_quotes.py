"""Line breaks inside the quotation marks of a CSV: where blocks may be cut, what rows look like without them, lines.

A line break inside quotation marks belongs to its cell. Python counts it among the lines of the file, so a row of
which one stood above is further down than its number says.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field

_BLANKS = bytes.maketrans(b"\r\n", b"  ")


@dataclass(frozen=True)
class LinesOfRows:
    """``rows``: where rows with line breaks inside stand if every row is one line (the header is 1), rising; ``more``:
    how many lines they and those above them have beyond that."""

    rows: array[int] = field(default_factory=lambda: array("q"))
    more: array[int] = field(default_factory=lambda: array("q"))

    def line(self, row: int) -> int:
        """The line of the file on which the row begins that would be at ``row`` if every row were one line."""
        above = bisect_left(self.rows, row)
        return row + (self.more[above - 1] if above else 0)

    def add(self, row: int, breaks: int) -> None:
        """A cell of ``row``, which is not above the last one added, has so many line breaks."""
        total = breaks + (self.more[-1] if self.more else 0)
        if self.rows and self.rows[-1] == row:
            self.more[-1] = total
        else:
            self.rows.append(row)
            self.more.append(total)


def last_end(piece: bytes) -> int:
    """Behind the last line end of ``piece`` that is outside quotation marks, if it begins outside; 0 if none is."""
    at = piece.rfind(b"\n")
    inside = piece.count(b'"', 0, at + 1) % 2
    while inside:  # its cell begins at the mark before; above that the marks are even
        mark = piece.rfind(b'"', 0, at)
        at = piece.rfind(b"\n", 0, mark)
        inside = piece.count(b'"', at + 1, mark) % 2
    return at + 1


def on_one_line(block: bytes, row: int, lines: LinesOfRows) -> bytes | None:
    """``block`` with a blank for every line break inside quotation marks; ``None`` if the marks are not plain.

    Plain: a cell is quoted wholly or not at all, with marks inside doubled. ``row``: where the block begins if every
    row is one line; ``lines`` is told of the breaks.
    """
    parts = block.split(b'"')
    if len(parts) % 2 == 0 or not _are_plain(parts):
        return None
    inside = b"".join(parts[1::2])
    if b"\n" not in inside and b"\r" not in inside:
        return block
    begun = 0
    for place in range(1, len(parts), 2):
        cell = parts[place]
        if b"\n" in cell or b"\r" in cell:
            row += b"".join(parts[begun:place:2]).count(b"\n")
            begun = place + 1
            lines.add(row, cell.count(b"\n") + cell.count(b"\r") - cell.count(b"\r\n"))
            parts[place] = cell.translate(_BLANKS)
    return b'"'.join(parts)


def _are_plain(parts: list[bytes]) -> bool:
    between = set(parts[2:-1:2]) - {b""}  # two marks that touch are one within the cell, or an empty cell
    return (
        parts[0][-1:] in (b"", b",", b"\n")
        and parts[-1][:1] in (b"", b",", b"\n", b"\r")
        and all(part[:1] in (b",", b"\n", b"\r") and part[-1:] in (b",", b"\n") for part in between)
    )
