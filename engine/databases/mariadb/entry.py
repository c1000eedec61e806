"""MariaDB as an engine of the registry. Nothing of its client is imported before a connection is wanted."""

from __future__ import annotations

from sqlglot import exp

from engine.data.mapping import DataMapping
from engine.data.remote_table import TableServer
from engine.databases.engine import Engine, Found
from engine.databases.interface import Database, Watch
from engine.databases.mariadb import printer
from engine.databases.mariadb.address import MariaAddress, parse_address
from engine.databases.mariadb.tables import remote_sources


class _MariaDb(Engine):
    title = "MariaDB"

    def open(self, address: str, watch: Watch | None = None) -> Database:
        from engine.databases.mariadb.database import MariaDb

        return MariaDb(address, watch)

    def printed(self, query: exp.Expression, pretty: bool = False) -> str:
        return printer.printed(query, pretty)

    def address(self, place: str, data: bool = True) -> MariaAddress:
        return parse_address(place)

    def sources(self, place: str, mapping: DataMapping | None, servers: dict[str, TableServer]) -> Found:
        tables, hidden = remote_sources(place, mapping, servers)
        return tables, hidden, None


ENGINE = _MariaDb()
