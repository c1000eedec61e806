"""After an upgrade: what shared rules say otherwise than when the region was last accepted."""

from __future__ import annotations

from collections.abc import Iterator

from engine.files.errors import DataError
from engine.rulebook.book import Book
from engine.rulebook.problems import Place, Problem
from engine.rulebook.versions import RECORD, Changed, as_written, changed

NOTHING = "（没有）"
MOST = 200
"""Signs of a text that a message shows."""


def shared_entries_are_as_accepted(book: Book) -> Iterator[Problem]:
    """Warns of every shared entry that the region reads and that changed since ``casemix check --accept``."""
    try:
        for item in changed(book):
            yield Problem("W219", item.place, _message(item), _cure(item, book))
    except DataError as error:
        yield Problem("W219", Place(f"{book.name}/{RECORD}"), error.message, error.hint)


def _message(item: Changed) -> str:
    same = item.version == item.accepted
    versions = "版本没有变" if same else f"{_version(item.accepted)} → {_version(item.version)}"
    head = f"{item.layer.name}（{versions}）的 {item.name}"
    if not item.new:
        return f"{head} 没有了，原来是 {_short(as_written(item.old))}"
    words = [word for word in (*item.old, *item.new) if item.old.get(word) != item.new.get(word)]
    parts = [
        f"{word.replace('.', ' ', 1)} {_short(item.old.get(word, NOTHING))} → {_short(item.new.get(word, NOTHING))}"
        for word in dict.fromkeys(words)
    ]
    notes = "；".join(item.notes).rstrip("。")
    return f"{head} 变了：{'；'.join(parts)}" + (f"。{notes}" if notes else "")


def _cure(item: Changed, book: Book) -> str:
    changes = {key for key in (*item.old, *item.new) if item.old.get(key) != item.new.get(key)}
    only_figures = bool(item.new) and all(key.startswith("取值.") for key in changes)
    old = {key: text for key, text in item.old.items() if not only_figures or key.startswith("取值.")}
    keep = f"{item.name}: {{{as_written(old)}}}"
    where = f"在自己的文件夹里写 替换: {{{keep}}}" if item.new else f"在自己的文件夹里写 {keep}"
    return f"要按原来的：{where}；照新的：casemix check {book.name} --accept"


def _version(number: int) -> str:
    return f"第 {number} 版" if number else "没有版本"


def _short(text: str) -> str:
    return text if len(text) <= MOST else text[: MOST - 1] + "…"
