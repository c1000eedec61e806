"""The nodes of a YAML file: text, lists and mappings, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from engine.rulebook.problems import Place


def shortened(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


@dataclass(frozen=True)
class Scalar:
    """Text as written.

    ``place`` is where it starts: the quote if ``quoted``, the first line of text of a ``|`` or ``>`` block.
    What could not be read, and has a problem of its own, stands as an unquoted empty text. ``lines`` of a text that
    runs over several lines: where in ``text`` each begins, its line and its column.
    """

    text: str
    place: Place
    quoted: bool = False
    lines: tuple[tuple[int, int, int], ...] = field(default=(), compare=False, repr=False)

    def at(self, offset: int) -> Place:
        """The place of the character at ``offset`` of the text."""
        begun = [item for item in self.lines if item[0] <= offset]
        if begun:
            start, line, column = begun[-1]
            return Place(self.place.file, line, column + offset - start)
        return (
            Place(self.place.file, self.place.line, self.place.column + offset + self.quoted)
            if self.place.line
            else self.place
        )

    @property
    def shown(self) -> str:
        """For messages: at most 40 characters."""
        return shortened(self.text)

    @property
    def unreadable(self) -> bool:
        return not self.text and not self.quoted


@dataclass(frozen=True)
class Sequence:
    items: tuple[Yaml, ...]
    place: Place


@dataclass(frozen=True)
class Mapping:
    entries: tuple[tuple[Scalar, Yaml], ...]
    place: Place

    @cached_property
    def _by_key(self) -> dict[str, tuple[Scalar, Yaml]]:
        return {key.text: (key, value) for key, value in self.entries}

    def get(self, key: str) -> Yaml | None:
        found = self._by_key.get(key)
        return found[1] if found else None

    def key(self, key: str) -> Scalar | None:
        """The key itself, with its place."""
        found = self._by_key.get(key)
        return found[0] if found else None

    def keys(self) -> tuple[str, ...]:
        return tuple(self._by_key)

    def __contains__(self, key: str) -> bool:
        return key in self._by_key

    def __iter__(self) -> Iterator[tuple[Scalar, Yaml]]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


Yaml = Scalar | Sequence | Mapping
