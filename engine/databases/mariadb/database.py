"""MariaDB: one snapshot of the data, and temporary tables that go with the connection.

A table of somebody's is read by a plain SELECT: ``CREATE … SELECT`` would lock its rows and see them as they are now,
not as they were. What was read so goes back into a temporary table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlglot import exp

from engine.data.places import Places
from engine.data.plain_paths import plain_path
from engine.data.staging.model import StagedTable
from engine.data.staging.stage import stage_table
from engine.databases.in_place import stage_in_place
from engine.databases.interface import CHUNK, Database, Watch
from engine.databases.layers import StoredLayers
from engine.databases.mariadb import printer
from engine.databases.mariadb.address import parse_address
from engine.databases.mariadb.rows import Column, literal_rows, read
from engine.databases.mariadb.session import (
    LONGEST_TEXT,
    connect,
    end_query,
    run,
    said_of,
    said_of_reading,
    settings_of_views,
)
from engine.databases.mariadb.typing import MariaDialect
from engine.databases.moved import moved, statement_columns, write_parquet
from engine.files.errors import DataError, RunStopped
from engine.rulebook.model import Table

_MADE = "CREATE TEMPORARY TABLE {} ({}) ENGINE=Aria TRANSACTIONAL=0"
_OF_ROWS = "CREATE TEMPORARY TABLE {} ENGINE=Aria TRANSACTIONAL=0 AS {}"


class MariaDb(Database):
    """``url``: as :mod:`engine.databases.mariadb.address` has it. Nothing secret of it is ever shown.

    Writes nothing but temporary tables: SELECT and CREATE TEMPORARY TABLES are enough.
    """

    engine = "mariadb"
    many = 2_000
    """Derived tables are written out at each layer: rows are stored early."""

    def __init__(self, url: str, watch: Watch | None = None) -> None:
        super().__init__(watch)
        self._address = parse_address(url)
        self.name = self._address.database
        self._files: Any = None
        self._long: set[tuple[str, str]] = set()
        self._layers = StoredLayers(self._store_layer, self.drop)
        self.connection = connect(self._address)

    def close(self) -> None:
        """Temporary tables end with the connection."""
        if self.connection.open:
            self.connection.close()
        if self._files is not None:
            self._files.close()

    def interrupt(self) -> None:
        if self._files is not None:
            self._files.interrupt()
        end_query(self._address, self.connection.thread_id())

    def limit(self, memory: str) -> None:
        raise DataError("--memory 管不到 MariaDB 服务器的内存", "去掉 --memory；内存由服务器的设置定")

    @staticmethod
    def printed(query: exp.Expression, pretty: bool = False) -> str:
        return printer.printed(query, pretty)

    def text(self, query: exp.Expression) -> str:
        """A query of very many layers reads tables of every so many: a server goes into a query layer by layer, and
        some hundred of them bring it down.
        """
        if self.watch is not None:
            self.watch(query)
        return self.printed(self._layers.over(query))

    def _store_layer(self, name: str, step: exp.Expression) -> None:
        self.execute(_OF_ROWS.format(printer.quoted(name), self.printed(step)))

    def execute(self, text: str) -> None:
        run(self.connection, text)

    def rows(self, query: exp.Expression) -> list[tuple[Any, ...]]:
        return run(self.connection, self.text(query))

    def chunks(self, query: exp.Expression, size: int = CHUNK) -> Iterator[list[tuple[Any, ...]]]:
        with read(self.connection, self.text(query), size) as (_, chunks):
            yield from chunks

    # -- tables ------------------------------------------------------------

    def create(self, name: str, spec: Mapping[str, str]) -> None:
        table = printer.quoted(name)
        columns = [f"{printer.quoted(n)} {printer.column_type(kind)}" for n, kind in spec.items()]
        self.execute(f"DROP TEMPORARY TABLE IF EXISTS {table}")
        self.execute(_MADE.format(table, ", ".join(columns)))
        self._long = {(of, column) for of, column in self._long if of != name}

    def insert(self, name: str, spec: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> None:
        for column, kind in spec.items():
            if kind == "VARCHAR" and (name, column) not in self._long:
                longest = max((len(cell) for cell in cells[column] if cell is not None), default=0)
                if longest > LONGEST_TEXT:
                    raise DataError(
                        f"数据里有 {longest} 个字的文本，MariaDB 比较文本最多看 {LONGEST_TEXT} 个字",
                        "用 --engine duckdb 计算",
                    )
                if longest > printer.SHORT_TEXT:
                    changed = f"{printer.quoted(column)} {printer.column_type('TEXT')}"
                    self.execute(f"ALTER TABLE {printer.quoted(name)} MODIFY {changed}")
                    self._long.add((name, column))
        listed = ", ".join(printer.quoted(column) for column in spec)
        for values in literal_rows([cells[column] for column in spec]):
            self.execute(f"INSERT INTO {printer.quoted(name)} ({listed}) VALUES {values}")

    def create_as(self, name: str, query: exp.Expression) -> None:
        self.execute(_OF_ROWS.format(printer.quoted(name), self.text(query)))

    def create_from(self, name: str, query: exp.Expression, origin: str) -> None:
        try:
            with (
                settings_of_views(self.connection),
                read(self.connection, self.text(query), CHUNK) as (columns, chunks),
            ):
                self._fill(name, columns, chunks)
        except Exception as error:
            raise said_of_reading(error, origin) or error from None

    def _fill(self, name: str, columns: Sequence[Column], chunks: Iterator[list[tuple[Any, ...]]]) -> None:
        spec = {column.name: column.kind for column in columns}
        self.create(name, spec)
        for rows in chunks:
            self.insert(name, spec, dict(zip(spec, zip(*rows, strict=True), strict=True)))

    def drop(self, name: str) -> None:
        if name:
            self.execute(f"DROP TEMPORARY TABLE {printer.quoted(name)}")

    def copy(self, query: exp.Expression, path: Path) -> None:
        assert isinstance(query, exp.Select)
        headings, types, bare = statement_columns(query)
        write_parquet(self.chunks(bare), headings, types, plain_path(path))

    def stage(
        self, table: Table, places: Places, columns_needed: Collection[str], optional_columns: frozenset[str], name: str
    ) -> StagedTable:
        """A table of this database is typed where it is; rows of files by DuckDB, as for that engine, and sent over."""
        here = stage_in_place(
            self, MariaDialect(), self.connection, table, places, columns_needed, optional_columns, name
        )
        if here is not None:
            return here
        if self._files is None:
            from engine.data.duckdb_files import memory_connection

            self._files = memory_connection()
        staged = stage_table(
            self._files, table, places,
            columns_needed=columns_needed, optional_columns=optional_columns, name=name,
        )  # fmt: skip
        return moved(self, staged, self._files)

    def said_of(self, error: Exception) -> BaseException:
        import duckdb

        if isinstance(error, duckdb.InterruptException):
            return KeyboardInterrupt()
        if isinstance(error, duckdb.OutOfMemoryException):
            return RunStopped("内存不够，没有写出结果", hint="腾出内存后再运行一次")
        if isinstance(error, (duckdb.IOException, duckdb.FatalException)) and "space" in str(error).lower():
            return DataError("磁盘空间不够，没有写出结果", "腾出空间，或把 TMPDIR 和 --out 放到空的磁盘上")
        return said_of(error)
