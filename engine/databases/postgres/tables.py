"""The tables and views of a schema as deliveries."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from engine.data.mapping import DataMapping, TableMapping
from engine.data.places import REMOTE, Source
from engine.data.record import Record
from engine.data.remote_table import RemoteTable, TableServer
from engine.databases.postgres.address import parse_address, refuse_name
from engine.databases.postgres.mark import result_in
from engine.databases.postgres.server import Server
from engine.databases.wanted_tables import WantedTables
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
    wanted = WantedTables.of(address.schema, mapping, refuse_name, "模式")
    there = server.relations(wanted.schemas())
    if not wanted.is_any_of(there):
        raise DataError(f"{address.shown}：模式 {address.schema} 里没有可读的表", "地址后面写 ?schema=模式；检查权限")
    result = result_in(server, address.schema, address.shown)
    if result is not None:
        mark, record = result
        return [_source(server, there, address.schema, name, table) for table, name in mark.fills], [], record
    return *wanted.sources(there, partial(_source, server, there)), None


def _source(
    server: Server, there: dict[tuple[str, str], int], schema: str, name: str, table: str,
    mapping: TableMapping | None = None,
) -> Source:  # fmt: skip
    if (schema, name) not in there:
        raise DataError(f"{server.address.database} 里没有表 {schema}.{name}", "它是不是被删了？")
    remote = RemoteTable(server, schema, name, dict(server.columns(there[schema, name])))
    return Source(table, REMOTE, Path(), remote.origin, mapping, name, remote)
