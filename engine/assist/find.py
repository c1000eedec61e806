"""Where a name is made and where it is used, over all files of a region and of what it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.assist.formula_names import NAME, NO_CLASS, AsClass
from engine.assist.lines import line_at
from engine.assist.rows_files import in_rows, may_have
from engine.assist.uses import IS_HEAD, MADE, REPLACED, USED, Use, use_at, uses_of
from engine.files.csv_text import text_and_encoding
from engine.files.errors import DataError
from engine.files.named_files import FILE, Files
from engine.rulebook.book import Book

TESTS, HEADING = "tests", "heading"


@dataclass(frozen=True)
class Found:
    """A name in a file: ``text[start:end]``, on ``line`` (from 1); ``role``: made, replaced, used, or heading of rows.

    ``own``: in the region's own folder.
    """

    path: Path
    start: int
    end: int
    line: int
    role: str
    own: bool
    table: str = ""


def name_at(text: str, offset: int, is_example: bool = False) -> Use | None:
    """The name that the cursor is on or right behind."""
    return use_at(text, offset, is_example)


def name_in_rows(book: Book, path: Path, text: str, offset: int) -> Use | None:
    """The name that the cursor is on in a CSV file: a heading, or in a cell of a decision table."""
    for part in NAME.finditer(text, text.rfind("\n", 0, offset) + 1):
        if part.start() > offset:
            break
        if offset <= part.end():
            return _in_rows_at(book, path, part[0], offset)
    return None


def _in_rows_at(book: Book, path: Path, name: str, offset: int) -> Use | None:
    for layer in book.layers:
        if layer.folder in path.parents:
            with suppress(DataError):
                for one in in_rows(book.files, layer.folder, path, name, _as_class(book, name)):
                    if one.start <= offset <= one.end:
                        return Use(name, one.start, one.end, USED)
    return None


def found_in(book: Book, name: str) -> list[Found]:
    """Every place of a name in the files of a region, its notices, its examples and all that it stands on."""
    classes = _as_class(book, name)
    return [
        one
        for layer in book.layers
        for one in _in_folder(book.files, layer.folder, name, _is_own(book, layer.folder), classes)
    ]


def _as_class(book: Book, word: str) -> AsClass:
    """Of a name that is a class too: the parameters, rules and fields that may have that class, on any day."""
    typed: set[str] = set()
    for snapshot in map(book.at, book.epochs):
        if word in snapshot.class_words:
            typed |= {name for name, one in snapshot.parameters.items() if word in one.type.classes}
            typed |= {name for name, one in snapshot.rules.items() if one.type and word in one.type.classes}
            fields = [item for table in snapshot.tables.values() for item in table.fields.items()]
            typed |= {name for name, field in fields if word in field.type.classes}
    return AsClass(word, frozenset(typed)) if typed else NO_CLASS


def definitions(book: Book, name: str) -> list[Found]:
    """Where the name is made, or a layer replaces it: the one in force first."""
    made = [one for one in found_in(book, name) if one.role in (MADE, REPLACED)]
    entry = book.at(book.epochs[-1]).entries.get(name)
    at = entry.provenance.place if entry is not None else None
    return sorted(made, key=lambda one: at is None or (one.line, one.path.name) != (at.line, Path(at.file).name))


def _is_own(book: Book, folder: Path) -> bool:
    return folder == book.folder or book.folder in folder.parents


def _in_folder(files: Files, folder: Path, name: str, own: bool, classes: AsClass) -> Iterator[Found]:
    for path, kind in files.below(folder).items():
        if kind != FILE or _is_of_a_notice(path, folder):
            continue
        if path.suffix == ".yaml" and path.name not in IS_HEAD:
            yield from _in_yaml(files, path, folder, name, own, classes)
        elif path.suffix.lower() == ".csv":
            yield from _in_csv(files, path, folder, name, own, classes)


def _is_of_a_notice(path: Path, folder: Path) -> bool:
    """Notices are layers of their own, and looked through as such."""
    return "amendments" in path.relative_to(folder).parts[:-1]


def _in_yaml(files: Files, path: Path, folder: Path, name: str, own: bool, classes: AsClass) -> Iterator[Found]:
    text = files.read(path).decode("utf-8", "replace")
    if name not in text:
        return
    is_example = TESTS in path.relative_to(folder).parts[:-1]
    for use in uses_of(text, is_example, classes):
        if use.name == name:
            yield Found(path, use.start, use.end, line_at(text, use.start), use.role, own, use.table)


def _in_csv(files: Files, path: Path, folder: Path, name: str, own: bool, classes: AsClass) -> Iterator[Found]:
    """In headings and in cells of decision tables; nothing of a file that cannot be read as text."""
    data = files.read(path)
    if not may_have(data, name):
        return
    try:
        text, _ = text_and_encoding(data, path.name)
    except DataError:
        return
    for one in in_rows(files, folder, path, name, classes):
        role = HEADING if one.is_heading else USED
        yield Found(path, one.start, one.end, line_at(text, one.start), role, own)


__all__ = ["HEADING", "MADE", "REPLACED", "USED", "Found", "definitions", "found_in", "name_at", "name_in_rows"]
