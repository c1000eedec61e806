"""What a view can stand on: one Parquet file or its parts, one table of a DuckDB file, or one plain CSV, as a select.

The select of a :class:`RawFile` has ``rn`` (unique, from 0), ``line`` and a column for each of the file: r0, r1 …
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlglot import exp

from engine.data.duckdb_files import generated_columns, is_native
from engine.data.duckdb_moments import LOCAL, MOMENT, is_moment, moments_of_parquet
from engine.data.places import Source
from engine.data.plain_paths import literal_path, plain_path
from engine.data.staging.csv_plain import PlainCsv
from engine.data.staging.csv_quotes import LinesOfRows
from engine.data.staging.sql import Sql, cast, column, func, named, quoted_table, run, select_from, text, whole
from engine.files.raw import trimmed_header

RN, LINE = "rn", "line"
MOST_BYTES = 131_072
"""Of a line of a CSV."""
_KNOWN = re.compile(
    r"((U?(TINY|SMALL|BIG)INT|U?INTEGER|HUGEINT|DECIMAL\(.*\)|DOUBLE|FLOAT|BOOLEAN|DATE|TIMESTAMP|VARCHAR)$|ENUM\()"
)


@dataclass(frozen=True)
class RawFile:
    """``titles[i]`` and ``kinds[i]``: name and SQL type of column ri. ``rows``: how many there must be, where known.

    ``whole_rows``: a row may be blank, which is seen only when all its cells are looked at. ``lines``: where rows begin
    that the select says to be on a line, if rows may have more than one.
    """

    origin: str
    titles: tuple[str, ...]
    kinds: tuple[str, ...]
    query: exp.Select
    whole_rows: bool = False
    rows: int | None = None
    lines: LinesOfRows = field(default_factory=LinesOfRows)

    def raw(self, title: str) -> str | None:
        """The column of that title."""
        return f"r{self.titles.index(title)}" if title in self.titles else None


def is_known(kind: str) -> bool:
    """Whether cells of an SQL type can be read by a view."""
    return _KNOWN.match(kind) is not None


def parquet_file(connection: Any, source: Source) -> RawFile | None:
    """``None`` if no view can stand on it. Raises ``duckdb.Error`` if it cannot be read."""
    paths = [literal_path(file) for file in source.files]
    path = exp.Array(expressions=[text(path) for path in paths])
    settings = [
        exp.EQ(this=exp.to_identifier("binary_as_string"), expression=exp.true()),
        exp.EQ(this=exp.to_identifier("hive_partitioning"), expression=exp.false()),  # no columns from names of folders
    ]
    numbered = exp.EQ(this=exp.to_identifier("file_row_number"), expression=exp.true())
    plain, full = func("read_parquet", path, *settings), func("read_parquet", path, *settings, numbered)
    described = _described(connection, plain)
    if any(name.casefold() == "file_row_number" for name, _ in described):
        return None
    moments = moments_of_parquet(connection, paths, dict(described), source.origin)
    if source.parts:
        number = exp.Window(this=exp.RowNumber())
        return _file(source, described, moments, plain, number - whole(1), number.copy())
    rn = column("file_row_number")
    return _file(source, described, moments, full, rn, rn + whole(1))


def database_file(connection: Any, source: Source) -> RawFile | None:
    """The same for a table of a DuckDB file, which is attached read-only."""
    catalog = _attached(connection, source.path)
    table = quoted_table(source.stored or source.table, "main", catalog)
    described = _described(connection, table)
    made = run(
        connection,
        exp.select(column("sql"))
        .from_(func("duckdb_tables"))
        .where(
            column("database_name").eq(text(catalog)),
            column("schema_name").eq(text("main")),
            column("table_name").eq(text(source.stored or source.table)),
        ),
    ).fetchall()
    odd = any(name.casefold() == "rowid" for name, _ in described)
    if odd or len(made) != 1 or re.search(r"\bcollate\b", made[0][0], re.I):
        return None
    rn = exp.column("rowid")
    last, count = run(connection, select_from(table, exp.Max(this=rn), exp.Count(this=exp.Star()))).fetchone()
    gapless = last is None or last + 1 == count
    in_order = exp.Window(
        this=exp.RowNumber(), order=exp.Order(expressions=[exp.Ordered(this=rn.copy(), nulls_first=False)])
    )
    moments = frozenset(name for name, kind in described if is_moment(kind))
    if moments and generated_columns(connection, source.stored or source.table, catalog):
        return None  # they read the time zone of the connection
    return _file(source, described, moments, table, rn, rn + whole(1) if gapless else in_order)


def csv_file(source: Source, plain: PlainCsv) -> RawFile:
    """The same for a CSV that was found to be plain: UTF-8, rows as RFC 4180 has them."""
    spec = [exp.PropertyEQ(this=text(f"r{i}"), expression=text("VARCHAR")) for i in range(len(plain.titles))]
    options: dict[str, Sql] = {
        "auto_detect": exp.false(),
        "header": exp.false(),
        "skip": whole(1),
        "columns": exp.Struct(expressions=spec),
        "delim": text(","),
        "quote": text('"'),
        "escape": text('"'),
        "strict_mode": exp.true(),
        "max_line_size": whole(MOST_BYTES),
    }
    if plain.lines.rows:  # from the middle of a file nobody can tell a row from a cell that looks like rows
        options["parallel"] = exp.false()
    settings = [exp.EQ(this=exp.to_identifier(name), expression=value) for name, value in options.items()]
    relation = func("read_csv", text(literal_path(source.path)), *settings)
    rn = exp.Window(this=exp.RowNumber()) - whole(1)
    described = [(f"r{i}", "VARCHAR") for i in range(len(plain.titles))]
    found = _file(source, described, frozenset(), relation, rn, exp.Window(this=exp.RowNumber()) + whole(1))
    return RawFile(source.origin, plain.titles, found.kinds, found.query, True, plain.rows, plain.lines)


def _file(
    source: Source, described: list[tuple[str, str]], moments: frozenset[str], relation: Sql, rn: Sql, line: Sql
) -> RawFile:
    zone = "" if source.mapping is None else source.mapping.zone
    cells, kinds = [], []
    for place, (name, kind) in enumerate(described):
        cell, read = _cell(name, kind, name in moments, zone)
        cells.append(named(cell, f"r{place}"))
        kinds.append(read)
    query = exp.select(named(rn, RN), named(line, LINE), *cells).from_(relation)
    titles = trimmed_header([name for name, _ in described], source.origin)
    return RawFile(source.origin, tuple(titles), tuple(kinds), query)


def _cell(name: str, kind: str, is_zoned: bool, zone: str) -> tuple[Sql, str]:
    """The cells of a column and their SQL type; without a zone a moment is of a type that no view reads."""
    cell = column(name)
    if not is_zoned:
        return (cell, kind) if is_native(kind) else (cast(cell, "VARCHAR"), kind)
    if not zone:
        return cast(cell, "VARCHAR"), MOMENT
    moment = cell if is_moment(kind) else func("timezone", text("UTC"), cast(cell, "TIMESTAMP"))
    return cast(func("timezone", text(zone), moment), LOCAL), LOCAL


def _described(connection: Any, relation: Sql) -> list[tuple[str, str]]:
    query = exp.Describe(this=exp.select("*").from_(relation))
    return [(name, kind) for name, kind, *_ in run(connection, query).fetchall()]


def _attached(connection: Any, path: Path) -> str:
    """The name under which the DuckDB file is attached."""
    databases = exp.select(column("database_name"), column("path")).from_(func("duckdb_databases"))
    there = {file: name for name, file in run(connection, databases).fetchall() if file is not None}
    place = str(plain_path(path.resolve()))
    if place not in there:
        taken = set(there.values())
        name = next(f"delivery{number}" for number in range(len(taken) + 1) if f"delivery{number}" not in taken)
        options = [exp.AttachOption(this=exp.Var(this="READ_ONLY"))]
        run(connection, exp.Attach(this=exp.alias_(text(place), name, quoted=True), expressions=options))
        there[place] = name
    return there[place]
