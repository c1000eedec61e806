"""Where a name is made and where it is used, over all files of a region and of what it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from yaml import YAMLError

from engine.assist.lines import line_at
from engine.assist.uses import IS_HEAD, MADE, USED, Use, use_at, uses_of
from engine.files.named_files import FILE, Files
from engine.rulebook.book import Book
from engine.rulebook.spans import written

TESTS, HEADING = "tests", "heading"


@dataclass(frozen=True)
class Found:
    """A name in a file: ``text[start:end]``, on ``line`` (from 1); ``role``: made, used, or heading of a CSV file.

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


def found_in(book: Book, name: str) -> list[Found]:
    """Every place of a name in the files of a region, its notices, its examples and all that it stands on."""
    classes = frozenset({name} & _class_words(book))
    return [
        one
        for layer in book.layers
        for one in _in_folder(book.files, layer.folder, name, _is_own(book, layer.folder), classes)
    ]


def _class_words(book: Book) -> set[str]:
    snapshot = book.at(book.epochs[-1])
    types = [parameter.type for parameter in snapshot.parameters.values()]
    types += [rule.type for rule in snapshot.rules.values() if rule.type is not None]
    types += [field.type for table in snapshot.tables.values() for field in table.fields.values()]
    return {word for kind in types for word in kind.classes}


def definitions(book: Book, name: str) -> list[Found]:
    """Where the name is made, or a layer replaces it: the one in force first."""
    made = [one for one in found_in(book, name) if one.role == MADE]
    entry = book.at(book.epochs[-1]).entries.get(name)
    at = entry.provenance.place if entry is not None else None
    return sorted(made, key=lambda one: at is None or (one.line, one.path.name) != (at.line, Path(at.file).name))


def _is_own(book: Book, folder: Path) -> bool:
    return folder == book.folder or book.folder in folder.parents


def _in_folder(files: Files, folder: Path, name: str, own: bool, classes: frozenset[str]) -> Iterator[Found]:
    for path, kind in files.below(folder).items():
        if kind != FILE or _is_of_a_notice(path, folder):
            continue
        if path.suffix == ".yaml" and path.name not in IS_HEAD:
            yield from _in_yaml(files, path, folder, name, own, classes)
        elif path.suffix == ".csv":
            found = list(_in_heading(files, path, name, own))
            yield from found if found and not _is_printed(files, folder, path) else ()


def _is_of_a_notice(path: Path, folder: Path) -> bool:
    """Notices are layers of their own, and looked through as such."""
    return "amendments" in path.relative_to(folder).parts[:-1]


def _in_yaml(files: Files, path: Path, folder: Path, name: str, own: bool, classes: frozenset[str]) -> Iterator[Found]:
    text = files.read(path).decode("utf-8", "replace")
    if name not in text:
        return
    is_example = TESTS in path.relative_to(folder).parts[:-1]
    for use in uses_of(text, is_example, classes):
        if use.name == name:
            yield Found(path, use.start, use.end, line_at(text, use.start), use.role, own, use.table)


def _is_printed(files: Files, folder: Path, rows: Path) -> bool:
    """Whether the headings of a file of rows are what was published, and 列 or 展开 says which fields they are."""
    for path, kind in files.below(folder).items():
        text = files.read(path).decode("utf-8", "replace") if kind == FILE and path.suffix == ".yaml" else ""
        if rows.name not in text:
            continue
        with suppress(YAMLError):
            root = written(text)
            for _, body in root.entries if root is not None else ():
                about = body.get("行")
                file = about.get("文件") if about is not None else None
                if about is not None and file is not None and path.parent / file.value == rows:
                    return about.get("列") is not None or about.get("展开") is not None
    return False


def _in_heading(files: Files, path: Path, name: str, own: bool) -> Iterator[Found]:
    """The heading of a file of rows names fields or columns."""
    try:
        text = files.read(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        return
    heading = text.split("\n", 1)[0]
    lead = len(files.read(path).decode("utf-8")) - len(text)
    at = 0
    for cell in heading.rstrip("\r").split(","):
        bare = cell.strip().strip('"')
        if bare == name:
            start = lead + at + cell.index(bare)
            yield Found(path, start, start + len(bare), 1, HEADING, own)
        at += len(cell) + 1


__all__ = ["HEADING", "MADE", "USED", "Found", "definitions", "found_in", "name_at"]
