"""PostgreSQL: one transaction that sees one state of the data, and temporary tables that go with it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlglot import exp

from engine.data.places import Places
from engine.data.staging.model import StagedTable
from engine.data.staging.stage import stage_table
from engine.databases.interface import CHUNK, Database, Watch
from engine.databases.moved import statement_columns
from engine.databases.postgres import printer
from engine.databases.postgres.address import parse_address
from engine.databases.postgres.failures import said_of_reading
from engine.databases.postgres.server import connect, settings_of_views
from engine.files.errors import DataError, RunStopped
from engine.rulebook.model import Table

_SETTINGS = {
    "jit": "off",  # compiles for seconds what runs for milliseconds
    "enable_nestloop": "off",  # estimates of computed columns are guesses; a wrong one costs hours
    "enable_mergejoin": "off",
    "cursor_tuple_fraction": "1",
    "default_statistics_target": "10",
    "work_mem": "128MB",
    "temp_buffers": "64MB",
    "statement_timeout": "0",
    "lock_timeout": "60s",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    "client_connection_check_interval": "10s",
}
"""For the transaction, beside those of :mod:`engine.databases.postgres.server`."""
_ANALYZED = 1000
"""Rows from which a temporary table gets statistics."""


class Postgres(Database):
    """``url``: as :mod:`engine.databases.postgres.address` has it. Nothing secret of it is ever shown.

    Reads what it is told to read and writes nothing but temporary tables: SELECT and TEMPORARY are enough.
    """

    engine = "postgresql"

    def __init__(self, url: str, watch: Watch | None = None) -> None:
        super().__init__(watch)
        self._cursors = itertools.count()
        self._files: Any = None
        self._memory = ""
        address = parse_address(url)
        self.name = address.database
        self.connection: Any = connect(address, read_only=False)  # temporary tables are written
        try:
            self._begin()
        except Exception as error:
            self.close()
            raise self.said_of(error) from None

    def _begin(self) -> None:
        from psycopg import IsolationLevel

        self.connection.isolation_level = IsolationLevel.REPEATABLE_READ
        known = {name for (name,) in self._run("SELECT name FROM pg_catalog.pg_settings").fetchall()}
        for name, value in _SETTINGS.items():
            if name in known:  # some came with a later version, or are missing in a relative of PostgreSQL
                self._set(name, value)

    def close(self) -> None:
        """Nothing was ever committed, so nothing is left."""
        self.connection.close()
        if self._files is not None:
            self._files.close()

    def interrupt(self) -> None:
        if self._files is not None:
            self._files.interrupt()
        self.connection.cancel_safe(timeout=5)

    def limit(self, memory: str) -> None:
        """A sort or a hash table takes at most an eighth: a query has several of them."""
        size, unit = float(memory[:-2]), memory[-2:]
        kilobytes = int(size * {"MB": 1024, "GB": 1024 * 1024}[unit])
        self._memory = memory
        self._set("work_mem", f"{min(max(kilobytes // 8, 64), 2**31 - 1)}kB")

    @staticmethod
    def printed(query: exp.Expression, pretty: bool = False) -> str:
        return printer.printed(query, pretty)

    def execute(self, text: str) -> None:
        self._run(text)

    def chunks(self, query: exp.Expression, size: int = CHUNK) -> Iterator[list[tuple[Any, ...]]]:
        with self.connection.cursor(f"c{next(self._cursors)}", binary=True) as cursor:
            cursor.execute(self.text(query))  # type: ignore[arg-type]
            while rows := cursor.fetchmany(size):
                yield rows

    def rows(self, query: exp.Expression) -> list[tuple[Any, ...]]:
        return self._run(self.text(query)).fetchall()  # type: ignore[no-any-return]

    def create(self, name: str, spec: Mapping[str, str]) -> None:
        table = printer.quoted(name)
        columns = [f"{printer.quoted(n)} {printer.column_type(kind)}" for n, kind in spec.items()]
        self._run(f"DROP TABLE IF EXISTS pg_temp.{table}")
        self._run(f"CREATE TEMPORARY TABLE {table} ({', '.join(columns)})")

    def insert(self, name: str, spec: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> None:
        from engine.databases.postgres import transfer

        listed = [cells[column] for column in spec]
        with self.connection.cursor() as cursor:
            transfer.copy_in(cursor, name, spec, transfer.lines_of(listed))
        if listed and len(listed[0]) >= _ANALYZED:
            self._analyze(name)

    def create_as(self, name: str, query: exp.Expression) -> None:
        made = exp.Create(this=exp.to_table(name), kind="TABLE", expression=query, properties=_temporary())
        if self._run(self.text(made)).rowcount >= _ANALYZED:
            self._analyze(name)

    def create_from(self, name: str, query: exp.Expression, origin: str) -> None:
        """Under the settings of role, database and server: a view means what it means to its owner."""
        from psycopg import Error

        made = exp.Create(this=exp.to_table(name), kind="TABLE", expression=query, properties=_temporary())
        if self.watch is not None:
            self.watch(made)
        try:
            with settings_of_views(self.connection):
                count = self._run(printer.qualified(made)).rowcount
        except Error as error:
            raise said_of_reading(error, origin) or error from None
        if count >= _ANALYZED:
            self._analyze(name)

    def drop(self, name: str) -> None:
        if name:
            self._run(f"DROP TABLE pg_temp.{printer.quoted(name)}")

    def fenced(self, query: exp.Select) -> exp.Select:
        """A subquery with OFFSET is not merged into the one around it, which would work out a column at each place
        that reads it.
        """
        return query if query.args.get("offset") is not None else query.offset(0, copy=False)

    def copy(self, query: exp.Expression, path: Path) -> None:
        if self.watch is not None:
            self.watch(query)
        from engine.databases.postgres import transfer

        assert isinstance(query, exp.Select)
        headings, types, bare = statement_columns(query)
        with self.connection.cursor() as cursor:
            transfer.parquet_of(cursor, self.printed(bare), headings, types, path)

    def stage(
        self, table: Table, places: Places, columns_needed: Collection[str], optional_columns: frozenset[str], name: str
    ) -> StagedTable:
        """A table of this database is typed where it is; rows of files by DuckDB, as for that engine, and sent over."""
        from engine.databases.in_place import stage_in_place
        from engine.databases.postgres import transfer
        from engine.databases.postgres.typing import PostgresDialect

        here = stage_in_place(
            self, PostgresDialect(), self.connection, table, places, columns_needed, optional_columns, name
        )
        if here is not None:
            return here
        files = self._duckdb()
        staged = stage_table(
            files, table, places,
            columns_needed=columns_needed, optional_columns=optional_columns, name=name,
        )  # fmt: skip
        with self.connection.cursor() as cursor:
            there = transfer.moved(self, cursor, staged, files)
        self._analyze(name)
        return there

    def said_of(self, error: Exception) -> BaseException:
        import duckdb

        from engine.databases.postgres import run_failures

        if isinstance(error, duckdb.InterruptException):
            return KeyboardInterrupt()
        if isinstance(error, duckdb.OutOfMemoryException):
            return RunStopped("内存不够，没有写出结果", hint="用 --memory 写明可用的内存（如 6GB）")
        if isinstance(error, (duckdb.IOException, duckdb.FatalException)) and "space" in str(error).lower():
            return DataError("磁盘空间不够，没有写出结果", "腾出空间，或把 TMPDIR 和 --out 放到空的磁盘上")
        return run_failures.said_of(error)

    def _duckdb(self) -> Any:
        from engine.data.duckdb_files import memory_connection

        if self._files is None:
            self._files = memory_connection()
            if self._memory:
                self._files.execute(f"SET memory_limit = '{self._memory}'")
        return self._files

    def _analyze(self, name: str) -> None:
        self._run(f"ANALYZE pg_temp.{printer.quoted(name)}")

    def _set(self, name: str, value: str) -> None:
        self._run("SELECT pg_catalog.set_config(%s, %s, true)", (name, value))

    def _run(self, text: str, parameters: Sequence[Any] | None = None) -> Any:
        return self.connection.execute(text, parameters, prepare=False, binary=True)  # type: ignore[call-overload]


def _temporary() -> exp.Properties:
    return exp.Properties(expressions=[exp.TemporaryProperty()])
