"""Rows into PostgreSQL and out of it by COPY, with DuckDB for the files at both ends. No number becomes a float."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from psycopg import Cursor, sql
from sqlglot import exp

from engine.data.duckdb_files import memory_connection
from engine.data.staging.model import StagedTable
from engine.data.staging.sql import cast, column, func, named, quoted_table, run, select_from, text
from engine.databases.moved import spec_of

LINES = 20_000
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_TABLE = str.maketrans(_ESCAPES)
_NULL = "\\N"


def copy_in(cursor: Cursor[Any], table: str, columns: Iterable[str], lines: Iterable[str]) -> None:
    """Appends lines of the text format of COPY to a table."""
    listed = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), listed)
    with cursor.copy(statement) as copy:
        for line in lines:
            copy.write(line + "\n")


def lines_of(cells: Sequence[Sequence[Any]]) -> Iterator[str]:
    """Lines of rows that stand in Python, a list of equal length for each column."""
    for row in zip(*([_shown(cell) for cell in listed] for listed in cells), strict=True):
        yield "\t".join(row)


def _shown(cell: Any) -> str:
    if cell is None:
        return _NULL
    if isinstance(cell, str):
        return cell.translate(_TABLE)
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return str(cell)  # whole numbers, true and false


def moved(database: Any, cursor: Cursor[Any], staged: StagedTable, connection: Any) -> StagedTable:
    """A table that was staged in DuckDB, in PostgreSQL (``database``) under the same name."""
    spec = spec_of(staged)
    database.create(staged.relation, spec)
    cells = [_cell(name, kind) for name, kind in spec.items()]
    line: exp.Expr = cells[0]
    for cell in cells[1:]:
        line = exp.DPipe(this=exp.DPipe(this=line, expression=text("\t")), expression=cell)
    found = run(connection, select_from(quoted_table(staged.relation), named(line, "line")))
    copy_in(cursor, staged.relation, spec, _fetched(found))
    return replace(staged, store=database)


def _cell(name: str, kind: str) -> exp.Expr:
    shown: exp.Expr = column(name)
    if kind == "VARCHAR":
        for mark, written in _ESCAPES.items():
            shown = func("replace", shown, text(mark), text(written))
    return exp.Coalesce(this=cast(shown, "VARCHAR"), expressions=[text(_NULL)])


def _fetched(found: Any) -> Iterator[str]:
    while rows := found.fetchmany(LINES):
        yield "\n".join(line for (line,) in rows)


def parquet_of(cursor: Cursor[Any], query: str, headings: Sequence[str], types: Sequence[str], path: Path) -> None:
    """A Parquet file of the rows of ``query``, whose columns have these DuckDB types, under these headings."""
    texts = [f"x{place}" for place, kind in enumerate(types) if kind == "VARCHAR"]
    forced = f", FORCE_QUOTE ({', '.join(texts)})" if texts else ""
    with tempfile.TemporaryDirectory(prefix="casemix-") as folder:
        between = Path(folder) / "rows.csv"
        with between.open("wb") as stream, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv{forced})") as copy:  # type: ignore[arg-type]
            for block in copy:
                stream.write(block)
        _write_parquet(between, headings, types, path)


def _write_parquet(csv: Path, headings: Sequence[str], types: Sequence[str], path: Path) -> None:
    columns = {f"x{place}": kind for place, kind in enumerate(types)}
    shown = ", ".join(f"x{place} AS {_quoted_name(heading)}" for place, heading in enumerate(headings))
    read = (
        "read_csv($1, auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', "
        f"allow_quoted_nulls = false, new_line = '\\n', parallel = false, columns = {_struct(columns)})"
    )
    connection = memory_connection()
    try:
        if csv.stat().st_size:
            query = f"SELECT {shown} FROM {read}"
            connection.execute(f"COPY ({query}) TO $2 (FORMAT parquet, COMPRESSION zstd)", [str(csv), str(path)])
        else:
            nothing = ", ".join(
                f"CAST(NULL AS {kind}) AS {_quoted_name(heading)}"
                for heading, kind in zip(headings, types, strict=True)
            )
            query = f"SELECT {nothing} WHERE FALSE"
            connection.execute(f"COPY ({query}) TO $1 (FORMAT parquet, COMPRESSION zstd)", [str(path)])
    finally:
        connection.close()


def _quoted_name(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql("duckdb")


def _struct(columns: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items()) + "}"
