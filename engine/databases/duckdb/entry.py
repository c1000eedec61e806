"""DuckDB as an engine of the registry."""

from __future__ import annotations

from sqlglot import exp

from engine.databases.duckdb import printer
from engine.databases.duckdb.database import DuckDb
from engine.databases.engine import Engine
from engine.databases.interface import Database, Watch


class _DuckDb(Engine):
    title = "DuckDB"

    def open(self, address: str, watch: Watch | None = None) -> Database:
        return DuckDb(watch)

    def printed(self, query: exp.Expression, pretty: bool = False) -> str:
        return printer.printed(query, pretty)


ENGINE = _DuckDb()
