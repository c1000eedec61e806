"""A folder that appears whole or not at all: built beside its place, then renamed into it, under a lock."""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.files.errors import DataError, why

_AT_CWD, _EXCHANGE = -100, 2


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Holds ``target`` for this process; a second one is refused at once. The lock dies with the process."""
    import fcntl

    path = target.parent / f".{target.name}.lock"
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise DataError(f"另一次运行正在写 {target}", "等它结束，或换一个 --out 文件夹") from error
        if _is_still(path, handle):
            break
        os.close(handle)  # the holder before us removed the file between our open and our lock
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _is_still(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(handle))
    except FileNotFoundError:
        return False


def building_folder(target: Path) -> Path:
    """A new empty hidden folder beside ``target``, after leftovers of crashed runs are cleared. Call under the lock."""
    olds = sorted(target.parent.glob(f".{_escaped(target.name)}.old-*"))
    if olds and not target.exists():
        olds.pop().rename(target)  # a run died between moving the former result away and moving its own in
    for left in (*olds, *target.parent.glob(f".{_escaped(target.name)}.partial-*")):
        shutil.rmtree(left, ignore_errors=True)
    folder = target.parent / f".{target.name}.partial-{secrets.token_hex(6)}"
    folder.mkdir()
    return folder


def _escaped(name: str) -> str:
    import glob

    return glob.escape(name)


def put_in_place(folder: Path, target: Path) -> None:
    """``folder`` becomes ``target``; a former folder there is exchanged for it in one step where the system can."""
    _flush(folder)
    former = target.exists()
    try:
        if not former or not any(target.iterdir()):
            folder.rename(target)
        elif _exchange(folder, target):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            old = target.parent / f".{target.name}.old-{secrets.token_hex(6)}"
            target.rename(old)
            folder.rename(target)
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise DataError(f"结果放不到 {target}（{why(error)}）") from error
    _flush_one(target.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Swaps two names atomically (Linux); ``False`` where the system does not know how."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_CWD, os.fsencode(one), _AT_CWD, os.fsencode(other), _EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code))


def _flush(folder: Path) -> None:
    """Everything below ``folder`` is on disk before its name is."""
    for parent, _, files in os.walk(folder):
        for name in files:
            _flush_one(Path(parent, name))
        _flush_one(Path(parent))


def _flush_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
