"""Versions of shared modules: what a region read of them when it was last accepted, and what has changed since.

The record stands in the region's folder (:data:`RECORD`): for each layer that it inherits the version, and the text of
every entry that it reads there.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.files.errors import DataError
from engine.files.named_files import FILE, Files
from engine.files.whole import write_whole
from engine.rulebook.book import Book
from engine.rulebook.history import written
from engine.rulebook.keywords import PROVENANCE_WORDS
from engine.rulebook.layers import Layer, RawEntry
from engine.rulebook.nodes import Mapping, Scalar, Sequence, Yaml
from engine.rulebook.problems import Place
from engine.rulebook.rows_named import KINDS, file_of_rows, is_rows_file
from engine.rulebook.unsure import read_by_programs
from engine.rulebook.written import text_of

RECORD = "沿用核对.json"
_SAYS_NOTHING = (*PROVENANCE_WORDS, "又名", "可替换", "不提示", "读法", "合成", "备查")
"""Words of an entry that change no result."""

Entries = dict[str, dict[str, str]]
"""Name of an entry to its keywords and what stands behind them."""


@dataclass(frozen=True)
class Inherited:
    """What a region reads of one layer: its version (0: it has none) and the entries, as written there."""

    version: int
    entries: Entries


@dataclass(frozen=True)
class Changed:
    """A shared entry that is not as it was accepted: ``new`` is empty where it is gone."""

    layer: Layer
    name: str
    old: dict[str, str]
    new: dict[str, str]
    accepted: int
    place: Place

    @property
    def version(self) -> int:
        return version_of(self.layer)

    @property
    def notes(self) -> list[str]:
        """What the module says of the versions since that name the entry."""
        since = ((number, note) for number, note in sorted(self.layer.versions.items()) if number > self.accepted)
        return [f"第 {number} 版：{note}" for number, note in since if self.name in note]


def version_of(layer: Layer) -> int:
    return max(layer.versions, default=0)


def inherited(book: Book) -> dict[str, Inherited]:
    """What the region reads of the layers below it, by layer: entries that no other layer wrote anew."""
    layers = {layer.name: layer for layer in book.layers if layer.kind != "amendment" and layer.folder != book.folder}
    read: dict[str, set[str]] = {name: set() for name in layers}
    for day in book.epochs:
        snapshot = book.at(day)
        wanted = read_by_programs(snapshot)
        for name, entry in snapshot.entries.items():
            own = name.partition("〔")[0]
            if entry.provenance.layer in layers and (own in wanted or not snapshot.programs):
                read[entry.provenance.layer].add(own)
    found = {}
    for name, names in read.items():
        raws = {raw.name: raw for raw in (*layers[name].entries, *layers[name].replaced)}
        entries = {entry: _text(raws[entry], book.files) for entry in sorted(names) if entry in raws}
        if entries:
            found[name] = Inherited(version_of(layers[name]), entries)
    return found


def _text(raw: RawEntry, files: Files) -> dict[str, str]:
    """Each keyword that may change a result, and behind a dot each key below it; of a file of rows name and hash."""
    found: dict[str, str] = {}
    for key, value in raw.body.entries:
        if key.text in _SAYS_NOTHING:
            continue
        if isinstance(value, Mapping):
            found |= {f"{key.text}.{inner.text}": _line(below) for inner, below in value.entries}
            if key.text == "行" and is_rows_file(value):
                found["行.文件"] += _hash_of(raw, value, files)
            continue
        found[key.text] = _line(value) + (_hash_of(raw, value, files) if is_rows_file(value) else "")
    return found


def _hash_of(raw: RawEntry, rows: Yaml, files: Files) -> str:
    path = raw.folder / text_of(file_of_rows(rows))
    return f"（{hashlib.sha256(files.read(path)).hexdigest()[:12]}）" if files.kind(path) == FILE else ""


_ODD = re.compile(r"""[,\[\]{}#:"'&*!|%@`>]""")
_SHARE = re.compile(r"[0-9.]+[%‰]")


def _line(node: Yaml) -> str:
    """A node as it may stand in braces."""
    telling = _telling(node)
    text = written(telling)
    return _quoted(text) if isinstance(telling, Scalar) and not text.lower().endswith(KINDS) else text


def _quoted(text: str) -> str:
    """A text with signs of YAML in quotes."""
    return "'" + text.replace("'", "''") + "'" if _ODD.search(text) and not _SHARE.fullmatch(text) else text


def _telling(node: Yaml) -> Yaml:
    """The node without what changes no result; a branch that says nothing else is its value."""
    if isinstance(node, Sequence):
        return Sequence(tuple(_telling(item) for item in node.items), node.place)
    if not isinstance(node, Mapping):
        return node
    kept = tuple((key, _telling(value)) for key, value in node.entries if key.text not in _SAYS_NOTHING)
    return kept[0][1] if [key.text for key, _ in kept] in (["则"], ["类型"]) else Mapping(kept, node.place)


def as_written(entry: dict[str, str]) -> str:
    """The keywords of an entry as they would stand in braces."""
    words: dict[str, list[str]] = {}
    for key, text in entry.items():
        word, dot, inner = key.partition(".")
        words.setdefault(word, []).append(f"{_quoted(inner)}: {text}" if dot else text)
    below = {key.partition(".")[0] for key in entry if "." in key}
    return ", ".join(
        f"{word}: {{{', '.join(texts)}}}" if word in below else f"{word}: {texts[0]}" for word, texts in words.items()
    )


def accept(book: Book) -> Path:
    """Write the record of what the region reads now."""
    path = book.folder / RECORD
    kept = {name: {"version": item.version, "entries": item.entries} for name, item in inherited(book).items()}
    write_whole(path, json.dumps(kept, ensure_ascii=False, indent=1) + "\n")
    return path


def accepted(book: Book) -> dict[str, Inherited] | None:
    """The record of the region; ``None`` where it has none. Raises :class:`DataError` where it cannot be read."""
    path = book.folder / RECORD
    if book.files.kind(path) != FILE:
        return None
    try:
        kept = json.loads(book.files.read(path).decode("utf-8"))
        return {name: Inherited(int(item["version"]), dict(item["entries"])) for name, item in kept.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        hint = f"删去它，再用 casemix check {book.name} --accept 记一份新的"
        raise DataError(f"{path} 读不出来：不是 check --accept 写的样子", hint=hint) from error


def changed(book: Book) -> Iterator[Changed]:
    """Shared entries that the region reads and that are otherwise, or gone, since they were accepted."""
    before = accepted(book)
    if before is None:
        return
    now = inherited(book)
    layers = {layer.name: layer for layer in book.layers}
    own = {raw.name for raw in (*book.own.entries, *book.own.replaced)}
    for name, item in before.items():
        layer = layers.get(name)
        if layer is None:
            continue
        raws = {raw.name: raw for raw in (*layer.entries, *layer.replaced)}
        for entry, old in item.entries.items():
            new = now[name].entries.get(entry) if name in now else None
            if new is None and (entry in own or entry in raws):
                continue  # the region writes it itself now, or reads it no longer
            if new != old:
                place = raws[entry].place if entry in raws else layer.place
                yield Changed(layer, entry, old, new or {}, item.version, place)
