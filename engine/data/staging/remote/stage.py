"""A table of a database, typed by one query into one table of the run, measured and digested there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from engine.data.cells.identifiers import CUT, LONG, refuse_cut_column
from engine.data.columns_wanted import missing_columns, refuse_missing_columns, unknown_columns
from engine.data.refund_endings import CANCELLED
from engine.data.staging.model import ROW, StagedColumn, StagedTable
from engine.data.staging.remote import digest
from engine.data.staging.remote.columns import RAW, RemoteColumn, remote_columns, typing_query
from engine.data.staging.remote.dialect import Dialect, Pieces, RemoteSource, RemoteStore
from engine.data.staging.remote.odd import WIDEST, OddRows
from engine.data.staging.remote.refunded import find_refunded
from engine.data.staging.sql import Sql, column, func, named, negated, quoted_table, select_from, whole
from engine.data.staging.storage import digits_of, is_ordered, refuse_unstaged, sql_type
from engine.data.typed import Rejected
from engine.files.raw import RawTable
from engine.language.types import Kind
from engine.rulebook.model import Table


@dataclass(frozen=True)
class InTransaction:
    """Rows of a database: they have no lines, and the transaction sees to it that they do not change."""

    origin: str

    def sources(self, numbers: Sequence[int]) -> dict[int, tuple[str, int]]:
        return {rn: (self.origin, 0) for rn in numbers}

    def unchanged(self) -> None:
        """The run's own table does not change."""


def stage_remote(
    store: RemoteStore,
    dialect: Dialect,
    table: Table,
    source: RemoteSource,
    wanted: Sequence[str],
    optional: frozenset[str],
    name: str,
) -> StagedTable:
    """The ``wanted`` fields of ``source`` as the table ``name``; the outcome is that of ``load_table``.

    Rows have no numbers: a rejection says the key, and its line is 0. Raises :class:`DataError` as ``load_table`` does.
    """
    refuse_unstaged([table.fields[field] for field in wanted])
    bare = _bare(table, source)
    refuse_missing_columns(table, [bare], wanted, optional)
    columns = remote_columns(table, source, wanted, optional)
    first, more, twice = (f"{name}_{part}" for part in ("first", "more", "twice"))
    refunded = find_refunded(store, dialect, table, source, f"{name}_refunded")
    store.create_from(first, typing_query(store, dialect, source, columns, refunded), source.origin)
    _refuse_cut(store, dialect, source, columns, first)
    rows = OddRows(store, dialect, table, source, columns, wanted, optional, first, refunded)
    odd = _count(store, first, negated(column(RAW).is_(exp.null())))
    again = _find_twice(store, rows, name, twice, odd)
    rejected: list[Rejected] = []
    wide: set[str] = set()
    kept = 0
    if odd or again:
        rejected, found, kept = rows.typed(more, twice if again else "")
        wide = set(found)
    spec = {ROW: "BIGINT"}
    for c in columns:
        spec[c.name] = WIDEST if c.name in wide else sql_type(c.field, None, None)
        if c.flag is not None:
            spec[c.flag] = "BOOLEAN"
    dialect.assemble(store, Pieces(name, first, more if kept else "", twice if again else "", odd, spec))
    numbers = "" if refunded is None else refunded.numbers
    for made, there in ((more, odd or again), (twice, again), (numbers, refunded)):
        if there:
            store.drop(made)
    count, staged, added = _measured(store, dialect, name, columns)
    cancelled = sorted((row for row in rows.ended.values() if row.code == CANCELLED), key=lambda row: row.key_text)
    said = digest.digest(table.name, [c.field.name for c in columns], count, added, [*rejected, *cancelled])
    unknown, missing = unknown_columns(table, [bare]), missing_columns([bare], wanted, optional)
    delivery = InTransaction(source.origin)
    return StagedTable(
        table, name, staged, count, rejected, unknown, missing, True, said, store, delivery, tuple(cancelled)
    )


