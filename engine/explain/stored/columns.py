"""Names on data rows whose values the run kept: columns of the file of kept values beside the rows."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction

from sqlglot import exp

from engine.data.kept_values import REASON, KeptFile
from engine.data.staging.number_reading import number_reading
from engine.data.staging.sql import Sql, column, run, select_from
from engine.data.staging.upload import create_as
from engine.execute.plan.reads import How, Read
from engine.execute.sql import ints
from engine.execute.sql.frame import Frame
from engine.execute.sql.lowered import Lowered
from engine.execute.sql.on_rows import InSql
from engine.execute.sql.reading import Reading
from engine.explain.stored.kept import KeptRun, keys_and, relation_of
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
    """The view over the kept values of one table, with the columns that were asked for."""

    def __init__(self, kept: KeptRun, file: KeptFile, name: str) -> None:
        self.kept, self.file, self.name = kept, file, name
        self.connection = kept.database.connection
        self._columns: dict[str, KeptColumn | None] = {}
        self._read: dict[str, Sql] = {}
        self._kinds: dict[str, str] = {}

    def column(self, name: str) -> KeptColumn | None:
        """``None`` for what was not kept, or not as a plain number or word."""
        if name not in self._columns:
            place = next((n for n, one in enumerate(self.file.columns) if one.name == name and not one.key), None)
            self._columns[name] = None if place is None else self._measured(place)
        return self._columns[name]

    def _measured(self, place: int) -> KeptColumn | None:
        one = self.file.columns[place]
        if one.type.kind not in _KINDS:
            return None
        cell, digits = column(one.name), 0
        reason = column(REASON.format(one.name)) if place in self.file.with_reasons else None
        measures: list[Sql] = [exp.Count(this=exp.Star()), exp.Count(this=cell.copy())]
        measures.append(exp.Count(this=reason.copy()) if reason is not None else exp.Literal.number(0))
        if one.type.kind is Kind.NUMBER:
            kind = self._kind(one.name)
            if not kind.startswith("DECIMAL("):
                return None  # fractions, or more digits than a column holds
            digits = int(kind[:-1].rpartition(",")[2])
            measures += [exp.Min(this=cell.copy()), exp.Max(this=cell.copy())]
        count, there, failed, *ends = run(self.connection, select_from(relation_of(self.file), *measures)).fetchone()
        bounds = (0, 0)
        value: Sql = cell
        if one.type.kind is Kind.NUMBER:
            low, high = (int(Fraction(end or 0) * 10**digits) for end in ends)
            before = len(str(max(abs(low), abs(high)) // 10**digits))
            value, bounds = number_reading(self._kind(one.name), cell, digits).value(before), (low, high)
            value = exp.cast(value, "HUGEINT" if max(abs(low), abs(high)) >= WIDE else "BIGINT", dialect="duckdb")
        self._read[f"v{place}"] = value
        if failed and reason is not None:
            self._read[f"r{place}"] = exp.Not(this=exp.paren(exp.Is(this=reason, expression=exp.Null())))
        create_as(self.connection, self.name, keys_and(self.file, **self._read), "VIEW")
        return KeptColumn(one.type.kind, f"v{place}", f"r{place}" if failed else "", there < count, digits, bounds)

    def _kind(self, name: str) -> str:
        if not self._kinds:
            described = run(self.connection, exp.Describe(this=relation_of(self.file))).fetchall()
            self._kinds = {title: kind for title, kind, *_ in described}
        return self._kinds[name]


class KeptReading(Reading):
    """``kept``: the values of these rows that the run kept, of rows that take part in it."""

    def __init__(self, execution: InSql, frame: Frame, kept: KeptColumns | None) -> None:
        super().__init__(execution, frame)
        self.kept = kept
        self._follow: dict[str, bool] = {}

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
        if isinstance(self.frame, PartedFrame):
            self.frame.joined_rows.add(joined.alias)
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
