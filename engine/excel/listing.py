"""Everything of a region that the workbook shows, read from its own files and those of its notices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from engine.excel.examples import example_sheet
from engine.excel.files import TextFile
from engine.excel.grid import Refused, Sheet
from engine.excel.parameters import parameter_sheet
from engine.excel.tables import csv_sheet, decision_sheet, sheet_to_begin
from engine.files.errors import DataError
from engine.files.named_files import FILE, Files
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.layers import HEADS, yaml_below
from engine.rulebook.problems import Problem
from engine.rulebook.rows_named import KINDS
from engine.rulebook.source import read_text
from engine.rulebook.spans import Written, written
from engine.rulebook.unread_files import EXAMPLES, NOTICES

_SHEET_SIGNS = re.compile(r"[\[\]:*?/\\']")
_LONGEST_TITLE = 31


def sheets_of(book: Book) -> list[Sheet]:
    """Parameters, a sheet for each decision table and each table of rows, examples; sheets without rows are left out.

    A file that cannot be read, or is written in a way that has no place in a grid, is left out, too.
    """
    snapshot = book.at(max(book.as_of or book.epochs[-1], book.start))
    entries = list(_entries(book))
    found = [parameter_sheet([(file, name, body) for file, name, body in entries if body.get("取值")], snapshot)]
    taken = {found[0].title, "例子"}
    shown: set[str] = set()
    for file, name, body in entries:
        for sheet in _of_entry(file, name, body, book, snapshot):
            whole = sheet.about[0].name if sheet.about is not None and sheet.about[0] is not file else ""
            if whole and whole in shown:  # one file, two tables: its cells stand in the workbook once
                continue
            shown.add(whole)
            sheet.title = _free_title(sheet.title, taken)
            found.append(sheet)
    found.append(example_sheet(list(_examples(book))))
    return [sheet for sheet in found if sheet.rows]


def _entries(book: Book) -> Iterator[tuple[TextFile, Written, Written]]:
    folder, files = book.folder, book.files
    notices = folder / NOTICES
    for path in sorted(yaml_below(folder, files), key=lambda path: (path.is_relative_to(notices), path)):
        inside = path.relative_to(folder).parts
        if path.name in HEADS or inside[0] == EXAMPLES or not _is_inside(path, folder, files):
            continue
        read = _read(path, book)
        if read is None:
            continue
        file, root = read
        for key, value in root.entries:
            for name, body in value.entries if key.value == "替换" and value.kind == "mapping" else [(key, value)]:
                if body.kind == "mapping":
                    yield file, name, body


def _is_inside(path: Path, folder: Path, files: Files) -> bool:
    return files.resolve(path).is_relative_to(files.resolve(folder))


def _examples(book: Book) -> Iterator[tuple[TextFile, Written]]:
    for path in yaml_below(book.folder / EXAMPLES, book.files):
        read = _read(path, book)
        if read is not None:
            yield read


def _read(path: Path, book: Book) -> tuple[TextFile, Written] | None:
    """The file and its root; ``None`` where it has problems of its own, which ``check`` tells."""
    try:
        file = TextFile.read(path, book.folder, book.files)
        problems: list[Problem] = []
        if read_text(file.text.removeprefix("\ufeff"), file.name, problems) is None or problems:
            return None
        root = written(file.text)
    except (OSError, DataError):
        return None
    return (file, root) if root is not None and root.kind == "mapping" else None


def sheets_of_entry(book: Book, name: str) -> tuple[list[Sheet], list[str]]:
    """The grids of an entry, in each place where it is written (the rules, notices), also those without rows yet; and
    of rows that stand in no grid where they are.
    """
    snapshot = book.at(max(book.as_of or book.epochs[-1], book.start))
    found: list[Sheet] = []
    elsewhere: list[str] = []
    for file, key, body in _entries(book):
        if key.value == name:
            for sheet in _of_entry(file, key, body, book, snapshot, elsewhere):
                found.append(sheet)
    return found, elsewhere


def parameters_of(book: Book) -> Sheet:
    """The dated figures of all parameters."""
    snapshot = book.at(max(book.as_of or book.epochs[-1], book.start))
    return parameter_sheet([entry for entry in _entries(book) if entry[2].get("取值")], snapshot)


def tables_in_files(book: Book) -> dict[str, list[str]]:
    """CSV files of the region's own by their paths in it, and the entries whose rows they are."""
    found: dict[str, list[str]] = {}
    for file, key, body in _entries(book):
        for _, path in _files_of(file, body, book):
            if path.suffix.lower() == ".csv" and path.is_relative_to(book.folder):
                found.setdefault(path.relative_to(book.folder).as_posix(), []).append(key.value)
    return found


