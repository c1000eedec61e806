"""DuckDB, embedded: the default."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlglot import exp

from engine.data.duckdb_files import memory_connection
from engine.data.places import Places
from engine.data.plain_paths import plain_path
from engine.data.staging import upload
from engine.data.staging.model import StagedTable
from engine.data.staging.stage import stage_table
from engine.databases.duckdb import printer
from engine.databases.duckdb.pipe import piped
from engine.databases.interface import CHUNK, Database, Hash, Watch
from engine.databases.marks import COMPUTED_FILTER
from engine.databases.trees import is_marked
from engine.files.errors import DataError, RunStopped
from engine.files.scratch import ScratchFolder
from engine.files.system import has_pipes
from engine.rulebook.model import Table


class DuckDb(Database):
    """In memory; the settled rows, if they are very many, and what does not fit go to a folder of its own on disk."""

    name = engine = "duckdb"
    many, in_memory, listed = 1_000, 100_000, 2_000

    def __init__(self, watch: Watch | None = None) -> None:
        super().__init__(watch)
        self.connection = memory_connection()
        self._attached = self._filters_stay = False
        self._scratch: ScratchFolder | None = None

    def close(self) -> None:
        self.connection.close()
        if self._scratch is not None:
            self._scratch.cleanup()

    def interrupt(self) -> None:
        self.connection.interrupt()

    def limit(self, memory: str) -> None:
        """At most so much memory (6GB); what does not fit goes to disk."""
        self._folder()
        self.connection.execute(f"SET memory_limit = {_quoted(memory)}")

    @staticmethod
    def printed(query: exp.Expression, pretty: bool = False) -> str:
        return printer.printed(query, pretty)

    def execute(self, text: str) -> None:
        self.connection.execute(text)

    def chunks(self, query: exp.Expression, size: int = CHUNK) -> Iterator[list[tuple[Any, ...]]]:
        found = self._run(query)
        while rows := found.fetchmany(size):
            yield rows

    def rows(self, query: exp.Expression) -> list[tuple[Any, ...]]:
        return self._run(query).fetchall()  # type: ignore[no-any-return]

    def create(self, name: str, spec: Mapping[str, str]) -> None:
        upload.create(self.connection, name, spec)

    def insert(self, name: str, spec: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> None:
        upload.insert(self.connection, name, spec, {column: _as_text(listed) for column, listed in cells.items()})

    def filled(self, name: str, spec: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> None:
        upload.filled(self.connection, name, spec, {column: _as_text(listed) for column, listed in cells.items()})

    def create_as(self, name: str, query: exp.Expression) -> None:
        temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
        self._run(exp.Create(this=exp.to_table(name), kind="TABLE", expression=query, properties=temporary))

    def keep_on_disk(self, query: exp.Expression) -> str:
        """The rows of ``query`` as a table of a file that goes with the run."""
        if not self._attached:
            file = exp.Literal.string(str(self._folder() / "stage.duckdb")).sql("duckdb")
            self.connection.execute(f"ATTACH {file} AS stage")
            self._attached = True
        name = f"stage.s{self._next()}"
        self._run(exp.Create(this=exp.to_table(name), kind="TABLE", expression=query))
        return name

    def drop(self, name: str) -> None:
        if name:
            self.execute(self.printed(exp.Drop(tables=[exp.to_table(name)], kind="TABLE")))

    def copy(self, query: exp.Expression, path: Path) -> None:
        level = "COMPRESSION zstd, COMPRESSION_LEVEL 1"  # files are no larger than at level 3, and written faster
        self._run(query, f"COPY ({{}}) TO $1 (FORMAT parquet, {level})", [str(plain_path(path))])

    def hash_lines(self, query: exp.Expression, digest: Hash) -> None:
        """The texts go through a pipe as they are, so that no Python object is made of each."""
        if not has_pipes():
            super().hash_lines(query, digest)
            return
        copied = "COPY ({}) TO $1 (FORMAT csv, HEADER false, DELIMITER '\x1e', QUOTE '', ESCAPE '', USE_TMP_FILE false)"
        waiting = bytearray(b"\n")

        def see(block: bytes) -> None:  # the line feed at the very end is not part of it
            digest.update(bytes(waiting) + block[:-1])
            waiting[:] = block[-1:]

        piped(self._folder(), lambda path: self._run(query, copied, [str(plain_path(path))]), see)

    def stage(
        self, table: Table, places: Places, columns_needed: Collection[str], optional_columns: frozenset[str], name: str
    ) -> StagedTable:
        self._folder()  # else what does not fit into memory goes to the working folder
        return stage_table(
            self.connection, table, places,
            columns_needed=columns_needed, optional_columns=optional_columns, name=name,
            measured=self.measured.get(table.name),
        )  # fmt: skip

    def said_of(self, error: Exception) -> BaseException:
        import duckdb

        interrupted = isinstance(error, RuntimeError) and "interrupted" in str(error).lower()  # a signal during a query
        if isinstance(error, duckdb.InterruptException) or interrupted:
            return KeyboardInterrupt()
        if isinstance(error, duckdb.OutOfMemoryException):
            return RunStopped(
                "内存不够，没有写出结果", hint="用 --memory 写明可用的内存（如 6GB），多出来的会暂存到磁盘"
            )
        if isinstance(error, (duckdb.IOException, duckdb.FatalException)) and "space" in str(error).lower():
            return DataError("磁盘空间不够，没有写出结果", "腾出空间，或把 TMPDIR 和 --out 放到空的磁盘上")
        return error

    def _folder(self) -> Path:
        if self._scratch is None:
            self._scratch = ScratchFolder()
            self.connection.execute(f"SET temp_directory = {_quoted(self._scratch.name)}")
        return Path(self._scratch.name)

    def _run(self, query: exp.Expression, within: str = "{}", parameters: Sequence[Any] = ()) -> Any:
        """DuckDB would push a filter by a computed column down through every layer, writing out each column where it
        is read: the condition doubles with each layer. A query that has one anywhere runs without that.
        """
        stays = is_marked(query, COMPUTED_FILTER)
        if stays != self._filters_stay:
            self.connection.execute(f"SET disabled_optimizers = '{'filter_pushdown' if stays else ''}'")
            self._filters_stay = stays
        return self.connection.execute(within.replace("{}", self.text(query), 1), parameters)


def _as_text(cells: Sequence[Any]) -> list[Any]:
    """Big numbers go in as text: a list parameter takes the type of its first element."""
    return [
        str(cell)
        if isinstance(cell, int) and not isinstance(cell, bool)
        else cell.isoformat()
        if isinstance(cell, datetime.date)
        else cell
        for cell in cells
    ]


def _quoted(text: str) -> str:
    return exp.Literal.string(text).sql("duckdb")
