"""What Windows does otherwise than the rest: locks, replacing folders, writing through to the disk.

Nothing else in the engine asks which system it runs on, and no name that only one of them has stands elsewhere
(``tests/test_other_systems.py``).
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import signal
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_FAR = 1 << 30
"""Where the lock of Windows stands: what it covers nobody else can read, so it is not among the contents."""
_AT_CWD, _EXCHANGE = -100, 2


def is_windows() -> bool:
    return os.name == "nt"


def folder_of_user(variable: str, *usual: str) -> Path | None:
    """``casemix`` where ``variable`` says, of Windows where ``LOCALAPPDATA`` does, or else below ``usual`` in the home;
    ``None`` where nobody knows it.
    """
    base = os.environ.get("LOCALAPPDATA" if is_windows() else variable, "")
    if not os.path.isabs(base):
        home = os.path.expanduser("~")
        base = os.path.join(home, *usual) if os.path.isabs(home) else ""
    return Path(base) / "casemix" if base else None


def open_to_lock(path: Path, create: bool) -> int:
    """A handle of a file to be locked; never through a link that stands in its place, never waiting for a pipe.

    Raises ``OSError``.
    """
    flags = os.O_RDWR | (os.O_CREAT if create else 0)
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
        flags |= getattr(os, name, 0)
    return os.open(path, flags, 0o600 if not create else 0o644)


def is_private_folder(path: Path) -> bool:
    """Whether it is a folder of the user's own, not behind a link, that nobody else may look or write into."""
    try:
        there = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(there.st_mode) and _is_private(there)


def read_private(path: Path, most: int) -> bytes | None:
    """An ordinary file of the user's own that nobody else may read or write, not behind a link, of at most so many
    bytes; ``None`` for anything else.
    """
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        handle = os.open(path, flags)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as stream:
        there = os.fstat(stream.fileno())
        if not stat.S_ISREG(there.st_mode) or not _is_private(there) or there.st_size > most:
            return None
        return stream.read(most)


def _is_private(there: os.stat_result) -> bool:
    """Windows has no such owners and modes: what lies below a user's folder is his."""
    return is_windows() or (there.st_uid == os.geteuid() and not stat.S_IMODE(there.st_mode) & 0o077)


def lock(handle: int) -> bool:
    """Whether the lock of a file was free, and is held now. It goes with the handle, and with the process."""
    try:
        if (unix := _module("fcntl")) is not None:
            unix.flock(handle, unix.LOCK_EX | unix.LOCK_NB)
        else:
            windows: Any = _module("msvcrt")
            os.lseek(handle, _FAR, os.SEEK_SET)
            windows.locking(handle, windows.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
    except OSError:
        return False
    return True


def release(handle: int, path: Path | None) -> None:
    """Closes a locked file and removes it (``path``). Windows removes no file that is open; elsewhere a file that was
    closed first may already be the next one's.
    """
    if is_windows():
        os.close(handle)
    if path is not None:
        with suppress(OSError):
            path.unlink(missing_ok=True)
    if not is_windows():
        os.close(handle)


def is_own(entry: os.DirEntry[str]) -> bool:
    """Whether the folder is this user's. On Windows the place for temporary files is."""
    user = getattr(os, "getuid", None)
    return user is None or entry.stat(follow_symlinks=False).st_uid == user()


def removes_safely() -> bool:
    """Whether a folder in a place that others write to can be removed without a link leading elsewhere."""
    return is_windows() or bool(shutil.rmtree.avoids_symlink_attacks)


def rename_folder(folder: Path, target: Path) -> None:
    """``folder`` becomes ``target``, also where that is an empty folder. Raises ``OSError``."""
    try:
        folder.rename(target)
    except FileExistsError:  # Windows renames onto nothing that exists
        target.rmdir()
        folder.rename(target)


def exchange(one: Path, other: Path) -> bool:
    """Swaps two names atomically (Linux); ``False`` where the system does not know how."""
    if is_windows():
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_CWD, os.fsencode(one), _AT_CWD, os.fsencode(other), _EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code))


def flush(path: Path) -> None:
    """What was written of a file or folder is on disk. Windows writes folders by itself. Raises ``OSError``."""
    if is_windows() and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if is_windows() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def ending_signals() -> list[int]:
    """What ends a process from outside, beside Ctrl-C; Windows has no hang-up."""
    return [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


def new_group() -> dict[str, Any]:
    """For ``subprocess``: a process of its own group, which stays when whoever started it goes."""
    return {"creationflags": 0x200} if is_windows() else {"start_new_session": True}


def passing(handles: Sequence[int]) -> dict[str, Any]:
    """For ``subprocess``: a child that keeps these handles, and that signals end though its parent ignores them.

    Windows passes none on so.
    """
    return {} if is_windows() else {"pass_fds": tuple(handles), "preexec_fn": _obey}


def _obey() -> None:
    for number in (signal.SIGINT, *ending_signals()):
        signal.signal(number, signal.SIG_DFL)


def end_group(process: int, at_once: bool = False) -> None:
    """Tells a process and its children to end; ``at_once``: leaves them no time. One that is gone is passed over."""
    with suppress(OSError):
        if is_windows():
            os.kill(process, signal.SIGTERM)
        else:
            os.killpg(process, signal.SIGKILL if at_once else signal.SIGTERM)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Signals that end a run wait until the block is done. (Blocking them would not do: other threads take them.)"""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *ending_signals())}
    for number, handler in before.items():
        if handler is not None and handler is not signal.SIG_IGN:
            signal.signal(number, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)
        for number in came[:1]:
            signal.raise_signal(number)


def mount_point(path: Path) -> bool:
    """Whether something else is mounted at ``path``: such a folder cannot be renamed or replaced."""
    if os.path.ismount(path):
        return True
    try:
        mounts = Path("/proc/self/mountinfo").read_bytes().split(b"\n")
    except OSError:
        return False
    places = {line.split(b" ")[4].replace(b"\\040", b" ") for line in mounts if line.count(b" ") > 4}
    return os.fsencode(path.resolve()) in places


def has_pipes() -> bool:
    """Whether named pipes can be made in a folder."""
    return hasattr(os, "mkfifo")


def bound_this_process(memory: int, seconds: int) -> None:
    """This process may use so many bytes and so many seconds of a processor; nothing where a system bounds none."""
    if (limits := _module("resource")) is not None:
        with suppress(ValueError, OSError):
            limits.setrlimit(limits.RLIMIT_AS, (memory, memory))
            limits.setrlimit(limits.RLIMIT_CPU, (seconds, seconds))


def _module(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        return None
