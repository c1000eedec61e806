"""Which region a file belongs to, and the sessions that are open: one for each, with what nobody saved yet."""

from __future__ import annotations

import datetime
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from engine.assist.differing import ill_written
from engine.assist.offered import names_known
from engine.rulebook.book import Book
from engine.rulebook.problems import Place, Problem, RulebookError
from engine.session import Session

_HEADS = ("region.yaml", "module.yaml")


def region_of(path: Path) -> Path | None:
    """The folder of the region or module that has the file; ``None`` for a file of none."""
    return next((folder for folder in path.parents if any((folder / head).is_file() for head in _HEADS)), None)


@dataclass
class Regions:
    """``buffers``: texts of files that are open, saved or not."""

    buffers: dict[Path, str] = field(default_factory=dict)
    _sessions: dict[Path, Session] = field(default_factory=dict)
    _understood: dict[Path, Book] = field(default_factory=dict)
    _behind: set[Path] = field(default_factory=set)

    def session_of(self, path: Path) -> Session | None:
        """The session of the region of a file; ``None`` where it has none, or none can be opened."""
        folder = region_of(path)
        if folder is None:
            return None
        if folder not in self._sessions:
            try:
                session = Session(folder)
            except RulebookError:
                return None
            for name, text in self.buffers.items():
                session.write(name, text)
            self._sessions[folder] = session
        return self._sessions[folder]

    def opened(self, folder: Path, beside: Session) -> Session:
        """The session of a region that builds on another; for the thread that has the sessions."""
        if folder not in self._sessions:
            self._sessions[folder] = beside.beside(folder)
        return self._sessions[folder]

    def understood(self, path: Path) -> Book | None:
        """The rulebook of the region of a file as it was last checked and could be read whole; typing may be further.
        Nothing is read.
        """
        folder = region_of(path)
        return self._understood.get(folder) if folder is not None else None

    def is_behind(self, path: Path) -> bool:
        """Whether the last check found texts that could not be read, so that less is understood than was typed."""
        return region_of(path) in self._behind

    def write(self, path: Path, text: str | None) -> None:
        """A file's text in an editor; ``None``: it is closed, and the disk counts again. All sessions see it."""
        if text is None:
            self.buffers.pop(path, None)
        else:
            self.buffers[path] = text
        for session in self._sessions.values():
            if text is None:
                session.forget(path)
            else:
                session.write(path, text)

    def problems_with(self, path: Path, text: str) -> list[Problem]:
        """The problems of the region of a file, were its text another."""
        session = self.session_of(path)
        if session is None:
            return []
        session.write(path, text)
        try:
            return _problems(session)
        finally:
            if path in self.buffers:
                session.write(path, self.buffers[path])
            else:
                session.forget(path)

    def problems(self, path: Path) -> dict[Path, list[Problem]]:
        """The problems of the region of a file, by file; those of no file at its head."""
        session = self.session_of(path)
        if session is None:
            return {}
        found: dict[Path, list[Problem]] = {}
        for problem in _problems(session):
            found.setdefault(_path(problem.place, session.folder), []).append(problem)
        self._behind.add(session.folder)
        with suppress(RulebookError):
            names_known(session.known, datetime.date.today())
            self._understood[session.folder] = session.known
            if session.known is session.book:
                self._behind.discard(session.folder)
        return found


def _problems(session: Session) -> list[Problem]:
    """Of its rules, as ``casemix check`` tells them, and of how its examples are written."""
    found = session.problems()
    with suppress(RulebookError):
        found += ill_written(session.book)
    return found


def _path(place: Place, folder: Path) -> Path:
    path = Path(place.file).absolute() if place.file else Path()
    if path.is_file():
        return path
    return next((folder / head for head in _HEADS if (folder / head).is_file()), folder)
