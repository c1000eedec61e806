"""Files that people own, written whole or left as they were: a program that is ended leaves no half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """The file as it shall be, or as it was; text in UTF-8. Raises ``OSError``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = staged(path, content.encode() if isinstance(content, str) else content)
    try:
        os.replace(made, path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def private_whole(path: Path, data: bytes) -> None:
    """As :func:`write_whole`, of a file that nobody else may read and that may be lost. Raises ``OSError``."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.replace(made, path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def write_together(texts: Mapping[Path, bytes]) -> None:
    """Several files, all of them on the disk before the first takes its place. Raises ``OSError``."""
    made: list[tuple[Path, Path]] = []
    try:
        for path, data in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            made.append((staged(path, data), path))
        for here, path in made:
            os.replace(here, path)
    finally:
        for here, _ in made:
            here.unlink(missing_ok=True)


def staged(path: Path, data: bytes) -> Path:
    """A file beside ``path``, on the disk and with its rights, that can take its place. Raises ``OSError``."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        made.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    return made