def _of_entry(
    file: TextFile, name: Written, body: Written, book: Book, snapshot: Snapshot, elsewhere: list[str] | None = None
) -> Iterator[Sheet]:
    """``elsewhere``: gets a line for rows that are not shown."""
    folder, files = book.folder, book.files
    told = elsewhere if elsewhere is not None else []
    rows = body.get("表")
    if rows is not None and rows.kind == "list":
        sheet = decision_sheet(name.value, file, name, rows, snapshot)
        if sheet is not None:
            yield sheet
    for node, path in _files_of(file, body, book):
        if not _is_inside(path, folder, files):
            continue
        called = path.relative_to(folder).as_posix()
        if files.kind(path) != FILE:
            begun = TextFile(path, called, b"")
            sheet = sheet_to_begin(name.value, begun, name.value, snapshot) if path.suffix.lower() == ".csv" else None
            if sheet is not None:
                sheet.entry = (file, name.start, body.end)
                yield sheet
            else:
                told.append(_not_there(called, body))
            continue
        if path.suffix.lower() != ".csv":
            told.append(f"行在 {called}：就在那个工作簿里改")
            continue
        lines = (_count(node, "表头行", 1), _count(node, "末行", 0))
        try:
            sheet = csv_sheet(name.value, TextFile.read(path, folder, files), name.value, snapshot, lines)
        except (OSError, DataError, Refused) as error:
            told.append(f"{called} 排不成格（{error}）：用表格软件或编辑器改好它")
            continue
        sheet.entry = (file, name.start, body.end)
        yield sheet


def _not_there(called: str, body: Written) -> str:
    """What to do where a file of rows is missing and its columns are not known."""
    told = f"行在 {called}，还没有这个文件：把它放进来"
    if body.get("表") is None or not called.lower().endswith(".csv"):
        return told
    return f"{told}；或先在规则里写明按哪些名字查（列: [名字, …]），就能在这里一行一行写"


def _files_of(file: TextFile, body: Written, book: Book) -> Iterator[tuple[Written, Path]]:
    """What names a file of rows, and the file."""
    for node in (body.get("表"), body.get("行")):
        named = _file_of(node)
        if node is not None and named is not None and named.value.lower().endswith(KINDS):
            yield node, _layer_of(file, book) / named.value


def _file_of(node: Written | None) -> Written | None:
    """What names the file, of ``行: PATH`` and of ``行: {文件: PATH, …}``."""
    named = node.get("文件") if node is not None and node.kind == "mapping" else node
    return named if named is not None and named.kind == "scalar" else None


def _count(node: Written | None, word: str, otherwise: int) -> int:
    said = node.get(word) if node is not None and node.kind == "mapping" else None
    return int(said.value) if said is not None and said.kind == "scalar" and said.value.isdecimal() else otherwise


def _layer_of(file: TextFile, book: Book) -> Path:
    """The folder of the region, or of the notice, that a file belongs to."""
    layer = file.path.parent
    while layer != book.folder and not any(book.files.kind(layer / head) == FILE for head in HEADS):
        layer = layer.parent
    return layer


def published_workbooks(book: Book) -> list[tuple[str, str]]:
    """Tables whose rows stand in a workbook of the region's own, and its path: that is where they are changed."""
    found = []
    for file, name, body in _entries(book):
        named = _file_of(body.get("行"))
        if named is not None and named.value.lower().endswith(".xlsx"):
            path = _layer_of(file, book) / named.value
            found.append((name.value, path.relative_to(book.folder).as_posix()))
    return found


def _free_title(wanted: str, taken: set[str]) -> str:
    """A title that Excel takes and no other sheet has (it does not tell A from a)."""
    plain = _SHEET_SIGNS.sub("_", wanted)[:_LONGEST_TITLE].strip() or "表"
    title, number = plain, 1
    while title.lower() in {other.lower() for other in taken} or title.startswith("_"):
        number += 1
        title = f"{plain.lstrip('_')[: _LONGEST_TITLE - 4]}（{number}）"
    taken.add(title)
    return title
