"""Drafts over the files of a region that is open."""

from __future__ import annotations

from pathlib import Path

from engine.drafts.kept import Drafts
from engine.session import Session


def laid_over(session: Session, drafts: Drafts) -> Session:
    """The session, as if all drafts were saved. Raises :class:`RunStopped` where one cannot be read."""
    for one in drafts.all():
        session.write(one.file, one.data)
    return session


def with_drafts(region: str | Path) -> Session:
    """A region as if all its drafts were saved. Raises :class:`RulebookError` where there is none."""
    session = Session(region)
    return laid_over(session, Drafts(session.folder))
