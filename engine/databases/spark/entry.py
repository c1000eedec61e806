"""Spark as an engine of the registry. PySpark is imported when a session is wanted."""

from __future__ import annotations

from sqlglot import exp

from engine.data.mapping import DataMapping
from engine.data.remote_table import TableServer
from engine.databases.address import Address
from engine.databases.engine import Engine, Found
from engine.databases.interface import Database, Watch
from engine.databases.spark import printer
from engine.databases.spark.tables import parse_address, spark_sources


class _Spark(Engine):
    title = "Spark"

    def open(self, address: str, watch: Watch | None = None) -> Database:
        from engine.databases.spark.database import Spark

        return Spark("" if address == "spark" else address, watch)

    def printed(self, query: exp.Expression, pretty: bool = False) -> str:
        return printer.printed(query, pretty)

    def address(self, place: str, data: bool = True) -> Address:
        return parse_address(place, data)

    def sources(self, place: str, mapping: DataMapping | None, servers: dict[str, TableServer]) -> Found:
        tables, hidden = spark_sources(place, mapping)
        return tables, hidden, None


ENGINE = _Spark()
