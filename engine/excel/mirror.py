"""A copy of a region with some files changed, to be read and checked before anything is written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from engine.files.scratch import ScratchFolder


@contextmanager
def mirrored(folder: Path, changed: Mapping[str, bytes]) -> Iterator[Path]:
    """The copy of ``folder``; what stands beside it and above it, up to the shared rules, is linked to.

    ``changed``: new contents by the path in the folder. Raises ``OSError``.
    """
    scratch = ScratchFolder()
    try:
        above = [folder.parent]
        while not (above[-1] / "rules").is_dir() and above[-1].parent != above[-1] and len(above) < 3:
            above.append(above[-1].parent)
        place = Path(scratch.name) / "copy"
        place.mkdir()
        for parent in reversed(above):
            below = folder if parent == folder.parent else above[above.index(parent) - 1]
            for other in parent.iterdir():
                if other != below and other.is_dir() and not other.name.startswith("."):
                    (place / other.name).symlink_to(other.resolve())
            if parent != folder.parent:
                place = place / below.name
                place.mkdir()
        copy = place / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.xlsx", ".git"), symlinks=True)
        for name, data in changed.items():
            (copy / name).write_bytes(data)
        yield copy
    finally:
        scratch.cleanup()
