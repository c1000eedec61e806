"""Rows out of MariaDB and into it, exactly: no cell becomes a float."""

from __future__ import annotations

import datetime
import pickle
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from engine.databases.mariadb.session import refuse_warnings
from engine.databases.mariadb.wire_types import kind_of

PACKET = 1 << 19
"""Characters of a statement that inserts rows, about."""


@dataclass(frozen=True)
class Column:
    """A column of a result: its name, the number of its type, and its decimals."""

    name: str
    code: int
    scale: int

    @property
    def kind(self) -> str:
        """Its type as queries name it. Raises ``ValueError`` for what is not exact."""
        return kind_of(self.code, self.scale)


@contextmanager
def read(connection: Any, text: str, size: int) -> Iterator[tuple[list[Column], Iterator[list[tuple[Any, ...]]]]]:
    """Columns and rows of a query, ``size`` rows at a time. When it is entered the server has given all of them, those
    that are many to a file of this machine: the connection is free for other queries.
    """
    from pymysql.cursors import SSCursor

    with tempfile.TemporaryFile(prefix="casemix-") as spool, connection.cursor(SSCursor) as cursor:
        cursor.execute(text)
        columns = [Column(field.name, field.type_code, field.scale) for field in cursor._result.fields]
        first = list(cursor.fetchmany(size))
        parts = 0
        if len(first) == size:
            while rows := cursor.fetchmany(size):
                pickle.dump(list(rows), spool)
                parts += 1
        refuse_warnings(connection, cursor)

        def chunks() -> Iterator[list[tuple[Any, ...]]]:
            if first:
                yield first
            spool.seek(0)
            for _ in range(parts):
                yield pickle.load(spool)  # written above

        yield columns, chunks()


def literal_rows(columns: Sequence[Sequence[Any]]) -> Iterator[str]:
    """Rows as they stand after VALUES, some at a time; a list of equal length for each column."""
    waiting: list[str] = []
    size = 0
    for row in zip(*columns, strict=True):
        shown = f"({','.join(_literal(cell) for cell in row)})"
        waiting.append(shown)
        size += len(shown)
        if size > PACKET:
            yield ",".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield ",".join(waiting)


def _literal(cell: Any) -> str:
    if cell is None:
        return "NULL"
    if isinstance(cell, str):
        return "'" + cell.replace("'", "''") + "'"
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, datetime.date):
        return f"'{cell.isoformat()}'"
    return str(cell)  # whole numbers
