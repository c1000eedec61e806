"""A view over one file: scan it, find the odd rows, type those in Python, lay the view, measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from engine.data.staging.delivery import FileDelivery
from engine.data.staging.duplicates import find_twice, hashes
from engine.data.staging.files import RawFile
from engine.data.staging.measured import Measured
from engine.data.staging.model import StagedColumn, StagedTable
from engine.data.staging.odd import CHUNK, TWICE, OddRows
from engine.data.staging.scan import odd_rows, scan
from engine.data.staging.source_column import Seen, SourceColumn
from engine.data.staging.sql import Sql, column, func, named, quoted_table, select_from
from engine.data.staging.storage import storer_of
from engine.data.staging.upload import DuckStore, create_as, drop
from engine.data.staging.view import ODD_ROW, columns_seen, measured, shapes_of, view_query, widest
from engine.data.typed import Rejected
from engine.files.stamps import Stamp
from engine.rulebook.model import Table

_TOO_MANY = 5
"""A CSV is read again for every piece of its odd rows; if those are a fifth of all, Python reads it faster."""


@dataclass(frozen=True)
class ViewOf:
    """What is to be staged: the ``wanted`` fields of ``file``, as the view ``name``. ``measured``: what is known to be
    in the very same file.
    """

    connection: Any
    table: Table
    file: RawFile
    wanted: Sequence[str]
    optional: frozenset[str]
    name: str
    measured: Measured | None = None


@dataclass(frozen=True)
class Made:
    """A view that was laid."""

    view: ViewOf
    columns: dict[str, StagedColumn]
    count: int
    rejected: list[Rejected]
    seen: Mapping[str, Seen] | None = None

    def staged(self, unknown: tuple[str, ...], missing: tuple[str, ...], digest: str, stamp: Stamp) -> StagedTable:
        view = self.view
        measured = None if self.seen is None else Measured(self.count, self.seen, digest)
        delivery = FileDelivery(view.connection, view.file, stamp, measured)
        return StagedTable(
            view.table,
            view.name,
            self.columns,
            self.count,
            self.rejected,
            unknown,
            missing,
            True,
            digest,
            DuckStore(view.connection),
            delivery,
        )


def stage_view(view: ViewOf) -> Made | None:
    """``None`` if the rows are not those Python would read, or no view is faster."""
    columns = source_columns(view)
    if any(c.is_key and c.raw is None and c.default is None for c in columns):
        return None  # no row has a key
    if not any(c.is_key and c.raw is not None for c in columns):
        return None  # all rows have the same key
    known = view.measured
    if known is not None and known.seen.keys() == {c.field.name for c in columns}:
        return _all_clean(view, columns, known.rows, known.seen)
    rows, unclean, seen = scan(view.connection, view.file, columns)
    if view.file.rows is not None and view.file.rows != rows:
        return None
    if view.file.whole_rows and unclean > CHUNK and unclean * _TOO_MANY > rows:
        return None
    odd = _odd_table(view, columns, seen, rows, unclean)
    if odd is None:
        return _all_clean(view, columns, rows, seen)
    wide = widest(columns)
    rejected = OddRows(view.connection, view.table, view.file, columns, view.optional, odd).typed(view.wanted, wide)
    count, staged = measured(view.connection, view_query(view.file, columns, seen, wide, odd), columns)
    _lay(view, view_query(view.file, columns, seen, shapes_of(staged), odd))
    return Made(view, staged, count, rejected)


def _all_clean(view: ViewOf, columns: Sequence[SourceColumn], rows: int, seen: Mapping[str, Seen]) -> Made:
    staged = columns_seen(columns, seen)
    _lay(view, view_query(view.file, columns, seen, shapes_of(staged), None))
    return Made(view, staged, rows, [], seen)


def source_columns(view: ViewOf) -> list[SourceColumn]:
    """The columns of the view; a computed field that the file does not have is none."""
    result: list[SourceColumn] = []
    for name in view.wanted:
        field, raw = view.table.fields[name], view.file.raw(name)
        if raw is None and name in view.optional and name not in view.table.key:
            continue
        kind = "" if raw is None else view.file.kinds[view.file.titles.index(name)]
        default = storer_of(field, view.file.origin)(field.default) if field.has_default else None
        result.append(SourceColumn(field, len(result), raw, kind, name in view.table.key, default))
    return result


def _odd_table(
    view: ViewOf, columns: Sequence[SourceColumn], seen: dict[str, Seen], rows: int, unclean: int
) -> str | None:
    """The table of the rows that are not clean or whose key may stand twice; ``None`` if there are none."""
    connection, file, wide = view.connection, view.file, widest(columns)
    first, keys, twice, odd = (f"{view.name}_{part}" for part in ("unclean", "keys", "twice", "odd"))
    if unclean:
        numbers = select_from(odd_rows(file, columns, seen), named(column("rn"), ODD_ROW), named(exp.false(), TWICE))
        create_as(connection, first, numbers)
        OddRows(connection, view.table, file, columns, view.optional, first).keys(keys, wide)
    some = (first, keys) if unclean else (None, None)
    found = find_twice(connection, twice, rows, hashes(file, columns, seen, wide, *some))
    if not unclean and not found:
        return None
    parts: list[Sql] = []
    if unclean:
        parts.append(exp.select(column(ODD_ROW), column(TWICE)).from_(quoted_table(first)))
    if found:
        parts.append(exp.select(column(ODD_ROW), named(exp.true(), TWICE)).from_(quoted_table(twice)))
    both = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False)
    flag = named(func("bool_or", column(TWICE)), TWICE)
    create_as(connection, odd, select_from(both, column(ODD_ROW), flag).group_by(column(ODD_ROW)))
    for table in (first, keys, twice, f"{twice}_hash"):
        drop(connection, table)
    return odd


def _lay(view: ViewOf, query: Sql) -> None:
    create_as(view.connection, view.name, query, "VIEW")
