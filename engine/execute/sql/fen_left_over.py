"""The fen that are left over where shares are cut to whole fen: one each to the largest remainders, then in order of
keys.

To put all rows in order of their remainders would be most of the work. They are counted by steps of equal width
instead: rows above the step in which the last fen is given have one more, rows below have not, and only those in it
are put in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from engine.databases.interface import Database
from engine.databases.trees import named
from engine.execute.sql import ints
from engine.execute.sql.frame import ROW, SmallTable
from engine.execute.sql.ints import typed
from engine.execute.sql.key_columns import key_types
from engine.execute.sql.lowered import Lowered
from engine.execute.sql.on_rows import OnRows

MOST_STEPS, COUNTED = 1_000, 20_000
"""Steps of one partition, and about how many there are of all."""


def widths(totals: Sequence[int | None]) -> list[int | None]:
    """How wide a step of remainders is in each partition; they are below ``totals``."""
    steps = max(min(MOST_STEPS, COUNTED // max(len(totals), 1)), 1)
    return [None if total is None else total // steps + 1 for total in totals]


@dataclass(frozen=True)
class Weighed:
    """A table of the rows that have a share, by ``parts``: x0 the row number, x1 whole fen, x2 the remainder, x3 its
    step, then the parts and so many ``keys``.
    """

    reading: OnRows
    table: str
    parts: list[Lowered]
    keys: int

    @property
    def _parts(self) -> list[str]:
        return [f"x{4 + place}" for place in range(len(self.reading.parts(self.parts)))]

    def given(self, pools: Mapping[tuple, int]) -> exp.Expression:
        """The fen of each row, by its number. ``pools``: how many fen there are in each partition."""
        last, more, joined = self._last_step(pools)
        step = exp.column("x3", "w")
        rows = exp.select(named(exp.column("x0", "w"), ROW), named(_more(exp.GT(this=step, expression=last)), "fen"))
        apart = _from(rows, self.table, joined).where(exp.NEQ(this=step.copy(), expression=last.copy()), copy=False)
        first_key = 4 + len(self._parts)
        order = [exp.Ordered(this=exp.column("x2", "w"), desc=True, nulls_first=False)]
        order += [
            exp.Ordered(this=exp.column(f"x{n}", "w"), nulls_first=False)
            for n in range(first_key, first_key + self.keys)
        ]
        by = [exp.column(name, "w") for name in self._parts]
        place = exp.Window(this=exp.RowNumber(), partition_by=by, order=exp.Order(expressions=order), over="OVER")
        columns = [exp.column("x0", "w"), exp.column("x1", "w"), named(more, "more"), named(place, "place")]
        in_last = exp.EQ(this=step.copy(), expression=last.copy())
        ordered = _from(exp.select(*columns), self.table, joined).where(in_last, copy=False)
        numbered = ordered.subquery("w", copy=False)
        has = exp.LTE(this=exp.column("place", "w"), expression=exp.column("more", "w"))
        tied = exp.select(named(exp.column("x0", "w"), ROW), named(_more(has), "fen")).from_(numbered, copy=False)
        return exp.union(apart, tied, distinct=False, copy=False)

    def _last_step(self, pools: Mapping[tuple, int]) -> tuple[exp.Expression, exp.Expression, exp.Join | None]:
        """In which step the last fen is given, and how many are given in it: where there are partitions, columns of a
        table that is joined.
        """
        names = self._parts
        query = exp.select(*names, "x3", exp.Count(this=exp.Star()), exp.Sum(this=exp.column("x1")))
        query = query.from_(exp.to_table(self.table)).group_by(
            *[exp.column(name) for name in (*names, "x3")], copy=False
        )
        steps: dict[tuple, list[tuple[int, int, int]]] = {}
        for row in self._database.rows(query):
            step, count, fen = (int(cell or 0) for cell in row[len(names) :])
            steps.setdefault(row[: len(names)], []).append((step, count, fen))
        raw = list(steps)
        found = [_last(steps[key], pools.get(self.reading.decode(self.parts, key), 0)) for key in raw]
        if not names:
            last, more = found[0] if found else (0, 0)
            return ints.whole(last), ints.whole(more), None
        table = SmallTable(key_types(self.parts), raw)
        for place in range(2):
            table.columns.append((f"u{place}", ints.NARROW_TYPE, [one[place] for one in found]))
        on = [exp.EQ(this=exp.column(name, "w"), expression=exp.column(f"k{n}", "l")) for n, name in enumerate(names)]
        uploaded = exp.to_table(table.upload(self._database), alias="l")
        joined = exp.Join(this=uploaded, side="LEFT", on=exp.and_(*on, copy=False))
        return exp.column("u0", "l"), exp.column("u1", "l"), joined

    @property
    def _database(self) -> Database:
        return self.reading.frame.database


def _last(steps: list[tuple[int, int, int]], pool: int) -> tuple[int, int]:
    """``steps``: each with how many rows are in it and their whole fen."""
    left = max(pool - sum(fen for _, _, fen in steps), 0)
    if not left:  # no row has to be put in order
        return max(step for step, _, _ in steps) + 1, 0
    for step, count, _ in sorted(steps, reverse=True):
        if left <= count:
            return step, left
        left -= count
    return -1, 0


def _more(has: exp.Expression) -> exp.Expression:
    """The whole fen, and one more where ``has`` is true."""
    one, none = typed(ints.constant(1)), typed(ints.constant(0))
    more = exp.Case().when(has, one, copy=False).else_(none, copy=False)
    return exp.Add(this=exp.column("x1", "w"), expression=exp.Paren(this=more))


def _from(query: exp.Select, table: str, joined: exp.Join | None) -> exp.Select:
    found = query.from_(exp.to_table(table, alias="w"), copy=False)
    return found if joined is None else found.join(joined.copy(), copy=False)
