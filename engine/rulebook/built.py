"""Entries that were built before from the same text in the same place are not built again."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.files.named_files import Files
from engine.files.noted_files import Asked, NotedFiles
from engine.rulebook.build import build
from engine.rulebook.class_words import ClassWords
from engine.rulebook.layers import RawEntry
from engine.rulebook.model import Entry
from engine.rulebook.nodes import Mapping, Scalar, Sequence, Yaml
from engine.rulebook.problems import Problem
from engine.rulebook.stack import Stacked

_KEPT = 8
"""Of one name: an entry may stand otherwise on other days, and what it replaced is built, too."""
_WORDS = 8
"""Of different classes that a rulebook has on its days."""


@dataclass(frozen=True)
class _Made:
    """``answers``: what was asked of files beside the one that the entry stands in; ``words``: for these classes."""

    stacked: Stacked
    words: ClassWords
    entry: Entry | None
    problems: tuple[Problem, ...]
    answers: dict[Asked, str]


@dataclass
class Built:
    """What was built of one region, for all its days and for as long as it stays open."""

    _words: list[ClassWords] = field(default_factory=list)
    _made: dict[str, list[_Made]] = field(default_factory=dict)

    def entry(
        self, name: str, stacked: Stacked, problems: list[Problem], words: ClassWords, files: Files
    ) -> Entry | None:  # fmt: skip
        """As :func:`engine.rulebook.build.build`."""
        words = self._known(words)
        kept = self._made.setdefault(name, [])
        for made in kept:
            same = made.words is words and _same_stacked(made.stacked, stacked)
            if same and NotedFiles(files).answers_still(made.answers):
                problems.extend(made.problems)
                return made.entry
        found: list[Problem] = []
        noted = NotedFiles(files)
        entry = build(name, stacked, found, words, noted)
        self._made[name] = [_Made(stacked, words, entry, tuple(found), noted.answers), *kept[: _KEPT - 1]]
        problems.extend(found)
        return entry

    def copied(self) -> Built:
        """What is known so far, for another who goes on from here."""
        return Built(list(self._words), dict(self._made))

    def _known(self, words: ClassWords) -> ClassWords:
        """The first that was equal, so that later they are compared by being it."""
        for known in self._words:
            if known is words or known == words:
                return known
        self._words = [words, *self._words[: _WORDS - 1]]
        return words


def _same_stacked(one: Stacked | None, other: Stacked | None) -> bool:
    """Whether both would give the same entry, with the same places."""
    if one is other:
        return True
    if one is None or other is None:
        return False
    fields = one.fields.keys() == other.fields.keys() and all(
        _same_raw(raw, other.fields[name][0]) and same_node(spec, other.fields[name][1])
        for name, (raw, spec) in one.fields.items()
    )
    return (
        fields
        and list(one.fields) == list(other.fields)
        and _same_raw(one.raw, other.raw)
        and _same_stacked(one.previous, other.previous)
        and _same_stacked(one.deleted, other.deleted)
        and len(one.history) == len(other.history)
        and all(map(_same_raw, one.history, other.history))
    )


def _same_raw(one: RawEntry, other: RawEntry) -> bool:
    return one is other or (
        same_node(one.body, other.body)
        and (one.name, one.kind, one.cite, one.status, one.layer, one.place, one.cite_place, one.since)
        == (other.name, other.kind, other.cite, other.status, other.layer, other.place, other.cite_place, other.since)
        and one.folder == other.folder
    )


def same_node(one: Yaml, other: Yaml) -> bool:
    """Whether two nodes say the same in the same place, every line of a text included."""
    if one is other:
        return True
    if isinstance(one, Scalar) and isinstance(other, Scalar):
        return one == other and one.lines == other.lines
    if one.place != other.place:
        return False
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        return len(one.items) == len(other.items) and all(map(same_node, one.items, other.items))
    return (
        isinstance(one, Mapping)
        and isinstance(other, Mapping)
        and len(one.entries) == len(other.entries)
        and all(
            same_node(key, other_key) and same_node(value, other_value)
            for (key, value), (other_key, other_value) in zip(one.entries, other.entries, strict=True)
        )
    )
