"""The files of a region with every mistake mended that can mean nothing else, in memory or on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.assist.fixes import Mended, mended
from engine.drafts.stands import Stands, as_it_stood, standing
from engine.files.errors import RunStopped
from engine.files.whole import write_together
from engine.rulebook.book import Book
from engine.rulebook.layers import yaml_below
from engine.rulebook.problems import Problem, RulebookError
from engine.rulebook.source import read_text
from engine.rulebook.unread_files import is_example
from engine.session import Session

MOST_ROUNDS = 5
_ANYBODY_WRITES = 0o222


@dataclass(frozen=True)
class MendedFile:
    """``file``: in the region; ``stood``: as the disk had it."""

    path: Path
    file: str
    stood: Stands
    mended: Mended

    @property
    def data(self) -> bytes:
        return as_it_stood(self.mended.after, self.stood, self.file).encode(self.stood.encoding)


def mend(region: str | Path, code: str = "") -> list[MendedFile]:
    """What would be written, file by file; nothing is. ``code``: mistakes of that kind only.

    Files of the region alone: no shared module, nothing that a link in it leads out to, nothing that is read-only.
    """
    session = Session(region)
    folder = session.folder.resolve()
    made: dict[Path, MendedFile] = {}
    for _ in range(MOST_ROUNDS):  # a file that can be read again brings names, and mistakes of others, to light
        done = [one for path in _with_problems(session, code) if (one := _mended(session, folder, path, made, code))]
        if not done:
            break
        made.update((one.path, one) for one in done)
    examples = (path for path in yaml_below(session.folder, session.files) if is_example(path, session.folder))
    made.update((one.path, one) for path in examples if (one := _example(folder, path, code)))
    return sorted(made.values(), key=lambda one: one.file)


def write(files: list[MendedFile]) -> None:
    """All of them or none. Raises :class:`RunStopped` where one is no longer as it was read, ``OSError``."""
    for one in files:
        if standing(one.path, one.file) != one.stood:
            raise RunStopped(f"{one.file} 刚刚变了，什么也没有写", hint="再来一次")
    write_together({one.path: one.data for one in files})


def _with_problems(session: Session, code: str) -> list[Path]:
    wanted = (one for one in session.problems() if code in ("", one.code) and one.place.line)
    return list(dict.fromkeys(Path(one.place.file).absolute() for one in wanted))


def _mended(
    session: Session, folder: Path, path: Path, made: dict[Path, MendedFile], code: str
) -> MendedFile | None:  # fmt: skip
    stood = _own(folder, path)
    if stood is None:
        return None
    real = path.resolve()
    before = made[real].mended if real in made else Mended(_plain(stood.text), _plain(stood.text))
    shown = next((one.place.file for one in session.problems() if Path(one.place.file).absolute() == path), "")

    def again(text: str) -> list[Problem]:
        session.write(path, text)
        return session.problems()

    found = mended(_book(session), shown, before.after, again, code)
    again(found.after)
    whole = Mended(before.before, found.after, before.done + found.done)
    return MendedFile(real, real.relative_to(folder).as_posix(), stood, whole) if found.done else None


def _example(folder: Path, path: Path, code: str) -> MendedFile | None:
    """A file of examples: of those the check says nothing, but how they are written is the same."""
    stood = _own(folder, path)

    def again(text: str) -> list[Problem]:
        found: list[Problem] = []
        read_text(text, path.name, found)
        return found

    found = mended(None, path.name, _plain(stood.text), again, code) if stood is not None else None
    if stood is None or found is None or not found.done:
        return None
    return MendedFile(path.resolve(), path.resolve().relative_to(folder).as_posix(), stood, found)


def _own(folder: Path, path: Path) -> Stands | None:
    """How a file stands that may be changed; ``None`` for others, also for one that is no UTF-8: the check tells it."""
    real = path.resolve()
    if not real.is_relative_to(folder) or path.suffix != ".yaml" or not real.stat().st_mode & _ANYBODY_WRITES:
        return None
    try:
        return standing(real, real.relative_to(folder).as_posix())
    except RunStopped:
        return None


def _book(session: Session) -> Book | None:
    try:
        return session.book
    except RulebookError:
        return None


def _plain(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def diff_lines(one: MendedFile) -> Iterator[tuple[str, str]]:
    """Each line that is another, with ``-`` or ``+``, in order."""
    text = one.mended.before
    for edit in one.mended.edits:
        yield from (("-", line) for line in text[edit.start : edit.end].splitlines())
        yield from (("+", line) for line in edit.new.splitlines())
