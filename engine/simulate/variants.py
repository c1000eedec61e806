"""The two states of the rules: as saved, and with drafts laid over or of another folder; and what differs, in words."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.drafts import Drafts
from engine.drafts.laid import laid_over
from engine.drafts.stands import is_rules
from engine.drafts.words import in_words
from engine.files.csv_text import decode
from engine.files.errors import DataError, RunStopped
from engine.rulebook.book import Book
from engine.rulebook.layers import Layer
from engine.session import Session


@dataclass(frozen=True)
class FileChange:
    """What a file of rules says otherwise: entry by entry, or that its rows differ."""

    file: str
    said: tuple[str, ...]


def saved(region: str) -> Book:
    """As its files are. Raises :class:`RulebookError`."""
    return Session(region).book


def with_drafts(region: str) -> Book:
    """The drafts of the region over its files. Raises :class:`RunStopped` where there are none."""
    session = Session(region)
    drafts = Drafts(session.folder)
    if not drafts.all():
        raise RunStopped(f"{session.folder.name} 没有草稿", hint="先在工作台的规则页改，或用 --against 写另一个文件夹")
    return laid_over(session, drafts).book


def changes(before: Book, after: Book) -> list[FileChange]:
    """What ``after`` says otherwise, layer by layer, file by file."""
    olds, news = _layers(before), _layers(after)
    found = []
    for name in dict.fromkeys((*olds, *news)):
        old, new = _texts(before, olds.get(name)), _texts(after, news.get(name))
        for file in dict.fromkeys((*old, *new)):
            one, other = old.get(file, b""), new.get(file, b"")
            if one != other:
                shown = file if name == "" else f"{name}/{file}"
                found.append(FileChange(shown, tuple(_said(file, one, other))))
    return found


def _layers(book: Book) -> dict[str, Layer]:
    """The region's own is called nothing: it may bear another name on the other side."""
    return {_name(book, layer): layer for layer in book.layers}


def _name(book: Book, layer: Layer) -> str:
    if layer.folder.is_relative_to(book.folder):
        return "" if layer.folder == book.folder else layer.folder.relative_to(book.folder).as_posix()
    return layer.name


def _texts(book: Book, layer: Layer | None) -> dict[str, bytes]:
    if layer is None:
        return {}
    return {path.relative_to(layer.folder).as_posix(): book.files.read(path) for path in book.files_of(layer)}


def _said(file: str, old: bytes, new: bytes) -> Sequence[str]:
    if not is_rules(file) and (not old or not new):
        return ["新的文件" if not old else "没有这个文件了"]
    if Path(file).suffix in (".yaml", ".csv"):
        with suppress(DataError):
            told = in_words(file, decode(old, file), decode(new, file))
            if told is not None:
                return [str(one) for one in told] or ["只有排列、注释变了"]
    return ["里面的行变了"]
