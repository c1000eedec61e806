"""A copy of the rules of a region, with all that it inherits, that nobody edits: a result that was run from it can be
explained whatever becomes of the region.
"""

from __future__ import annotations

from pathlib import Path

from engine.files.errors import RunStopped
from engine.files.whole import write_together
from engine.rulebook.book import Book, load
from engine.rulebook.layers import yaml_below
from engine.rulebook.locate import Located

MODULES, REGIONS = "rules", "regions"
"""As a working folder has them, so that 沿用 finds what lies in the copy."""


def freeze(book: Book, to: Path) -> Book:
    """The same rulebook read from the copy in ``to``: drafts that were laid over the files are in it.

    Raises :class:`RunStopped` where the copy would not say the same, ``OSError``.
    """
    write_together(_copied(book, to))
    (to / MODULES).mkdir(exist_ok=True)  # where 沿用 stops looking further up
    frozen = load(Located(_folder(book, book.folder, to), book.as_of))
    if frozen.fingerprint() != book.fingerprint():
        raise RunStopped(f"{book.title} 的规则抄不成一份完整的", hint="沿用 的模块和地区不能有同样的名字")
    return frozen


def _copied(book: Book, to: Path) -> dict[Path, bytes]:
    """What makes the rules, the examples and the texts of documents, by where it goes."""
    found: dict[Path, bytes] = {}
    for layer in book.layers:
        texts = [about.text.text for about in layer.documents.values() if about.text is not None]
        inside = [path for path in (layer.folder / text for text in texts) if path.is_relative_to(layer.folder)]
        there = [path for path in inside if ".." not in path.parts and book.files.kind(path) == "file"]
        whole = yaml_below(layer.folder, book.files) if layer.kind != "amendment" else []
        top = next(folder for folder in (layer.folder, *layer.folder.parents) if folder in _tops(book))
        for path in {*book.files_of(layer), *whole, *there}:
            found[_folder(book, top, to) / path.relative_to(top)] = book.files.read(path)
    return found


def _tops(book: Book) -> set[Path]:
    """Folders of regions and modules; notices lie in theirs."""
    return {layer.folder for layer in book.layers if layer.kind != "amendment"}


def _folder(book: Book, folder: Path, to: Path) -> Path:
    kind = next(layer.kind for layer in book.layers if layer.folder == folder)
    return to / (MODULES if kind == "module" else REGIONS) / folder.name
