"""What a file was when it was read, to tell afterwards whether it was written, replaced or removed since."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from engine.files.errors import DataError

Seen = tuple[int, int, int, int]
"""Size, time of change, time of change of its entry (which no copying program sets back), and its number."""


@dataclass(frozen=True)
class Stamp:
    """``origin`` is how messages name the file."""

    path: Path
    origin: str
    seen: Seen

    def unchanged(self) -> None:
        """Raises :class:`DataError` if the file is not what it was."""
        try:
            now = seen(self.path)
        except OSError as error:
            raise DataError(f"{self.origin}：计算期间文件不见了", "不要移动数据文件，请重新运行") from error
        if now != self.seen:
            raise DataError(f"{self.origin}：计算期间文件被改动了", "不要改动数据文件，请重新运行")


def seen(path: Path) -> Seen:
    """Raises ``OSError``."""
    there = os.stat(path)
    return there.st_size, there.st_mtime_ns, there.st_ctime_ns, there.st_ino


def stamp_of(path: Path, origin: str) -> Stamp:
    """Raises ``OSError``."""
    return Stamp(path, origin, seen(path))


def sha256_of(path: Path) -> str:
    """64 hexadecimal digits of the bytes of a file. Raises ``OSError``."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
