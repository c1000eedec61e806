"""What a table is made in: the DuckDB, the seed, the period, and the tables made so far."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.language.values import Month
from engine.rulebook.model import Table

SLOTS = 65_536
MOST_SLOTS = 4_194_304


def name_of(text: str) -> str:
    """An SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def text_of(text: str) -> str:
    """An SQL string."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class Made:
    """A table that is made: its SQL name, how many rows (numbered ``i`` from 0), all its columns."""

    table: Table
    sql: str
    rows: int
    columns: frozenset[str]


@dataclass
class World:
    connection: Any
    seed: int
    cases: int
    first: Month
    last: Month
    made: dict[str, Made] = field(default_factory=dict)
    _slots: dict[tuple, tuple[str, int]] = field(default_factory=dict)
    _counted: dict[int, str] = field(default_factory=dict)

    @property
    def start(self) -> datetime.date:
        return self.first.first_day()

    @property
    def end(self) -> datetime.date:
        return self.last.last_day()

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def months(self) -> Iterator[Month]:
        month = self.first
        while month <= self.last:
            yield month
            month = month.next()

    def years(self) -> range:
        return range(self.first.year, self.last.year + 1)

    def row_numbers(self, count: int) -> str:
        """A table ``i`` = 0 … count − 1, which is read by several threads where ``range`` is not."""
        if count not in self._counted:
            name = f"rows{len(self._counted)}"
            self.connection.execute(f"CREATE TABLE {name} AS SELECT range AS i FROM range({count})")
            self._counted[count] = name
        return self._counted[count]

    def slots(self, source: str, weights: tuple[str, ...]) -> tuple[str, int]:
        """A table (s, r) that spreads slots over the rows ``i`` of ``source`` by weight, one block of slots a weight.

        Returns its name and how many slots a block has: drawing a slot evenly draws a row by weight.
        """
        key = (source, weights)
        if key not in self._slots:
            count = self.connection.execute(f"SELECT count(*) FROM ({source})").fetchone()[0]
            size = min(MOST_SLOTS, max(SLOTS, 2 ** math.ceil(math.log2(32 * max(count, 1)))))
            blocks = " UNION ALL ".join(_block(source, weight, n, size) for n, weight in enumerate(weights))
            name = f"slots{len(self._slots)}"
            self.connection.execute(f"CREATE TABLE {name} AS {blocks}")
            self._slots[key] = (name, size)
        return self._slots[key]

    def calendar_weights(self, months: dict[int, float], weekend: float) -> str:
        """SQL of the days of the period (i from 0) with a weight w by month and weekday."""
        whens = " ".join(f"WHEN {month} THEN {weight!r}" for month, weight in sorted(months.items()))
        by_month = f"CASE month(day) {whens} ELSE 1 END" if whens else "1"
        return (
            f"SELECT i, ({by_month}) * CASE WHEN isodow(day) > 5 THEN {weekend!r} ELSE 1 END AS w "
            f"FROM (SELECT range AS i, DATE '{self.start}' + range::INTEGER AS day FROM range({self.days}))"
        )

    def calendar(self, around: int) -> list[datetime.date]:
        first = self.start - datetime.timedelta(days=around)
        return [first + datetime.timedelta(days=n) for n in range(self.days + 2 * around)]


def _block(source: str, weight: str, number: int, size: int) -> str:
    """One block: slot k belongs to the row whose share of the whole covers (k + ½) / size."""
    heap = (
        f"SELECT i, w, sum(w) OVER (ORDER BY i ROWS UNBOUNDED PRECEDING) - w AS low, sum(w) OVER () AS whole "
        f"FROM (SELECT i, ({weight})::DOUBLE AS w FROM ({source})) WHERE w > 0"
    )
    return (
        f"SELECT (k + {number * size})::BIGINT AS s, h.i AS r "
        f"FROM (SELECT range AS k, (range + 0.5) / {size}e0 AS share FROM range({size})) "
        f"ASOF JOIN (SELECT i, low / whole AS low FROM ({heap})) h ON share >= h.low"
    )
