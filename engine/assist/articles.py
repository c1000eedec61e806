"""The articles of the documents of a region, as they are cited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.assist.spot import VALUE, spot
from engine.files.errors import DataError
from engine.measure.addresses import addresses_of, find
from engine.measure.stored import Stored, stored_in
from engine.rulebook.book import Book
from engine.rulebook.layers import Document, Layer

MOST_WORDS, MOST_LINES = 80, 30
_CITE = re.compile(r"[^,，}\]\n\r#\"']*")


@dataclass(frozen=True)
class Cite:
    """What stands behind 依据 at ``text[start:end]``."""

    start: int
    end: int
    cite: str


@dataclass(frozen=True)
class Article:
    """A place that is cited: its words, and on which line (from 1) of the file they begin; without a text the title."""

    title: str
    lines: tuple[str, ...] = ()
    path: Path | None = None
    line: int = 0


def cite_at(text: str, offset: int) -> Cite | None:
    """The citation that the cursor is in."""
    at = spot(text, offset)
    if at.role != VALUE or at.key != "依据":
        return None
    start = at.start + len(at.before) - len(at.before.lstrip("[\"' "))
    match = _CITE.match(text, start)
    cite = match[0].rstrip() if match is not None else ""
    return Cite(start, start + len(cite), cite) if cite else None


def cited(book: Book, cite: str) -> list[Article]:
    """The places that a citation names, in its order."""
    found = []
    for address in addresses_of(cite, documents_of(book)):
        layer = next(layer for layer in reversed(book.layers) if address.document in layer.documents)
        document = layer.documents[address.document]
        title = f"{address.document} {address.text}".strip() + f"：{document.title}"
        stored = _stored(layer, document, book)
        if stored is None:
            found.append(Article(f"{title}（原文没有录入）"))
            continue
        whole = not address.steps and not address.heading
        for part in find(stored.outline, address):
            lines = stored.outline.text(part).split("\n")
            more = ("……",) if len(lines) > MOST_LINES else ()
            found.append(Article(title, (*lines[:MOST_LINES], *more), stored.path, part.line))
        if whole:
            found.append(Article(title, (), stored.path, 1))
    return found


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
    stored = _stored(layer, document, book)
    if stored is not None:
        for part in stored.outline.parts:
            if stored.outline.unit_of(part) is not None:
                yield f"{document.name} {stored.outline.address(part)}", part.text


def _stored(layer: Layer, document: Document, book: Book) -> Stored | None:
    try:
        return stored_in(layer, document, book.files)
    except (DataError, OSError):
        return None
