"""The tables and views of a database of a MariaDB server as deliveries: what is a schema elsewhere is one here."""

from __future__ import annotations

import secrets
import weakref
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from engine.data.column_kinds import MOMENT, bare, is_text, why_not_read
from engine.data.mapping import DataMapping, TableMapping
from engine.data.places import REMOTE, Source
from engine.data.remote_table import RemoteTable, TableServer
from engine.data.staging.sql import Sql
from engine.data.taken import Taken
from engine.databases.mariadb import printer
from engine.databases.mariadb.address import MariaAddress, parse_address, refuse_name
from engine.databases.mariadb.cells import cell_maker, kind_of
from engine.databases.mariadb.rows import read
from engine.databases.mariadb.session import connect, run, said_of, said_of_reading, settings_of_views
from engine.databases.mariadb.typing import MariaDialect
from engine.databases.wanted_tables import WantedTables
from engine.files.errors import DataError
from engine.files.raw import RawCell

_AT_ONCE = 20_000
_SNAPSHOT = "InnoDB"
There = dict[tuple[str, str], str]
"""Tables and views of some databases: (database, name) to the storage engine; nothing of a view."""


class MariaServer:
    """A :class:`engine.data.remote_table.TableServer`; it reads in one transaction, at first by its own connection."""

    engine = "mariadb"

    def __init__(self, address: MariaAddress) -> None:
        self.address = address
        self._connection: Any = None
        self._closing: Any = None

    @property
    def database(self) -> str:
        return self.address.database

    @property
    def is_joined(self) -> bool:
        return self._connection is not None and self._closing is None

    def join(self, database: str, connection: Any) -> None:
        """If a lock that ``connection`` takes is seen from here, it is to this very server."""
        mark = f"casemix-{secrets.token_hex(16)}"
        run(connection, f"SELECT GET_LOCK('{mark}', 0)")
        ((holder,),) = self._ask(f"SELECT IS_USED_LOCK('{mark}')")
        run(connection, f"SELECT RELEASE_LOCK('{mark}')")
        if holder is not None:
            self.close()
            self._connection = connection

    def uses(self, connection: Any) -> bool:
        return self._connection is connection

    def relations(self, schemas: Collection[str]) -> There:
        listed = ", ".join(_text(schema) for schema in schemas)
        found = self._ask(
            "SELECT TABLE_SCHEMA, TABLE_NAME, IF(TABLE_TYPE = 'BASE TABLE', ENGINE, '') FROM information_schema.TABLES "
            f"WHERE TABLE_SCHEMA IN ({listed}) AND TABLE_TYPE IN ('BASE TABLE', 'VIEW') ORDER BY 1, 2"
        )
        return {(schema, name): engine or "" for schema, name, engine in found}

    def columns(self, schema: str, name: str) -> dict[str, str]:
        found = self._ask(
            "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, NUMERIC_PRECISION, NUMERIC_SCALE "
            "FROM information_schema.COLUMNS "
            f"WHERE TABLE_SCHEMA = {_text(schema)} AND TABLE_NAME = {_text(name)} ORDER BY ORDINAL_POSITION"
        )
        return {column: kind_of(kind, whole, digits, scale) for column, kind, whole, digits, scale in found}

    def texts(
        self, schema: str, name: str, columns: Sequence[str | None], kinds: Sequence[str], zone: str = ""
    ) -> Iterator[list[tuple[str | None, ...]]]:
        from sqlglot import exp

        dialect = MariaDialect()
        cells: list[Sql] = []
        for place, (column, kind) in enumerate(zip(columns, kinds, strict=True)):
            cell: Sql = exp.null()
            if column is not None:
                stored = exp.column(column, table="t", quoted=True)
                is_moment = bare(kind) == MOMENT and zone
                cell = dialect.local(stored, zone) if is_moment else dialect.read(kind, stored)
                cell = cell if is_text(kind) else dialect.shown(kind, cell)
            cells.append(exp.alias_(cell, f"x{place}"))
        table = dialect.relation(schema, name)
        table.set("alias", exp.TableAlias(this=exp.to_identifier("t")))
        query = exp.select(*(cells or [exp.alias_(exp.Literal.number(1), "x0")])).from_(table)
        origin = f"{self.database} {schema}.{name}"
        connection = self._open()
        try:
            with settings_of_views(connection), read(connection, printer.printed(query), _AT_ONCE) as (_, chunks):
                yield from chunks
        except Exception as error:
            raise said_of_reading(error, origin) or _as_data(error) from None

    def cell_maker(self, kind: str) -> Callable[[str | None], RawCell]:
        return cell_maker(kind)

    def why_not_read(self, kind: str) -> str:
        return why_not_read(kind)

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        try:
            return run(self._open(), query)
        except Exception as error:
            raise _as_data(error) from None

    def _open(self) -> Any:
        if self._connection is None:
            self._connection = connect(self.address)
            self._closing = weakref.finalize(self, _closed, self._connection)
        return self._connection

    def close(self) -> None:
        if self._closing is not None:
            self._closing()
        self._connection = self._closing = None


@dataclass(frozen=True)
class MariaTable(RemoteTable):
    """``engine``: the storage engine of a table, nothing of a view."""

    engine: str = ""

    def chosen(self, mapping: TableMapping | None, fields: Collection[str] | None) -> tuple[Taken, ...]:
        """Raises :class:`DataError` too for a table that belongs to no snapshot."""
        if self.engine not in ("", _SNAPSHOT):
            raise DataError(
                f"{self.origin}：表的存储引擎是 {self.engine}，读的时候别人可以改，读不出同一时刻的数据",
                "请数据库管理员改成 InnoDB（ALTER TABLE … ENGINE=InnoDB），或导出为文件",
            )
        return super().chosen(mapping, fields)


def remote_sources(
    url: str, mapping: DataMapping | None, servers: dict[str, TableServer]
) -> tuple[list[Source], list[str]]:
    """The tables of the database of an address, and those that ``mapping`` takes from it or from another database of
    the server; then those of that name that others stand for. Raises :class:`DataError`.
    """
    address = parse_address(url)
    server = servers.setdefault(f"{address.database}|{address.passfile}", MariaServer(address))
    assert isinstance(server, MariaServer)
    wanted = WantedTables.of(address.schema, mapping, refuse_name, "数据库")
    there = server.relations(wanted.schemas())
    if not wanted.is_any_of(there):
        raise DataError(f"{address.shown}：数据库 {address.schema} 里没有可读的表", "检查数据库的名字和权限")
    return wanted.sources(there, partial(_source, server, there))


def _source(
    server: MariaServer, there: There, schema: str, name: str, table: str, mapping: TableMapping | None
) -> Source:
    remote = MariaTable(server, schema, name, server.columns(schema, name), there[schema, name])
    return Source(table, REMOTE, Path(), remote.origin, mapping, name, remote)


def _text(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _closed(connection: Any) -> None:
    if connection.open:
        connection.close()


def _as_data(error: Exception) -> BaseException:
    return said_of(error)