def _refuse_cut(
    store: RemoteStore, dialect: Dialect, source: RemoteSource, columns: Sequence[RemoteColumn], first: str
) -> None:
    """Raises :class:`DataError` for a column in which long numbers have lost their last digits."""
    read = [c for c in columns if c.taken is not None and c.field.identifies and c.field.type.kind is Kind.TEXT]
    measures: list[Sql] = []
    for c in read:
        cell = column(c.name)
        is_long, is_cut = (dialect.matches(cell, pattern) for pattern in (LONG, CUT))
        ones = (exp.Case(ifs=[exp.If(this=condition, true=whole(1))]) for condition in (is_long, is_cut))
        measures += [exp.Count(this=one) for one in ones]
        measures += [
            func(name, exp.Case(ifs=[exp.If(this=is_cut.copy(), true=cell.copy())])) for name in ("min", "max")
        ]
    if not read:
        return
    found = store.rows(exp.select(*measures).from_(quoted_table(first)))[0]
    for place, c in enumerate(read):
        long, short, least, greatest = found[place * 4 : place * 4 + 4]
        refuse_cut_column(c.field, source.origin, int(long), int(short), least or "", greatest or "")


def _bare(table: Table, source: RemoteSource) -> RawTable:
    """What is delivered, without rows; columns that a mapping passes over are left."""
    names = [taken.field for taken in source.chosen]
    names += [name for name in source.kinds if source.mapping is None and name not in names]
    taken = {column for one in source.chosen for column in one.columns}
    left = tuple(name for name in source.kinds if source.mapping is not None and name not in taken)
    return RawTable(table.name, tuple(names), [], (), source.origin, left=left)


def _count(store: RemoteStore, relation: str, condition: Sql | None = None) -> int:
    query = exp.select(exp.Count(this=exp.Star())).from_(quoted_table(relation))
    return int(store.rows(query if condition is None else query.where(condition))[0][0])


def _find_twice(store: RemoteStore, rows: OddRows, name: str, twice: str, odd: int) -> int:
    """Makes the table ``twice`` of the numbers of rows whose key stands twice, if there are any, and counts them."""
    keys = [c.name for c in rows.columns if c.is_key]
    shown = [column(key) for key in (ROW, *keys)]
    there: exp.Select | exp.Union = (
        exp.select(*shown).from_(quoted_table(rows.first)).where(column(RAW).is_(exp.null()))
    )
    odd_keys, often = f"{name}_keys", f"{name}_often"
    if odd:
        rows.keys(odd_keys)
        there = exp.union(there, exp.select(*shown).from_(quoted_table(odd_keys)), distinct=False)
    grouped = select_from(there, *(column(key) for key in keys)).group_by(*(column(key) for key in keys))
    store.create_as(often, grouped.having(exp.Count(this=exp.Star()) > whole(1)))
    found = _count(store, often)
    if found:
        same = exp.and_(*(exp.column(key, "s", quoted=True).eq(exp.column(key, "o", quoted=True)) for key in keys))
        joined = select_from(there, named(exp.column(ROW, "s", quoted=True), ROW))
        store.create_as(twice, joined.join(exp.alias_(quoted_table(often), "o", table=True), on=same))
        found = _count(store, twice)
    store.drop(often)
    if odd:
        store.drop(odd_keys)
    return found


def _measured(
    store: RemoteStore, dialect: Dialect, name: str, columns: Sequence[RemoteColumn]
) -> tuple[int, dict[str, StagedColumn], int]:
    """Count, columns and the sum of the digest, in one pass."""
    truths = {c.name for c in columns if c.field.type.kind is Kind.BOOL}
    hashed = named(dialect.hashed(digest.line([c.name for c in columns], truths)), "hashed")
    inner = store.fenced(select_from(quoted_table(name), exp.Star(), hashed))
    measures: list[Sql] = [exp.Count(this=exp.Star()), *digest.sums(dialect, column("hashed"))]
    for c in columns:
        measures.append(exp.Count(this=column(c.name)))
        measures += [func(f, column(c.name)) if is_ordered(c.field) else exp.null() for f in ("min", "max")]
        faults = exp.null() if c.flag is None else exp.Case(ifs=[exp.If(this=column(c.flag), true=whole(1))])
        measures.append(exp.Count(this=faults))
    count, *found = store.rows(select_from(inner, *measures))[0]
    added = digest.total(found[: digest.LANES])
    parts = [found[start : start + 4] for start in range(digest.LANES, len(found), 4)]
    staged = {c.field.name: _column(c, int(count), part) for c, part in zip(columns, parts, strict=True)}
    return int(count), staged, added


def _column(c: RemoteColumn, count: int, part: Sequence[Any]) -> StagedColumn:
    there, low, high, faults = part
    digits = digits_of(c.field)
    if low is not None and not hasattr(low, "isoformat"):
        low, high = int(low), int(high)
    flag = c.flag if faults else None
    return StagedColumn(c.field, c.name, flag, int(there) < count, low, high, digits)
