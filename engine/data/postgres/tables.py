"""The tables and views of a schema as deliveries, and their rows as a file would have them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from engine.data.mapping import DataMapping, TableMapping
from engine.data.places import Source
from engine.data.postgres.address import parse_address, refuse_name
from engine.data.postgres.cells import LOCAL, MOMENT, bare, why_not_read
from engine.data.postgres.mark import result_in
from engine.data.postgres.server import Server
from engine.data.record import Record
from engine.data.taken import Taken
from engine.data.zones import zone_of
from engine.files.errors import DataError
from engine.files.raw import RawTable
from engine.rulebook.problems import Place


@dataclass(frozen=True)
class RemoteTable:
    """A table or view of a database; ``kinds``: its columns and their types, those of domains resolved."""

    server: Server
    schema: str
    name: str
    kinds: dict[str, str]

    @property
    def origin(self) -> str:
        """How messages name it: no line of it can be told, so a row is told by its key."""
        return f"{self.server.address.database} {self.schema}.{self.name}"

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
            why = why_not_read(local[column])
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


def remote_sources(
    url: str, mapping: DataMapping | None, servers: dict[str, Server]
) -> tuple[list[Source], list[str], Record | None]:
    """The tables of the schema of an address, and those that ``mapping`` takes from it or from another schema.

    Of the schema of an earlier run what it fills, and its record. In between what is not read, because ``mapping``
    takes the table of that name from another one.

    ``servers``: connections that are there already, by address; one is added. Raises :class:`DataError`.
    """
    address = parse_address(url)
    server = servers.setdefault(address.conninfo, Server(address))
    tables = [] if mapping is None else list(mapping.tables.values())
    named = {table.origin: _split(table.origin, address.schema) for table in tables}
    schemas = {address.schema, *(schema for schema, _ in named.values())}
    there = server.relations(sorted(schemas))
    if not any(schema == address.schema for schema, _ in there) and not set(named.values()) & set(there):
        raise DataError(f"{address.shown}：模式 {address.schema} 里没有可读的表", "地址后面写 ?schema=模式；检查权限")
    result = result_in(server, address.schema, address.shown)
    if result is not None:
        mark, record = result
        return [_source(server, address.schema, name, table, there, None) for table, name in mark.fills], [], record
    found, hidden = [], []
    taken: set[tuple[str, str]] = set()
    for table in tables:
        schema, name = named[table.origin]
        if (schema, name) in there:
            taken.add((schema, name))
            found.append(_source(server, schema, name, table.table, there, table))
    instead = {table.table: table for table in tables if named[table.origin] in taken}
    for schema, name in there:
        if schema != address.schema or (schema, name) in taken:
            continue
        source = _source(server, schema, name, name, there, None)
        if name in instead:
            hidden.append(instead[name].instead_of(source.origin))
        else:
            found.append(source)
    return found, hidden, None


def _split(origin: str, schema: str) -> tuple[str, str]:
    """``schema.table``, or a table of the address's own schema."""
    before, dot, name = origin.partition(".")
    found = (before, name) if dot else (schema, origin)
    for part in found:
        refuse_name(part, "表" if part is found[1] else "模式")
    return found


def _source(
    server: Server, schema: str, name: str, table: str, there: dict[tuple[str, str], int], mapping: TableMapping | None
) -> Source:
    if (schema, name) not in there:
        raise DataError(f"{server.address.database} 里没有表 {schema}.{name}", "它是不是被删了？")
    remote = RemoteTable(server, schema, name, dict(server.columns(there[schema, name])))
    return Source(table, "postgresql", Path(), remote.origin, mapping, name, remote)
