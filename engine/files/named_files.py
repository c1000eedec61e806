"""Files by name, wherever they come from: a disk, or buffers of an editor over it. Rules are read through nothing else.

A name is an absolute path, also where no disk has it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from engine.files import ordinary, stamps
from engine.files.stamps import Seen

FILE, FOLDER, OTHER, NOTHING = "file", "folder", "other", ""
"""What a name may stand for, links followed; ``OTHER``: a pipe, a device, a link to nothing that can be opened."""


class Files(Protocol):
    """From a name to bytes, and what names there are."""

    def read(self, path: Path) -> bytes:
        """The contents of a file. Raises ``OSError``."""

    def kind(self, path: Path) -> str:
        """What stands under the name: :data:`FILE`, :data:`FOLDER`, :data:`OTHER` or :data:`NOTHING`."""

    def names(self, folder: Path) -> tuple[str, ...]:
        """What lies directly in a folder, in order; nothing where it is none."""

    def below(self, folder: Path) -> Mapping[Path, str]:
        """All that lies below a folder, in order, with what each is; links to folders are not gone into."""

    def resolve(self, path: Path) -> Path:
        """The name without links."""

    def seen(self, path: Path) -> Seen:
        """What tells one state of the file from the next. Raises ``OSError``."""


class Disk:
    """The files of this machine."""

    def read(self, path: Path) -> bytes:
        return ordinary.read_bytes(path)

    def kind(self, path: Path) -> str:
        if path.is_file():
            return FILE
        if path.is_dir():
            return FOLDER
        return OTHER if path.exists() or path.is_symlink() else NOTHING

    def names(self, folder: Path) -> tuple[str, ...]:
        try:
            return tuple(sorted(os.listdir(folder)))
        except (OSError, ValueError):
            return ()

    def below(self, folder: Path) -> Mapping[Path, str]:
        return dict(sorted(_walked(folder)))

    def resolve(self, path: Path) -> Path:
        return path.resolve()

    def seen(self, path: Path) -> Seen:
        return stamps.seen(path)


def _walked(folder: Path) -> Iterator[tuple[Path, str]]:
    waiting = [folder]
    while waiting:
        inside = waiting.pop()
        try:
            entries = list(os.scandir(inside))
        except OSError:
            continue
        for entry in entries:
            path = inside / entry.name
            kind = _kind_of(entry)
            yield path, kind
            if kind == FOLDER and not entry.is_symlink():
                waiting.append(path)


def _kind_of(entry: os.DirEntry[str]) -> str:
    try:
        return FOLDER if entry.is_dir() else FILE if entry.is_file() else OTHER
    except OSError:  # links in a ring
        return OTHER


class Buffers:
    """Texts that nobody saved yet, over other files: what has a buffer is read from there.

    ``texts``: contents by name; ``None`` for a file that is to be gone.
    """

    def __init__(self, texts: Mapping[Path, bytes | None], over: Files) -> None:
        self.texts, self.over = dict(texts), over

    def read(self, path: Path) -> bytes:
        if path not in self.texts:
            return self.over.read(path)
        text = self.texts[path]
        if text is None:
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return text

    def kind(self, path: Path) -> str:
        if path in self.texts:
            return NOTHING if self.texts[path] is None else FILE
        found = self.over.kind(path)
        return FOLDER if found == NOTHING and any(path in name.parents for name in self._there()) else found

    def names(self, folder: Path) -> tuple[str, ...]:
        gone = {name.name for name, text in self.texts.items() if text is None and name.parent == folder}
        new = {name.relative_to(folder).parts[0] for name in self._there() if folder in name.parents}
        return tuple(sorted((set(self.over.names(folder)) - gone) | new))

    def below(self, folder: Path) -> Mapping[Path, str]:
        found = {path: kind for path, kind in self.over.below(folder).items() if self.texts.get(path, b"") is not None}
        for name in self._there():
            if folder in name.parents:
                found[name] = FILE
                found |= dict.fromkeys(_between(name, folder), FOLDER)
        return dict(sorted(found.items()))

    def resolve(self, path: Path) -> Path:
        return self.over.resolve(path)

    def seen(self, path: Path) -> Seen:
        if path not in self.texts:
            return self.over.seen(path)
        text = self.read(path)
        return len(text), int.from_bytes(hashlib.sha256(text).digest()[:8], "big"), 0, 0

    def _there(self) -> Iterator[Path]:
        return (name for name, text in self.texts.items() if text is not None)


def _between(name: Path, folder: Path) -> Iterator[Path]:
    """The folders from a file up to ``folder``, without it."""
    while (name := name.parent) != folder:
        yield name


DISK: Files = Disk()
