"""What stops the work: data that cannot be read, results that cannot be written, runs that must not give a result."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import Any


class DataError(Exception):
    """Stops the work. ``message`` (Chinese) says what is wrong and where, ``hint`` what to do (may be empty)."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}（{self.hint}）" if self.hint else self.message


class DataErrors(DataError):
    """Several at once, in the order in which they are best mended."""

    def __init__(self, errors: Sequence[DataError]) -> None:
        super().__init__(f"数据有 {len(errors)} 处问题：" + "；".join(str(error) for error in errors))
        self.errors = tuple(errors)

    def __reduce__(self) -> tuple[type[DataErrors], tuple[tuple[DataError, ...]]]:
        return type(self), (self.errors,)


def all_of(errors: Sequence[DataError]) -> DataError:
    """One exception for all: the only one itself; what is said twice is said once."""
    single = list({str(part): part for error in errors for part in getattr(error, "errors", (error,))}.values())
    return single[0] if len(single) == 1 else DataErrors(single)


class RunStopped(Exception):
    """A run that must not give a result: a Chinese sentence, and the details line by line.

    ``rejected``: the rows that checks had refused by then (:class:`engine.execute.result.RejectedRow`), where that is
    known. ``left``: what the run left behind all the same (Chinese).
    """

    def __init__(self, message: str, details: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(message)
        self.message, self.details, self.hint = message, list(details), hint
        self.rejected: list[Any] = []
        self.left = ""


_WHY = {
    errno.ENOSPC: "磁盘空间不够",
    errno.EDQUOT: "超过了磁盘配额",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "所在的磁盘是只读的",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EEXIST: "已经存在",
    errno.ENOTDIR: "路径中间有一段不是文件夹",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENAMETOOLONG: "名称太长",
    errno.ELOOP: "链接绕成了圈",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.EFBIG: "文件超过了允许的大小",
    errno.ETXTBSY: "文件正被使用",
    errno.EBUSY: "文件正被使用",
    errno.ENOTEMPTY: "文件夹里还有文件",
}


_IN_USE = frozenset((32, 33))
"""What Windows says of a file that another program has open."""


def why(error: OSError) -> str:
    """What the system said, in Chinese where it is one of the common failures."""
    if getattr(error, "winerror", None) in _IN_USE:
        return "文件正被别的程序打开，如 Excel"
    return _WHY.get(error.errno or 0) or error.strerror or "读写失败"
