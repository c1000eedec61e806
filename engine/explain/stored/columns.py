"""Names on data rows whose values the run kept: columns of the file of kept values beside the rows."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from sqlglot import exp

from engine.data.kept_values import REASON, KeptFile
from engine.data.staging.number_reading import number_reading
from engine.data.staging.sql import Sql, column, run, select_from
from engine.data.staging.upload import create_as
from engine.execute.plan.reads import How, Read
from engine.execute.sql import ints
from engine.execute.sql.lowered import Lowered
from engine.execute.sql.on_rows import InSql
from engine.execute.sql.reading import Reading
from engine.explain.stored.kept import KeptRun, keys_and, relation_of
from engine.explain.stored.likely import Likely, likely_read
from engine.explain.stored.part import PartedFrame
from engine.language.types import Kind
from engine.rulebook.scope import Access, Unreachable

WIDE = 10**18
_KINDS = (Kind.NUMBER, Kind.TEXT, Kind.CLASS, Kind.BOOL, Kind.DATE)


@dataclass(frozen=True)
class KeptColumn:
    """``value`` and, of one that is not always known, ``reason``: columns of the view; ``bounds``: of a number, scaled
    by 10^``digits``.
    """

    kind: Kind
    value: str
    reason: str
    nullable: bool
    digits: int = 0
    bounds: tuple[int, int] = (0, 0)


class KeptColumns:
    """The view over the kept values of one table, with the columns that were asked for. ``likely``: names that will be
    asked for; they are measured with the first one.
    """

    likely: Callable[[], Collection[str]] = frozenset

    def __init__(self, kept: KeptRun, file: KeptFile, name: str) -> None:
        self.kept, self.file, self.name = kept, file, name
        self.connection = kept.database.connection
        self.places = {one.name: place for place, one in enumerate(file.columns) if not one.key}
        self._columns: dict[str, KeptColumn | None] = {}
        self._read: dict[str, Sql] = {}
        self._kinds: dict[str, str] = {}

    def titles(self) -> Collection[str]:
        """The columns of the view beside its keys."""
        return self._read.keys()

    def column(self, name: str) -> KeptColumn | None:
        """``None`` for what was not kept, or not as a plain number or word."""
        if name not in self._columns:
            asked = {name, *(self.likely() if not self._columns else ())}
            self._columns |= dict.fromkeys(asked)
            self._measure([place for one, place in self.places.items() if one in asked and self._is_plain(one)])
        return self._columns[name]

    def _is_plain(self, name: str) -> bool:
        """Not fractions, nor more digits than a column holds."""
        kind = self.file.columns[self.places[name]].type.kind
        return kind in _KINDS and (kind is not Kind.NUMBER or self._kind(name).startswith("DECIMAL("))

    def _measure(self, places: list[int]) -> None:
        if not places:
            return
        measures: list[Sql] = [exp.Count(this=exp.Star())]
        for place in places:
            cell = column(self.file.columns[place].name)
            reason = self._reason(place)
            measures += [exp.Count(this=cell), exp.Literal.number(0) if reason is None else exp.Count(this=reason)]
            number = self.file.columns[place].type.kind is Kind.NUMBER
            measures += [exp.Min(this=cell.copy()), exp.Max(this=cell.copy())] if number else [exp.Null(), exp.Null()]
        count, *found = run(self.connection, select_from(relation_of(self.file), *measures)).fetchone()
        for at, place in enumerate(places):
            there, failed, *ends = found[at * 4 : at * 4 + 4]
            self._columns[self.file.columns[place].name] = self._found(place, there < count, bool(failed), ends)
        create_as(self.connection, self.name, keys_and(self.file, **self._read), "VIEW")

    def _reason(self, place: int) -> Sql | None:
        return column(REASON.format(self.file.columns[place].name)) if place in self.file.with_reasons else None

    def _found(self, place: int, nullable: bool, failed: bool, ends: Sequence[str | None]) -> KeptColumn:
        one = self.file.columns[place]
        value: Sql = column(one.name)
        digits, bounds = 0, (0, 0)
        if one.type.kind is Kind.NUMBER:
            kind = self._kind(one.name)
            digits = int(kind[:-1].rpartition(",")[2])
            low, high = (int(Fraction(end or 0) * 10**digits) for end in ends)
            bounds = low, high
            size = max(abs(low), abs(high))
            value = number_reading(kind, value, digits).value(len(str(size // 10**digits)))
            value = exp.cast(value, "HUGEINT" if size >= WIDE else "BIGINT", dialect="duckdb")
        self._read[f"v{place}"] = value
        reason = self._reason(place) if failed else None
        if reason is not None:
            self._read[f"r{place}"] = exp.Not(this=exp.paren(exp.Is(this=reason, expression=exp.Null())))
        return KeptColumn(one.type.kind, f"v{place}", f"r{place}" if failed else "", nullable, digits, bounds)

    def _kind(self, name: str) -> str:
        if not self._kinds:
            described = run(self.connection, exp.Describe(this=relation_of(self.file))).fetchall()
            self._kinds = {title: kind for title, kind, *_ in described}
        return self._kinds[name]


class KeptReading(Reading):
    """``kept``: the values of these rows that the run kept, of rows that take part in it."""

    def __init__(self, execution: InSql, frame: PartedFrame, kept: KeptColumns | None) -> None:
        super().__init__(execution, frame)
        self.kept, self.parted = kept, frame
        self._follow: dict[str, bool] = {}
        frame.likely = self._likely_columns
        if kept is not None:
            kept.likely = lambda: self._likely.kept

    @cached_property
    def _likely(self) -> Likely:
        return likely_read(self.execution, self.base, () if self.kept is None else self.kept.places, self.follows)

    def _likely_columns(self) -> list[str]:
        return [one.name for name, one in self.frame.staged.columns.items() if name in self._likely.fields]

    def follows(self, name: str) -> bool:
        """Whether ``name`` follows from figures and fields of the row: that costs less than to look up each key."""
        if name not in self._follow:
            self._follow[name] = False  # a circle does not
            self._follow[name] = all(self._is_there(read) for read in self.execution.columns.reads(name, self.base))
        return self._follow[name]

    def _is_there(self, read: Read) -> bool:
        if read.how is How.FIGURE or read.how is not How.ROW:
            return read.how is How.FIGURE
        if read.name in self.table.fields:
            return True
        return read.grain == self.base and self._is_own_rule(read.name) and self.follows(read.name)

    def _is_own_rule(self, name: str) -> bool:
        try:
            access = self.execution.scope(self.execution.closing).reach(self.base, name)
        except Unreachable:
            return False
        return access.own and access.kind == "rule"

    def read(self, name: str, day: datetime.date) -> Lowered:
        found = self._kept(name, day) if self.kept is not None and self._run_only() else None
        return super().read(name, day) if found is None else found

    def _run_only(self) -> bool:
        """Whether all that is looked at are rows of the run, each under the rules of its own day."""
        return not self.stands_alone and (not self.busy or not self.execution.sees_older(self.base))

    def _kept(self, name: str, day: datetime.date) -> Lowered | None:
        try:
            access: Access = self.execution.scope(day).reach(self.base, name)
        except Unreachable:
            return None
        if not access.own or access.kind not in ("rule", "check"):
            return None
        assert self.kept is not None
        found = None if access.kind == "rule" and self.follows(name) else self.kept.column(name)
        if found is None:
            return None
        keys = [self.staged(one.name) for one in self.kept.file.keys]
        titles = [f"k{place}" for place in range(len(keys))]
        relation = exp.select("*").from_(exp.to_table(self.kept.name))
        joined = self.frame.join([key.value for key in keys], relation, titles, ("kept", self.base))
        self.parted.joined_rows.setdefault(joined.alias, self.kept.titles)
        value = self.frame.joined_column(joined, found.value)
        fail = None
        if found.reason:
            known = self.frame.joined_column(joined, found.reason)
            fail = self.frame.let(exp.Coalesce(this=known, expressions=[exp.false()]))
        if found.kind is not Kind.NUMBER:
            return Lowered(Kind.TEXT if found.kind is Kind.CLASS else found.kind, value, fail, found.nullable)
        low, high = found.bounds
        num = ints.column(value, low, high, max(abs(low), abs(high)) >= WIDE)
        return Lowered(found.kind, value, fail, found.nullable, num, 10**found.digits)
