"""The user's folder for what can be had again: private, bounded, and read only where nobody else can write.

``$XDG_CACHE_HOME/casemix``, of Windows ``%LOCALAPPDATA%\\casemix``; ``CASEMIX_CACHE`` names another folder, ``off``
none.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from engine.files import system
from engine.files.whole import private_whole

SWITCH, OFF = "CASEMIX_CACHE", "off"
MOST_BYTES = 4_000_000
"""Of one file."""
MOST_FILES = 200
_ABANDONED = 3600.0
"""Seconds after which a file that somebody began to write and did not end is removed."""


def folder() -> Path | None:
    """Where files may be kept, whether it is there yet or not; ``None`` where nothing is to be kept."""
    said = os.environ.get(SWITCH, "")
    if said == OFF:
        return None
    if said:
        return Path(said) if os.path.isabs(said) else None
    return system.folder_of_user("XDG_CACHE_HOME", ".cache")


def kept(name: str) -> bytes | None:
    """What was kept under a name; ``None`` if nothing was, or it lies where somebody else could have put it."""
    place = folder()
    if place is None or not system.is_private_folder(place):
        return None
    return system.read_private(place / name, MOST_BYTES)


def keep(name: str, data: bytes) -> None:
    """Keeps ``data`` in the place of what was kept under the name; in vain where that cannot be, without a word."""
    place = folder()
    if place is None or len(data) > MOST_BYTES:
        return
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            place.mkdir(mode=0o700)
        if not system.is_private_folder(place):
            return
        private_whole(place / name, data)
        _bound(place)


def _bound(place: Path) -> None:
    """Removes the oldest files, and halves of some that nobody is writing any more."""
    found: list[tuple[float, Path]] = []
    for entry in os.scandir(place):
        with suppress(OSError):
            if entry.is_file(follow_symlinks=False):
                found.append((entry.stat(follow_symlinks=False).st_mtime, place / entry.name))
    now = time.time()
    for _, path in sorted(found, reverse=True)[MOST_FILES:]:
        path.unlink(missing_ok=True)
    for age, path in found:
        if path.name.startswith(".") and now - age > _ABANDONED:
            path.unlink(missing_ok=True)
