"""Which regions and modules stand on one, found by their heads alone; and files that cannot be read to see a name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from engine.assist.rows_files import may_have
from engine.files.csv_text import text_and_encoding
from engine.files.errors import DataError
from engine.files.named_files import FILE, FOLDER, Files
from engine.rulebook.locate import find_layer, has_head
from engine.rulebook.problems import Problem
from engine.rulebook.source import read_text
from engine.rulebook.spans import written
from engine.rulebook.unread_files import REGION_HEADS
from engine.rulebook.written import scalars_of


def built_on(folder: Path, files: Files) -> Iterator[Path]:
    """The folders that have ``folder`` somewhere below them, of all that could name it; and those whose head cannot be
    read, of which nobody knows.
    """

    @cache
    def beneath(other: Path) -> tuple[Path, ...] | None:
        """What 沿用 of a head names; ``None`` where it cannot be read."""
        problems: list[Problem] = []
        head = next(other / name for name in REGION_HEADS if files.kind(other / name) == FILE)
        root = read_text(files.read(head).decode("utf-8-sig", "replace"), "", problems)
        if root is None or problems:
            return None
        named = (find_layer(scalar.text, other, files) for scalar in scalars_of(root.get("沿用")))
        return tuple(one for one in named if one is not None)

    def stands(other: Path) -> bool:
        seen, waiting = {other}, [other]
        while waiting:
            below = beneath(waiting.pop())
            if below is None or folder in below:
                return True
            new = set(below) - seen
            seen |= new
            waiting += new
        return False

    for other in sorted(_beside(folder, files)):
        if other != folder and stands(other):
            yield other


def _beside(folder: Path, files: Files) -> set[Path]:
    """The folders with a head from which a 沿用 finds this one: beside it, and in ``rules`` and ``regions``."""
    top = next((parent for parent in folder.parents if files.kind(parent / "rules") == FOLDER), folder.parent)
    roots = dict.fromkeys((folder.parent, top / "rules", top / "regions", top))
    return {files.resolve(root / name) for root in roots for name in files.names(root) if has_head(root / name, files)}


def mentions(folder: Path, names: tuple[str, ...], files: Files) -> bool:
    """Whether some file of rules or rows has one of the names among its signs."""
    return any(may_have(files.read(path), name) for path in _texts(folder, files) for name in names)


def unread_mention(folder: Path, name: str, files: Files) -> tuple[Path, str] | None:
    """A head, or a file that has the name among its signs, which cannot be read to see what it means; and its cure."""
    for path in _texts(folder, files):
        is_head = path.parent == folder and path.name in REGION_HEADS
        data = files.read(path)
        if is_head or may_have(data, name):
            cure = _unread_rows(data, path.name) if path.suffix != ".yaml" else "" if _reads(data) else "改好"
            if cure:
                return path, cure
    return None


def _unread_rows(data: bytes, name: str) -> str:
    try:
        text_and_encoding(data, name)
    except DataError:
        return "另存为 UTF-8（带 BOM）的 CSV"
    return ""


def _texts(folder: Path, files: Files) -> Iterator[Path]:
    for path, kind in files.below(folder).items():
        if kind == FILE and (path.suffix == ".yaml" or path.suffix.lower() == ".csv"):
            yield path


def _reads(data: bytes) -> bool:
    try:
        root = written(data.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return False
    return root is None or root.kind == "mapping"
