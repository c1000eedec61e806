"""The tables and views of a schema as deliveries."""

from __future__ import annotations

from pathlib import Path

from engine.data.mapping import DataMapping, TableMapping
from engine.data.places import REMOTE, Source
from engine.data.record import Record
from engine.data.remote_table import RemoteTable, TableServer
from engine.databases.postgres.address import parse_address, refuse_name
from engine.databases.postgres.mark import result_in
from engine.databases.postgres.server import Server
from engine.files.errors import DataError


def remote_sources(
    url: str, mapping: DataMapping | None, servers: dict[str, TableServer]
) -> tuple[list[Source], list[str], Record | None]:
    """The tables of the schema of an address, and those that ``mapping`` takes from it or from another schema.

    Of the schema of an earlier run what it fills, and its record. In between what is not read, because ``mapping``
    takes the table of that name from another one.

    ``servers``: connections that are there already, by address; one is added. Raises :class:`DataError`.
    """
    address = parse_address(url)
    server = servers.setdefault(address.conninfo, Server(address))
    assert isinstance(server, Server)
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
    return Source(table, REMOTE, Path(), remote.origin, mapping, name, remote)
