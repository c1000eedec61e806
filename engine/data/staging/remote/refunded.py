"""Rows of a database that have to do with refunds: found there, and judged in Python as those of files are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from engine.data.refund_endings import Ending, Entry, endings
from engine.data.refunds import Refunds, entries_of, is_yuan, told_row
from engine.data.staging.remote.dialect import Dialect, RemoteSource, RemoteStore
from engine.data.staging.sql import Sql, named, negated, one_of, quoted_table, some, surely
from engine.data.taken import Taken, as_fields
from engine.data.typed import Rejected
from engine.files.raw import RawTable
from engine.language.types import TEXT
from engine.rulebook.model import Field, Table

NUMBER = "o"
"""The column of the table of numbers that refunds name."""
_AT_ONCE = 20_000
_ANYTHING = Field("", TEXT)


@dataclass(frozen=True)
class Refunded:
    """``named``: the numbers of settlements that a refund names; ``numbers``: the table where they stand."""

    dialect: Dialect
    table: Table
    source: RemoteSource
    refunds: Refunds
    numbers: str
    named: frozenset[str]

    @property
    def taken(self) -> tuple[Taken, ...]:
        """The fields that are looked at: the key, the day, and money."""
        named = (*self.table.key, self.table.period_field)
        return tuple(one for one in self.source.chosen if one.field in named or is_yuan(self.table, one.field))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the source that are read for them."""
        return (*self.refunds.columns, *(name for taken in self.taken for name in taken.columns))

    def concerned(self, kind: str, flag: Sql, number: Sql, unsure: Sql) -> Sql:
        """TRUE of every row that is a refund, or that one names, and of those of which SQL is not sure; else FALSE."""
        there = negated(exp.column(NUMBER, table="n", quoted=True).is_(exp.null()))
        return some([_may_be_refund(self.dialect, self.refunds, kind, flag), there, exp.paren(unsure)])

    def joined(self, query: exp.Select, number: Sql) -> exp.Select:
        """``query`` with the table of numbers, called ``n``."""
        same = number.copy().eq(exp.column(NUMBER, table="n", quoted=True))
        return query.join(exp.alias_(quoted_table(self.numbers), "n", table=True), on=same, join_type="left")

    def told(self, parts: Iterator[tuple[list[int], RawTable]]) -> dict[int, Rejected]:
        """What became of rows that have to do with refunds, among these (numbers and cells)."""
        entries: list[Entry] = []
        rows: dict[tuple[int, int], Rejected] = {}
        for numbers, raw in parts:
            marked = self.refunds.marked(as_fields(raw, self.taken), raw)
            for entry in entries_of(self.table, marked, 0, self.named):
                at = (0, numbers[entry.at[1]])
                entries.append(replace(entry, at=at))
                row = told_row(self.table, marked, entry.at[1], Ending("", ""), entry.amounts)
                rows[at] = replace(row, line=0)
        ended = endings(entries)
        return {at[1]: replace(rows[at], code=ending.code, reason=ending.reason) for at, ending in ended.items()}


def find_refunded(
    store: RemoteStore, dialect: Dialect, table: Table, source: RemoteSource, name: str
) -> Refunded | None:
    """``None`` if the mapping knows no refunds. Raises :class:`DataError` where nothing says what a row's number is."""
    refunds = None if source.mapping is None else source.mapping.refunds
    if refunds is None:
        return None
    refunds.refuse_key(table)
    store.create(name, {NUMBER: "VARCHAR"})
    seen: set[str] = set()
    for found in _originals(store, dialect, source, refunds, f"{name}_flagged"):
        new: Sequence[str] = sorted(found - seen)
        seen |= found
        if new:
            store.insert(name, {NUMBER: "VARCHAR"}, {NUMBER: new})
    return Refunded(dialect, table, source, refunds, name, frozenset(seen))


def _originals(
    store: RemoteStore, dialect: Dialect, source: RemoteSource, refunds: Refunds, flagged: str
) -> Iterator[set[str]]:
    kinds, names = source.kinds, (refunds.flag, refunds.original)
    flag, original = (dialect.read(kinds[name], exp.column(name, table="t", quoted=True)) for name in names)
    shown = [named(dialect.shown(kinds[refunds.flag], flag), "s0")]
    shown.append(named(dialect.shown(kinds[refunds.original], original), "s1"))
    relation = source.relation.copy()
    relation.set("alias", exp.TableAlias(this=exp.to_identifier("t")))
    query = exp.select(*shown).from_(relation).where(_may_be_refund(dialect, refunds, kinds[refunds.flag], flag))
    makers = [dialect.cell_maker(kinds[name]) for name in names]
    store.create_from(flagged, query, source.origin)
    for rows in store.chunks(exp.select("s0", "s1").from_(quoted_table(flagged)), _AT_ONCE):
        cells = [tuple(refunds.text(make(text)) for make, text in zip(makers, row, strict=True)) for row in rows]
        yield {number for mark, number in cells if mark in refunds.values} - {""}
    store.drop(flagged)


def _may_be_refund(dialect: Dialect, refunds: Refunds, kind: str, flag: Sql) -> Sql:
    return surely(some([one_of(dialect.code(kind, flag), refunds.values), unsure(dialect, kind, flag)]))


def unsure(dialect: Dialect, kind: str, cell: Sql) -> Sql:
    """TRUE where the text of a cell, as codes are written, is not surely what Python makes of it."""
    tight = surely(dialect.typed(dialect.text_kind(), dialect.code(kind, cell), _ANYTHING).good)
    return exp.paren(negated(some([exp.paren(dialect.is_empty(kind, cell)), tight])))
