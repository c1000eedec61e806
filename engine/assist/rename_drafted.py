"""A name changed everywhere in a region, as drafts of its files."""

from __future__ import annotations

from collections.abc import Mapping

from engine.assist.rename import NotRenamed, Renamed, rename
from engine.drafts import Drafts
from engine.rulebook.layers import shown
from engine.session import Session


def rename_as_drafts(session: Session, drafts: Drafts, revisions: Mapping[str, int], old: str, new: str) -> Renamed:
    """``session``: with the drafts of ``revisions`` (by file) laid over it.

    Raises :class:`NotRenamed`, also where files of other regions would change; ``KeptMeanwhile`` where a draft was kept
    since.
    """
    made = rename(session, old, new)
    outside = [path for path in made.texts if not path.is_relative_to(session.folder)]
    if outside:
        where = "、".join(sorted({shown(path) for path in outside}))
        raise NotRenamed(f"别的地区也要改：{where}", f"用命令改：casemix rename {session.folder.name} {old} {new}")
    for path, text in made.texts.items():
        file = path.relative_to(session.folder).as_posix()
        drafts.keep_unless_same(file, text, revisions.get(file, 0))  # not over what another window kept meanwhile
    return made


def rename_in_drafts(session: Session, drafts: Drafts, old: str, new: str) -> Renamed:
    """As :func:`rename_as_drafts`, with all drafts laid over a session that has none of them yet."""
    laid = drafts.all()
    for one in laid:
        session.write(one.file, one.data)
    return rename_as_drafts(session, drafts, {one.file: one.revision for one in laid}, old, new)
