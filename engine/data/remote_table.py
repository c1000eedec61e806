"""A table or view of a database as a delivery, and what is asked of the database that has it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.data.column_kinds import LOCAL, MOMENT, bare
from engine.data.mapping import TableMapping
from engine.data.taken import Taken
from engine.data.zones import zone_of
from engine.files.errors import DataError
from engine.files.raw import RawCell, RawTable
from engine.rulebook.problems import Place


class TableServer(Protocol):
    """A database that holds tables; it is asked when something is wanted of it, always about the same moment.

    ``engine``: its name in the registry; ``database``: its address without schema and secrets. Types of columns are
    named as :mod:`engine.data.column_kinds` says.
    """

    engine: str

    @property
    def database(self) -> str: ...

    @property
    def is_joined(self) -> bool:
        """Whether it reads by the connection of the engine that settles."""

    def join(self, database: str, connection: Any) -> None:
        """From here on rows are read by ``connection``, an engine's of the same name, if it is to this very database:
        ``database`` as its address says, or as the server says.
        """

    def uses(self, connection: Any) -> bool:
        """Whether it reads by this very connection."""

    def close(self) -> None:
        """Ends its own connection, with the transaction that keeps others from changing tables; a later question opens
        another one.
        """

    def texts(
        self, schema: str, name: str, columns: Sequence[str | None], kinds: Sequence[str], zone: str = ""
    ) -> Iterator[list[tuple[str | None, ...]]]:
        """The rows of a table, some at a time: the text of each column's cell (``None``: of no column).

        ``kinds``: their types; a moment with a time zone is the time in ``zone``. Raises :class:`DataError`.
        """

    def cell_maker(self, kind: str) -> Callable[[str | None], RawCell]:
        """From the text of a cell of this type, as :meth:`texts` gives it, to the cell."""

    def why_not_read(self, kind: str) -> str:
        """Why cells of a type are not read at all (Chinese, what to do); empty if they are."""


@dataclass(frozen=True)
class RemoteTable:
    """A table or view of a database; ``kinds``: its columns and their types, those of domains resolved."""

    server: TableServer
    schema: str
    name: str
    kinds: dict[str, str]

    @property
    def origin(self) -> str:
        """How messages name it: no line of it can be told, so a row is told by its key."""
        return f"{self.server.database} {self.schema}.{self.name}"

    def chosen(self, mapping: TableMapping | None, fields: Collection[str] | None) -> tuple[Taken, ...]:
        """What is read of it. Raises :class:`DataError` for columns that are not there, or cannot be read."""
        if mapping is None:
            here = [name for name in self.kinds if fields is None or name in fields]
            found = tuple(Taken(name, Place(self.origin), (name,)) for name in here)
        else:
            found = mapping.columns(tuple(self.kinds), fields, self.origin)
        table = mapping.table if mapping is not None else self.name
        zoned = [name for name, kind in self.kinds.items() if bare(kind) == MOMENT]
        said = None if mapping is None else mapping.zone
        read = [(column, one.field) for one in found for column in one.columns]
        read += [(column, "退费") for column in self._for_refunds(mapping)]
        local = self.local_kinds(zone_of(said, table, read, zoned, self.origin))
        for column, field in read:
            why = self.server.why_not_read(local[column])
            if why:
                raise DataError(f"{self.origin}：列 {column} 的类型是 {self.kinds[column]}，不能作“{field}”", why)
        return found

    def local_kinds(self, zone: str) -> dict[str, str]:
        """The types as they are read: a moment with a time zone is the time in ``zone``, if that is given."""
        return {name: LOCAL if zone and bare(kind) == MOMENT else kind for name, kind in self.kinds.items()}

    def _for_refunds(self, mapping: TableMapping | None) -> tuple[str, ...]:
        return mapping.refunds.columns if mapping is not None and mapping.refunds is not None else ()

    def read(self, table: str, mapping: TableMapping | None, fields: Collection[str] | None) -> RawTable:
        """All rows, as stored: ``mapping`` says only which columns are read. Lines are 0: rows of a table have none.

        Columns that are neither mapped nor a field are named, so that they can be told, and not fetched.
        """
        read = {column for taken in self.chosen(mapping, fields) for column in taken.columns}
        read |= set(self._for_refunds(mapping))
        zone = "" if mapping is None else mapping.zone
        columns = tuple(name for name in self.kinds if name in read or mapping is None)
        local = self.local_kinds(zone)
        makers = [self.server.cell_maker(local[name]) for name in columns]
        fetched = [name if name in read else None for name in columns]
        rows = [
            tuple(make(text) for make, text in zip(makers, row, strict=True))
            for chunk in self.server.texts(self.schema, self.name, fetched, [self.kinds[n] for n in columns], zone)
            for row in (chunk if fetched else [() for _ in chunk])
        ]
        return RawTable(table, columns, rows, [0] * len(rows), self.origin)
