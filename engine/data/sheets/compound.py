"""A stream of a compound file (OLE2), the form in which XLS and workbooks with a password are kept."""

from __future__ import annotations

import struct
from collections.abc import Iterator

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFF_FFFA
"""Sector numbers from here on are marks: end of a chain, free, of the table itself."""
_ENTRY = 128


class CompoundFile:
    """``data`` is the whole file. Raises ``ValueError`` for what is none; no chain is followed in a circle."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(MAGIC):
            raise ValueError("not a compound file")
        shift, mini_shift = struct.unpack_from("<HH", data, 0x1E)
        directory, _, self._cutoff, mini_table, _, more, _ = struct.unpack_from("<I I I I I I I", data, 0x30)
        if shift not in (9, 12) or mini_shift != 6:
            raise ValueError("unknown sector size")
        self._data, self._size = data, 1 << shift
        listed = [*struct.unpack_from("<109I", data, 0x4C), *self._listed_elsewhere(more)]
        table = b"".join(self._sector(number) for number in listed if number < _LAST)
        self._next = _numbers(table)
        self._entries = list(self._read_entries(self._chain(directory)))
        self._mini_next = _numbers(self._chain(mini_table))
        self._mini = next((self._chain(start) for kind, _, start, _ in self._entries if kind == 5), b"")

    def names(self) -> list[str]:
        """Of its streams."""
        return [name for kind, name, _, _ in self._entries if kind == 2]

    def stream(self, name: str) -> bytes:
        """Raises ``KeyError``."""
        for kind, title, start, size in self._entries:
            if kind == 2 and title == name:
                found = self._chain(start) if size >= self._cutoff else self._mini_chain(start)
                if len(found) < size:
                    raise ValueError(f"{name} is cut")
                return found[:size]
        raise KeyError(name)

    def _sector(self, number: int) -> bytes:
        return self._data[(number + 1) * self._size : (number + 2) * self._size]

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in _followed(start, self._next))

    def _mini_chain(self, start: int) -> bytes:
        return b"".join(self._mini[number * 64 : number * 64 + 64] for number in _followed(start, self._mini_next))

    def _listed_elsewhere(self, start: int) -> Iterator[int]:
        """The sectors of the table that the header has no room for."""
        for _ in range(len(self._data) // self._size):
            if start >= _LAST:
                return
            *numbers, start = _numbers(self._sector(start)) or (_LAST,)
            yield from numbers

    @staticmethod
    def _read_entries(directory: bytes) -> Iterator[tuple[int, str, int, int]]:
        for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            start, size = struct.unpack_from("<II", directory, at + 116)
            yield kind, directory[at : at + max(length - 2, 0)].decode("utf-16-le", "replace"), start, size


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _followed(start: int, after: tuple[int, ...]) -> Iterator[int]:
    for _ in range(len(after)):
        if start >= len(after):
            return
        yield start
        start = after[start]
