"""The records of an XLS: sheets, formats and texts of the workbook, and the cells of a sheet."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.data.sheets.date_formats import Formats, epoch, formats_of
from engine.data.sheets.xls_texts import codec_of, shared_texts, short_text

BOF, EOF, SHEET, PASSWORD, CONTINUE = 0x0809, 0x000A, 0x0085, 0x002F, 0x003C
_TEXTS, _FORMAT, _STYLE, _PAGE, _EPOCH = 0x00FC, 0x041E, 0x00E0, 0x0042, 0x0022
_UNICODE, _EXCEL_95 = 0x0600, 0x0500
_CHINESE = 936


class Encrypted(Exception):
    """A password is wanted."""


@dataclass
class Globals:
    """``sheets``: title and where its records begin; ``codec``: of texts outside Unicode, empty for Excel 97."""

    codec: str = ""
    sheets: dict[str, int] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    formats: Formats = field(default_factory=lambda: formats_of((), {}))
    epoch_1904: bool = False

    def number(self, number: float, style: int) -> object:
        """What a number in a style is."""
        return self.formats.shown(number, style, epoch(self.epoch_1904))


def globals_of(stream: bytes) -> Globals:
    """Raises ``ValueError``, ``struct.error``, ``IndexError`` for what is no XLS, :class:`Encrypted`."""
    found = Globals()
    styles: list[int] = []
    own: dict[int, str] = {}
    for kind, parts in records(stream, 0):
        body = parts[0]
        if kind == BOF:
            (version,) = struct.unpack_from("<H", body)
            if version not in (_UNICODE, _EXCEL_95):
                raise ValueError("an older Excel")
            found.codec = "" if version == _UNICODE else codec_of(_CHINESE)
        elif kind == PASSWORD:
            raise Encrypted
        elif kind == _PAGE and found.codec:
            found.codec = codec_of(*struct.unpack_from("<H", body))
        elif kind == SHEET and body[5] == 0:  # neither a chart nor a macro
            found.sheets[short_text(body, 6, 1, found.codec)] = struct.unpack_from("<I", body)[0]
        elif kind == _TEXTS:
            found.texts = shared_texts(parts)
        elif kind == _FORMAT:
            own[struct.unpack_from("<H", body)[0]] = short_text(body, 2, 1 if found.codec else 2, found.codec)
        elif kind == _STYLE:
            styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _EPOCH:
            found.epoch_1904 = body[0] == 1
    found.formats = formats_of(styles, own)
    return found


def records(stream: bytes, at: int) -> Iterator[tuple[int, list[bytes]]]:
    """From a beginning to its end: kind, and the body with those that continue it; charts within are passed over."""
    depth, kind, parts = 0, -1, [b""]
    while at + 4 <= len(stream):
        following, length = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + length]
        at += 4 + length
        if following == CONTINUE:
            if depth == 1:
                parts.append(body)
            continue
        if depth == 1 and kind >= 0:
            yield kind, parts
        depth += (following == BOF) - (following == EOF)
        kind, parts = (following, [body]) if depth == 1 else (-1, [b""])
        if depth <= 0:
            return
    raise ValueError("the records have no end")
