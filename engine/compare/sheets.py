"""One statement of two results, row by row: matched by key, compared by DuckDB, at any size."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Context, Decimal
from functools import reduce
from typing import Any

from sqlglot import exp

from engine.compare.runs import Run
from engine.data.duckdb_files import memory_connection
from engine.data.staging.sql import Sql, column, func, named, quoted_table, run, select_from, text, whole
from engine.files.errors import DataError

NUMBERS = ("DECIMAL", "BIGINT", "INTEGER", "HUGEINT")
MOVES = 12
"""Moves between classes that are listed of a column."""


_APART, _BETWEEN = "\x1e", "\x1f"
"""Signs that stand in no key."""
_EXACT = Context(prec=100)
"""Totals have at most 38 digits."""


@dataclass(frozen=True)
class Changed:
    """A column that differs: in how many rows; of numbers the greatest change, and the
    totals before and after where they mean something.
    """

    heading: str
    rows: int
    before: Decimal | None = None
    after: Decimal | None = None
    greatest: tuple[tuple[Any, ...], Decimal] | None = None
    moves: tuple[tuple[str, str, int], ...] = ()

    @property
    def difference(self) -> Decimal:
        """Of the totals, after less before; a total that there is not counts as nothing."""
        return less(self.after or 0, self.before or 0)


@dataclass
class SheetDifference:
    """``only``: rows of one result alone; ``changed``: columns whose cells differ; ``lost``: headings of one alone."""

    statement: str
    keys: list[str]
    rows: tuple[int, int] = (0, 0)
    only: tuple[int, int] = (0, 0)
    changed_rows: int = 0
    changed: list[Changed] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)


class Sheets:
    """A statement of two results, joined by key in a DuckDB of its own. A context."""

    def __init__(self, one: Run, other: Run, statement: str) -> None:
        self.statement, self.keys = statement, one.keys(statement)
        if other.keys(statement) != self.keys:
            raise DataError(f"报表 {statement} 的键不同：{'、'.join(self.keys)}；{'、'.join(other.keys(statement))}")
        self.connection = memory_connection()
        self._kinds = [self._load(name, result) for name, result in (("a", one), ("b", other))]
        self.adding = one.adds_up(statement) & other.adds_up(statement)
        self.shared = [h for h in self._kinds[0] if h in self._kinds[1] and h not in self.keys]
        self._join()

    def __enter__(self) -> Sheets:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def _load(self, name: str, result: Run) -> dict[str, str]:
        """A view over the file; headings and their types. Columns are c0 … by heading, so that no name can clash."""
        import duckdb

        source = func("read_parquet", text(result.file(self.statement)))
        try:
            described = run(self.connection, exp.Describe(this=exp.select("*").from_(source))).fetchall()
        except duckdb.Error as error:
            raise DataError(f"{result.folder}：报表 {self.statement} 读不出来", "结果文件夹不完整") from error
        kinds = {heading: kind for heading, kind, *_ in described}
        create = exp.Create(this=quoted_table(name), kind="VIEW", expression=exp.select("*").from_(source))
        run(self.connection, create)
        return kinds

    def _join(self) -> None:
        """The table d: a row for each key, its cells in both (a0, b0 …), and where it is."""
        on = exp.and_(
            *(
                exp.NullSafeEQ(this=_of("a", key), expression=_of("b", key))
                for key in self.keys
            )
        )  # fmt: skip
        if not self.keys:
            on = exp.true()
        columns: list[Sql] = [
            named(exp.Coalesce(this=_of("a", key), expressions=[_of("b", key)]), f"k{n}")
            for n, key in enumerate(self.keys)
        ]
        for n, heading in enumerate(self.shared):
            columns += [named(_of("a", heading), f"a{n}"), named(_of("b", heading), f"b{n}")]
        there = [named(_of(name, "there").is_(exp.null()), f"no_{name}") for name in "ab"]
        marked = [
            exp.alias_(
                select_from(quoted_table(name), exp.Star(), named(exp.true(), "there")).subquery(), name, table=True
            )
            for name in "ab"
        ]
        query = exp.select(*columns, *there).from_(marked[0]).join(marked[1], on=on, join_type="full")
        run(self.connection, exp.Create(this=quoted_table("d"), kind="TABLE", expression=query))

    # -- what differs ------------------------------------------------------------

    def difference(self) -> SheetDifference:
        found = SheetDifference(self.statement, self.keys)
        found.rows = tuple(self._count(name) for name in "ab")  # type: ignore[assignment]
        found.only = (self._count("d", column("no_b")), self._count("d", column("no_a")))
        found.changed_rows = self._count("d", self._any_changed())
        found.lost = [(h, "A") for h in self._kinds[0] if h not in self._kinds[1]]
        found.lost += [(h, "B") for h in self._kinds[1] if h not in self._kinds[0]]
        for n, heading in enumerate(self.shared):
            rows = self._count("d", self._differs(n))
            sums = self._sums(n) if heading in self.adding else (None, None)
            if rows or sums[0] != sums[1]:
                found.changed.append(self._changed(n, heading, rows, sums))
        return found

    def rows_changed(
        self, most: int, by: str = "", value: str = "", most_of: str = "", among: Sql | None = None
    ) -> Iterator[tuple[tuple[Any, ...], str, Any, Any]]:
        """Key, heading, both cells of the first rows that differ, in key order.

        ``by`` and ``value``: only rows that have this value there, before or after, as gains tell it;
        ``most_of``: the rows in which this number changes most come first; ``among``: only rows that meet this.
        """
        keys = [column(f"k{n}") for n in range(len(self.keys))]
        cells = [column(f"{name}{n}") for n in range(len(self.shared)) for name in "ab"]
        query = select_from(quoted_table("d"), *keys, *cells).where(self._any_changed())
        if among is not None:
            query = query.where(among)
        if by:
            query = query.where(exp.or_(*(as_told(cell).eq(exp.Literal.string(value)) for cell in self._both_of(by))))
        order = [exp.Ordered(this=key.copy(), nulls_first=True) for key in keys]
        if most_of and self._is_number(most_of):
            order.insert(0, exp.Ordered(this=self._size(self.shared.index(most_of)), desc=True))
        query = query.order_by(*order).limit(most)
        for row in run(self.connection, query).fetchall():
            key, pairs = row[: len(keys)], row[len(keys) :]
            for n, heading in enumerate(self.shared):
                if pairs[2 * n] != pairs[2 * n + 1]:
                    yield key, heading, pairs[2 * n], pairs[2 * n + 1]

    def among(self, keys: Collection[tuple[str, ...]]) -> Sql:
        """The condition that the key of a row, as people read it, is one of these. Once for these sheets."""
        listed = func("string_split", text(_APART.join(map(_BETWEEN.join, keys))), text(_APART))
        known = exp.Select().select(named(exp.Unnest(expressions=[listed]), "key"))
        run(self.connection, exp.Create(this=quoted_table("known"), kind="TABLE", expression=known))
        parts = [self._key_as_told(n) for n in range(len(self.keys))]
        between = exp.Literal.string(_BETWEEN)
        own = reduce(
            lambda one, other: exp.DPipe(this=exp.DPipe(this=one, expression=between), expression=other), parts
        )
        return exp.In(this=own, query=exp.select(column("key")).from_(quoted_table("known")).subquery())

    def count_changed(self, among: Sql) -> int:
        """How many rows that both have differ, of those that meet a condition."""
        return self._count("d", exp.and_(exp.paren(self._any_changed()), among))

    def _key_as_told(self, n: int) -> Sql:
        """Without the decimals that a statement adds to a number."""
        told, kind = as_told(column(f"k{n}")), self._kinds[0][self.keys[n]]
        if not kind.startswith("DECIMAL") or kind.endswith(",0)"):
            return told
        return func("rtrim", func("rtrim", told, exp.Literal.string("0")), exp.Literal.string("."))

    def most_telling(self, found: SheetDifference) -> str:
        """The first number that changes: one that adds up, if there is one; empty where none changes."""
        numbers = [changed.heading for changed in found.changed if not changed.moves]
        return next((heading for heading in numbers if heading in self.adding), next(iter(numbers), ""))

    def _both_of(self, heading: str) -> list[Sql]:
        """A column in both results."""
        if heading in self.keys:
            return [column(f"k{self.keys.index(heading)}")]
        return [column(f"{name}{self.shared.index(heading)}") for name in "ab"]

    def _size(self, n: int) -> Sql:
        """By how much a number changes; what is absent counts as nothing."""
        cells = [exp.Coalesce(this=column(f"{name}{n}"), expressions=[exp.Literal.number(0)]) for name in "ba"]
        return exp.Abs(this=exp.Sub(this=cells[0], expression=cells[1]))

    def _is_number(self, heading: str) -> bool:
        return all(kinds[heading].startswith(NUMBERS) for kinds in self._kinds)

    def _both(self) -> Sql:
        return exp.and_(exp.not_(column("no_a")), exp.not_(column("no_b")))

    def _differs(self, n: int) -> Sql:
        same = exp.NullSafeEQ(this=column(f"a{n}"), expression=column(f"b{n}"))
        return exp.and_(self._both(), exp.not_(exp.paren(same)))

    def _any_changed(self) -> Sql:
        return exp.or_(*(exp.paren(self._differs(n)) for n in range(len(self.shared)))) if self.shared else exp.false()

    def _count(self, name: str, where: Sql | None = None) -> int:
        query = exp.select(exp.Count(this=exp.Star())).from_(quoted_table(name))
        (found,) = run(self.connection, query if where is None else query.where(where)).fetchone()
        return int(found)

    def _sums(self, n: int) -> tuple[Decimal | None, Decimal | None]:
        sums = [exp.Sum(this=column(f"{name}{n}")) for name in "ab"]
        one, other = run(self.connection, exp.select(*sums).from_(quoted_table("d"))).fetchone()
        return one, other

    def _changed(self, n: int, heading: str, rows: int, sums: tuple[Decimal | None, Decimal | None]) -> Changed:
        if self._is_number(heading):
            return Changed(heading, rows, *sums, self._greatest(n))
        query = (
            select_from(quoted_table("d"), column(f"a{n}"), column(f"b{n}"), named(exp.Count(this=exp.Star()), "n"))
            .where(self._differs(n))
            .group_by(column(f"a{n}"), column(f"b{n}"))
            .order_by(exp.Ordered(this=column("n"), desc=True), column(f"a{n}"), column(f"b{n}"))
            .limit(MOVES)
        )
        moves = tuple((str(one), str(other), count) for one, other, count in run(self.connection, query).fetchall())
        return Changed(heading, rows, moves=moves)

    def _greatest(self, n: int) -> tuple[tuple[Any, ...], Decimal] | None:
        change = exp.Sub(this=column(f"b{n}"), expression=column(f"a{n}"))
        keys = [column(f"k{place}") for place in range(len(self.keys))]
        query = (
            select_from(quoted_table("d"), *keys, named(change, "change"))
            .where(self._differs(n), exp.not_(exp.paren(change.copy().is_(exp.null()))))
            .order_by(exp.Ordered(this=exp.Abs(this=column("change")), desc=True), *keys)
            .limit(whole(1))
        )
        found = run(self.connection, query).fetchone()
        return None if found is None else (found[:-1], found[-1])


def added(numbers: Iterable[Decimal | int]) -> Decimal:
    """Their sum, to the last digit."""
    return reduce(_EXACT.add, map(Decimal, numbers), Decimal(0))


def less(after: Decimal | int, before: Decimal | int) -> Decimal:
    """``after`` less ``before``, to the last digit."""
    return _EXACT.subtract(Decimal(after), Decimal(before))


def as_told(cell: Sql) -> Sql:
    """The text by which a value is told; absent is empty."""
    return exp.Coalesce(this=exp.cast(cell, "VARCHAR"), expressions=[exp.Literal.string("")])


def _of(table: str, name: str) -> exp.Column:
    return exp.column(name, table=table, quoted=True)
