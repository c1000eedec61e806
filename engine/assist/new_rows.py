"""A row of an example that reaches what no example reaches: found by trying, or else a row to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from engine.excel.new_example import NewExample
from engine.language.functions import value_before
from engine.language.types import Kind, default_digits
from engine.language.values import decimal_text
from engine.rulebook.bind import Binder
from engine.rulebook.book import Book
from engine.rulebook.nodes import Mapping, Scalar
from engine.rulebook.parts import names_of
from engine.rulebook.scope import Scope
from engine.rulebook.source import read_text
from engine.rulebook.unread_files import EXAMPLES
from engine.testing.bench import setting
from engine.testing.compared import Compared
from engine.testing.coverage import Coverage, Unreached
from engine.testing.pipe_table import PipeTable, read_pipe_table
from engine.testing.runner import examples_of_files, run_row
from engine.testing.typed_text import TestProblem, type_of

MOST_TRIED = 1500
"""Rows that are tried for one branch, row or side of a bound."""
MOST_BASES = 6
"""Small tables that are gone on from."""
TIMES = (*(Fraction(tenths, 10) for tenths in (5, 9, 11, 20, 1, 40, 100, 1000)), Fraction(0))
"""Of a number that there is; what comes out of round figures is read more easily."""
NOTHING = "空"
_REST = re.compile("没有(.*?)(?:界值的)?例子$")
NEW = "(new)"
"""In the place of the file of an example that is in none yet."""
Key = tuple[object, ...]


@dataclass(frozen=True)
class NewRow:
    """A row for the small table 分情形 of an example. ``reaches``: it was run and reaches the place; what must come out
    is then what came out, for a person to judge. Else it is like the row that comes nearest, with nothing said to come
    out. ``new``: the example that it is the only row of, where no other has to do with the place.
    """

    path: Path
    example: str
    cells: dict[str, str]
    reaches: bool
    new: NewExample | None = None


@dataclass
class _Base:
    path: Path
    name: str
    body: Mapping
    table: PipeTable
    rows: list[dict[str, str]]


@dataclass
class _Tries:
    book: Book
    wanted: Key
    left: int = MOST_TRIED
    known: dict[tuple[str, ...], tuple[frozenset[Key], dict[str, str]]] = field(default_factory=dict)

    def of(self, base: _Base, given: dict[str, str]) -> tuple[frozenset[Key], dict[str, str]]:
        """What a row touches, and what comes out of it; nothing where it cannot be run."""
        asked = (str(base.path), base.name, *(given[name] for name in base.table.given))
        if asked not in self.known:
            if self.left <= 0:
                raise _Spent
            self.left -= 1
            self.known[asked] = _tried(self.book, base, given)
        return self.known[asked]

    def reaches(self, base: _Base, given: dict[str, str]) -> bool:
        touched, got = self.of(base, given)
        return self.wanted in touched and bool(got)


class _Spent(Exception):
    """Enough was tried."""


def new_row(book: Book, coverage: Coverage, missing: Unreached) -> NewRow | None:
    """A row that reaches ``missing`` (of ``coverage``), or one to fill in: of a small table that has to do with its
    entry, or of a new example that gives what the entry reads; ``None`` where there is neither.

    Takes some seconds at most: tables in their order; one cell is changed, numbers are halved between two rows that are
    not treated alike, then two cells are changed.
    """
    wanted = next((key for key, one in coverage.wanted.items() if one == missing), None)
    if wanted is None:
        return None
    tries = _Tries(book, wanted)
    own = {key for key, one in coverage.wanted.items() if one.name == missing.name}
    bases = _bases(book, tries, own, missing.name)
    new = _example_of(book, missing)
    if new is not None:
        bases.append(_base_of(book, new))
    try:
        for base in bases:
            for given in _ways(tries, base):
                if tries.reaches(base, given):
                    return _found(base, _numbered(base, given) | tries.of(base, given)[1], True, new)
    except _Spent:
        pass
    compares = [base for base in bases if missing.name in base.table.expected]
    for base in compares or bases:
        blank = dict.fromkeys(base.table.expected, NOTHING)
        return _found(base, _numbered(base, dict(base.rows[-1])) | blank, False, new)
    return None


def _found(base: _Base, cells: dict[str, str], reaches: bool, new: NewExample | None) -> NewRow:
    is_new = new is not None and base.path.name == NEW
    return NewRow(base.path, base.name, cells, reaches, replace(new, cases=[cells]) if new and is_new else None)


def _example_of(book: Book, missing: Unreached) -> NewExample | None:
    """An example of one row that gives what the entry reads, in the first program."""
    snapshot = book.at(book.epochs[-1])
    program = next(iter(snapshot.programs.values()), None)
    at = setting(book, program.name if program is not None else None, None, None)
    scope = Scope(snapshot, at.program, at.period.kind)
    binder = Binder(scope)
    row = {}
    for name in sorted(names_of(snapshot.entries[missing.name]) - {missing.name}):
        if name in snapshot.parameters or not (name in snapshot.rules or name in snapshot.columns):
            continue
        try:
            type_ = type_of(scope, binder, name)
        except TestProblem:
            continue
        usual = {Kind.NUMBER: "100", Kind.BOOL: "否", Kind.DATE: str(at.day), Kind.MONTH: str(at.day)[:7]}
        row[name] = type_.classes[0] if type_.classes else usual.get(type_.kind, "甲")
    if not row:
        return None
    which = _REST.sub(r"\1", missing.what)
    title = f"{missing.name} {which}"
    named = program.name if program is not None else ""
    return NewExample(title, named, str(at.period), cases=[{**row, missing.name: NOTHING}], judged=[missing.name])


def _base_of(book: Book, new: NewExample) -> _Base:
    root = read_text(new.text(), new.name, [])
    (_, body), *_ = root.entries if root is not None else ()
    assert isinstance(body, Mapping) and isinstance(cases := body.get("分情形"), Scalar)
    table = read_pipe_table(cases.text)
    rows = [{column: cells[column] for column in table.given} for _, cells in table.lines]
    return _Base(book.folder / EXAMPLES / NEW, new.name, body, table, rows)


def _bases(book: Book, tries: _Tries, own: set[Key], name: str) -> list[_Base]:
    """The small tables whose rows have to do with the entry, those that compare it first."""
    found = []
    for path, title, body in examples_of_files(book):
        cases = body.get("分情形")
        if not isinstance(cases, Scalar):
            continue
        try:
            table = read_pipe_table(cases.text)
        except TestProblem:
            continue
        rows = [{column: cells[column] for column in table.given} for _, cells in table.lines]
        if table.expected and rows:
            found.append(_Base(path, title, body, table, rows))
    found.sort(key=lambda base: name not in base.table.expected)
    near = []
    for base in found:
        touched, _ = _tried(book, base, base.rows[0])
        if touched & own:
            near.append(base)
    return near[:MOST_BASES]


def _tried(book: Book, base: _Base, given: dict[str, str]) -> tuple[frozenset[Key], dict[str, str]]:
    watcher = Coverage()
    outcome = run_row(book, base.path, base.name, base.body, {name: given[name] for name in base.table.given}, watcher)
    came = {one.name: _as_written(one) for one in outcome.cells}
    whole = len(came) == len(base.table.expected) and not any(one.why for one in outcome.cells)
    return frozenset(watcher.touched), came if whole else {}


def _as_written(one: Compared) -> str:
    return one.got.removeprefix("≈ ") or NOTHING


def _ways(tries: _Tries, base: _Base) -> Iterator[dict[str, str]]:
    """Rows to try: those that there are with one cell changed, numbers halved between two ways, then two cells."""
    offered = {name: _offered(tries.book, base, name) for name in base.table.given}
    for row in base.rows:
        for name, texts in offered.items():
            for text in texts:
                yield {**row, name: text}
    for row in base.rows:
        for name in base.table.given:
            yield from _halved(tries, base, row, name)
    first = base.rows[0]
    for name, texts in offered.items():
        for text in texts:
            for other in base.table.given:
                if other != name:
                    yield from ({**first, name: text, other: more} for more in offered[other])
                    yield from _halved(tries, base, {**first, name: text}, other)


def _offered(book: Book, base: _Base, name: str) -> list[str]:
    """Texts for a column: those of its rows, every class, yes and no, keys that are given, multiples of numbers."""
    there = list(dict.fromkeys(row[name] for row in base.rows))
    kind, digits, classes = _type(book, base, name)
    if kind is Kind.NUMBER:
        numbers = {times * one for one in map(_number, there) if one is not None for times in TIMES}
        more = [_plain(number, digits) for number in sorted(numbers, key=lambda one: (one == 0, one))]
    elif kind is Kind.BOOL:
        more = ["是", "否"]
    elif kind is Kind.CLASS:
        more = list(classes)
    else:
        more = [*_keys_given(base), "甲", "乙"]
    return list(dict.fromkeys([*there, *more, NOTHING]))


def _keys_given(base: _Base) -> list[str]:
    """The first column of every small table that is given: keys that a reference may have."""
    known = base.body.get("已知")
    found = []
    for _, value in known.entries if isinstance(known, Mapping) else ():
        if isinstance(value, Scalar) and "|" in value.text:
            try:
                table = read_pipe_table(value.text)
            except TestProblem:
                continue
            found += [cells[table.given[0]] for _, cells in table.lines] if table.given else []
    return found


def _halved(tries: _Tries, base: _Base, row: dict[str, str], name: str) -> Iterator[dict[str, str]]:
    """Rows between two that touch other things, down to the least that the field can say."""
    kind, digits, _ = _type(tries.book, base, name)
    start = _number(row[name])
    if kind is not Kind.NUMBER or start is None:
        return
    unit = Fraction(1, 10**digits)
    numbers = sorted({round(times * (start or 1) / unit) * unit for times in (*TIMES, Fraction(1))})

    def at(number: Fraction) -> dict[str, str]:
        return {**row, name: _plain(number, digits)}

    waiting = list(zip(numbers, numbers[1:], strict=False))
    while waiting:
        low, high = waiting.pop(0)
        if high - low <= unit or tries.of(base, at(low))[0] == tries.of(base, at(high))[0]:
            continue
        middle = low + (high - low) / unit // 2 * unit
        yield at(middle)
        waiting += [(low, middle), (middle, high)]


def _type(book: Book, base: _Base, name: str) -> tuple[Kind | None, int, tuple[str, ...]]:
    said = {word: node.text for word in ("程序", "期间", "归期") if isinstance(node := base.body.get(word), Scalar)}
    try:
        at = setting(book, said.get("程序"), said.get("期间"), said.get("归期"))
        scope = Scope(book.at(at.day), at.program, at.period.kind)
        plain = value_before(name) or name
        type_ = type_of(scope, Binder(scope), plain)
    except TestProblem:
        return None, 0, ()
    tables = scope.book.columns.get(plain, [])
    declared = scope.book.tables[tables[0]].fields[plain].digits if tables else None
    return type_.kind, declared if declared is not None else default_digits(type_.unit), tuple(type_.classes)


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        return None


def _plain(number: Fraction, digits: int) -> str:
    text = decimal_text(number, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _numbered(base: _Base, given: dict[str, str]) -> dict[str, str]:
    """With the next number in a column that only counts the rows."""
    count = len(base.rows)
    for name in base.table.given:
        if count > 1 and [row[name] for row in base.rows] == [str(n) for n in range(1, count + 1)]:
            return {**given, name: str(count + 1)}
    return given
