"""A file of a region as text: as it was read, changed in places, and written back in its own encoding."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.files.csv_text import decode
from engine.files.named_files import Files

_BREAK = re.compile("\n")


@dataclass(frozen=True)
class Change:
    """``text[start:end]`` becomes ``new``."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class TextFile:
    """``name`` is how the workbook and messages call it: its path in the folder of the region."""

    path: Path
    name: str
    data: bytes

    @classmethod
    def read(cls, path: Path, folder: Path, files: Files) -> TextFile:
        """Raises ``OSError``."""
        return cls(path, path.relative_to(folder).as_posix(), files.read(path))

    @cached_property
    def encoding(self) -> str:
        if self.data.startswith(b"\xef\xbb\xbf"):
            return "utf-8-sig"
        try:
            self.data.decode("utf-8")
        except UnicodeDecodeError:
            return "gb18030"
        return "utf-8"

    @cached_property
    def text(self) -> str:
        """Raises ``DataError`` for an encoding that is not told."""
        return decode(self.data, self.name)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def line_break(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def changed(self, changes: Sequence[Change]) -> bytes:
        """The bytes with all changes made, those at one place in their order.

        Raises ``ValueError`` for two that overlap, and for a sign that the encoding has not.
        """
        text, last = self.text, len(self.text) + 1
        numbered = sorted(enumerate(changes), key=lambda item: (item[1].start, item[1].end, item[0]), reverse=True)
        for _, change in numbered:
            if change.end > last:
                raise ValueError(f"two changes at {change.start} of {self.name}")
            last = change.start if change.end > change.start else last
            text = text[: change.start] + change.new + text[change.end :]
        return text.encode(self.encoding)

    def line_of(self, place: int) -> int:
        """The number of the line, from 1."""
        return bisect_right(self._starts, place)

    def start_of_line(self, line: int) -> int:
        """Where a line begins, from 1; the end of the text for one that is not there."""
        return self._starts[line - 1] if line <= len(self._starts) else len(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in _BREAK.finditer(self.text))]

    def begin_of_line(self, place: int) -> int:
        return self.text.rfind("\n", 0, place) + 1

    def after_line(self, place: int) -> int:
        """The beginning of the line after ``place``."""
        end = self.text.find("\n", place)
        return len(self.text) if end < 0 else end + 1
