"""One transaction of a PostgreSQL database that only reads: which tables a schema has, and their rows as text.

Cells are taken as text that says all of a value whatever the session's settings are, and become cells by
:mod:`engine.databases.postgres.cells`, so that no loader of the client library decides what a value is. While rows are
read the session has the settings of its role, database and server: a view means what it means to its owner.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from engine.databases.postgres.address import PostgresAddress, refuse_foreign_service
from engine.databases.postgres.cells import sent, sent_cell_maker, why_not_read
from engine.databases.postgres.failures import first_line, said_of, said_of_reading
from engine.files.errors import DataError
from engine.files.raw import RawCell

READ = 20_000
"""Rows that are fetched at a time."""
SETTINGS = {
    "client_encoding": "UTF8",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "TimeZone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "search_path": "pg_catalog, pg_temp",
    "standard_conforming_strings": "on",
    "row_security": "off",
}
"""Of our own queries; names are always given with their schema. Rows that a policy would hide are an error."""
OF_VIEWS = ("TimeZone", "DateStyle", "IntervalStyle", "extra_float_digits", "bytea_output", "search_path")
"""Those of them that the meaning of a view may depend on."""
COLUMNS = """
WITH RECURSIVE k(num, name, oid, mod) AS (
  SELECT a.attnum, a.attname, a.atttypid, a.atttypmod FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT k.num, k.name, t.typbasetype, t.typtypmod FROM k JOIN pg_catalog.pg_type t ON t.oid = k.oid AND t.typtype = 'd'
)
SELECT k.name, CASE WHEN t.typtype = 'e' THEN 'enum' WHEN t.typtype <> 'b' THEN 'composite'
  WHEN t.typcategory = 'A' THEN 'array' ELSE pg_catalog.format_type(k.oid, k.mod) END
