"""The text of a measure in the folder of its region: a paragraph a line, to be read and mended by people."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from engine.files.csv_text import decode
from engine.files.errors import DataError
from engine.files.named_files import DISK, FILE, Files
from engine.measure.outline import Outline, outline_of
from engine.rulebook.layers import Document, Layer

FOLDER = "原文"
MOST_BYTES = 5_000_000
_FROM, _BODY = "录自", "录入时的正文"
_HEAD = re.compile(r"^#.*?SHA-256 ([0-9a-f]{64})", re.MULTILINE)


@dataclass(frozen=True)
class Stored:
    """``lines``: paragraphs by the number of their line; ``source``: SHA-256 of the file it was taken from;
    ``edited``: whether people changed it since.
    """

    path: Path
    lines: tuple[tuple[int, str], ...]
    source: str = ""
    edited: bool = False

    @property
    def outline(self) -> Outline:
        return outline_of(self.lines)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.lines)


def stored_in(layer: Layer, document: Document, files: Files = DISK) -> Stored | None:
    """The text of a document; ``None`` where none is said, or the file is not at hand. Raises :class:`DataError`."""
    if document.text is None:
        return None
    path = path_in(layer.folder, document.text.text.strip())
    return read(path, files) if files.kind(path) == FILE else None


def path_in(folder: Path, name: str) -> Path:
    """A file of the folder. Raises :class:`DataError` for one that lies outside, links followed."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise DataError(f"{name} 不在地区的文件夹里", f"写相对路径，如 {FOLDER}/办法.txt")
    return path


def read(path: Path, files: Files = DISK) -> Stored:
    """Raises :class:`DataError`, ``OSError``."""
    if files.seen(path)[0] > MOST_BYTES:
        raise DataError(f"{path.name} 超过 {MOST_BYTES // 1_000_000} MB，不像是办法的文字", "只留下正文")
    text = decode(files.read(path), path.name)
    numbered = enumerate(text.splitlines(), 1)
    lines = tuple((number, line.strip()) for number, line in numbered if line.strip() and line[:1] != "#")
    head = "\n".join(line for line in text.splitlines() if line[:1] == "#")
    digests = _HEAD.findall(head)
    said = {word: digests[place] for place, word in enumerate((_FROM, _BODY)) if place < len(digests)}
    body = said.get(_BODY)
    return Stored(path, lines, said.get(_FROM, ""), body is not None and body != _digest([t for _, t in lines]))


def as_file(paragraphs: tuple[str, ...], name: str, source: str) -> str:
    """What is written: where it comes from, and the paragraphs."""
    safe = "".join(sign if sign.isprintable() else "?" for sign in name)
    head = (
        f"# {_FROM} {safe}，SHA-256 {source}",
        f"# {_BODY} SHA-256 {_digest(list(paragraphs))}",
        "# 一段一行；# 开头的行不是原文。接错的行、认错的字可以直接改。",
    )
    return "\n".join([*head, *paragraphs]) + "\n"


def _digest(paragraphs: list[str]) -> str:
    return hashlib.sha256("\n".join(paragraphs).encode()).hexdigest()
