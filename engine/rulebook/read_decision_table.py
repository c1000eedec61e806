"""表: a decision table, written as rows in place or as a CSV file beside the rules."""

from __future__ import annotations

from dataclasses import replace

from engine.files.csv_text import csv_from, decode, titles_above
from engine.files.errors import DataError
from engine.files.named_files import FILE
from engine.files.raw import RawTable
from engine.rulebook.class_words import NO_WORDS
from engine.rulebook.keywords import PROVENANCE_WORDS
from engine.rulebook.layers import RawEntry, shown
from engine.rulebook.model import REQUIRED, DecisionTable, TableRow
from engine.rulebook.nodes import Mapping, Scalar, Sequence
from engine.rulebook.problems import Place, Problem
from engine.rulebook.reading import Reading
from engine.rulebook.the_rest import with_the_rest
from engine.rulebook.written import text_of

MOST_ROWS = 5000
"""Of a decision table: each pair of rows is looked at. A larger one is a table of its own."""


def read_decision_table(
    at: Reading, name: str, raw: RawEntry, body: Mapping, classes: frozenset[str]
) -> DecisionTable | None:
    """The rows of 表, in place or in a CSV file; what is no column of the rule's own is a condition.

    ``classes``: those that the rule may give.
    """
    given = body.get("表")
    if isinstance(given, Scalar):
        if not at.inside_folder(given, raw.folder):
            return None
        rows = _rows_of_file(at, raw, given)
    else:
        rows = [item for item in given.items if isinstance(item, Mapping)] if isinstance(given, Sequence) else []
    if len(rows) > MOST_ROWS:
        hint = "大表写成一张表（主键，区间列写 区间: 是）加 行: 文件.csv，用 取 来查"
        at.add("E103", given or body, f"{name} 的表有 {len(rows)} 行，最多 {MOST_ROWS} 行", hint)
        return None
    columns: list[str] = []
    for row in rows:
        columns += [k.text for k, _ in row if k.text not in (*columns, name, *PROVENANCE_WORDS)]
    made = [_row(at, name, raw, row, columns, classes) for row in rows]  # each is told of, whatever another is like
    read = [row for row in made if row is not None]
    if len(read) < len(rows) or (isinstance(given, Scalar) and not rows):
        return None
    whole = with_the_rest(at, columns, read)
    return None if whole is None else DecisionTable(tuple(columns), whole)


def _row(
    at: Reading, name: str, raw: RawEntry, row: Mapping, columns: list[str], classes: frozenset[str]
) -> TableRow | None:
    """A row with its condition for each column, if any; ``None`` where it does not read, which is told."""
    if name not in row:
        first = row.entries[0][0].place if row.entries else row.place
        place = first if first.line == row.place.line else row.place
        at.add("E313", place, f"表的这一行没有 {name} 一列", f"每行都要写 {name}（规则自己的名字）的值")
        return None
    cells = [
        at.formula(row.get(column), True, at.words.of.get(column, NO_WORDS)) if column in row else None
        for column in columns
    ]
    required = text_of(row.get(name)) == REQUIRED
    value = None if required else at.formula(row.get(name), classes=classes)
    unread = any(cell is None and column in row for column, cell in zip(columns, cells, strict=True))
    if (value is None and not required) or unread:
        return None
    provenance = at.provenance(raw, row, row.place)
    status = REQUIRED if required else provenance.status
    return TableRow(tuple(cells), value, replace(provenance, status=status))


def _rows_of_file(at: Reading, raw: RawEntry, given: Scalar) -> list[Mapping]:
    """The rows of a CSV file as mappings, each cell with its place; an empty cell is not written."""
    path = raw.folder / given.text
    if at.files.kind(path) != FILE:
        at.add("E314", given, f"没有 {given.text} 这个文件")
        return []
    try:
        table = csv_from(at.files.read, path, raw.name, given.text)
    except DataError as error:
        at.add("E314", given, str(error))
        return []
    file = shown(path)
    text = decode(at.files.read(path), given.text)
    if raw.name not in table.columns and (above := titles_above(text, lambda cells: raw.name in cells, given.text)):
        at.add("E314", Place(file, 1, 1), *above)
        return []
    at.problems.extend(ragged_rows(table, file))
    lines = text.splitlines()
    found = []
    for line, cells in zip(table.lines, table.rows, strict=True):
        pairs, seen = [], 0
        for column, cell in zip(table.columns, cells, strict=True):
            text = str(cell).strip()
            start = lines[line - 1].find(text, seen) if line <= len(lines) else -1
            seen = start + len(text) if start >= 0 else seen
            if text:
                place = Place(file, line, start + 1 if start >= 0 else 1)
                pairs.append((Scalar(column, Place(file, 1, 1), False), Scalar(text, place, False)))
        found.append(Mapping(tuple(pairs), Place(file, line, 1)))
    return found


def ragged_rows(table: RawTable, file: str) -> list[Problem]:
    """A problem for each line whose cells do not fit the header."""
    hint = "每行的列数要和表头一样；单元格里有逗号时加引号"
    return [Problem("E314", Place(file, broken.line, 1), broken.reason, hint) for broken in table.broken]
