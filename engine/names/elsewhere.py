"""Names of shared modules that a region does not inherit."""

from __future__ import annotations

from dataclasses import dataclass

from engine.names.listing import names_of_book
from engine.names.named import Named
from engine.names.search import as_searched, search
from engine.rulebook.book import Book, load
from engine.rulebook.locate import names_of_modules


@dataclass(frozen=True)
class Elsewhere:
    """``names``: those of ``module`` that the words lead to, the best first."""

    module: Book
    names: list[Named]


def own_names(book: Book) -> list[Named]:
    """What a module itself writes, as it stands at last."""
    return [named for named in names_of_book(book, book.epochs[-1]) if named.layer == book.name]


def not_inherited(book: Book, words: str) -> list[Elsewhere]:
    """Modules that ``book`` does not stand on and that have names which ``words`` lead to, most names first."""
    beneath = {layer.name for layer in book.layers}
    found = []
    for name in names_of_modules():
        if name not in beneath:
            module = load(name)
            names = search(own_names(module), words)
            if names:
                found.append(Elsewhere(module, names))
    return sorted(found, key=lambda one: (-len(one.names), one.module.name))


def named_so(names: list[Named], words: str) -> bool:
    """Whether one of ``names`` has a word of ``words`` in itself, rather than in what is said of it."""
    wanted = as_searched(words).split()
    return any(
        word in as_searched(text) for named in names for text in (named.name, *named.also_called) for word in wanted
    )
