"""A digest of the rows of a table, worked out in the database: of what stands there, in whatever order.

Of each row's text the first 240 bits of the SHA-256 are added up, as :mod:`engine.data.staging.remote.digest` does; the
text rests on no setting of a session.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from engine.data.staging.remote.digest import DIGITS, LANES, total

_LANE = "('x' OPERATOR(pg_catalog.||) pg_catalog.substr(t.h, {}, {}))::bit(60)::pg_catalog.int8"
_CELL = "COALESCE(pg_catalog.length({0})::pg_catalog.text OPERATOR(pg_catalog.||) ':' OPERATOR(pg_catalog.||) {0}, 'N')"


def table_digest(
    ask: Callable[[Any], Sequence[Sequence[Any]]], schema: str, name: str, columns: Sequence[tuple[str, str]]
) -> str:
    """``ask``: the rows of a query; ``columns``: names and types, which belong to what is digested."""
    from psycopg import sql

    line = sql.SQL(" OPERATOR(pg_catalog.||) ").join(
        [sql.SQL(_CELL).format(_text(sql.Identifier("s", column), kind)) for column, kind in columns]
        or [sql.SQL("''::pg_catalog.text").format()]
    )
    lanes = sql.SQL(", ").join(
        sql.SQL("pg_catalog.sum(") + sql.SQL(_LANE.format(1 + DIGITS * lane, DIGITS)) + sql.SQL(")")
        for lane in range(LANES)
    )
    hashed = sql.SQL("pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to({}, 'UTF8')), 'hex')").format(line)
    query = sql.SQL("SELECT pg_catalog.count(*), {} FROM (SELECT {} AS h FROM {} AS s) AS t").format(
        lanes, hashed, sql.Identifier(schema, name)
    )
    rows, *sums = ask(query)[0]
    head = [*(part for column in columns for part in column), str(rows), f"{total(sums):0{LANES * DIGITS}x}"]
    return hashlib.sha256("\x1f".join(head).encode()).hexdigest()


def _text(cell: Any, kind: str) -> Any:
    from psycopg import sql

    if kind == "date":
        return sql.SQL("pg_catalog.to_char({}, 'YYYY-MM-DD')").format(cell)
    return sql.SQL("{}::pg_catalog.text").format(cell)
