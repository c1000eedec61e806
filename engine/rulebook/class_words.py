"""The words of 类别 as people write them: which names have which, so that one that is no word of a formula
(二级（含）以下, > 60岁) can stand where it is all that is written; elsewhere it stands in “ ”."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.language import tree
from engine.rulebook.keywords import RESERVED_WORDS
from engine.rulebook.nodes import Mapping as Pairs
from engine.rulebook.nodes import Sequence, Yaml
from engine.rulebook.stack import Stacked
from engine.rulebook.written import words_of

_PLAIN = re.compile(r"[0-9]*[^\W\d¹²³¼-¾⁰-₉][^\W¹²³¼-¾⁰-₉]*")
NO_WORDS: frozenset[str] = frozenset()


def is_plain(word: str) -> bool:
    """Whether a class can stand in a formula as it is."""
    return bool(_PLAIN.fullmatch(word)) and word not in RESERVED_WORDS


def must_be_quoted(word: str) -> str:
    """The cure for a class that stands in a formula as it is, and cannot."""
    return f"类别 {word} 不是一个词：写成 “{word}”"


@dataclass(frozen=True)
class ClassWords:
    """``of``: the classes of a field, parameter, rule or check, by its name."""

    of: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def unquoted(self, text: str) -> str:
        """A class that stands in a formula without the “ ” that it needs; empty if none does."""
        odd = (word for words in self.of.values() for word in words if not is_plain(word) and word in text)
        bare = [word for word in odd if f"“{word}”" not in text and not re.fullmatch(r"[0-9.%]+|是|否", word)]
        return max(bare, key=lambda word: (len(word), word), default="")


def class_words(entries: Mapping[str, Stacked]) -> ClassWords:
    """The classes that a rulebook declares."""
    found: dict[str, set[str]] = {}
    for name, item in entries.items():
        for who, words in _declared(name, item):
            found.setdefault(who, set()).update(words)
    return ClassWords({name: frozenset(words) for name, words in found.items() if words})


def _declared(name: str, item: Stacked) -> Iterator[tuple[str, list[str]]]:
    body = item.raw.body
    for node in (body.get("类别"), body.get("类型")):
        yield name, _listed(node)
    grades = body.get("筛查")
    if isinstance(grades, Pairs):
        yield name, [key.text for key, _ in grades.entries]
    fields = body.get("字段")
    specs = [(key.text, spec) for key, spec in fields.entries] if isinstance(fields, Pairs) else []
    for column, spec in [*specs, *((column, spec) for column, (_, spec) in item.fields.items())]:
        yield column, _listed(spec.get("类型") if isinstance(spec, Pairs) else spec)


def _listed(node: Yaml | None) -> list[str]:
    return words_of(node) if isinstance(node, Sequence) else []


def as_written(text: str, words: frozenset[str], cell: bool) -> tree.Node | None:
    """A text that is nothing but a class of ``words``, or in a cell several with 、 between; ``None`` where the
    formula as it stands says the same, or it is no class.
    """
    listed = [text] if text in words or not cell else [part.strip() for part in text.split("、")]
    if not all(part in words for part in listed) or all(is_plain(part) for part in listed):
        return None
    if not cell:
        return tree.Text(text, span=(0, len(text)))
    places = [text.index(part) for part in listed]
    items = tuple(tree.Word(part, True, span=(at, at + len(part))) for part, at in zip(listed, places, strict=True))
    return tree.Items(items, span=(0, len(text)))
