"""Drafts into the region's files: all of them or none, unless somebody changed a file since; and back again."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from engine.drafts.kept import Draft, Drafts, read_kept
from engine.files.csv_text import UTF8
from engine.files.whole import write_together, write_whole

_JOURNAL = "last-saved.json"


@dataclass(frozen=True)
class Saved:
    """Texts before and after by file, ``None`` before for a file that was new; and the encodings of the files."""

    when: str
    before: Mapping[str, str | None]
    after: Mapping[str, str]
    encodings: Mapping[str, str]

    def data(self, file: str, text: str | None) -> bytes | None:
        """A text of the file as the disk has it."""
        return text.encode(self.encodings.get(file, UTF8)) if text is not None else None

    def to_undo(self) -> Iterator[tuple[str, str, str]]:
        """Each file with its text now and its text once this is undone: nothing for a file that was new."""
        for file, text in self.after.items():
            yield file, text, self.before[file] or ""


class ChangedMeanwhile(Exception):
    """``files`` say something else than they did when the draft began, or when they were saved."""

    def __init__(self, files: list[str]) -> None:
        super().__init__("文件在别处改过：" + "、".join(files))
        self.files = files

    def __reduce__(self) -> tuple[type[ChangedMeanwhile], tuple[list[str]]]:
        return type(self), (self.files,)


def save(drafts: Drafts, shown: Sequence[Draft] | None = None) -> Saved:
    """Writes drafts into the region, and forgets them: all, or as they were ``shown``. What was kept since they were
    shown stays a draft, over what is saved; what was saved or dropped since is passed over.

    Raises :class:`ChangedMeanwhile` (nothing is written then), ``OSError``.
    """
    with drafts.alone():
        return _saved(drafts, shown)


def _saved(drafts: Drafts, shown: Sequence[Draft] | None) -> Saved:
    there = drafts.all()
    left = {one.file for one in there}
    chosen = [one for one in (there if shown is None else shown) if one.file in left]
    changed = [one.file for one in chosen if _bytes(drafts, one.file) != one.was.encode(one.encoding)]
    if changed:
        raise ChangedMeanwhile(changed)
    before = {one.file: one.was if drafts.inside(one.file).is_file() else None for one in chosen}
    after = {one.file: one.text for one in chosen}
    encodings = {one.file: one.encoding for one in chosen}
    saved = Saved(datetime.datetime.now().isoformat(" ", "seconds"), before, after, encodings)
    if not chosen:
        return saved  # another window saved them: that is what can be undone
    _note(drafts, saved)  # first: a crash in the middle can be undone
    _write(drafts, saved, after)
    for one in chosen:
        drafts.stands_now(one.file, one.text)
    return saved


def last_saved(drafts: Drafts) -> Saved | None:
    """What was saved last and not undone. Raises :class:`RunStopped` where that cannot be read."""
    said = read_kept(drafts.place / _JOURNAL)
    if said is None:
        return None
    return Saved(str(said["when"]), dict(said["before"]), dict(said["after"]), dict(said.get("encodings", {})))


def is_something_saved(drafts: Drafts) -> bool:
    """Whether there is something to undo; quick."""
    return (drafts.place / _JOURNAL).is_file()


def changed_since(drafts: Drafts, saved: Saved) -> list[str]:
    """Files that say something else by now than what was saved and what was there before: they are not undone."""
    return [
        file for file, now, before in saved.to_undo()
        if _bytes(drafts, file) not in (saved.data(file, now), saved.data(file, before))
    ]  # fmt: skip


def undo(drafts: Drafts, shown: Saved | None = None) -> Saved | None:
    """The region's files as they were before they were saved last; what was undone, ``None`` if nothing was saved.
    ``shown``: only this, if it still is what was saved last. What was typed since stays a draft.

    Raises :class:`ChangedMeanwhile` where a file was changed or saved since, ``OSError``.
    """
    with drafts.alone():
        return _undone(drafts, shown)


def _undone(drafts: Drafts, shown: Saved | None) -> Saved | None:
    saved = last_saved(drafts)
    if saved is None:
        return None
    changed = list(saved.after) if shown not in (None, saved) else changed_since(drafts, saved)
    if changed:
        raise ChangedMeanwhile(changed)
    _write(drafts, saved, saved.before)
    for file, now, before in saved.to_undo():
        typed = drafts.of(file)
        if typed is not None and typed.was == now:
            drafts.stands_now(file, before)
    (drafts.place / _JOURNAL).unlink(missing_ok=True)
    return saved


def _bytes(drafts: Drafts, file: str) -> bytes:
    path = drafts.inside(file)
    return path.read_bytes() if path.is_file() else b""


def _note(drafts: Drafts, saved: Saved) -> None:
    write_whole(drafts.place / _JOURNAL, json.dumps(asdict(saved), ensure_ascii=False))


def _write(drafts: Drafts, saved: Saved, texts: Mapping[str, str | None]) -> None:
    data = {file: saved.data(file, text) for file, text in texts.items()}
    write_together({drafts.inside(file): said for file, said in data.items() if said is not None})
    for file, said in data.items():
        if said is None:
            drafts.inside(file).unlink(missing_ok=True)
