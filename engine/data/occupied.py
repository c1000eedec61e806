"""What may stand in the file names of a result, and what a result may take the place of."""

from __future__ import annotations

import json
import re
from pathlib import Path

from engine.files.errors import DataError

RUN_FILE = "run.json"
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')


def file_stem(name: str) -> str:
    """``name`` if it can be a file's name anywhere, below its folder. Raises :class:`DataError`."""
    if not name or _UNSAFE.search(name) or name != name.strip(" .") or name[0] in "._~" or len(name.encode()) > 230:
        raise DataError(f"“{name}”不能用作文件名", r"不要用 / \ : * ? < > | 和引号，不要以点开头，不超过 76 个汉字")
    return name


def refuse_occupied(target: Path, replace: bool, record: str = RUN_FILE, what: str = "运行结果") -> None:
    """Raises :class:`DataError` if something stands at ``target`` that a result may not take the place of.

    ``record``: the file that says what the folder is and which ``files`` were written; ``what``: how to call it.
    """
    if not target.exists():
        return
    if not target.is_dir():
        raise DataError(f"{target} 已存在，而且不是文件夹", "换一个 --out 文件夹")
    there = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if not path.is_dir())
    if not there and not any(target.iterdir()):
        return
    try:
        written = set(json.loads((target / record).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{target} 里有别的文件，不是{what}", "换一个 --out 文件夹") from error
    if not replace:
        raise DataError(
            f"{target} 里已有一次运行的结果" if record == RUN_FILE else f"{target} 里已有{what}",
            "换一个 --out 文件夹，或明确要求替换",
        )
    strangers = [name for name in there if name not in written]
    if strangers:
        raise DataError(f"{target} 里有不是那次运行写的文件：{'、'.join(strangers[:5])}", "先把它们移走")
