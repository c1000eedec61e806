"""Rows that have a code (of what refuses or holds them): few are fetched by the query that finds them, and sent back as
a table; if there are many, that query ends at the first of them, and the table is made where they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from engine.databases.interface import Database
from engine.execute.sql import ints
from engine.execute.sql.frame import FETCHED, ROW, Frame
from engine.execute.sql.lowered import is_null, not_

AT_ONCE = 10_000
"""So many are fetched while it is not known how many there are."""


@dataclass(frozen=True)
class Marked:
    """``table``: number and code of each; ``codes``: how many there are of each; ``rows``: all of them in the order of
    numbers, or ``None`` where they are too many to be fetched.
    """

    table: str
    codes: Counter[str]
    rows: list[tuple[int, str]] | None

    @property
    def count(self) -> int:
        return self.codes.total()


def are_few(frame: Frame) -> bool:
    """Whether all rows of the frame may be fetched."""
    return frame.staged.count <= FETCHED


def fetched(database: Database, rows: Iterable[Sequence[Any]]) -> Marked | None:
    """Numbers and codes that were fetched; ``None`` if there are none."""
    found = _ordered(rows)
    return _sent(database, found) if found else None


def marked(frame: Frame, query: exp.Select) -> Marked | None:
    """What a query of numbers and codes gives; ``None`` if nothing."""
    database = frame.database
    rows = database.rows(query.copy().limit(AT_ONCE + 1, copy=False))
    return fetched(database, rows) if len(rows) <= AT_ONCE else _in_table(database, database.keep(query))


def in_column(frame: Frame, table: str, column: str) -> Marked | None:
    """The rows of a table that have a code in a column of it."""
    code = exp.column(column)
    listed = exp.select(ROW, exp.alias_(code, "code")).from_(exp.to_table(table)).where(not_(is_null(code)))
    return marked(frame, listed)


def _in_table(database: Database, table: str) -> Marked:
    counted = exp.select("code", exp.Count(this=exp.Star())).from_(exp.to_table(table)).group_by("code")
    return Marked(table, Counter({str(code): int(count) for code, count in database.rows(counted)}), None)


def put_together(database: Database, one: Marked, other: Marked) -> Marked:
    """Those of both."""
    codes = one.codes + other.codes
    if one.rows is not None and other.rows is not None:
        return Marked(_sent(database, rows := sorted(one.rows + other.rows)).table, codes, rows)
    parts = [exp.select(ROW, "code").from_(exp.to_table(part.table)) for part in (one, other)]
    return Marked(database.keep(exp.union(*parts, distinct=False)), codes, None)


def _ordered(rows: Iterable[Sequence[Any]]) -> list[tuple[int, str]]:
    return sorted((int(rn), str(code)) for rn, code, *_ in rows)


def _sent(database: Database, rows: list[tuple[int, str]]) -> Marked:
    numbers, codes = [rn for rn, _ in rows], [code for _, code in rows]
    table = database.table([(ROW, ints.NARROW_TYPE, numbers), ("code", "VARCHAR", codes)])
    return Marked(table, Counter(codes), rows)
