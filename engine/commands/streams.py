"""What a command says and what it writes are two things: a screen that fails takes no result with it.

While a command runs, ``sys.stdout`` and ``sys.stderr`` are :class:`Kept` streams. A full disk under a log, or a reader
that went away (``| head``), ends the saying and not the work; what could not be said is told where it still can be.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from engine.files.errors import why

_MARKED = {"utf8sig": "utf-8", "utf16": f"utf-16-{sys.byteorder[0]}e", "utf32": f"utf-32-{sys.byteorder[0]}e"}
"""Encodings that begin with a byte order mark, again whenever a stream is set up anew: the same without it."""


class Kept(io.TextIOBase):
    """A stream to print on whose failure is kept in ``lost`` instead of raised.

    ``results``: what this command has finished, as it is called on the screen. With ``mark`` a stream of an encoding
    with a byte order mark begins with one, once.
    """

    def __init__(self, stream: TextIO | None, mark: bool) -> None:
        self.stream: Any = io.StringIO() if stream is None else stream  # None: it was closed, >&-
        self.lost: OSError | None = None
        self.results: list[str] = []
        self._mark = ""
        if isinstance(self.stream, io.TextIOWrapper):
            said = self.stream.encoding.lower().replace("-", "").replace("_", "")
            self.stream.reconfigure(encoding=_MARKED.get(said, self.stream.encoding), errors="backslashreplace")
            self._mark = "\ufeff" if mark and said in _MARKED and _at_start(self.stream) else ""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self.stream, "encoding", None) or "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return getattr(self.stream, "errors", None) or "strict"

    def write(self, text: str) -> int:
        if not isinstance(text, str):  # how click tells text from bytes
            raise TypeError("a stream of text")
        if text and self.lost is None:
            try:
                self.stream.write(self._mark + text)
                self._mark = ""
            except OSError as error:
                self._lose(error)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        if self.lost is None:
            try:
                self.stream.flush()
            except OSError as error:
                self._lose(error)

    def isatty(self) -> bool:
        return bool(self.stream.isatty())

    def fileno(self) -> int:
        return int(self.stream.fileno())

    def writable(self) -> bool:
        return True

    @property
    def went_away(self) -> bool:
        """Whether it was the reader who did not want more."""
        return self.lost is not None and self.lost.errno in (errno.EPIPE, errno.EINVAL)  # EINVAL: so Windows says it

    def _lose(self, error: OSError) -> None:
        """What still waits in the stream's buffer is let go, or the end of the process would raise again."""
        self.lost = error
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stream.fileno())
            os.close(nowhere)


def _at_start(stream: io.TextIOWrapper) -> bool:
    try:
        return not stream.seekable() or stream.tell() == 0
    except OSError:
        return True


@contextmanager
def kept_streams() -> Iterator[None]:
    """A command's streams. If its text was its work and was lost, success becomes exit code 1."""
    before = sys.stdout, sys.stderr
    out, err = Kept(sys.stdout, True), Kept(sys.stderr, False)
    sys.stdout, sys.stderr = out, err
    try:
        yield
        _tell(out, err)
    except SystemExit as end:
        if _tell(out, err) and not end.code:
            raise SystemExit(1) from None
        raise
    finally:
        sys.stdout, sys.stderr = before


def _tell(out: Kept, err: Kept) -> bool:
    """Says what became of lost text; whether it was all that the command had to give."""
    out.flush()
    if out.lost is not None and not out.went_away:
        err.write(f"文件 屏幕上的话没有写全（{why(out.lost)}）\n")
        for place in out.results:
            err.write(f"  → 结果写好了，没有受影响：{place}\n")
        if not out.results:
            err.write("  → 换一个地方放输出，再运行一次\n")
    err.flush()
    return out.lost is not None and not out.went_away and not out.results


def finished(place: str) -> None:
    """Notes that a result stands whole at ``place``, whatever becomes of the rest of the command."""
    if isinstance(sys.stdout, Kept):
        sys.stdout.results.append(place)


def results() -> list[str]:
    """What the command has finished so far."""
    return list(sys.stdout.results) if isinstance(sys.stdout, Kept) else []
