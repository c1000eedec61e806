"""Which entry a line of a file belongs to: found by halving, for a file may have thousands of entries."""

from __future__ import annotations

from bisect import bisect_right

from engine.rulebook.book import Book
from engine.rulebook.layers import RawEntry
from engine.rulebook.problems import Place


class EntryLines:
    """The entries of a book by file, as they begin."""

    def __init__(self, book: Book) -> None:
        self._entries: dict[str, list[RawEntry]] = {}
        for layer in book.layers:
            for raw in (*layer.entries, *layer.replaced):
                self._entries.setdefault(raw.place.file, []).append(raw)
        for entries in self._entries.values():
            entries.sort(key=lambda raw: raw.place)
        self._lines = {file: [raw.place.line for raw in entries] for file, entries in self._entries.items()}

    def at(self, place: Place) -> RawEntry | None:
        """The entry in whose lines ``place`` lies; ``None`` before the first of its file."""
        before = bisect_right(self._lines.get(place.file, ()), place.line)
        return self._entries[place.file][before - 1] if before else None