FROM k JOIN pg_catalog.pg_type t ON t.oid = k.oid WHERE t.typtype <> 'd' ORDER BY k.num
"""
_RELATIONS = """
SELECT n.nspname, c.relname, c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname = ANY(%s) ORDER BY 1, 2
"""
_IDENTITY = """
SELECT pg_catalog.pg_postmaster_start_time()::text, d.oid, pg_catalog.current_setting('server_encoding')
FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
"""


class Server:
    """A database that is asked when something is wanted of it, always in the same transaction (REPEATABLE READ)."""

    engine = "postgresql"

    def __init__(self, address: PostgresAddress) -> None:
        self.address = address
        self._connection: Any = None
        self._closing: Any = None

    @property
    def database(self) -> str:
        return self.address.database

    def join(self, database: str, connection: Any) -> None:
        """From here on the rows are read by ``connection``, if it is to the same database of the same server."""
        if self.identity() == identity_of(connection.execute(_IDENTITY).fetchall()[0]):
            self.use(connection)

    def use(self, connection: Any) -> None:
        """From here on the rows are read by ``connection``, in the transaction that it has open."""
        self.close()
        with connection.cursor() as cursor:
            for name, value in SETTINGS.items():
                if name != "search_path":  # who opened it made tables that are found by it
                    cursor.execute("SELECT pg_catalog.set_config(%s, %s, true)", [name, value])
        self._connection = connection

    @property
    def is_joined(self) -> bool:
        """Whether it reads by the connection of another."""
        return self._connection is not None and self._closing is None

    def uses(self, connection: Any) -> bool:
        """Whether it reads by this very connection."""
        return self._connection is connection

    def close(self) -> None:
        """Ends the transaction, if it is our own."""
        if self._closing is not None:
            self._closing()
        self._connection = self._closing = None

    def identity(self) -> tuple[str, int]:
        """The same of two connections if and only if they are to the same database of the same server."""
        return identity_of(self.ask(_IDENTITY)[0])

    def relations(self, schemas: Sequence[str]) -> dict[tuple[str, str], int]:
        """Tables and views of some schemas: (schema, name) to a number."""
        return {(schema, name): oid for schema, name, oid in self.ask(_RELATIONS, [list(schemas)])}

    def columns(self, oid: int) -> list[tuple[str, str]]:
        """Names and types of a table's columns; that of a domain is the type below it."""
        return [(name, kind) for name, kind in self.ask(COLUMNS, [oid])]

    def texts(
        self, schema: str, name: str, columns: Sequence[str | None], kinds: Sequence[str], zone: str = ""
    ) -> Iterator[list[tuple[str | None, ...]]]:
        """The rows of a table, some at a time: each column's cell (``None``: of no column) as :func:`sent` has it.

        ``kinds``: their types; a moment with a time zone is the time in ``zone``.
        """
        from psycopg import sql

        cells = [
            sql.SQL(sent(kind, zone)).format(cell=sql.Identifier("t", c), zone=sql.Literal(zone))
            if c is not None
            else sql.SQL("NULL")
            for c, kind in zip(columns, kinds, strict=True)
        ]
        query = sql.SQL("SELECT {} FROM {} AS t").format(
            sql.SQL(", ").join(cells or [sql.SQL("NULL")]), sql.Identifier(schema, name)
        )
        origin = f"{self.address.database} {schema}.{name}"
        try:
            connection = self._open()
            with settings_of_views(connection), connection.cursor(name="casemix_read") as cursor:
                cursor.itersize = READ
                cursor.execute(query)
                while rows := cursor.fetchmany(READ):
                    yield rows
        except Exception as error:
            raise (said_of_reading(error, origin) or self._said(error, origin)) from None

    def cell_maker(self, kind: str) -> Callable[[str | None], RawCell]:
        """From the text of a cell of this type, as :meth:`texts` gives it, to the cell."""
        return sent_cell_maker(kind)

    def why_not_read(self, kind: str) -> str:
        """Why cells of a type are not read at all; empty if they are."""
        return why_not_read(kind)

    def ask(self, query: Any, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query with its arguments. Raises :class:`DataError`."""
        try:
            with self._open().cursor() as cursor:
                return cursor.execute(query, list(arguments)).fetchall()  # type: ignore[no-any-return]
        except Exception as error:
            raise self._said(error, self.address.database) from None

    def _open(self) -> Any:
        if self._connection is None:
            self._connection = connect(self.address, read_only=True)
            self._closing = weakref.finalize(self, self._connection.close)
        return self._connection

    def _said(self, error: Exception, what: str) -> BaseException:
        import psycopg

        return said_of(error, what) if isinstance(error, psycopg.Error) else error


def connect(address: PostgresAddress, read_only: bool) -> Any:
    """A connection with its settings, in no transaction yet; one that only reads sees the data of one moment.

    Raises :class:`DataError`.
    """
    try:
        import psycopg
    except ImportError:
        raise DataError("读写 PostgreSQL 要先装 psycopg", "pip install 'casemix[postgresql]'") from None
    refuse_foreign_service(address)
    try:
        connection = psycopg.connect(address.conninfo, autocommit=True)
    except (psycopg.Error, UnicodeError) as error:
        raise DataError(
            f"连不上数据库 {address.database}：{first_line(error)}",
            "检查主机、端口、用户和密码（PGPASSWORD 或 ~/.pgpass）",
        ) from None
    try:
        for name, value in SETTINGS.items():
            connection.execute("SELECT pg_catalog.set_config(%s, %s, false)", [name, value])
        encoding = connection.execute(_IDENTITY).fetchall()[0][2]
        if encoding != "UTF8":
            raise DataError(
                f"数据库 {address.database} 的编码是 {encoding}，只能用 UTF8 的", "换一个数据库，或导出为文件"
            )
        if read_only:  # who writes must see what another run wrote while it waited for it
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = read_only
        connection.autocommit = False
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def settings_of_views(connection: Any) -> Iterator[None]:
    """Within it a transaction has what role, database and server say of :data:`OF_VIEWS`: every query that reads
    somebody's table is made here, and names what it uses with its schema.
    """
    from psycopg.pq import TransactionStatus

    for name in OF_VIEWS:
        connection.execute(f"SET LOCAL {name} TO DEFAULT")
    try:
        yield
    finally:
        if connection.info.transaction_status == TransactionStatus.INTRANS:  # else nothing more is asked in it
            for name in OF_VIEWS:
                connection.execute("SELECT pg_catalog.set_config(%s, %s, true)", [name, SETTINGS[name]])


def identity_of(row: Sequence[Any]) -> tuple[str, int]:
    """Of the first two columns of :data:`_IDENTITY`."""
    return str(row[0]), int(row[1])
