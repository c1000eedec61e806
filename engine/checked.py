"""A check that was made before of the same files, by the same engine, is not made again: its problems are data.

A record is JSON: what it is of, what was asked of the files and the answers, and the problems. It counts only if all of
that is the same now; a record that is broken, or of something else, is none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.files.named_files import DISK
from engine.files.noted_files import Asked, NotedFiles
from engine.remembered import folder
from engine.remembered.engine_key import engine_key
from engine.rulebook.book import Book
from engine.rulebook.book import load as load_book
from engine.rulebook.locate import Located, locate
from engine.rulebook.problems import Place, Problem

FORM = "casemix check 1"


def load(region: str | Path | Located) -> Book:
    """As :func:`engine.rulebook.book.load`; what a check of the same files found before, it brings with it."""
    located = region if isinstance(region, Located) else locate(str(region))
    files = NotedFiles(DISK)
    told = _remembered(located, files)
    book = load_book(located, files, told)
    return book if told is None or not files.torn else load_book(located)


def problems_of(book: Book) -> list[Problem]:
    """As :func:`engine.check.check_book`, from memory where the book was read from the very same files before."""
    files = book.files
    if book.told is not None:
        return list(book.told)
    from engine.check import check_book  # where all is remembered nobody needs it

    if folder.folder() is None or not isinstance(files, NotedFiles) or files.over is not DISK:
        return check_book(book)
    located = Located(book.folder, book.as_of)
    known = _remembered(located, files)
    if known is not None:
        return known
    problems = check_book(book)
    if not files.torn:
        name, key = _name_and_key(located)
        folder.keep(name, _written(key, files.answers, problems))
    return problems


def _remembered(located: Located, files: NotedFiles) -> list[Problem] | None:
    """What a check found of the same files; ``None`` if nobody remembers, or somebody writes into them right now."""
    if folder.folder() is None:
        return None
    name, key = _name_and_key(located)
    known = _read(folder.kept(name), key)
    if known is None or not files.answers_still(known[0]) or files.torn:
        return None
    return known[1]


def _name_and_key(located: Located) -> tuple[str, str]:
    """Of the region, the day that was asked for, where messages are read from, and the engine."""
    key = json.dumps([FORM, str(located.folder), str(located.as_of or ""), str(Path.cwd()), *engine_key()])
    return f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.json", key


def _written(key: str, asked: Mapping[Asked, str], problems: list[Problem]) -> bytes:
    found = [
        [p.code, p.place.file, p.place.line, p.place.column, p.message, p.hint, p.excerpt] for p in problems
    ]  # fmt: skip
    body = json.dumps([key, [[*question, answer] for question, answer in sorted(asked.items())], found])
    return f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}".encode()


def _read(data: bytes | None, key: str) -> tuple[dict[Asked, str], list[Problem]] | None:
    """What a record says; ``None`` for what is no whole record of this key."""
    if data is None:
        return None
    digest, _, body = data.partition(b"\n")
    if digest.decode("ascii", "replace") != hashlib.sha256(body).hexdigest():
        return None
    try:
        said: Any = json.loads(body)
        of, asked, found = said
        answers = {(_text(what), _text(name)): _text(answer) for what, name, answer in asked}
        problems = [
            Problem(_text(code), Place(_text(file), _count(line), _count(column)), *map(_text, rest))
            for code, file, line, column, *rest in found
        ]
    except (ValueError, TypeError, RecursionError):
        return None
    return (answers, problems) if of == key and answers else None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _count(value: Any) -> int:
    if type(value) is not int:
        raise TypeError
    return value
