"""Rows that SQL was not sure of, or whose key stands twice: typed and refused by the code that types files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlglot import exp

from engine.data.cells.reader import out_of_range
from engine.data.overlay import overlay
from engine.data.refund_endings import CANCELLED
from engine.data.refunds import without
from engine.data.staging.model import ROW
from engine.data.staging.records import is_unresolved, plain
from engine.data.staging.remote.columns import RAW, RemoteColumn, source_names
from engine.data.staging.remote.dialect import Dialect, RemoteSource, RemoteStore
from engine.data.staging.remote.refunded import Refunded
from engine.data.staging.sql import Sql, column, negated, quoted_table
from engine.data.staging.storage import NARROW, Stored, sql_type, storer_of, value_of
from engine.data.taken import as_fields
from engine.data.typed import Key, Part, Rejected, typed_part
from engine.data.values import BadCell, Cell
from engine.files.raw import RawTable
from engine.rulebook.model import Table

AT_ONCE = 20_000
WIDEST = "INT128"


@dataclass(frozen=True)
class OddRows:
    """Rows of ``first``, the table of :func:`engine.data.staging.remote.columns.typing_query`."""

    store: RemoteStore
    dialect: Dialect
    table: Table
    source: RemoteSource
    columns: Sequence[RemoteColumn]
    wanted: Sequence[str]
    optional: frozenset[str]
    first: str
    refunded: Refunded | None = None

    @cached_property
    def ended(self) -> dict[int, Rejected]:
        """The rows that have to do with refunds, by number, with what became of them."""
        return {} if self.refunded is None else self.refunded.told(self._raw(None, None))

    def parts(self, wanted: Sequence[str], inside: Sql | None, outside: Sql | None) -> Iterator[tuple[list[int], Part]]:
        """Row numbers and typed cells of the odd rows, those ``inside`` or not ``outside`` a query's row numbers.

        The lines of a part are row numbers + 1, so that a row can be told from another.
        """
        for numbers, raw in self._raw(inside, outside):
            gone = {place for place, number in enumerate(numbers) if number in self.ended}
            fields = as_fields(without(raw, gone), [c.taken for c in self.columns if c.taken is not None])
            kept = [number for place, number in enumerate(numbers) if place not in gone]
            yield kept, typed_part(self.table, fields, wanted)

    def _raw(self, inside: Sql | None, outside: Sql | None) -> Iterator[tuple[list[int], RawTable]]:
        names = source_names(self.columns, self.refunded)
        makers = [self.dialect.cell_maker(self.source.kinds[name]) for name in names]
        query = exp.select(column(ROW), column(RAW)).from_(quoted_table(self.first))
        query = _among(query.where(negated(column(RAW).is_(exp.null()))), inside, outside)
        for rows in self.store.chunks(query, AT_ONCE):
            numbers = [int(rn) for rn, _ in rows]
            listed = [self.dialect.listed(raw) for _, raw in rows]
            cells = [tuple(make(text) for make, text in zip(makers, raw, strict=True)) for raw in listed]
            yield numbers, RawTable(self.table.name, tuple(names), cells, [n + 1 for n in numbers], self.source.origin)

    def keys(self, name: str) -> None:
        """The keys of the odd rows that have one, as the table ``name``: ROW and the key columns."""
        keys = [c for c in self.columns if c.is_key]
        spec = {ROW: "BIGINT"} | {c.name: sql_type(c.field, -NARROW, NARROW) for c in keys}
        self.store.create(name, spec)
        storers = [storer_of(c.field, self.source.origin) for c in keys]
        for numbers, part in self.parts(self.table.key, None, None):
            known = [place for place, key in enumerate(part.keys) if key is not None]
            if not known:
                continue
            cells: dict[str, Sequence[Any]] = {ROW: [numbers[place] for place in known]}
            for c, store in zip(keys, storers, strict=True):
                values = part.columns[c.field.name]
                cells[c.name] = [store(values[place]) for place in known]  # type: ignore[arg-type]
            self.store.insert(name, spec, cells)

    def typed(self, more: str, twice: str) -> tuple[list[Rejected], Collection[str], int]:
        """Types the odd rows; the good ones go to the table ``more``.

        Gives the rejected rows, the columns in which a number has more than 18 digits, and the number of rows there.
        """
        spec = self._spec(WIDEST)
        self.store.create(more, spec)
        rejected: list[Rejected] = []
        wide: set[str] = set()
        count = 0
        again = None if not twice else exp.select(column(ROW)).from_(quoted_table(twice))
        for _, part in self.parts(self.wanted, None, again):
            rows, sources, refused = overlay(self.table, [part], self.wanted, self.optional)
            rejected += refused
            if rows:
                wide |= self._keep(more, spec, [line - 1 for _, line in sources], rows)
                count += len(rows)
        if again is not None:
            rejected += self._refused_twice(again)
        rejected += [row for row in self.ended.values() if row.code != CANCELLED]
        unplaced = [replace(row, line=0) for row in rejected]
        return sorted(unplaced, key=lambda row: (row.key_text, row.code, row.reason)), wide, count

    def _refused_twice(self, again: exp.Select) -> list[Rejected]:
        """All rows whose key stands twice, at once: the odd ones as typed again, the others from their values."""
        found = [part for _, part in self.parts(self.wanted, again, None)] + list(self._clean(again))
        names = list(dict.fromkeys(name for part in found for name in part.columns))
        columns: dict[str, list[Cell | BadCell]] = {
            name: [cell for part in found for cell in part.columns[name]] for name in names
        }
        keys = [key for part in found for key in part.keys]
        keyless = tuple(row for part in found for row in part.keyless)
        whole = Part(self.source.origin, keys, columns, [0] * len(keys), keyless)
        _, _, refused = overlay(self.table, [whole], self.wanted, self.optional)
        return refused

    def _clean(self, again: exp.Select) -> Iterator[Part]:
        delivered = [c for c in self.columns if c.taken is not None or c.is_key]
        shown = [name for c in delivered for name in (c.name, c.flag) if name is not None]
        query = exp.select(*(column(name) for name in shown)).from_(quoted_table(self.first))
        for rows in self.store.chunks(_among(query.where(column(RAW).is_(exp.null())), again, None), AT_ONCE):
            columns: dict[str, list[Cell | BadCell]] = {c.field.name: [] for c in delivered}
            for row in rows:
                cells = dict(zip(shown, row, strict=True))
                for c in delivered:
                    value = value_of(c.field, cells[c.name])
                    faulty = c.flag is not None and cells[c.flag]
                    columns[c.field.name].append(out_of_range(c.field, value) if faulty else value)
            keys: list[Key | None] = [
                tuple(columns[name][place] for name in self.table.key)  # type: ignore[misc]
                for place in range(len(rows))
            ]
            yield Part(self.source.origin, keys, columns, [0] * len(rows), ())

    def _spec(self, number: str) -> dict[str, str]:
        spec = {ROW: "BIGINT"}
        for c in self.columns:
            kind = sql_type(c.field, None, None)
            spec[c.name] = number if kind == "BIGINT" else kind
            if c.flag is not None:
                spec[c.flag] = "BOOLEAN"
        return spec

    def _keep(
        self, more: str, spec: Mapping[str, str], numbers: list[int], rows: Sequence[Mapping[str, Cell]]
    ) -> set[str]:
        cells: dict[str, Sequence[Any]] = {ROW: numbers}
        wide = set()
        for c in self.columns:
            name, store = c.field.name, storer_of(c.field, self.source.origin)
            stored: list[Stored] = [store(plain(row[name])) for row in rows]
            cells[c.name] = stored
            if spec[c.name] == WIDEST and any(abs(v) >= NARROW for v in stored if isinstance(v, int)):
                wide.add(c.name)
            if c.flag is not None:
                cells[c.flag] = [is_unresolved(row, name) for row in rows]
        self.store.insert(more, spec, cells)
        return wide


def _among(query: exp.Select, inside: Sql | None, outside: Sql | None) -> exp.Select:
    if inside is not None:
        query = query.where(exp.In(this=column(ROW), query=inside.copy().subquery()))  # type: ignore[attr-defined]
    if outside is not None:
        found = exp.In(this=column(ROW), query=outside.copy().subquery())  # type: ignore[attr-defined]
        query = query.where(negated(found))
    return query
