"""Folders for what does not fit into memory: gone with their process, or with the next run after it was killed.

The owner holds a lock on the file ``owner`` of its folder as long as it lives; a folder whose lock is free is dead.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.files import system

PREFIX = "casemix-"
OWNER = "owner"
_NAME = re.compile(rf"{PREFIX}[a-z0-9_]{{8}}")
_TRIES = 10
_YOUNG = 3600
"""Seconds within which a folder without an owner may just be in the making."""


class ScratchFolder:
    """An empty folder below TMPDIR, private to this user; ``name`` is its path. What dead runs left goes first.

    Raises ``OSError`` where none can be made.
    """

    def __init__(self) -> None:
        place = Path(tempfile.gettempdir())
        remove_dead_folders(place)
        self._make(place)
        for _ in range(_TRIES):  # where nothing can be locked nobody takes it for dead, either
            if self._is_held():
                break
            self.cleanup()
            self._make(place)

    def _make(self, place: Path) -> None:
        self.name = tempfile.mkdtemp(prefix=PREFIX, dir=place)
        try:
            self._owner = system.open_to_lock(Path(self.name, OWNER), create=True)
        except OSError:
            shutil.rmtree(self.name, ignore_errors=True)
            raise

    def _is_held(self) -> bool:
        """Locks it; not if another run came before, took it for dead and removes it, or did."""
        return system.lock(self._owner) and Path(self.name, OWNER).exists()

    def cleanup(self) -> None:
        """Removes the folder with all that is in it."""
        system.release(self._owner, Path(self.name, OWNER))
        shutil.rmtree(self.name, ignore_errors=True)


def remove_dead_folders(place: Path) -> None:
    """Removes the scratch folders in ``place`` whose process is gone; this user's only, and never through a link."""
    if not system.removes_safely():
        return
    for folder in _folders(place):
        with _taken(folder) as dead:
            if dead:
                shutil.rmtree(folder, ignore_errors=True)
        if dead and system.is_windows():  # where the owner's file could not go as long as it was open
            shutil.rmtree(folder, ignore_errors=True)


def _folders(place: Path) -> Iterator[Path]:
    try:
        entries = list(os.scandir(place))
    except OSError:
        return
    for entry in entries:
        try:
            if not _NAME.fullmatch(entry.name) or not entry.is_dir(follow_symlinks=False):
                continue
            if system.is_own(entry):
                yield Path(entry.path)
        except OSError:
            continue


@contextmanager
def _taken(folder: Path) -> Iterator[bool]:
    """Whether the folder has no living owner; nobody else takes it within the block."""
    try:
        handle = system.open_to_lock(folder / OWNER, create=False)
    except OSError:
        yield _is_forsaken(folder)
        return
    try:
        yield stat.S_ISREG(os.fstat(handle).st_mode) and system.lock(handle)
    finally:
        os.close(handle)


def _is_forsaken(folder: Path) -> bool:
    """Empty, and not just made: its process died before it could lock it."""
    try:
        return not any(folder.iterdir()) and time.time() - folder.stat().st_mtime > _YOUNG
    except OSError:
        return False
