"""Whether a CSV is so plain that DuckDB and Python's reader are sure to see the same rows.

Plain: UTF-8 (with a mark or not) that cannot be GB18030; all rows alike ended; no blank line but at the end; a
quotation mark only as RFC 4180 has it, line breaks inside. Rows of another width than the header make DuckDB fail.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.data.staging.csv_quotes import LinesOfRows, last_end, on_one_line
from engine.files.errors import DataError
from engine.files.raw import trimmed_header

BLOCK = 1 << 22
_LONGEST_LINE = 120_000
"""Python refuses cells of more than 131 072 characters."""
_MARK = b"\xef\xbb\xbf"
_THREE_BYTES = re.compile(rb"[\xe0-\xff]")
_BLANK_LINE = re.compile(rb"\n\r?\n")


@dataclass(frozen=True)
class PlainCsv:
    """``titles`` of the columns, none blank; ``rows`` below the header, and on which ``lines`` they begin."""

    titles: tuple[str, ...]
    rows: int
    lines: LinesOfRows


def plain_csv(path: Path, origin: str, see: Callable[[bytes], object]) -> PlainCsv | None:
    """``None`` if it is not plain. ``see`` is given every byte, in order, if it is plain. Raises ``OSError``."""
    titles: tuple[str, ...] | None = None
    lines = LinesOfRows()
    rows = 0
    ascii_only, three_bytes, ended, marked = True, False, False, False
    endings: set[bool] = set()
    for number, block in enumerate(_blocks(path)):
        see(block)
        if number == 0 and block.startswith(_MARK):
            marked, block = True, block[len(_MARK) :]
        flat = on_one_line(block, rows + 1, lines) if b'"' in block else block
        if flat is None:
            return None
        content = flat.rstrip(b"\r\n")
        if (ended and content) or not _is_plain(flat, content) or max(map(len, content.split(b"\n"))) > _LONGEST_LINE:
            return None
        if titles is None:
            titles = _titles(block[: content.find(b"\n")] if b"\n" in content else block[: len(content)], origin)
            if titles is None:
                return None
        endings |= {b"\r" in flat} if b"\n" in flat else set()
        ended = ended or flat[len(content) :] not in (b"", b"\n", b"\r\n")
        rows += content.count(b"\n") + bool(content)
        ascii_only = ascii_only and block.isascii()
        three_bytes = three_bytes or _THREE_BYTES.search(block) is not None
    if titles is None or len(endings) > 1 or not (marked or ascii_only or three_bytes):
        return None
    return PlainCsv(titles, rows - 1, lines)


def _blocks(path: Path) -> Iterator[bytes]:
    """The file in pieces that end where a row ends; a row that is too long ends them."""
    rest = b""
    with path.open("rb") as stream:
        while piece := stream.read(BLOCK):
            piece = rest + piece
            cut = last_end(piece)
            if cut:
                yield piece[:cut]
            rest = piece[cut:]
            if len(rest) > _LONGEST_LINE:
                break
    if rest:
        yield rest


def _is_plain(block: bytes, content: bytes) -> bool:
    returns = block.count(b"\r")
    if b"\0" in block or returns not in (0, block.count(b"\n")) or returns != block.count(b"\r\n"):
        return False
    if content and (block[:1] in (b"\r", b"\n") or _BLANK_LINE.search(content)):
        return False
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _titles(line: bytes, origin: str) -> tuple[str, ...] | None:
    try:
        header = next(csv.reader([line.decode("utf-8")], strict=True), [])
        titles = tuple(trimmed_header(header, origin))
    except (csv.Error, DataError):
        return None
    return titles if len(titles) > 1 and all(titles) else None
