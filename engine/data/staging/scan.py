"""Scans of a file: what stands in each column, and how many rows are not clean.

The first scan hopes for the best: each cell is read by its strict reading. What does not bear that is looked at in a
second scan, which counts the rows that are not clean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sqlglot import exp

from engine.data.cells.identifiers import CUT, LONG, refuse_cut_column
from engine.data.staging.files import RN, RawFile
from engine.data.staging.range_sql import range_fits
from engine.data.staging.reading import decimal_size, is_text
from engine.data.staging.source_column import Seen, SourceColumn
from engine.data.staging.sql import (
    Sql,
    cast,
    column,
    every,
    func,
    matches,
    named,
    negated,
    run,
    select_from,
    surely,
    text,
    when,
    whole,
)
from engine.data.staging.storage import Stored, digits_of, is_ordered, value_of
from engine.language.types import Kind


def scan(connection: Any, file: RawFile, columns: Sequence[SourceColumn]) -> tuple[int, int, dict[str, Seen]]:
    """Rows of the file, rows that are not clean, and what was seen of each column (by field).

    Raises :class:`DataError` for a column of numbers that were cut.
    """
    read = [c for c in columns if c.raw is not None]
    rows, seen = _strict_scan(connection, file, read)
    doubtful = [c for c in read if _is_doubtful(c, seen[c.field.name])]
    not_blank = _not_blank(file, columns)
    unclean = 0
    if doubtful or (not_blank and all(seen[c.field.name].empty for c in read if c.is_key)):
        keys = [c for c in read if c.is_key and not_blank]
        unclean, closer = _careful_scan(connection, file, doubtful, keys, not_blank)
        seen |= closer
    return rows, unclean, {c.field.name: seen.get(c.field.name, Seen(empty=True)) for c in columns}


def odd_rows(file: RawFile, columns: Sequence[SourceColumn], seen: dict[str, Seen]) -> exp.Select:
    """The numbers of the rows that are not clean."""
    doubtful = [c for c in columns if c.raw is not None and seen[c.field.name].odd]
    keys = [c for c in columns if c.raw is not None and c.is_key]
    clean = every([c.clean(column(f"b{c.place}")) for c in doubtful] + _not_blank(file, columns))
    return select_from(_trimmed(file, [*doubtful, *keys]), column(RN)).where(negated(clean))


def _strict_scan(connection: Any, file: RawFile, read: Sequence[SourceColumn]) -> tuple[int, dict[str, Seen]]:
    cells: list[Sql] = []
    measures: list[Sql] = []
    for c in read:
        cell = column(c.raw or "")
        reading = c.reading(cell)
        strict = reading.strict or reading.good
        least = (reading.ordered or reading.value(None)) if is_ordered(c.field) else exp.null()
        known, fits = column(f"s{c.place}"), strict == exp.true()
        bound = least if fits else when(known, least)
        strictly = exp.Count(this=cell) if fits else func("count_if", known)  # unknown is not good
        cells += [cell] if fits else [cell, named(strict, f"s{c.place}")]
        bounds = [func("min", bound), func("max", bound)] if is_ordered(c.field) else [exp.null(), exp.null()]
        if _is_number_of_somebody(c):
            cells.append(named(_long_number(c, cell), f"n{c.place}"))
        measures += [exp.Count(this=cell), strictly, *bounds, *_long_numbers(c)]
    inner = select_from(file.query, column(RN), *cells)
    rows, *found = run(connection, select_from(inner, exp.Count(this=exp.Star()), *measures)).fetchone()
    seen = {}
    for place, c in enumerate(read):
        there, strictly, low, high, *long = found[place * 8 : place * 8 + 8]
        refuse_cut_column(c.field, file.origin, long[0] or 0, long[1] or 0, long[2] or "", long[3] or "")
        seen[c.field.name] = _seen(c, Seen(loose=(strictly or 0) < there, empty=there < rows), low, high)
    return rows, seen


def _is_number_of_somebody(c: SourceColumn) -> bool:
    return bool(c.field.identifies) and c.field.type.kind is Kind.TEXT and (is_text(c.kind) or _may_be_long(c.kind))


def _long_number(c: SourceColumn, cell: Sql) -> Sql:
    """The digits of a long number, NULL of anything else; what is short is not trimmed."""
    shown = cell if is_text(c.kind) else cast(cell, "VARCHAR")
    digits = func("trim", shown)
    return when(func("strlen", shown) >= whole(18), when(matches(digits, LONG), digits))


def _long_numbers(c: SourceColumn) -> list[Sql]:
    """How many long numbers, how many of them were cut, the first and the last of these."""
    if not _is_number_of_somebody(c):
        return [whole(0), whole(0), exp.null(), exp.null()]
    digits = column(f"n{c.place}")
    cut = when(func("ends_with", digits, text("000")), when(matches(digits, CUT), digits))
    return [exp.Count(this=digits), exp.Count(this=cut), func("min", cut), func("max", cut)]


def _may_be_long(kind: str) -> bool:
    return kind in ("BIGINT", "UBIGINT", "HUGEINT") or (decimal_size(kind) or (0, 1))[1] == 0


def _careful_scan(
    connection: Any,
    file: RawFile,
    doubtful: Sequence[SourceColumn],
    keys: Sequence[SourceColumn],
    not_blank: Sequence[Sql],
) -> tuple[int, dict[str, Seen]]:
    """Rows that are not clean, and the doubtful columns, with every cell trimmed."""
    good = [named(surely(c.reading(column(f"b{c.place}")).good), f"g{c.place}") for c in doubtful]
    inner = select_from(_trimmed(file, [*doubtful, *keys]), exp.Star(), *good)
    inner = select_from(inner, exp.Star(), *(cell for c in doubtful for cell in _cells(c)))
    clean = every([column(f"k{c.place}") for c in doubtful] + list(not_blank))
    measures: list[Sql] = [func("count_if", negated(clean))]
    for c in doubtful:
        base, value = column(f"b{c.place}"), column(f"v{c.place}")
        hollow = base.eq(text("")) if is_text(c.kind) else exp.false()
        conditions = [negated(column(f"k{c.place}")), hollow, c.is_empty(base)]
        measures += [surely(func("bool_or", condition)) for condition in conditions]
        measures += [func("min", value), func("max", value)]
    unclean, *found = run(connection, select_from(inner, *measures)).fetchone()
    seen = {}
    for place, c in enumerate(doubtful):
        odd, hollow_, empty, low, high = found[place * 5 : place * 5 + 5]
        seen[c.field.name] = _seen(c, Seen(odd, True, hollow_, empty), low, high)
    return unclean or 0, seen


def _is_doubtful(c: SourceColumn, seen: Seen) -> bool:
    return seen.loose or (seen.empty and not c.good_empty()) or (c.is_key and seen.outside)


def _seen(c: SourceColumn, seen: Seen, low: Any, high: Any) -> Seen:
    """``seen`` with the bounds, which may be decimals, as stored."""
    if low is None:
        return seen
    digits = digits_of(c.field)
    bounds: list[Stored] = [bound if digits is None else int(Fraction(bound) * 10**digits) for bound in (low, high)]
    span = c.field.range if range_fits(c.field) else None
    outside = span is not None and any(value_of(c.field, bound) not in span for bound in bounds)
    return replace(seen, low=bounds[0], high=bounds[1], outside=outside)


def _trimmed(file: RawFile, read: Sequence[SourceColumn]) -> exp.Select:
    """The row's number, and the cells without blanks around them: b0 … by place among the columns."""
    bare = {c.place: named(c.base(True), f"b{c.place}") for c in read}
    return select_from(file.query, column(RN), *bare.values())


def _cells(c: SourceColumn) -> list[Sql]:
    """Ordered value of a good cell, and whether a cell is clean."""
    base, good = column(f"b{c.place}"), column(f"g{c.place}")
    reading = c.reading(base)
    least = (reading.ordered or reading.value(None)) if is_ordered(c.field) else exp.null()
    there = every([negated(c.is_empty(base)), good])
    return [named(when(there, least), f"v{c.place}"), named(c.clean(base, good), f"k{c.place}")]


def _not_blank(file: RawFile, columns: Sequence[SourceColumn]) -> list[Sql]:
    """Where all key cells may be empty, a row that may be blank is not clean."""
    keys = [c for c in columns if c.is_key]
    if not file.whole_rows or not all(c.good_empty() for c in keys):
        return []
    there = [negated(c.is_empty(column(f"b{c.place}"))) for c in keys if c.raw is not None]
    return [exp.paren(exp.or_(*there))] if there else [exp.false()]
