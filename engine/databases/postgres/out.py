"""The result of a run as a schema of a PostgreSQL database: all of it in one transaction, or nothing.

Statements are tables of their own names, with the headings as columns; ``留存_``, ``拒收_`` and ``冲销_`` stand before
the names of kept values, rejected and cancelled rows; 挂起 are the rows held, 运行 has what ``run.json`` says. The
comment of the schema says that a run made it and which tables are its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.data.duckdb_files import memory_connection
from engine.data.plain_paths import literal_path
from engine.data.staging.sql import Sql, cast, column, func, named, run, select_from, text
from engine.databases.out_place import REJECTS, RUN, RUN_COLUMN, OutTable
from engine.databases.postgres.address import LONGEST_NAME, PostgresAddress, refuse_name
from engine.databases.postgres.failures import said_of
from engine.databases.postgres.mark import COMMENT, Mark, mark_in
from engine.databases.postgres.server import COLUMNS, connect
from engine.databases.postgres.table_digest import table_digest
from engine.files.errors import DataError

TRIED = "casemix_试写"
WAIT = "30s"
"""How long a table of a former result is waited for that somebody else reads."""
_LINES = 20_000
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_THERE = """
SELECT c.relname, c.relkind::text FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind NOT IN ('i', 't', 'I')
UNION ALL SELECT p.proname, 'function' FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = %s
UNION ALL SELECT t.typname, 'type' FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname = %s AND t.typrelid = 0 AND t.typelem = 0
"""
_OID = """
SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s
"""


class OutSchema:
    """The schema of ``address``: it must be empty, not there, or (``replace``) a result of a run and nothing else."""

    def __init__(self, address: PostgresAddress, replace: bool) -> None:
        if address.schema == "public":
            raise DataError(
                f"{address.shown}：没有写明结果放在哪个模式",
                "写成 postgresql://…/数据库?schema=清算_2025，这个模式由运行新建",
            )
        self.address = address
        self._replace = replace

    def refuse_name(self, name: str, what: str) -> None:
        """Raises :class:`DataError` for what cannot be the name of a table or column."""
        refuse_name(name, what)

    def refuse_occupied(self) -> None:
        """Raises :class:`DataError` where :meth:`write` would, before anything is worked out: tried and undone."""
        with self._transaction() as connection:
            schema = self.address.schema
            if self._own_tables(connection) is None:
                connection.execute(_sql("CREATE SCHEMA {}", schema))
            connection.execute(_sql("CREATE TABLE {} ({} json)", (schema, TRIED), TRIED))
            connection.execute(_sql("COMMENT ON SCHEMA {} IS {}", schema, literal=""))
            connection.rollback()

    def write(self, tables: Sequence[OutTable], record: Mapping[str, Any]) -> None:
        """Everything at once. ``record``: what ``run.json`` says. Raises :class:`DataError`."""
        names = [table.name for table in tables] + [RUN]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise DataError(f"结果里有两张表叫 {'、'.join(twice)}", "给报表换一个名称，或用 --out 文件夹")
        for table in tables:
            refuse_name(table.name, "报表")
        fills = [(str(fill["table"]), str(fill["statement"])) for fill in record.get("fills", ())]
        with self._transaction() as connection:
            own = self._own_tables(connection)
            schema = self.address.schema
            if own is None:
                connection.execute(_sql("CREATE SCHEMA {}", schema))
            for name in own or ():
                connection.execute(_sql("DROP TABLE {}", (schema, name)))
            for table in tables:
                self._write(connection, table)
            connection.execute(_sql("CREATE TABLE {} ({} json NOT NULL)", (schema, RUN), RUN_COLUMN))
            said = json.dumps(record, ensure_ascii=False)
            connection.execute(_sql("INSERT INTO {} VALUES ({})", (schema, RUN), literal=said))
            digests = {name: _digest(connection, schema, name) for _, name in fills}
            comment = Mark(tuple(names), tuple(fills), digests, hashlib.sha256(said.encode()).hexdigest()).text()
            connection.execute(_sql("COMMENT ON SCHEMA {} IS {}", schema, literal=comment))
            connection.commit()

    def refuse_result(self) -> None:
        """Raises :class:`DataError` where a result stands there, rather than the refused rows of a run that stopped."""
        with self._transaction() as connection:
            comments = connection.execute(COMMENT, [self.address.schema]).fetchall()
        mark = mark_in(comments[0][0], self.address.schema) if comments else None
        if mark is not None and not mark.is_of_refused_rows:
            raise DataError(f"{self.address.shown}：这个模式里是一次运行的结果", "把它改名，或把结果写到别的模式")

    def clear(self, written_by: str) -> None:
        """Removes the schema if ``written_by`` left refused rows there and nobody put anything else in it."""
        with self._transaction() as connection:
            schema = self.address.schema
            own = self._own_tables(connection)
            if not own or RUN not in own or not all(name == RUN or name.startswith(REJECTS) for name in own):
                return
            said = connection.execute(_sql("SELECT {} ->> 'written_by' FROM {}", RUN_COLUMN, (schema, RUN))).fetchall()
            if said != [(written_by,)]:
                return
            for name in own:
                connection.execute(_sql("DROP TABLE {}", (schema, name)))
            connection.execute(_sql("DROP SCHEMA {}", schema))
            connection.commit()

    def _own_tables(self, connection: Any) -> list[str] | None:
        """The tables of an earlier result that are to go; ``None`` if there is no schema yet."""
        schema = self.address.schema
        connection.execute("SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(%s, 0))", [schema])
        comments = connection.execute(COMMENT, [schema]).fetchall()
        if not comments:
            return None
        there = connection.execute(_THERE, [schema] * 3).fetchall()
        mark = mark_in(comments[0][0], schema)
        if not there:
            return []
        connection.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
        if mark is None:
            raise DataError(f"{self.address.shown}：这个模式里有别的东西，不是运行结果", "换一个模式")
        if not self._replace:
            raise DataError(f"{self.address.shown}：这个模式里已有一次运行的结果", "换一个模式，或写 --replace")
        strangers = sorted(name for name, kind in there if kind != "r" or name not in mark.tables)
        if strangers:
            raise DataError(
                f"{self.address.shown}：这个模式里有不是那次运行写的：{'、'.join(strangers[:5])}", "先把它们移走"
            )
        return [name for name, _ in there]

    def _write(self, connection: Any, table: OutTable) -> None:
        where = (self.address.schema, table.name)
        with memory_connection() as files:
            relation = func("read_parquet", text(literal_path(table.file)))
            described = run(files, _describe(relation)).fetchall()
            headings = [name for name, *_ in described]
            shown = column_names(headings)
            kinds = [_kind(kind) for _, kind, *_ in described]
            spec = [part for name, kind in zip(shown, kinds, strict=True) for part in (name, kind)]
            columns = ", ".join("{} " + kind for kind in kinds)
            connection.execute(_sql(f"CREATE TABLE {{}} ({columns})", where, *spec[::2]))
            if headings:
                _copy_in(connection, where, _lines(files, relation, headings, kinds))
        name_of = dict(zip(headings, shown, strict=True))
        for heading, name in name_of.items():
            comment = table.comments.get(heading, "") or (heading if heading != name else "")
            if comment:
                connection.execute(_sql("COMMENT ON COLUMN {} IS {}", (*where, name), literal=comment))
        if table.comment:
            connection.execute(_sql("COMMENT ON TABLE {} IS {}", where, literal=table.comment))
        self._add_key(connection, where, [name_of[heading] for heading in table.key])

    def _add_key(self, connection: Any, where: tuple[str, str], key: Sequence[str]) -> None:
        """A primary key, unless a part of it may be absent."""
        if not key:
            return
        empty = " OR ".join("{} IS NULL" for _ in key)
        if connection.execute(_sql(f"SELECT EXISTS (SELECT FROM {{}} WHERE {empty})", where, *key)).fetchone()[0]:
            return
        marks = ", ".join("{}" for _ in key)
        connection.execute(_sql(f"ALTER TABLE {{}} ADD PRIMARY KEY ({marks})", where, *key))

    def _transaction(self) -> _Transaction:
        return _Transaction(self.address)


class _Transaction:
    """A connection that is closed at the end, with whatever was not committed undone."""

    def __init__(self, address: PostgresAddress) -> None:
        self.address = address

    def __enter__(self) -> Any:
        self.connection = connect(self.address, read_only=False)
        return self.connection

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        import psycopg

        self.connection.close()
        if isinstance(error, psycopg.errors.DependentObjectsStillExist):
            raise DataError(
                f"{self.address.shown}：有视图等依赖着上次的结果，不能替换", "先删去它们，或换一个模式"
            ) from None
        if isinstance(error, psycopg.errors.LockNotAvailable):
            raise DataError(
                f"{self.address.shown}：有会话正在读上次的结果，等了 {WAIT.rstrip('s')} 秒，没有替换",
                "结束那个会话（看 pg_stat_activity），或换一个模式",
            ) from None
        if isinstance(error, psycopg.Error):
            raise said_of(error, f"{self.address.shown}：没有写出结果") from None


def _digest(connection: Any, schema: str, name: str) -> str:
    """Of a table that was written, as it stands there."""
    (oid,) = connection.execute(_OID, [schema, name]).fetchone()
    columns = connection.execute(COLUMNS, [oid]).fetchall()
    return table_digest(lambda query: connection.execute(query).fetchall(), schema, name, columns)


def column_names(headings: Sequence[str]) -> list[str]:
    """Headings as names of columns; one that PostgreSQL would cut is cut here, and numbered; its comment is whole."""
    result = []
    for place, heading in enumerate(headings, start=1):
        tail = f"_{place}"
        cut = heading.encode()[: LONGEST_NAME - len(tail)].decode("utf-8", "ignore")
        result.append(heading if len(heading.encode()) <= LONGEST_NAME else cut + tail)
    return result


def _kind(duckdb_kind: str) -> str:
    """The type of a column of ours in PostgreSQL."""
    known = {"VARCHAR": 'text COLLATE "C"', "BIGINT": "bigint", "BOOLEAN": "boolean", "DATE": "date"}
    if duckdb_kind.startswith("DECIMAL("):
        return duckdb_kind.replace("DECIMAL", "numeric")
    return known[duckdb_kind]


def _describe(relation: Sql) -> Sql:
    from sqlglot import exp

    return exp.Describe(this=exp.select("*").from_(relation))


def _lines(files: Any, relation: Sql, headings: Sequence[str], kinds: Sequence[str]) -> Iterator[str]:
    """The rows as lines of the text format of COPY."""
    from sqlglot import exp

    line: Sql = text("")
    for place, (heading, kind) in enumerate(zip(headings, kinds, strict=True)):
        cell: Sql = column(heading)
        for mark, written in _ESCAPES.items() if kind.startswith("text") else ():
            cell = func("replace", cell, text(mark), text(written))
        shown = exp.Coalesce(this=cast(cell, "VARCHAR"), expressions=[text("\\N")])
        line = exp.DPipe(this=exp.DPipe(this=line, expression=text("\t" if place else "")), expression=shown)
    found = run(files, select_from(relation, named(line, "line")))
    while rows := found.fetchmany(_LINES):
        yield "\n".join(one for (one,) in rows) + "\n"


def _copy_in(connection: Any, where: tuple[str, str], lines: Iterator[str]) -> None:
    with connection.cursor() as cursor, cursor.copy(_sql("COPY {} FROM STDIN", where)) as copy:
        for block in lines:
            copy.write(block)


def _sql(form: str, *names: str | tuple[str, ...], literal: str | None = None) -> Any:
    """``form`` with quoted names in place of its braces, a tuple being a name with its schema; then one text."""
    from psycopg import sql

    parts: list[Any] = [sql.Identifier(*((name,) if isinstance(name, str) else name)) for name in names]
    if literal is not None:
        parts.append(sql.Literal(literal))
    return sql.SQL(form).format(*parts)  # type: ignore[arg-type]
