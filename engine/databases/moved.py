"""A table that was typed here, by DuckDB, in another database under the same name; rows of one as a Parquet file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlglot import exp

from engine.data.duckdb_files import memory_connection
from engine.data.staging import upload
from engine.data.staging.model import ROW, StagedTable, Store
from engine.data.staging.sql import column, named, quoted_table, run, select_from
from engine.data.staging.storage import sql_type

AT_ONCE = 20_000
_PARQUET = {
    exp.DataType.Type.BIGINT: "BIGINT",
    exp.DataType.Type.BOOLEAN: "BOOLEAN",
    exp.DataType.Type.DATE: "DATE",
    exp.DataType.Type.VARCHAR: "VARCHAR",
    exp.DataType.Type.TEXT: "VARCHAR",
}


def spec_of(staged: StagedTable) -> dict[str, str]:
    """The columns of a staged table and their types."""
    spec = {ROW: "BIGINT"}
    for one in staged.columns.values():
        spec[one.name] = sql_type(one.field, one.low, one.high)
        if one.out_of_range is not None:
            spec[one.out_of_range] = "BOOLEAN"
    return spec


def moved(there: Store, staged: StagedTable, connection: Any) -> StagedTable:
    """The rows of a table that was staged in DuckDB (``connection``), inserted into ``there`` some at a time."""
    spec = spec_of(staged)
    there.create(staged.relation, spec)
    found = run(connection, select_from(quoted_table(staged.relation), *(column(name) for name in spec)))
    while rows := found.fetchmany(AT_ONCE):
        there.insert(staged.relation, spec, dict(zip(spec, zip(*rows, strict=True), strict=True)))
    return replace(staged, store=there)


def statement_columns(query: exp.Select) -> tuple[list[str], list[str], exp.Select]:
    """Headings of a query that is written to a file, their types in DuckDB, which it says by casts, and the query with
    the columns x0, x1 … in their place.
    """
    headings = [one.alias_or_name for one in query.expressions]
    parts = [one.this if isinstance(one, exp.Alias) else one for one in query.expressions]
    bare = query.copy()
    bare.set("expressions", [exp.alias_(part.copy(), f"x{place}") for place, part in enumerate(parts)])
    return headings, [_duckdb_type(part) for part in parts], bare


def _duckdb_type(sql: exp.Expression) -> str:
    if isinstance(sql, exp.Cast):
        return sql.to.sql("duckdb") if sql.to.this is exp.DataType.Type.DECIMAL else _PARQUET[sql.to.this]
    return "VARCHAR"


def write_parquet(
    chunks: Iterable[Sequence[Sequence[Any]]], headings: Sequence[str], types: Sequence[str], path: Path
) -> None:
    """Rows of exact cells as a Parquet file; of numbers at most their own decimals are taken."""
    spec: Mapping[str, str] = {f"x{place}": kind for place, kind in enumerate(types)}
    connection = memory_connection()
    try:
        upload.create(connection, "rows", spec)
        for rows in chunks:
            listed = [[_text(cell) for cell in cells] for cells in zip(*rows, strict=True)]
            as_text = {name: "VARCHAR" for name in spec}
            upload.create(connection, "part", as_text)
            upload.insert(connection, "part", as_text, dict(zip(spec, listed, strict=True)))
            connection.execute("INSERT INTO rows SELECT * FROM part")
        shown = [named(column(name), heading) for name, heading in zip(spec, headings, strict=True)]
        query = select_from(quoted_table("rows"), *shown).sql("duckdb")
        connection.execute(f"COPY ({query}) TO $1 (FORMAT parquet, COMPRESSION zstd)", [str(path)])
    finally:
        connection.close()


def _text(cell: Any) -> str | None:
    """Of a number all digits, never with an exponent."""
    if cell is None:
        return None
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
