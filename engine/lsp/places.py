"""Which name stands at a place of a file, and whether the file is one of examples."""

from __future__ import annotations

from pathlib import Path

from engine.assist.find import name_at, name_in_rows
from engine.assist.uses import Use
from engine.lsp.regions import region_of
from engine.rulebook.book import Book
from engine.rulebook.unread_files import is_example


def named_at(book: Book, path: Path, text: str, offset: int) -> Use | None:
    if path.suffix.lower() == ".csv":
        return name_in_rows(book, path, text, offset)
    return name_at(text, offset, is_example_file(path))


def is_example_file(path: Path) -> bool:
    folder = region_of(path)
    return folder is not None and is_example(path, folder)
