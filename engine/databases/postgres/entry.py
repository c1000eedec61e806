"""PostgreSQL as an engine of the registry. Nothing of its client is imported before a connection is wanted."""

from __future__ import annotations

from dataclasses import replace as with_other

from sqlglot import exp

from engine.data.mapping import DataMapping
from engine.data.remote_table import TableServer
from engine.databases.engine import Engine, Found
from engine.databases.interface import Database, Watch
from engine.databases.out_place import OutPlace
from engine.databases.postgres import printer
from engine.databases.postgres.address import PostgresAddress, parse_address
from engine.databases.postgres.tables import remote_sources


class _Postgres(Engine):
    title = "PostgreSQL"

    def open(self, address: str, watch: Watch | None = None) -> Database:
        from engine.databases.postgres.database import Postgres

        return Postgres(address, watch)

    def printed(self, query: exp.Expression, pretty: bool = False) -> str:
        return printer.printed(query, pretty)

    def address(self, place: str, data: bool = True) -> PostgresAddress:
        return parse_address(place)

    def sources(self, place: str, mapping: DataMapping | None, servers: dict[str, TableServer]) -> Found:
        return remote_sources(place, mapping, servers)

    def out(self, place: str, replace: bool, schema: str = "") -> OutPlace:
        from engine.databases.postgres.out import OutSchema

        address = parse_address(place)
        return OutSchema(with_other(address, schema=schema) if schema else address, replace)


ENGINE = _Postgres()
