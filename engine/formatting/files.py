"""Rules files on the disk: which ones a region, a folder or a file means, and each with what it would become."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.files.whole import write_whole
from engine.formatting.lay_out import laid_out
from engine.formatting.remarks import NotLaidOut
from engine.rulebook.layers import shown
from engine.rulebook.locate import locate
from engine.rulebook.problems import Problem
from engine.rulebook.source import read

SUFFIX = ".yaml"
ANYBODY_WRITES = 0o222


@dataclass(frozen=True)
class Laid:
    """A file: its text as it is and as it would be; or why it is left as it is.

    ``problems``: what is wrong in it; ``left``: where and why it was not laid out.
    """

    path: Path
    before: str = ""
    after: str = ""
    problems: list[Problem] = field(default_factory=list)
    left: str = ""

    @property
    def differs(self) -> bool:
        return self.before != self.after

    def write(self) -> None:
        """Raises ``OSError``; the file is whole, before or after. Of a link, the file that it stands for."""
        write_whole(self.path.resolve(), self.after.encode())


def files_of(where: str) -> list[Path]:
    """The rules files of a region by its name, of a folder with all below, or one file.

    Links are not followed, hidden folders not entered. Raises as :func:`engine.rulebook.locate.locate` does.
    """
    path = Path(where)
    if path.is_file():
        return [path]
    folder = path if path.is_dir() else locate(where).folder
    return list(_below(folder))


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place) / name
            if name.endswith(SUFFIX) and not name.startswith(".") and not path.is_symlink():
                yield path


def laid(path: Path) -> Laid:
    """The file as it would be laid out; where it cannot be read, or not be laid out, its problems."""
    name = shown(path)
    if path.suffix != SUFFIX:
        return Laid(path, left=f"{name} 不是规则文件：规则文件的名字以 {SUFFIX} 结尾")
    problems: list[Problem] = []
    root = read(path, name, problems)
    if problems or root is None:
        return Laid(path, problems=problems)
    text = path.read_bytes().decode("utf-8-sig")
    try:
        out = laid_out(text)
    except NotLaidOut as error:
        return Laid(path, text, text, left=f"{name}{f':{error.line}' if error.line else ''} {error.message}")
    if out != text and not path.stat().st_mode & ANYBODY_WRITES:
        return Laid(path, text, text, left=f"{name} 是只读的")
    return Laid(path, text, out)
