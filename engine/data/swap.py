"""A folder that appears whole or not at all: built beside its place, then renamed into it, under a lock.

What stands beside the place is hidden (``.out.partial-…``, ``.out.old-…``, ``.out.casemix-lock``) and bears a mark:
nothing that does not is ever used, renamed or removed, whatever it is called.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.data.occupied import RESULT, Kind, own_files
from engine.files import system
from engine.files.errors import DataError, why

MARK = ".casemix"
"""The file of a folder in the making: which folder it is, and then a name a line of what is put there."""
SPILL = ".spill"
"""A folder in the making's own place for what does not fit into memory; it is never part of the result."""
_LOCK = b"casemix lock\n"


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Holds ``target`` for this process; a second one is refused at once. The lock dies with the process."""
    path = _lock_of(target)
    while True:
        handle = system.open_to_lock(path, create=True)
        if not system.lock(handle):
            os.close(handle)
            raise DataError(f"另一次运行正在写 {target}", "等它结束，或换一个 --out 文件夹")
        if _is_still(path, handle):
            break
        os.close(handle)  # the holder before us removed the file between our open and our lock
    ours = os.read(handle, len(_LOCK) + 1) in (b"", _LOCK)
    try:
        if not ours:
            raise DataError(f"{path} 不是 casemix 的文件，却占着锁的名称", "把它移走，或换一个 --out 文件夹")
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, _LOCK)
        yield
    finally:
        system.release(handle, path if ours else None)


def _is_still(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(handle))
    except FileNotFoundError:
        return False


class Building:
    """A new empty hidden folder beside ``target``, whose leftovers of crashed runs are cleared first.

    Call under the lock. Whatever is put there is named first, by :meth:`own`: what nobody named is somebody else's.
    """

    def __init__(self, target: Path, kind: Kind = RESULT) -> None:
        self.target, self._kind = target, kind
        clear_leftovers(target, kind)
        token = secrets.token_hex(6)
        self.path = target.parent / f".{target.name}.partial-{token}"
        self.path.mkdir()
        self._names: list[str] = []
        (self.path / MARK).write_text(_head(token), "utf-8")

    def own(self, name: str) -> Path:
        """Where ``name``, a path below the folder with /, is to be put."""
        with (self.path / MARK).open("a", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write(f"{name}\n")
        self._names.append(name)
        return self.path / name

    def finished(self) -> list[str]:
        """The files, once there is nothing more to come. Raises :class:`DataError` for one that nobody named."""
        shutil.rmtree(self.path / SPILL, ignore_errors=True)
        there = {p.relative_to(self.path).as_posix() for p in self.path.rglob("*") if p.is_symlink() or not p.is_dir()}
        strangers = sorted(there - set(self._names) - {MARK})
        if strangers:
            raise DataError(
                f"写结果的时候，有人往 {self.path} 里放了文件：{'、'.join(strangers[:5])}",
                "没有写出结果；把这些文件移走，再运行",
            )
        return sorted(there - {MARK})

    def put_in_place(self) -> None:
        """The folder becomes ``target``; what stood there has been looked at."""
        swap = Swap(self.path, self.target, self._kind)
        (self.path / MARK).unlink()
        swap.do()
        swap.forget()

    def discard(self) -> None:
        """Removes the folder, but nothing that others have put there."""
        _clear(self.path, self._kind)


class Swap:
    """``folder`` takes the place of ``target``, which a former result may have; undone as long as it is not forgotten.

    A former folder is exchanged in one step where the system can.
    """

    def __init__(self, folder: Path, target: Path, kind: Kind = RESULT) -> None:
        self._folder, self._target, self._kind = folder, target, kind
        self._former: Path | None = None
        flush(folder)

    def do(self) -> None:
        """Raises :class:`DataError`, and then nothing has changed."""
        target = self._target
        try:
            if not target.exists() or not any(target.iterdir()):
                system.rename_folder(self._folder, target)
            elif system.exchange(self._folder, target):
                self._former = self._folder
            else:
                old = target.parent / f".{target.name}.old-{secrets.token_hex(6)}"
                target.rename(old)
                try:
                    self._folder.rename(target)
                except OSError:
                    old.rename(target)
                    raise
                self._former = old
        except OSError as error:
            raise DataError(f"结果放不到 {target}（{why(error)}）") from error
        with suppress(OSError):  # it stands: what fails from here on does not make it undone
            system.flush(target.parent)

    def undo(self) -> None:
        """What stood at ``target`` before stands there again, as far as the system lets us."""
        with suppress(OSError):
            if self._former is None:
                self._target.rename(self._folder)
            elif not system.exchange(self._former, self._target):
                self._target.rename(self._folder)
                self._former.rename(self._target)

    def forget(self) -> None:
        """Removes the former result."""
        if self._former is not None:
            _clear(self._former, self._kind)


def put_all_in_place(swaps: Sequence[Swap], then: Callable[[], None]) -> None:
    """All of them, or none: what was done is undone where one cannot be. ``then`` is called once all are there.

    Raises :class:`DataError`.
    """
    done: list[Swap] = []
    with system.undisturbed():
        try:
            for swap in swaps:
                swap.do()
                done.append(swap)
            then()
        except BaseException:
            for swap in reversed(done):
                swap.undo()
            raise
        for swap in done:
            swap.forget()


# -- what is left, and whose it is --------------------------------------------------


def _head(token: str) -> str:
    return f"casemix {token}\n"


def clear_leftovers(target: Path, kind: Kind = RESULT) -> None:
    """Of crashed runs into ``target``; a former result that one had moved away comes back if nothing took its place."""
    olds = [path for path in _marked(target, "old") if own_files(path, kind) is not None]
    if olds and not target.exists():
        olds.pop().rename(target)
    for path in [*olds, *_marked(target, "partial")]:
        _clear(path, kind)


def _marked(target: Path, what: str) -> list[Path]:
    """Folders beside ``target`` that have the name of such leftovers."""
    name = re.compile(rf"\.{re.escape(target.name)}\.{what}-[0-9a-f]{{12}}")
    beside = sorted(target.parent.iterdir()) if target.parent.is_dir() else []
    return [path for path in beside if name.fullmatch(path.name) and path.is_dir() and not path.is_symlink()]


def _clear(folder: Path, kind: Kind) -> None:
    """Removes from a folder what bears our mark, and then the folder if nothing else is in it."""
    names = _named_in(folder)
    if names is None:
        written = own_files(folder, kind)
        if written is None:
            with suppress(OSError):
                folder.rmdir()  # one that was just made, or not ours: an empty one loses nothing
            return
        names = list(written)
    inside = folder.resolve()
    for name in [*names, MARK]:
        path = folder / name
        if not path.parent.resolve().is_relative_to(inside):
            continue
        if name == SPILL:
            shutil.rmtree(path, ignore_errors=True)
            continue
        for part in _marked(path, "partial") if name != MARK else ():  # of one result of several that are made together
            _clear(part, kind)
            _unlock(path)
        if path.is_dir() and not path.is_symlink():
            _clear(path, kind)
            continue
        with suppress(OSError):
            path.unlink(missing_ok=True)
    for parent, _, _ in os.walk(folder, topdown=False):
        with suppress(OSError):
            os.rmdir(parent)


def _unlock(target: Path) -> None:
    """Removes the lock of a process that is gone."""
    path = _lock_of(target)
    with suppress(OSError):
        if path.read_bytes() == _LOCK:
            path.unlink()


def _lock_of(target: Path) -> Path:
    return target.parent / f".{target.name}.casemix-lock"


def _named_in(folder: Path) -> list[str] | None:
    """The names in the mark of a folder in the making; ``None`` if it has none."""
    try:
        head, *names = (folder / MARK).read_text("utf-8", errors="surrogateescape").split("\n")
    except (OSError, ValueError):
        return None
    ours = folder.name.endswith(f".partial-{head.removeprefix('casemix ')}")
    return [name for name in names if name] if ours else None


def flush(folder: Path) -> None:
    """Everything below ``folder`` is on disk before its name is."""
    for parent, _, files in os.walk(folder):
        for name in files:
            system.flush(Path(parent, name))
        system.flush(Path(parent))
