"""Names in CSV files: in the headings, and in the cells of decision tables, which are formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from yaml import YAMLError

from engine.assist.formula_names import NO_CLASS, AsClass, names_in_formula
from engine.files.csv_text import GB18030, UTF8, text_and_encoding
from engine.files.named_files import FILE, Files
from engine.rulebook.keywords import PROVENANCE_WORDS
from engine.rulebook.spans import written

_CELL = re.compile(r'[ \t]*"(?:[^"]|"")*"[^,\r\n]*|[^,\r\n]*')


@dataclass(frozen=True)
class InRows:
    """``text[start:end]`` is the name, in the heading or in a cell."""

    start: int
    end: int
    is_heading: bool


def may_have(data: bytes, name: str) -> bool:
    """Whether a file of rows has a name among its signs, in whatever encoding it is; quick."""
    return any(name.encode(encoding) in data for encoding in (UTF8, GB18030, "utf-16-le", "utf-16-be"))


def in_rows(files: Files, folder: Path, path: Path, name: str, classes: AsClass = NO_CLASS) -> Iterator[InRows]:
    """Where a CSV file in the folder of a layer mentions a name. Raises :class:`DataError` for what is no text."""
    text, _ = text_and_encoding(files.read(path), path.name)
    if name not in text:
        return
    named_by = {how for _, how in naming(files, folder, path)}
    if named_by == {PRINTED}:
        return
    lines = _lines(text, name)
    heading = next(lines, [])
    for cell in heading:
        if cell.bare == name:
            yield InRows(cell.start, cell.start + len(name), True)
    if DECISION in named_by:
        for line in lines:
            for column, cell in zip(heading, line, strict=False):
                if name in cell.bare and column.bare not in PROVENANCE_WORDS:
                    for found, start, end in names_in_formula(cell.bare, classes, column.bare):
                        if found == name:
                            yield InRows(cell.start + start, cell.start + end, False)


ROWS, PRINTED, DECISION = "rows", "printed", "decision"


def naming(files: Files, folder: Path, path: Path) -> Iterator[tuple[str, str]]:
    """The entries of a layer that name a file of rows, and how: rows whose headings are fields, rows as they were
    published (列 or 展开 says which fields they are), a decision table.
    """
    for rules, kind in files.below(folder).items():
        if kind == FILE and rules.suffix == ".yaml":
            for entry, file, how in _named_in(files.read(rules).decode("utf-8", "replace")):
                if folder / file == path:
                    yield entry, how


@lru_cache(maxsize=200)
def _named_in(text: str) -> tuple[tuple[str, str, str], ...]:
    found = []
    try:
        root = written(text)
    except YAMLError:
        return ()
    waiting = list(root.entries) if root is not None else []
    while waiting:
        name, body = waiting.pop()
        if name.value == "替换":
            waiting += body.entries
        rows, table = body.get("行"), body.get("表")
        file = rows.get("文件") if rows is not None and rows.kind == "mapping" else rows
        if rows is not None and file is not None and file.kind == "scalar":
            found.append((name.value, file.value, PRINTED if rows.get("列") or rows.get("展开") else ROWS))
        if table is not None and table.kind == "scalar":
            found.append((name.value, table.value, DECISION))
    return tuple(found)


@dataclass(frozen=True)
class _Cell:
    """``bare``: what it says, as long as it is written; it begins at ``start`` of the text."""

    bare: str
    start: int


def _lines(text: str, name: str) -> Iterator[list[_Cell]]:
    """The first line of a CSV text, and the others that have the name."""
    at = len(text) - len(text.removeprefix("\ufeff"))
    line: list[_Cell] = []
    begun, is_first = at, True
    while at <= len(text):
        match = _CELL.match(text, at)
        assert match is not None
        line.append(_cell(match[0], at))
        at = match.end()
        if text[at : at + 1] != ",":
            if is_first or name in text[begun:at]:
                yield line
            at += 2 if text.startswith("\r\n", at) else 1
            line, begun, is_first = [], at, False
        else:
            at += 1


def _cell(said: str, at: int) -> _Cell:
    bare = said.strip()
    start = at + said.index(bare)
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        inner = bare[1:-1].replace('""', ' "')
        return _Cell(inner.strip(), start + 1 + len(inner) - len(inner.lstrip()))
    return _Cell(bare, start)
