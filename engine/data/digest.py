"""SHA-256 over the canonical text of a table: what it says counts, not the order of its rows nor the file it stands in.

The text is UTF-8: the headings, then the rows sorted by key in code-point order (rows with equal keys by their
whole text); cells are separated by U+001F, lines by a line feed, without one at the end. A backslash, U+001F or
line end inside a cell is escaped, so two different tables never have the same text. Numbers stand at their declared
digits; absent is empty.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from engine.data.columns import OutColumn, value_text
from engine.language.values import Value

_SEPARATOR = "\x1f"
_ESCAPES = str.maketrans({"\\": "\\\\", "\x1f": "\\x1f", "\n": "\\n", "\r": "\\r"})


def statement_digest(columns: Sequence[OutColumn], rows: Iterable[Sequence[Value]]) -> str:
    """64 hexadecimal digits. Numbers of columns without ``digits`` are exact: decimal if they end, else n/d."""
    digits = [column.digits for column in columns]
    key = [place for place, column in enumerate(columns) if column.key]
    texts = [[value_text(value, shown) for value, shown in zip(row, digits, strict=True)] for row in rows]
    return text_digest([column.heading for column in columns], texts, key)


def text_digest(headings: Sequence[str], rows: Iterable[Sequence[str]], key: Sequence[int] = ()) -> str:
    """The same over cells that are text already; ``key`` are the places of the key columns."""
    ordered = sorted(rows, key=lambda row: ([row[place] for place in key], row))
    lines = (_line(row) for row in (headings, *ordered))
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def heading_line(headings: Sequence[str]) -> str:
    """The first line of the text, for who makes the rest elsewhere."""
    return _line(headings)


def _line(cells: Sequence[str]) -> str:
    line = _SEPARATOR.join(cells)
    if "\\" in line or "\n" in line or "\r" in line or line.count(_SEPARATOR) != max(len(cells) - 1, 0):
        return _SEPARATOR.join(cell.translate(_ESCAPES) for cell in cells)
    return line
