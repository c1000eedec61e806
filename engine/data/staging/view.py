"""The select behind a view: clean rows straight from the file, the others from the table of rows typed in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from engine.data.staging.files import RN, RawFile
from engine.data.staging.model import ROW, StagedColumn
from engine.data.staging.source_column import Seen, SourceColumn
from engine.data.staging.sql import Sql, cast, column, func, named, quoted_table, run, select_from, surely, try_cast
from engine.data.staging.storage import WIDE, digits_of, is_ordered, sql_type
from engine.language.types import Kind


@dataclass(frozen=True)
class Shape:
    """How a column comes out: its SQL type, and whether it has a flag for values out of range."""

    kind: str
    flagged: bool


def shapes_of(columns: Mapping[str, StagedColumn]) -> dict[str, Shape]:
    """The shapes of measured columns."""
    return {name: Shape(sql_type(c.field, c.low, c.high), c.out_of_range is not None) for name, c in columns.items()}


def widest(columns: Sequence[SourceColumn]) -> dict[str, Shape]:
    """Shapes that hold whatever the rows are."""
    return {c.field.name: Shape(sql_type(c.field, -WIDE, WIDE), True) for c in columns}


def view_query(
    file: RawFile,
    columns: Sequence[SourceColumn],
    seen: Mapping[str, Seen],
    shapes: Mapping[str, Shape],
    odd: str | None,
) -> Sql:
    """``odd``: the table with the numbers of the rows to leave out; ``None``: there are none."""
    straight: list[Sql] = [named(column(RN), ROW)]
    again: list[Sql] = [column(ROW)]
    for c in columns:
        shape, what = shapes[c.field.name], seen[c.field.name]
        value, flag = c.typed(what)
        straight.append(named(as_shape(value, shape.kind, c, what), f"c{c.place}"))
        again.append(named(cast(column(f"c{c.place}"), shape.kind), f"c{c.place}"))
        if shape.flagged:
            straight.append(named(flag, f"o{c.place}"))
            again.append(column(f"o{c.place}"))
    clean = clean_rows(file, odd, straight)
    if odd is None:
        return clean
    return exp.union(clean, exp.select(*again).from_(quoted_table(more_of(odd))), distinct=False)


def clean_rows(file: RawFile, odd: str | None, expressions: Sequence[Sql]) -> exp.Select:
    """All rows of the file but those numbered in the table ``odd``."""
    rows = select_from(file.query, *expressions)
    if odd is None:
        return rows
    same = exp.column(RN, table="s", quoted=True).eq(exp.column(ODD_ROW, table="o", quoted=True))
    return rows.join(exp.alias_(quoted_table(odd), "o", table=True), on=same, join_type="anti")


ODD_ROW = "odd"
"""The column of the table of odd rows that has their numbers."""


def more_of(odd: str) -> str:
    """The table with the good ones among the odd rows."""
    return f"{odd}_more"


def measured(connection: Any, query: Sql, columns: Sequence[SourceColumn]) -> tuple[int, dict[str, StagedColumn]]:
    """Count and columns of a select of the widest shapes."""
    measures: list[Sql] = [exp.Count(this=exp.Star())]
    for c in columns:
        value, flag = column(f"c{c.place}"), column(f"o{c.place}")
        measures += [surely(func("bool_or", condition)) for condition in (value.is_(exp.null()), flag)]
        measures += [func("min", value), func("max", value)] if is_ordered(c.field) else [exp.null(), exp.null()]
    whole = exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier("q")))
    count, *found = run(connection, exp.select(*measures).from_(whole)).fetchone()
    parts = [found[start : start + 4] for start in range(0, len(found), 4)]
    return count, {c.field.name: _column(c, *part) for c, part in zip(columns, parts, strict=True)}


def columns_seen(columns: Sequence[SourceColumn], seen: Mapping[str, Seen]) -> dict[str, StagedColumn]:
    """The columns of a file whose rows are all clean."""
    result = {}
    for c in columns:
        what = seen[c.field.name]
        there: list[Any] = [bound for bound in (what.low, what.high) if bound is not None]
        if what.empty and c.default is not None and is_ordered(c.field):
            there.append(c.default)
        low, high = (min(there), max(there)) if there else (None, None)
        result[c.field.name] = _column(c, what.empty and c.default is None, what.outside, low, high)
    return result


def _column(c: SourceColumn, nullable: bool, flagged: bool, low: Any, high: Any) -> StagedColumn:
    flag = f"o{c.place}" if flagged else None
    return StagedColumn(c.field, f"c{c.place}", flag, nullable, low, high, digits_of(c.field))


def as_shape(value: Sql, kind: str, c: SourceColumn, seen: Seen) -> Sql:
    """``value`` at the type of the column; rows that are left out may hold what does not fit it."""
    if c.field.type.kind is not Kind.NUMBER:
        return value
    return try_cast(value, kind) if seen.odd or sql_type(c.field, seen.low, seen.high) != kind else cast(value, kind)
