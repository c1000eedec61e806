"""A region that stays open: an edited file is read, layered and checked again without the others."""

from __future__ import annotations

import datetime
from pathlib import Path

from engine.check import check_book
from engine.check.again import Memory
from engine.files.named_files import DISK, Buffers, Files
from engine.files.noted_files import NotedFiles
from engine.rulebook.book import Book, load
from engine.rulebook.built import Built
from engine.rulebook.locate import Located, locate
from engine.rulebook.problems import Problem, RulebookError


class Session:
    """One region or shared module, as its files are now: those of the disk, and what nobody saved yet.

    ``region``: a name or a path, either with ``@2026-01-01``. Raises :class:`RulebookError` where there is none. For
    one thread at a time.
    """

    def __init__(self, region: str | Path, files: Files = DISK) -> None:
        self._as_named = str(region)
        self._located: Located = locate(str(region), files)
        self._under = files
        self._texts: dict[Path, bytes | None] = {}
        self._built, self._memory = Built(), Memory()
        self._book: Book | None = None
        self._known: Book | None = None
        self._asked = NotedFiles(files)
        self._problems: list[Problem] = []
        self._looked = False

    @property
    def folder(self) -> Path:
        return self._located.folder

    @property
    def as_of(self) -> datetime.date | None:
        return self._located.as_of

    @property
    def files(self) -> Files:
        """Where the region is read from: the disk, and over it what was written here."""
        return Buffers(self._texts, self._under) if self._texts else self._under

    def write(self, path: str | Path, text: str | bytes | None) -> None:
        """What a file says from now on, saved or not; ``None``: it is gone. ``path``: in the region, or a whole one."""
        self._texts[self._name(path)] = text.encode() if isinstance(text, str) else text

    def forget(self, path: str | Path) -> None:
        """The file is again what the disk says."""
        self._texts.pop(self._name(path), None)

    def apart(self) -> Session:
        """A second session on the same texts, which can be written to while this one stays as it is."""
        other = self.beside(self._as_named)
        other._built = self._built.copied()
        return other

    def beside(self, region: str | Path) -> Session:
        """A session of another region, which sees what was written here."""
        other = Session(region, self._under)
        other._texts = dict(self._texts)
        return other

    def problems(self) -> list[Problem]:
        """What ``casemix check`` would say if all that was written here were saved: the same, in the same order."""
        self._look()
        return list(self._problems)

    @property
    def book(self) -> Book:
        """The rulebook as the files are now. Raises :class:`RulebookError` where nothing can be read at all."""
        self._look()
        if self._book is None:
            raise RulebookError(list(self._problems))
        return self._book

    @property
    def known(self) -> Book:
        """For who asks while somebody types: :attr:`book`, but as it was when all files could be read last, if one of
        them cannot be read now and its names are missing. Raises as that does.
        """
        book = self.book
        return self._known or book

    def _name(self, path: str | Path) -> Path:
        whole = self.folder / path
        return self._under.resolve(whole.parent) / whole.name  # a file that is a link is read by its own name

    def _look(self) -> None:
        """Reads and checks what changed; nothing if nothing did."""
        files = NotedFiles(self.files)
        if self._looked and files.answers_still(self._asked.answers) and not self._asked.torn:
            return
        self._asked, self._looked, self._book = NotedFiles(self.files), False, None
        try:
            self._book = load(self._located, self._asked, built=self._built)
            if self._book.whole or self._known is None or not self._known.whole:
                self._known = self._book
            self._problems = check_book(self._book, self._memory)
        except RulebookError as error:
            self._problems = error.problems
        self._looked = True
