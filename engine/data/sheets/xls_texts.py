"""Texts in the records of an XLS: of Excel 97 in Unicode, packed or not; of Excel 95 in the code page of its time."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Sequence


def codec_of(page: int) -> str:
    """The codec of a code page. Raises ``ValueError``."""
    try:
        return codecs.lookup({1200: "utf-16-le", 936: "gb18030", 0x8001: "cp1252"}.get(page, f"cp{page}")).name
    except LookupError as error:
        raise ValueError(f"code page {page}") from error


def short_text(body: bytes, at: int, width: int, codec: str) -> str:
    """The text that begins at ``at`` with its length, in ``width`` bytes; ``codec`` is empty for Unicode."""
    length = int.from_bytes(body[at : at + width], "little")
    at += width
    if codec:
        return _whole(body[at : at + length], length).decode(codec, "strict")
    is_wide = body[at] & 1
    return _decoded(_whole(body[at + 1 : at + 1 + (length << is_wide)], length << is_wide), is_wide)


def shared_texts(parts: Sequence[bytes]) -> list[str]:
    """The texts that cells refer to; ``parts``: the record and those that continue it."""
    total, count = struct.unpack_from("<II", parts[0])
    reader = _Reader(parts, 8)
    found = []
    for _ in range(count):
        if reader.is_at_end():
            raise ValueError(f"{count} of {total} texts are not all there")
        found.append(reader.text())
    return found


class _Reader:
    def __init__(self, parts: Sequence[bytes], at: int) -> None:
        self._parts, self._place, self._at = parts, 0, at

    def is_at_end(self) -> bool:
        while self._at >= len(self._parts[self._place]) and self._place + 1 < len(self._parts):
            self._place, self._at = self._place + 1, 0
        return self._at >= len(self._parts[self._place])

    def text(self) -> str:
        """Characters, then how they look and how they are read aloud, which is passed over."""
        length, flags = struct.unpack("<HB", self._take(3))
        looks = struct.unpack("<H", self._take(2))[0] if flags & 8 else 0
        aloud = struct.unpack("<I", self._take(4))[0] if flags & 4 else 0
        pieces = []
        while length:
            if self._at >= len(self._parts[self._place]):
                self._next()
                flags = self._take(1)[0]  # each part says anew how its characters are kept
            is_wide = flags & 1
            here = min(length, (len(self._parts[self._place]) - self._at) >> is_wide)
            if not here:
                raise ValueError("half a character")
            pieces.append(_decoded(self._take(here << is_wide), is_wide))
            length -= here
        self._skip(4 * looks + aloud)
        return "".join(pieces)

    def _take(self, size: int) -> bytes:
        self.is_at_end()
        found = self._parts[self._place][self._at : self._at + size]
        self._at += size
        return _whole(found, size)

    def _skip(self, size: int) -> None:
        while size > len(self._parts[self._place]) - self._at:
            size -= len(self._parts[self._place]) - self._at
            self._next()
        self._at += size

    def _next(self) -> None:
        if self._place + 1 >= len(self._parts):
            raise ValueError("the texts are cut")
        self._place, self._at = self._place + 1, 0


def _whole(found: bytes, size: int) -> bytes:
    if len(found) < size:
        raise ValueError("a text is cut")
    return found


def _decoded(data: bytes, is_wide: int) -> str:
    return data.decode("utf-16-le" if is_wide else "latin-1", "strict")
