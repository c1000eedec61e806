"""``sc://host:port/;schema=catalog.schema``: the tables of a schema of a Spark catalog as deliveries.

Columns are described by the names that PostgreSQL has for their types, so that cells and messages are made alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from engine.data.column_kinds import LOCAL, MOMENT, cell_maker, why_not_read
from engine.data.mapping import DataMapping, TableMapping
from engine.data.places import REMOTE, Source
from engine.data.remote_table import RemoteTable
from engine.databases.address import Address
from engine.databases.spark.failures import said_of_reading
from engine.files.errors import DataError
from engine.files.raw import RawCell

SCHEME = "sc://"
_AT_ONCE = 20_000
_FORM = "写成 sc://主机:15002/;schema=目录.模式；口令写 ;token=…"
_NAMES = {
    "tinyint": "smallint",
    "smallint": "smallint",
    "int": "integer",
    "bigint": "bigint",
    "string": "text",
    "double": "double precision",
    "float": "real",
    "boolean": "boolean",
    "date": "date",
    "timestamp": MOMENT,
    "timestamp_ntz": LOCAL,
}


def parse_address(place: str, data: bool = True) -> Address:
    """``data``: a schema must be named. Raises :class:`DataError`."""
    head, *parameters = place.partition("://")[2].split(";")
    schemas = [parameter.partition("=")[2] for parameter in parameters if parameter.startswith("schema=")]
    others = [parameter for parameter in parameters if parameter and not parameter.startswith("schema=")]
    host = head.rstrip("/")
    schemas = schemas if data else [*schemas, "default"][:1]
    if len(schemas) != 1 or not re.fullmatch(r"[^.`\s]+(\.[^.`\s]+)?", schemas[0]) or not host or "/" in host:
        raise DataError("Spark 的数据位置写得不对", _FORM)
    url = f"{SCHEME}{host}/" + "".join(f";{parameter}" for parameter in others)
    shown = f"{SCHEME}{host}/;schema={schemas[0]}"
    return Address(database=SCHEME + host, schema=schemas[0], shown=shown, url=url, host=(host, ""))


class SparkServer:
    """A :class:`engine.data.remote_table.TableServer`. A session is opened when it is wanted."""

    engine = "spark"

    def __init__(self, address: Address) -> None:
        self.address = address
        self.is_joined = False
        self._session: Any = None

    @property
    def session(self) -> Any:
        if self._session is None:
            from engine.databases.spark.start import remote_session

            self._session = remote_session(self.address.url)
        return self._session

    def join(self, database: str, session: Any) -> None:
        """Reads by the session of an engine, if that is of the same server."""
        if database == self.address.database:
            self._session, self.is_joined = session, True

    def uses(self, session: Any) -> bool:
        return self.is_joined and self._session is session

    def close(self) -> None:
        """A session holds nothing that others wait for; it goes with the process."""

    @property
    def database(self) -> str:
        return self.address.database

    def tables(self) -> list[str]:
        return [
            str(name)
            for (_, name, temporary) in self._rows(f"SHOW TABLES IN {quoted(self.address.schema)}")
            if not temporary
        ]

    def columns(self, name: str) -> dict[str, str]:
        fields = self.session.table(f"{quoted(self.address.schema)}.{quoted(name, whole=True)}").schema.fields
        return {field.name: _kind(field.dataType.simpleString()) for field in fields}

    def texts(
        self, schema: str, name: str, columns: Sequence[str | None], kinds: Sequence[str], zone: str = ""
    ) -> Iterator[list[tuple[str | None, ...]]]:
        """The cells as text; ``None`` for a column that is not to be fetched. Moments are the time in ``zone``."""
        listed = [
            "CAST(NULL AS STRING)" if column is None else f"CAST({_local(column, kind, zone)} AS STRING)"
            for column, kind in zip(columns, kinds, strict=True)
        ]
        named = ", ".join(f"{cell} AS x{place}" for place, cell in enumerate(listed)) or "1 AS x0"
        frame = self.session.sql(f"SELECT {named} FROM {quoted(schema)}.{quoted(name, whole=True)}")
        rows: list[tuple[str | None, ...]] = []
        try:
            for row in frame.toLocalIterator(prefetchPartitions=True):
                rows.append(tuple(row))
                if len(rows) == _AT_ONCE:
                    yield rows
                    rows = []
        except Exception as error:
            raise said_of_reading(error, f"{self.address.database} {schema}.{name}") or error from None
        yield rows

    def cell_maker(self, kind: str) -> Callable[[str | None], RawCell]:
        """From the text of a cell of this type to the cell."""
        return cell_maker(kind)

    def why_not_read(self, kind: str) -> str:
        """Why cells of a type are not read at all; empty if they are."""
        return why_not_read(kind)

    def _rows(self, text: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.session.sql(text).collect()]


def _local(column: str, kind: str, zone: str) -> str:
    """As :meth:`engine.databases.spark.typing.SparkDialect.local` has it."""
    cell = quoted(column, whole=True)
    if kind != MOMENT or not zone:
        return cell
    since = "make_timestamp_ntz(1970, 1, 1, 0, 0, 0)"
    return f"convert_timezone('UTC', '{zone}', timestampadd(MICROSECOND, unix_micros({cell}), {since}))"


def quoted(name: str, whole: bool = False) -> str:
    """An identifier of Spark; ``catalog.schema`` in its parts unless it is one ``whole`` name."""
    parts = [name] if whole else name.split(".")
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def _kind(kind: str) -> str:
    decimal = re.fullmatch(r"decimal\((\d+),(\d+)\)", kind)
    if decimal:
        return f"numeric({decimal[1]},{decimal[2]})"
    return "text" if kind.startswith(("varchar(", "char(")) else _NAMES.get(kind, kind)


def spark_sources(place: str, mapping: DataMapping | None) -> tuple[list[Source], list[str]]:
    """The tables of the schema, and those of them that ``mapping`` takes; then those that others stand for.

    Raises :class:`DataError`.
    """
    server = SparkServer(parse_address(place))
    try:
        there = server.tables()
        found, hidden = [], []
        for name in sorted(there):
            taken: list[TableMapping | None] = [] if mapping is None else [*mapping.taken_from(name)]
            instead = None if mapping is None else mapping.hidden(name, there)
            remote = RemoteTable(server, server.address.schema, name, server.columns(name))
            if not taken and instead is not None:
                hidden.append(instead.instead_of(remote.origin))
            elif not taken:
                taken = [None]
            for one in taken:
                table = name if one is None else one.table
                found.append(Source(table, REMOTE, Path(), remote.origin, one, name, remote))
    except DataError:
        raise
    except Exception as error:
        raise DataError(
            f"{server.address.shown}：读不了这个模式", "检查目录和模式的名字、权限，以及服务是否开着"
        ) from error
    if not found:
        raise DataError(f"{server.address.shown}：模式里没有可读的表", _FORM)
    return found, hidden
