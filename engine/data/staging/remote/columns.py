"""The query that types a table: cells of the source, their values where SQL is sure, and the cells of other rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from engine.data.staging.identifiers import sound
from engine.data.staging.model import ROW
from engine.data.staging.range_sql import outside, range_fits
from engine.data.staging.remote.dialect import Dialect, RemoteSource, RemoteStore, Typed
from engine.data.staging.remote.mapped import Mapped, mapped
from engine.data.staging.remote.refunded import Refunded, unsure
from engine.data.staging.sql import (
    Sql,
    cast,
    column,
    every,
    named,
    negated,
    null,
    select_from,
    some,
    surely,
    text,
    when,
)
from engine.data.staging.storage import Stored, sql_type, storer_of
from engine.data.taken import Taken
from engine.rulebook.model import Field, Table

RAW = "raw"
"""The column of :func:`typing_query` that has the cells of a row that Python is to type, else NULL."""
CONCERNED = "refund"


@dataclass(frozen=True)
class RemoteColumn:
    """``taken``: where its cells come from (``None``: not delivered); ``place``: c0, c1 … in the order wanted."""

    field: Field
    place: int
    taken: Taken | None
    is_key: bool
    default: Stored

    @property
    def name(self) -> str:
        return f"c{self.place}"

    @property
    def flag(self) -> str | None:
        """The column that says where a value is out of range; a key never is, its row is rejected."""
        return f"o{self.place}" if self.field.range is not None and not self.is_key else None

    @property
    def is_changed(self) -> bool:
        """Whether a mapping does something to the cells."""
        return self.taken is not None and bool(self.taken.columns) and not self.taken.is_plain

    def good_empty(self) -> bool:
        """Whether an empty cell makes a value, or may be absent."""
        return self.default is not None or (self.field.nullable and not self.is_key)

    def stored_default(self) -> Sql:
        kind = sql_type(self.field, self.default, self.default)
        return null(kind) if self.default is None else cast(text(str(self.default)), kind)


def remote_columns(
    table: Table, source: RemoteSource, wanted: Sequence[str], optional: frozenset[str]
) -> list[RemoteColumn]:
    """The columns of the staged table; a computed field that was not delivered is none."""
    taken = {one.field: one for one in source.chosen}
    result: list[RemoteColumn] = []
    for name in wanted:
        field = table.fields[name]
        if name not in taken and name in optional and name not in table.key:
            continue
        default = storer_of(field, source.origin)(field.default) if field.has_default else None
        result.append(RemoteColumn(field, len(result), taken.get(name), name in table.key, default))
    return result


def source_names(columns: Sequence[RemoteColumn], refunded: Refunded | None) -> list[str]:
    """The columns of the source that are read, each once."""
    read = [name for c in columns if c.taken is not None for name in c.taken.columns]
    return list(dict.fromkeys([*read, *(refunded.columns if refunded is not None else ())]))


def typing_query(
    store: RemoteStore,
    dialect: Dialect,
    source: RemoteSource,
    columns: Sequence[RemoteColumn],
    refunded: Refunded | None = None,
) -> exp.Select:
    """ROW, c0 …, o0 … and RAW of every row of the source."""
    names = source_names(columns, refunded)
    cells = _Cells(dialect, source, names)
    base: list[Sql] = [named(dialect.row_number(), ROW)]
    for place, name in enumerate(names):
        cell = exp.column(name, table="t", quoted=True)
        taken = dialect.local(cell, source.zone) if name in source.zoned else dialect.read(source.kinds[name], cell)
        base.append(named(taken, f"r{place}"))
    relation = source.relation.copy()
    relation.set("alias", exp.TableAlias(this=exp.to_identifier("t")))
    query = store.fenced(exp.select(*base).from_(relation))
    changed = [sql for c in columns if c.is_changed for sql in cells.changed(c)]
    query = store.fenced(select_from(query, exp.Star(), *changed)) if changed else query
    query = query if refunded is None else store.fenced(_with_refunds(query, cells, columns, refunded))
    values = [named(_value(cells, c), f"v{c.place}") for c in columns if c.taken is not None]
    query = store.fenced(select_from(query, exp.Star(), *values))
    return select_from(query, column(ROW), *_outer(cells, columns, refunded is not None))


def _with_refunds(query: exp.Select, cells: _Cells, columns: Sequence[RemoteColumn], refunded: Refunded) -> exp.Select:
    """With the column CONCERNED: whether a row has, or may have, to do with a refund."""
    flag_kind, flag = cells.column(refunded.refunds.flag)
    if refunded.refunds.number is not None:
        kind, cell = cells.column(refunded.refunds.number)
        number, doubtful = cells.dialect.code(kind, cell), unsure(cells.dialect, kind, cell)
    else:
        key = next(c for c in columns if c.is_key)
        number, doubtful = cells.number(key)
    shown = named(refunded.concerned(flag_kind, flag, number, doubtful), CONCERNED)
    return refunded.joined(select_from(query, exp.Star(), shown), number)


@dataclass(frozen=True)
class _Cells:
    """The cells of each column as SQL: r0 … as they stand in the source; where a mapping changes them x0 …, which are
    NULL where that is not sure, and e0 …: whether they are surely empty.
    """

    dialect: Dialect
    source: RemoteSource
    names: list[str]

    def changed(self, c: RemoteColumn) -> list[Sql]:
        made = self._mapped(c)
        return [named(made.value, f"x{c.place}"), named(made.empty, f"e{c.place}")]

    def typed(self, c: RemoteColumn) -> Typed:
        if not range_fits(c.field):
            return Typed(exp.false(), null(sql_type(c.field, None, None)))  # the reader says what is wrong
        kind, cell = (self._mapped(c).kind, column(f"x{c.place}")) if c.is_changed else self._raw(c)
        typed = self.dialect.typed(kind, cell, c.field)
        is_sound = sound(c.field, typed.value, self.dialect.matches)
        return typed if is_sound == exp.true() else Typed(when(typed.good, is_sound, exp.false()), typed.value)

    def is_empty(self, c: RemoteColumn) -> Sql:
        return column(f"e{c.place}") if c.is_changed else self.dialect.is_empty(*self._raw(c))

    def _raw(self, c: RemoteColumn) -> tuple[str, Sql]:
        assert c.taken is not None
        if not c.taken.columns:
            return self.dialect.text_kind(), cast(text(c.taken.constant or ""), "VARCHAR")
        return self.column(c.taken.columns[0])

    def number(self, c: RemoteColumn) -> tuple[Sql, Sql]:
        """The text of a key, as codes are written, and where that is not sure."""
        if c.is_changed:
            cell = column(f"x{c.place}")
            return self.dialect.code(self._mapped(c).kind, cell), cell.is_(exp.null())
        kind, raw = self._raw(c)
        return self.dialect.code(kind, raw), unsure(self.dialect, kind, raw)

    def column(self, name: str) -> tuple[str, Sql]:
        return self.source.kinds[name], column(f"r{self.names.index(name)}")

    def _mapped(self, c: RemoteColumn) -> Mapped:
        assert c.taken is not None
        return mapped(self.dialect, c.taken, [self.column(name) for name in c.taken.columns])


def _value(cells: _Cells, c: RemoteColumn) -> Sql:
    """The stored value of a good cell, NULL of any other; a key out of range is not good."""
    typed = cells.typed(c)
    return typed.value if typed.good == exp.true() and not c.is_changed else when(typed.good, typed.value)


def _outer(cells: _Cells, columns: Sequence[RemoteColumn], refunds: bool) -> list[Sql]:
    shown: list[Sql] = []
    clean: list[Sql] = [negated(column(CONCERNED))] if refunds else []
    for c in columns:
        value = column(f"v{c.place}")
        if c.taken is None:
            shown.append(named(c.stored_default(), c.name))
            shown += [named(exp.false(), c.flag)] if c.flag else []
            continue
        known = negated(value.is_(exp.null()))
        if c.is_key and c.field.range is not None:
            known = every([known, negated(surely(outside(c.field, value)))])
        clean.append(exp.paren(some([known, exp.paren(cells.is_empty(c))])) if c.good_empty() else exp.paren(known))
        filled = value if c.default is None else exp.Coalesce(this=value, expressions=[c.stored_default()])
        shown.append(named(filled, c.name))
        shown += [named(surely(outside(c.field, value)), c.flag)] if c.flag else []
    texts = [
        cells.dialect.shown(cells.source.kinds[name], column(f"r{place}")) for place, name in enumerate(cells.names)
    ]
    sure = every(clean)
    array = cells.dialect.array(texts)
    raw = exp.Case(ifs=[exp.If(this=sure, true=exp.null())], default=array)
    return [*shown, named(raw, RAW)]
