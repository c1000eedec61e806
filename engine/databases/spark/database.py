"""Spark: a session of this process (``spark``), or a cluster by Spark Connect (``sc://host:port``).

Only what both kinds of session have is used: SQL, data frames, Arrow. Spark works a query out again whenever it is
read, so what is kept is written out (beside a local session) or checkpointed (on a cluster) before its name is given.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sqlglot import exp

from engine.data.places import Places
from engine.data.staging.model import StagedTable
from engine.databases.in_place import stage_in_place
from engine.databases.interface import CHUNK, Database, Watch
from engine.databases.layers import StoredLayers
from engine.databases.spark import printer
from engine.databases.spark.arrow_types import arrow_table, arrow_type, python_rows
from engine.databases.spark.failures import said_of_reading
from engine.databases.spark.run_failures import said_of
from engine.databases.spark.start import local_session, remote_session
from engine.databases.spark.typing import SparkDialect
from engine.databases.typed_here import TypedHere
from engine.files.errors import DataError
from engine.files.scratch import ScratchFolder
from engine.rulebook.model import Table

FEW = 20_000
"""So many uploaded rows stand in the plans of the queries that read them; more of them go through a file."""


class Spark(Database):
    """The session is opened when it is first used; :meth:`limit` comes before."""

    engine = "spark"
    many = 1
    """A long query is planned for seconds, whatever it reads: rows are stored as early as they can be."""

    def __init__(self, address: str = "", watch: Watch | None = None) -> None:
        super().__init__(watch)
        self.name = _without_secrets(address) or "spark"
        self._address, self._memory = address, ""
        self._opened: Any = None
        self._scratch: ScratchFolder | None = None
        self._uploads: dict[str, tuple[dict[str, str], list[Any]]] = {}
        self._changed: dict[str, None] = {}
        self._typing: TypedHere | None = None
        self._views: set[str] = set()
        self._layers = StoredLayers(self._store_layer, self.drop)
        self._files: dict[str, Path] = {}

    @property
    def session(self) -> Any:
        if self._opened is None:
            self._opened = remote_session(self._address) if self._address else local_session(self._memory)
        return self._opened

    @property
    def connection(self) -> Any:  # type: ignore[override]
        return self.session

    @property
    def beside(self) -> bool:
        """Whether Spark's workers see this machine's files."""
        return not self._address and str(self.session.conf.get("spark.master")).startswith("local")

    def close(self) -> None:
        try:
            if self._opened is not None and self._address:
                self._opened.stop()
            elif self._opened is not None:
                for name in self._views:
                    self._opened.catalog.dropTempView(name)
        except Exception:  # noqa: S110  (the connection is gone, and with it what was made)
            pass
        finally:
            if self._typing is not None:
                self._typing.close()
            if self._scratch is not None:
                self._scratch.cleanup()

    def interrupt(self) -> None:
        """Only what this session asked for: another of the same process goes on."""
        if self._typing is not None:
            self._typing.interrupt()
        if self._opened is not None:
            self._opened.interruptAll()

    def limit(self, memory: str) -> None:
        if self._address:
            raise DataError("--memory 管不到 Spark 集群的内存", "去掉 --memory；内存由集群的设置定")
        self._memory = memory

    @staticmethod
    def printed(query: exp.Expression, pretty: bool = False) -> str:
        return printer.printed(query, pretty)

    def execute(self, text: str) -> None:
        self.session.sql(text).collect()

    # -- rows ------------------------------------------------------------

    def rows(self, query: exp.Expression) -> list[tuple[Any, ...]]:
        return python_rows(self._frame(query).toArrow())

    def chunks(self, query: exp.Expression, size: int = CHUNK) -> Iterator[list[tuple[Any, ...]]]:
        for table in self._arrow(self._frame(query), size):
            yield python_rows(table)

    def copy(self, query: exp.Expression, path: Path) -> None:
        """One file, as from any engine: Spark's rows come through this process, a batch at a time."""
        import pyarrow.parquet

        headings = [column.alias_or_name for column in query.expressions]
        numbered = query.copy()
        numbered.set("expressions", [exp.alias_(c.unalias(), f"x{n}") for n, c in enumerate(numbered.expressions)])
        frame = self._frame(numbered)
        kinds = [arrow_type(field.dataType.simpleString()) for field in frame.schema.fields]
        schema = pyarrow.schema(list(zip(headings, kinds, strict=True)))
        with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
            for table in self._arrow(frame, CHUNK):
                writer.write_table(pyarrow.table(table.columns, names=headings).cast(schema))

    def text(self, query: exp.Expression) -> str:
        """Layers that a query has too many of are stored first: Spark gives up a query of a few hundred."""
        if self.watch is not None:
            self.watch(query)
        return self.printed(self._layers.over(query))

    def _store_layer(self, name: str, step: exp.Expression) -> None:
        self._store(self.session.sql(self.printed(step)), name)

    def _frame(self, query: exp.Expression) -> Any:
        self._upload()
        return self.session.sql(self.text(query))

    def _arrow(self, frame: Any, size: int) -> Iterator[Any]:
        """The rows in their order as Arrow tables, never all of them in this process."""
        import pyarrow
        import pyarrow.parquet

        if self.beside:
            folder = self._file(self._next())
            frame.write.parquet(str(folder))
            for part in sorted(folder.glob("part-*.parquet")):
                with pyarrow.parquet.ParquetFile(part) as file:
                    for batch in file.iter_batches(size):
                        yield pyarrow.Table.from_batches([batch])
            shutil.rmtree(folder)
            return
        kinds = [(field.name, field.dataType.simpleString()) for field in frame.schema.fields]
        found = iter(frame.toLocalIterator(prefetchPartitions=True))
        while rows := list(islice(found, size)):
            yield arrow_table(dict(kinds), dict(zip(dict(kinds), zip(*rows, strict=True), strict=True)))

    # -- tables ------------------------------------------------------------

    def create(self, name: str, spec: Mapping[str, str]) -> None:
        self.drop(name)
        self._uploads[name] = (dict(spec), [])
        self._changed[name] = None

    def insert(self, name: str, spec: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> None:
        self._uploads[name][1].append(arrow_table(spec, cells))
        self._changed[name] = None

    def _upload(self) -> None:
        """The tables made by :meth:`insert` since the last query: later ones find them as they are now."""
        import pyarrow

        for name in self._changed:
            spec, parts = self._uploads[name]
            table = pyarrow.concat_tables(parts) if parts else arrow_table(spec, {column: [] for column in spec})
            if not table.num_rows:
                frame = self.session.sql(printer.no_rows(spec))
            elif self.beside and table.num_rows > FEW:
                import pyarrow.parquet

                self._files[name] = self._file(f"{name}.parquet")
                pyarrow.parquet.write_table(table, self._files[name], row_group_size=500_000)
                frame = self.session.read.parquet(str(self._files[name]))
            else:
                frame = self.session.createDataFrame(table)
            self._name(frame, name)
        self._changed.clear()

    def create_as(self, name: str, query: exp.Expression) -> None:
        """The rows stand as they are now: numbers given to rows stay theirs."""
        self._store(self._frame(query), name)

    def _store(self, frame: Any, name: str) -> None:
        if self.beside:
            self._files[name] = self._file(name)
            frame.write.parquet(str(self._files[name]))
            kept = self.session.read.schema(frame.schema).parquet(str(self._files[name]))
        else:
            kept = self._checkpointed(frame)
        self._name(kept, name)

    def create_from(self, name: str, query: exp.Expression, origin: str) -> None:
        try:
            self.create_as(name, query)
        except Exception as error:
            raise said_of_reading(error, origin) or error from None

    def _checkpointed(self, frame: Any) -> Any:
        """The rows as they are now, kept by the workers.

        The frame that Spark Connect gives for them belongs to whichever session of the process was opened first.
        """
        kept = frame.localCheckpoint(eager=True)
        if not self._address:
            return kept
        from pyspark.sql.connect.dataframe import DataFrame

        return DataFrame(kept._plan, self.session)

    def _name(self, frame: Any, name: str) -> None:
        frame.createOrReplaceTempView(name)
        self._views.add(name)

    def drop(self, name: str) -> None:
        if not name:
            return
        self._uploads.pop(name, None)
        self._changed.pop(name, None)
        if name in self._views:
            self._views.remove(name)
            self.session.catalog.dropTempView(name)
        path = self._files.pop(name, None)
        if path is not None:
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def stage(
        self, table: Table, places: Places, columns_needed: Collection[str], optional_columns: frozenset[str], name: str
    ) -> StagedTable:
        stored = (
            stage_in_place(self, SparkDialect(), self.session, table, places, columns_needed, optional_columns, name)
            if self._address
            else None
        )
        if stored is not None:
            return stored
        if self._typing is None:
            self._typing = TypedHere(self._folder())
        staged, path = self._typing.stage(table, places, columns_needed, optional_columns, name)
        if self.beside:
            self._files[name] = path
            self._name(self.session.read.parquet(str(path)), name)
        else:
            import pyarrow.parquet

            table_here = pyarrow.parquet.read_table(path)
            self._name(self._checkpointed(self.session.createDataFrame(table_here)), name)
        return staged

    def said_of(self, error: Exception) -> BaseException:
        return said_of(error, self.name)

    def _file(self, name: str) -> Path:
        return self._folder() / name

    def _folder(self) -> Path:
        if self._scratch is None:
            self._scratch = ScratchFolder()
        return Path(self._scratch.name)


def _without_secrets(address: str) -> str:
    """``sc://host:port`` without what follows it: a token may stand there."""
    return "sc://" + re.sub(r"[/;].*", "", address.removeprefix("sc://")) if address else ""
