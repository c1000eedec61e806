"""The texts of a region's documents, by what a citation names: which words of it lead to which article."""

from __future__ import annotations

from dataclasses import dataclass

from engine.measure.addresses import Address, addresses_of, find
from engine.measure.outline import Outline
from engine.measure.stored import stored_in
from engine.rulebook.book import Book

Words = tuple[str, str]
"""Words of a citation, and the article that they lead to, as :func:`article_of` has it; nothing where none is there."""


def article_of(document: str, address: str) -> str:
    """What an article is called: 办法 第八条."""
    return f"{document} {address}"


@dataclass(frozen=True)
class Texts:
    """``outlines``: by the name of the document, of the layer that comes last; ``documents``: all that may be cited."""

    documents: frozenset[str]
    outlines: dict[str, Outline]

    @classmethod
    def of(cls, book: Book) -> Texts:
        """Takes a while: reads the files. Raises ``DataError`` for a text that cannot be read."""
        found = {}
        for layer in book.layers:
            for document in layer.documents.values():
                stored = stored_in(layer, document, book.files)
                if stored is not None:
                    found[document.name] = stored.outline
        return cls(frozenset(name for layer in book.layers for name in layer.documents), found)

    def words(self, cite: str) -> list[Words]:
        """A citation in pieces that give it again when they are put together."""
        places = addresses_of(cite, self.documents)
        led = [self._article(place) for place in places]
        apart = _apart(cite, places)
        if apart is not None:
            return [word for place in zip(apart, led, strict=True) for word in _between(*place)]
        return [(cite, next(filter(None, led), ""))]

    def _article(self, address: Address) -> str:
        outline = self.outlines.get(address.document)
        parts = find(outline, address) if outline is not None else []
        unit = outline.unit_of(parts[0]) if outline is not None and parts else None
        return article_of(address.document, outline.address(unit)) if outline is not None and unit is not None else ""


def _apart(cite: str, places: list[Address]) -> list[str] | None:
    """The words of each place, those that stand before it with them; ``None`` where it is not written as it is read."""
    found, at = [], 0
    for place in places:
        start = cite.find(place.text, at)
        if start < 0 or not place.text:
            return None
        found.append(cite[at : start + len(place.text)])
        at = start + len(place.text)
    return found if found and at == len(cite) else None


def _between(words: str, article: str) -> list[Words]:
    """Signs between two places lead nowhere."""
    bare = words.lstrip("、，,；; 　")
    return [(text, to) for text, to in ((words.removesuffix(bare), ""), (bare, article)) if text]
