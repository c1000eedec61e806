"""What may stand in the file names of a result, and what a result may take the place of: only what bears our mark."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.files.errors import DataError
from engine.files.ordinary import read_json
from engine.files.stamps import sha256_of
from engine.files.system import mount_point

RUN_FILE = "run.json"
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.I)
"""Names that Windows keeps for devices, with any suffix."""
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')


@dataclass(frozen=True)
class Kind:
    """A kind of folder that this tool writes. ``record``: the file in it that says what it is; ``mark``: by which one
    of ours is known (``written_by``); ``what``: how to call it.
    """

    record: str
    mark: str
    what: str


RESULT = Kind(RUN_FILE, "casemix run", "运行结果")
MADE_UP = Kind("synth.json", "casemix synth", "合成的数据")


def file_stem(name: str) -> str:
    """``name`` if it can be a file's name anywhere, below its folder. Raises :class:`DataError`."""
    if _DEVICES.fullmatch(name):
        raise DataError(f"“{name}”不能用作文件名", "Windows 把这个名称留给设备，换一个")
    if not name or _UNSAFE.search(name) or name != name.strip(" .") or name[0] in "._~" or len(name.encode()) > 230:
        raise DataError(f"“{name}”不能用作文件名", r"不要用 / \ : * ? < > | 和引号，不要以点开头，不超过 76 个汉字")
    return name


def own_files(folder: Path, kind: Kind) -> dict[str, str] | None:
    """The files that this tool wrote there, with their hashes (empty for the record); ``None`` without our mark."""
    try:
        said: Any = read_json(folder / kind.record)
        if said["written_by"] != kind.mark or kind.record not in said["files"]:
            return None
        hashes = {str(name): str(digest) for name, digest in said["files_sha256"].items()}
        return {str(name): "" if name == kind.record else hashes[str(name)] for name in said["files"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def refuse_occupied(target: Path, replace: bool, kind: Kind = RESULT, hashed: bool = True) -> None:
    """Raises :class:`DataError` if something stands at ``target`` that a result may not take the place of.

    Of a former result every file must be listed in its record and, where ``hashed``, be as it was written: what
    somebody added or changed is theirs.
    """
    if not target.exists():
        return
    if not target.is_dir():
        raise DataError(f"{target} 已存在，而且不是文件夹", "换一个 --out 文件夹")
    if mount_point(target):
        raise DataError(
            f"{target} 是挂载点（磁盘、共享文件夹或容器的卷），不能整个替换", f"写它下面的文件夹，如 {target / '结果'}"
        )
    there = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if not path.is_dir())
    if not there and not any(target.iterdir()):
        return
    written = own_files(target, kind)
    if written is None and kind.record in there:
        raise DataError(
            f"{target} 里的 {kind.record} 不完整，或不是这一版 casemix 写的：看不出哪些文件是它的，不替换",
            "不要了就自己把这个文件夹移走，或换一个 --out 文件夹",
        )
    if written is None:
        raise DataError(f"{target} 里有别的文件，不是{kind.what}", "换一个 --out 文件夹")
    if not replace:
        raise DataError(
            f"{target} 里已有一次运行的结果" if kind is RESULT else f"{target} 里已有{kind.what}",
            "换一个 --out 文件夹，或明确要求替换（--replace）",
        )
    strangers = [name for name in there if name not in written]
    if strangers:
        raise DataError(f"{target} 里有不是那次运行写的文件：{'、'.join(strangers[:5])}", "先把它们移走")
    changed = [name for name in there if hashed and written[name] and not _is(target / name, written[name])]
    if changed:
        raise DataError(
            f"{target} 里有在那次运行之后改动过的文件，替换就没有了：{'、'.join(changed[:5])}",
            "要留的先移到别处，不要的先删掉，再运行",
        )


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and sha256_of(path) == digest
