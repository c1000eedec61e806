"""Files and paths that come from outside: a pipe would be waited for, a device read for ever."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

from engine.files.errors import DataError

_WHAT = ((stat.S_ISFIFO, "命名管道"), (stat.S_ISSOCK, "套接字"), (stat.S_ISCHR, "设备"), (stat.S_ISBLK, "设备"))


class NotOrdinary(OSError):
    """Something that is opened like a file, and is none: what it is (Chinese)."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(None, f"是{what}，不是文件", str(path))


def refuse_strange(path: Path) -> None:
    """Raises :class:`NotOrdinary` for a pipe, socket or device, also behind a link; ``OSError`` for nothing at all."""
    mode = path.stat().st_mode
    for is_so, what in _WHAT:
        if is_so(mode):
            raise NotOrdinary(path, what)


def read_bytes(path: Path) -> bytes:
    """The contents of a file. Raises ``OSError``."""
    refuse_strange(path)
    return path.read_bytes()


def read_json(path: Path) -> Any:
    """What a JSON file says. Raises ``OSError``, ``ValueError``."""
    return json.loads(read_bytes(path).decode("utf-8"))


def resolved(path: Path) -> Path:
    """Absolute, without links. Raises :class:`DataError` for links in a ring, and for what is no path."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        what = "链接绕成了圈" if isinstance(error, RuntimeError | OSError) else "不能用作路径"
        raise DataError(f"{str(path)!r}：{what}", "检查这个路径") from error


def is_text(name: str) -> bool:
    """Whether a name is one in characters; archives of Windows leave names in bytes of their own encoding."""
    return not any("\ud800" <= mark <= "\udfff" for mark in name)


def meant(name: str) -> str:
    """What such a name was meant to be, in brackets, if it can be told."""
    try:
        return f"（像是 GBK 编码的“{os.fsencode(name).decode('gb18030')}”）"
    except (UnicodeError, ValueError):
        return ""
