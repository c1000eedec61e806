"""Help while rules are written, as editors and the workbench have it: what may stand at a place, what stands there.

All are asked of a ``Session``, whose texts need not be saved: the region as its files are now.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.rulebook.problems import Problem

if TYPE_CHECKING:
    from engine.assist.find import Found
    from engine.assist.fixes import Fix
    from engine.assist.hover import Told
    from engine.assist.offered import Completion
    from engine.assist.outline import Item
    from engine.session import Session


def completions(
    session: Session, file: str | Path, offset: int, text: str | None = None, day: datetime.date | None = None
) -> list[Completion]:
    """What may stand at ``offset`` of a file, best first: each ``insert`` takes the place from ``start`` to ``end``.

    ``text``: what is being typed, which need not be YAML yet; left out it is what the session has. Raises
    ``RulebookError`` where nothing can be read at all.
    """
    from engine.assist.complete import complete

    path = session.folder / file
    return complete(session.known, path, _text(session, path, text), offset, day or datetime.date.today())


def hover(
    session: Session, file: str | Path, offset: int, text: str | None = None, day: datetime.date | None = None
) -> Told | None:
    """What is told of what stands at ``offset``: ``lines`` about the signs from ``start`` to ``end``."""
    from engine.assist.hover import hover as told

    path = session.folder / file
    return told(session.known, path, _text(session, path, text), offset, day or datetime.date.today())


def definitions(session: Session, name: str) -> list[Found]:
    """Where a name is made, or a layer replaces it, the one in force first."""
    from engine.assist.find import definitions as made

    return made(session.book, name)


def references(session: Session, name: str) -> list[Found]:
    """Every place of a name: in rules, notices, examples and CSV files, of what the region stands on, too."""
    from engine.assist.find import found_in

    return found_in(session.book, name)


def outline(text: str) -> list[Item]:
    """The chapters and entries of a rules file, which need not be YAML yet."""
    from engine.assist.outline import outline as items

    return items(text)


def fixes(session: Session, problem: Problem) -> list[Fix]:
    """What mends a problem in its file, most likely first: each with ``title`` and ``applied(text)``. Offered is only
    what takes it away and brings no other error. What the session has stays as it is.
    """
    from engine.assist.fixes import fixes as offered
    from engine.rulebook.problems import RulebookError

    path = Path(problem.place.file).absolute()
    tried = session.apart()

    def again(text: str) -> list[Problem]:
        tried.write(path, text)
        return tried.problems()

    try:
        book = session.book
    except RulebookError:
        book = None
    return offered(book, problem, _text(session, path, None), again)


def _text(session: Session, path: Path, text: str | None) -> str:
    return session.files.read(path).decode("utf-8", "replace") if text is None else text
