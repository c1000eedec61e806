"""What a settlement asks of a database: run the generated queries, and keep small tables that the host worked out.

Queries are trees that every engine prints for itself: common SQL, and what :mod:`engine.databases.marks` lists. Types
in them go by these names: BIGINT, INT128 (whole numbers of 38 digits), INTEGER, DECIMAL(p, s), VARCHAR, BOOLEAN, DATE.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from sqlglot import exp

from engine.data.places import Places
from engine.data.staging.measured import Measured
from engine.data.staging.model import StagedTable
from engine.databases.layers import flattened
from engine.rulebook.model import Table

Watch = Callable[[exp.Expression], None]
WatchTable = Callable[[str, Mapping[str, str], int], None]
"""Is told of a table that values are sent to: its name, columns and their types, how many rows."""


class Hash(Protocol):
    """As those of :mod:`hashlib`."""

    def update(self, data: bytes, /) -> None: ...


CHUNK = 100_000
"""Rows that are fetched at a time."""


class Database(ABC):
    """``name``: the engine as ``run.json`` says it, without a password. ``watch`` sees every query before it runs.

    It is a context: at its end everything is gone that was made for the run.
    """

    name: str
    engine: str
    """Its name in the registry."""
    connection: Any
    many = 100_000
    """Rows of a table from which it pays to store what is worked out once."""
    kinds_from = 100_000
    """Rows of a table from which it pays to ask of their kinds what depends on a few keys alone."""
    in_memory = 0
    """Rows of a table below which what is stored of it stays in memory."""
    listed = 50_000
    """Rows of a statement up to which they are fetched into Python."""

    def __init__(self, watch: Watch | None = None) -> None:
        self.watch = watch
        self.watch_table: WatchTable | None = None
        self._made = 0
        self.measured: Mapping[str, Measured] = {}
        """Of tables whose files are what they were: what was found in them then (only read where files are staged)."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and issubclass(kind, KeyboardInterrupt):  # a server would go on with the query
            with suppress(Exception):
                self.interrupt()
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Ends the connection, with all that was made for the run."""

    @abstractmethod
    def interrupt(self) -> None:
        """Ends the query that runs now, if one does; called from another thread. What that query raises is this
        database's own affair.
        """

    @staticmethod
    @abstractmethod
    def printed(query: exp.Expression, pretty: bool = False) -> str:
        """A tree in the SQL of this engine; ``pretty``: in lines, for people. It needs no connection."""

    @abstractmethod
    def execute(self, text: str) -> None:
        """Runs a statement that gives no rows."""

    @abstractmethod
    def chunks(self, query: exp.Expression, size: int = CHUNK) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query, some at a time, in its order. Whole numbers may come as int or as a whole Decimal, what
        is true or false as bool or as 1 and 0.
        """

    @abstractmethod
    def create(self, name: str, spec: Mapping[str, str]) -> None:
        """An empty temporary table: column to type. It takes the place of what bears the name."""

    @abstractmethod
    def insert(self, name: str, spec: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> None:
        """Adds rows to a table of :meth:`create`: a list of equal length for each column."""

    @abstractmethod
    def create_as(self, name: str, query: exp.Expression) -> None:
        """A temporary table of a query's rows."""

    def create_from(self, name: str, query: exp.Expression, origin: str) -> None:
        """The same of a query that reads ``origin``, a table or view of the database's own people."""
        self.create_as(name, query)

    @abstractmethod
    def drop(self, name: str) -> None:
        """Drops a table that was made here; ``""`` is none."""

    @abstractmethod
    def copy(self, query: exp.Expression, path: Path) -> None:
        """The rows of ``query`` as a Parquet file at ``path``; headings are the columns' names."""

    @abstractmethod
    def stage(
        self, table: Table, places: Places, columns_needed: Collection[str], optional_columns: frozenset[str], name: str
    ) -> StagedTable:
        """The rows of a table of the delivery as ``name``, typed and checked; the outcome is that of ``load_table``."""

    @abstractmethod
    def said_of(self, error: Exception) -> BaseException:
        """What a failure of this database means to who runs the program; any other error as it is."""

    def join(self, places: Places) -> None:
        """Reads what lies in this very database by the connection of the run, so that all of it is of one moment."""
        for server in places.servers():
            if server.engine == self.engine:
                server.join(self.name, self.connection)

    def limit(self, memory: str) -> None:  # noqa: B027
        """At most so much memory (6GB), where the engine can be told."""

    def fenced(self, query: exp.Select) -> exp.Select:
        """A subquery whose columns must not be copied into the query around it at each place that reads them."""
        return query

    # -- for all engines ------------------------------------------------------------

    def text(self, query: exp.Expression) -> str:
        if self.watch is not None:
            self.watch(query)
        return self.printed(flattened(query))

    def rows(self, query: exp.Expression) -> list[tuple[Any, ...]]:
        return [row for chunk in self.chunks(query) for row in chunk]

    def row(self, query: exp.Expression) -> tuple[Any, ...]:
        return self.rows(query)[0]

    def hash_lines(self, query: exp.Expression, digest: Hash) -> None:
        """Adds the texts of a query of one column, none of them NULL, to ``digest``, a line feed before each."""
        for rows in self.chunks(query):
            digest.update(("\n" + "\n".join(text for (text,) in rows)).encode())

    def table(self, columns: Sequence[tuple[str, str, Sequence[Any]]], name: str = "") -> str:
        """A temporary table of (name, type, cells), in the place of the table ``name`` if that is given; its name."""
        name = name or self._next()
        spec = {column: kind for column, kind, _ in columns}
        self.filled(name, spec, {column: cells for column, _, cells in columns})
        if self.watch_table is not None:
            self.watch_table(name, spec, len(columns[0][2]) if columns else 0)
        return name

    def filled(self, name: str, spec: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> None:
        """A temporary table of such rows, in the place of what bears its name."""
        self.create(name, spec)
        self.insert(name, spec, cells)

    def keep(self, query: exp.Expression) -> str:
        """A temporary table of a query's rows; returns its name."""
        name = self._next()
        self.create_as(name, query)
        return name

    def keep_on_disk(self, query: exp.Expression) -> str:
        """The same for many rows."""
        return self.keep(query)

    def keep_rows(self, query: exp.Expression, rows: int) -> str:
        """The same for at most so many rows as ``rows``."""
        return self.keep(query) if rows < self.in_memory else self.keep_on_disk(query)

    def _next(self) -> str:
        self._made += 1
        return f"m{self._made}"
