"""The articles of the documents of a region, as they are cited."""

from __future__ import annotations

from collections.abc import Iterator

from engine.files.errors import DataError
from engine.measure.stored import stored_in
from engine.rulebook.book import Book
from engine.rulebook.layers import Document, Layer

MOST_WORDS = 80


def documents_of(book: Book) -> dict[str, str]:
    """The documents of a region by their short names, its own first, with their titles."""
    return {name: about.title for layer in reversed(book.layers) for name, about in layer.documents.items()}


def articles_known(book: Book) -> dict[str, str]:
    """The articles of the documents whose text is at hand, with how they begin; looked for once for each book."""
    kept: dict[str, str] | None = vars(book).get("_articles_listed")
    if kept is None:
        kept = {}
        for layer in reversed(book.layers):
            for document in layer.documents.values():
                for cite, words in _of_a_text(layer, document, book):
                    kept.setdefault(cite, words[:MOST_WORDS])
        vars(book)["_articles_listed"] = kept
    return kept


def _of_a_text(layer: Layer, document: Document, book: Book) -> Iterator[tuple[str, str]]:
    try:
        stored = stored_in(layer, document, book.files)
    except (DataError, OSError):
        return
    if stored is not None:
        for part in stored.outline.parts:
            if stored.outline.unit_of(part) is not None:
                yield f"{document.name} {stored.outline.address(part)}", part.text
