"""Paths as DuckDB takes them: it reads ``*``, ``?`` and ``[`` as patterns and a backslash as a folder, and wants UTF-8.

Names that old archives leave behind are not UTF-8, and nothing can be escaped that is looked at twice. Such a path is
given to DuckDB by another name: a link in a scratch folder of this process.
"""

from __future__ import annotations

import atexit
import functools
import os
import re
from itertools import count
from pathlib import Path

from engine.files.scratch import ScratchFolder
from engine.files.system import is_windows

_PATTERN = re.compile(r"[*?\[]")
_NUMBERS = count()
_WRITTEN_AHEAD = ".wal"
"""What DuckDB puts beside a database that was not closed."""


def plain_path(path: Path) -> Path:
    """``path``, absolute, or another name of the same file: one that DuckDB takes for what it is.

    Of a file that is not there yet, at least its folder is. Raises ``OSError``.
    """
    path = path.absolute()
    if is_windows() or _is_plain(str(path)):
        return path
    folder = path.parent if _is_plain(str(path.parent)) else _link(path.parent)
    return folder / path.name if _is_plain(path.name) or not path.exists() else _link(path)


def literal_path(path: Path) -> str:
    """``path`` as DuckDB's file functions need it to mean this one file."""
    return _PATTERN.sub(lambda mark: f"[{mark.group()}]", str(plain_path(path)))


def _is_plain(text: str) -> bool:
    return not _PATTERN.search(text) and "\\" not in text and "\0" not in text and text.isprintable()


@functools.cache
def _link(path: Path) -> Path:
    made = Path(_folder().name) / f"{next(_NUMBERS)}{path.suffix if _is_plain(path.suffix) else ''}"
    os.symlink(path, made, target_is_directory=path.is_dir())
    if not path.is_dir():
        os.symlink(f"{path}{_WRITTEN_AHEAD}", f"{made}{_WRITTEN_AHEAD}")
    return made


@functools.cache
def _folder() -> ScratchFolder:
    """Gone with the process."""
    folder = ScratchFolder()
    atexit.register(folder.cleanup)
    return folder
