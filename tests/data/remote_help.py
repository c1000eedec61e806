"""A schema of a private PostgreSQL server with tables of a test, and whether staging them there is loading them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlglot import exp
from staging_help import assert_measured, outcome

from engine.data.load import LoadedTable, load_table
from engine.data.places import Places
from engine.data.staging.model import ROW, StagedTable
from engine.data.staging.storage import value_of
from engine.data.typed import Rejected
from engine.data.values import OutOfRange
from engine.databases.places import open_places
from engine.databases.registry import open_engine
from engine.language.values import render
from engine.rulebook.model import Table
from tests.databases import postgres_server, why_not

WHY_NOT = why_not("postgresql")
SCHEMA = "s"


def place(schema: str = SCHEMA) -> str:
    return f"{postgres_server.url()}?schema={schema}"


@contextmanager
def database() -> Iterator:
    """A connection that commits each statement."""
    import psycopg

    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        yield connection


def make(name: str, spec: Sequence[tuple[str, str]], rows: Sequence[Sequence[str | None]], schema: str = SCHEMA) -> str:
    """A table of one's own in an empty schema, its cells cast from text; gives the place."""
    from psycopg import sql

    with database() as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")
        table = sql.Identifier(schema, name)
        columns = [sql.SQL("{} {}").format(sql.Identifier(n), sql.SQL(kind)) for n, kind in spec]
        connection.execute(sql.SQL("CREATE TABLE {} ({})").format(table, sql.SQL(", ").join(columns)))
        marks = [sql.SQL("CAST(%s AS {})").format(sql.SQL(kind)) for _, kind in spec]
        insert = sql.SQL("INSERT INTO {} VALUES ({})").format(table, sql.SQL(", ").join(marks))
        with connection.transaction(), connection.cursor() as cursor:
            for row in rows:
                cursor.execute(insert, list(row))
    return place(schema)


def agree(what: Table, places: Places, engine: str = "", **options) -> StagedTable | None:
    """Stages and loads the table, asserts that the outcomes are the same, and gives what was staged.

    ``engine``: the address of another database than PostgreSQL.
    """
    loaded, wrong = outcome(lambda: load_table(what, places, **options))
    with open_engine(engine or postgres_server.url()) as opened:
        opened.join(places)
        needed, optional = options.get("columns_needed"), frozenset(options.get("optional_columns", ()))
        staged, staged_wrong = outcome(lambda: opened.stage(what, places, needed, optional, "t0"))
        assert staged_wrong == wrong
        if loaded is not None:
            assert_same(staged, loaded, opened)
        return staged


def assert_same(staged: StagedTable, loaded: LoadedTable, opened) -> None:
    assert told(staged.rejected) == told(loaded.rejected)
    assert [row.line for row in staged.rejected] == [0] * len(loaded.rejected)
    assert {row.origin for row in staged.rejected} == {row.origin for row in loaded.rejected}
    assert (staged.unknown_columns, staged.missing_columns) == (loaded.unknown_columns, loaded.missing_columns)
    assert (staged.count, staged.delivered) == (len(loaded.rows), loaded.delivered)
    found = records(staged, opened)
    assert len({row[ROW] for row in found}) == staged.count
    values = [{name: cell for name, cell in row.items() if name != ROW} for row in found]
    expected = {tuple(row[name] for name in loaded.table.key): row for row in loaded.rows}
    assert {tuple(row[name] for name in loaded.table.key): row for row in values} == expected
    if loaded.rows:
        assert list(staged.columns) == list(loaded.rows[0])
    kinds = kinds_of(opened)
    for name, column in staged.columns.items():
        assert_measured(column, [row[name] for row in loaded.rows], kinds)
    staged.unchanged()


def kinds_of(opened) -> dict[str, str]:
    """The types of the columns of ``t0``, as DuckDB names them."""
    if opened.engine == "mariadb":
        with opened.connection.cursor() as cursor:
            cursor.execute("DESCRIBE t0")
            found = {name: kind.partition("(")[0] for name, kind, *_ in cursor.fetchall()}
        shown = {"longtext": "VARCHAR", "decimal": "HUGEINT", "int": "INTEGER", "tinyint": "BOOLEAN"}
        return {name: shown.get(kind, kind.upper()) for name, kind in found.items()}
    query = exp.select(exp.column("attname"), exp.func("format_type", exp.column("atttypid"), exp.null()))
    listed = query.from_("pg_attribute").where("attrelid = CAST('t0' AS regclass)", "attnum > 0", "NOT attisdropped")
    shown = {"text": "VARCHAR", "numeric": "HUGEINT"}
    rows = opened.connection.execute(listed.sql("postgres")).fetchall()
    return {name: shown.get(kind, kind.upper()) for name, kind in rows}


def told(rows: Sequence[Rejected]) -> list:
    """What is said of rejected rows, whatever their order: key, field, reason, code, amounts."""
    return sorted((r.key_text, r.field, r.reason, r.code, tuple((n, str(a)) for n, a in r.amounts)) for r in rows)


def records(staged: StagedTable, opened) -> list[dict]:
    """Every row as ``record`` gives it, with its number."""
    result = []
    shown = [ROW, *(name for c in staged.columns.values() for name in (c.name, c.out_of_range) if name)]
    for row in opened.rows(exp.select(*shown).from_(staged.relation)):
        cells = dict(zip(shown, row, strict=True))
        record: dict = {ROW: cells[ROW]}
        for name, c in staged.columns.items():
            value = value_of(c.field, cells[c.name])
            flag = c.out_of_range is not None and cells[c.out_of_range]
            record[name] = OutOfRange(f"{name} {render(value)} 超出范围 {c.field.range}", value) if flag else value
        result.append(record)
    for record in result[:3]:
        assert staged.record(record[ROW]) == {name: cell for name, cell in record.items() if name != ROW}
    return result


__all__ = ["SCHEMA", "WHY_NOT", "agree", "database", "make", "open_places", "place", "told"]
