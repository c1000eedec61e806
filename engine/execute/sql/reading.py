"""What a name is on the rows of a frame: a staged column, a constant, a rule lowered in place, a value of elsewhere."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlglot import exp

from engine.databases.trees import made_of
from engine.execute.period import Period
from engine.execute.reference.phases import Phase
from engine.execute.sql import ints
from engine.execute.sql.arithmetic import compared
from engine.execute.sql.calls import CALLS
from engine.execute.sql.frame import Frame
from engine.execute.sql.host_values import HostValues
from engine.execute.sql.ints import TooLarge
from engine.execute.sql.key_columns import all_decoded, decoded_keys, key_parts
from engine.execute.sql.lower import Lowering, answered
from engine.execute.sql.lowered import (
    Lowered,
    all_of,
    branches,
    constant,
    is_true,
    merged,
    missing,
    month_number,
    not_,
    unresolved,
)
from engine.execute.sql.on_rows import InSql, OnRows
from engine.execute.sql.other_frames import value_there
from engine.execute.sql.row_days import days_of
from engine.execute.sql.rules import rule_body
from engine.execute.sql.written_rows import stored
from engine.language import tree
from engine.language.functions import law_of
from engine.language.types import BOOL, Kind, Type
from engine.language.values import Month, Unresolved, Value
from engine.rulebook.chains import DEEP, stops_before
from engine.rulebook.model import Formula, Table
from engine.rulebook.scope import Access, Unreachable

MEMBER = "属于 "


@dataclass
class _OfPhase:
    """Names, rules and nodes by the day of the rules. A node is kept alive: it is known by identity."""

    names: dict[tuple[str, datetime.date], Lowered] = field(default_factory=dict)
    rules: dict[tuple[str, datetime.date], Lowered] = field(default_factory=dict)
    nodes: dict[tuple[int, datetime.date], tuple[Lowered, tree.Node]] = field(default_factory=dict)


class Reading:
    """Names and formulas on the rows of one frame. What was lowered holds for the phase that it is of."""

    def __init__(self, execution: InSql, frame: Frame) -> None:
        self.execution, self.frame = execution, frame
        self.base = frame.base
        self.lowering = Lowering(self)
        self.host = HostValues(self)
        self.busy: list[str] = []
        self.used = False
        self._alone: _OfPhase | None = None

    @property
    def stands_alone(self) -> bool:
        return self._alone is not None

    def alone(self, work: Callable[[], Lowered]) -> Lowered:
        """What ``work`` lowers where each row is seen by itself, as if none stood before it.

        A row from before the period counts for 上一条 only if it was neither refused nor excluded then. The rules that
        say so may use 上一条 themselves: they would need the row before it, that one the row before, and so on to
        the first. So they are asked as if there were no other row.
        """
        before = self._alone, self.busy
        self._alone, self.busy = _OfPhase(), []
        try:
            return work()
        finally:
            self._alone, self.busy = before

    def _in(self, phase: Phase) -> _OfPhase:
        return self._alone or phase.kept(self, _OfPhase)

    def _of(self, name: str) -> _OfPhase:
        """What was lowered over the same rows as ``name``."""
        return self._in(self.execution.phases.of(name))

    def named(self) -> list[tuple[str, Lowered]]:
        """Names that are lowered now, and what they are in SQL: rules before what is only read."""
        found = [self._in(phase) for phase in self.execution.phases.all()]
        rules = [item for lowered in found for item in lowered.rules.items()]
        names = [item for lowered in found for item in lowered.names.items()]
        return [(name, low) for (name, _), low in [*rules, *names]]

    def ruled(self) -> list[tuple[str, Lowered]]:
        """The rules that are lowered now, and the grains whose rows are known, by name."""
        found = [self._in(phase) for phase in self.execution.phases.all()]
        return [(name.removeprefix(MEMBER), low) for lowered in found for (name, _), low in lowered.rules.items()]

    def is_lowered(self, name: str) -> bool:
        """Whether ``name`` is lowered as of the closing day."""
        return (name, self.execution.now.day) in self._of(name).names

    @property
    def table(self) -> Table:
        return self.frame.staged.table

    # -- days ------------------------------------------------------------

    @cached_property
    def days(self) -> list[tuple[exp.Expression | None, datetime.date]]:
        """Each state of the rules that rows may be of, with the condition that a row is of it or a later one: by the
        rulebook and the dates that stand in the table, which a run never changes.
        """
        return days_of(self)

    def by_day(self, lower: Callable[[datetime.date], Lowered]) -> Lowered:
        """What ``lower`` gives under the rules of each row's own day."""
        days = self.days
        lows = [lower(day) if day >= self.execution.book.start else unresolved(Kind.ABSENT) for _, day in days]
        first = lows[0]
        if all(_same(first, low) for low in lows[1:]):
            return first
        conditions = [(condition, low) for (condition, _), low in zip(days, lows, strict=True) if condition is not None]
        return self.frame.let_low(merged(list(reversed(conditions)), first, first.kind))

    def own(self, name: str) -> Lowered:
        """``name`` on each row, as of its own day."""
        return self.by_day(lambda day: self.read(name, day))

    def own_node(self, node: tree.Node) -> Lowered:
        """A bound formula on each row, as of its own day."""
        return self.by_day(lambda day: self.bound_node(node, day))

    def own_formula(self, formula: Formula, grain: str, expected: Type | None = None) -> Lowered:
        return self.by_day(lambda day: self.formula(formula, grain, day, expected))

    def own_truth_node(self, node: tree.Node) -> Lowered:
        """A bound condition on each row, as of its own day."""
        return self.frame.let_low(answered(self.own_node(node)))

    def own_truth(self, formula: Formula, grain: str) -> Lowered:
        return answered(self.own_formula(formula, grain, BOOL))

    def node(self, node: tree.Node, day: datetime.date) -> Lowered:
        """A bound formula under the rules of ``day``."""
        return self.lowering.node(node, day)

    def in_sql(self, node: tree.Node, day: datetime.date) -> Lowered:
        """The same without help of the host. Raises :class:`TooLarge`."""
        return self.lowering.in_sql(node, day)

    def bound_node(self, node: tree.Node, day: datetime.date) -> Lowered:
        key = (id(node), self.execution.scope(day).book.day)
        nodes = self._of(self.current).nodes
        if key not in nodes:
            nodes[key] = (self.frame.let_low(self.node(node, day)), node)
        return nodes[key][0]

    def formula(
        self, formula: Formula, grain: str, day: datetime.date, expected: Type | None = None, rooted: bool = False
    ) -> Lowered:
        """A formula as written. One that is wrong is unresolved."""
        try:
            node = self.execution.formulas.bound(formula, grain, day, expected, rooted)
        except Unresolved:
            return unresolved(expected.kind if expected else Kind.ABSENT)
        return self.node(node, day)

    # -- names ------------------------------------------------------------

    def read(self, name: str, day: datetime.date) -> Lowered:
        """``name`` as read on a row under the rules of ``day``."""
        try:
            scope = self.execution.scope(day)
        except Unresolved:
            return unresolved(Kind.ABSENT)
        key = (name, scope.book.day)
        names = self._of(name).names
        if key not in names:
            try:
                access = scope.reach(self.base, name)
                found = self.fetch(access, day)
            except (Unreachable, Unresolved):
                found = unresolved(Kind.ABSENT)
            names[key] = found
        return names[key]

    def fetch(self, access: Access, day: datetime.date) -> Lowered:
        execution = self.execution
        if access.kind == "parameter":
            kind = execution.scope(day).book.parameters[access.name].type.kind
            try:
                return _parameter(kind, execution.judge.parameter(access.name, day))
            except Unresolved:
                return unresolved(kind)
        if access.kind == "period":
            value = execution.period.named(access.name)
            return constant(Kind.NUMBER if isinstance(value, Fraction) else Kind.DATE, value)
        if access.kind == "key":
            return self.staged(access.name)
        if not access.own:
            return self.elsewhere(access, day)
        if access.kind == "field":
            return self.staged(access.name)
        return self.inside(access.subsets, day, lambda: self.own_grain(access, day))

    def own_grain(self, access: Access, day: datetime.date) -> Lowered:
        return self.screen(access.name, day) if access.kind == "check" else self.rule(access.name, day)

    def inside(self, subsets: Sequence[str], day: datetime.date, lower: Callable[[], Lowered]) -> Lowered:
        """Absent where the row does not belong to one of ``subsets`` (finest first)."""
        steps: list[tuple[exp.Expression, Lowered]] = []
        for subset in reversed(subsets):
            member = self.belongs(subset)
            unknown = missing(member)
            if unknown is not None:
                steps.append((unknown, unresolved(Kind.ABSENT)))
            if member.is_known and member.known is True:
                continue
            if member.is_known:
                steps.append((exp.true(), constant(Kind.ABSENT, None)))
                break
            steps.append((exp.Not(this=ints.grouped(member.value)), constant(Kind.ABSENT, None)))
        if not steps:
            return lower()
        if any(is_true(condition) for condition, _ in steps[:1]):
            return steps[0][1]
        low = lower()
        return self.frame.let_low(merged(steps, low, low.kind))

    def belongs(self, subset: str) -> Lowered:
        """Whether a row meets the condition of a narrowed grain, as of its own day."""

        def lower(day: datetime.date) -> Lowered:
            grain = self.execution.scope(day).book.grains.get(subset)
            if grain is None or grain.condition is None or not grain.of:
                return constant(Kind.BOOL, True)
            key = (MEMBER + subset, self.execution.scope(day).book.day)
            rules = self._of(subset).rules
            if key not in rules:
                rules[key] = self.frame.let_low(answered(self.formula(grain.condition, grain.of, day, BOOL)))
            return rules[key]

        return self.by_day(lower)

    def in_grain(self, grain: str) -> Lowered:
        """Whether a row belongs to ``grain`` and all that it narrows; unresolved where that cannot be known."""
        return self.by_day(lambda day: self._in_chain(self.execution.scope(day).chain(grain)))

    def _in_chain(self, chain: Sequence[str]) -> Lowered:
        if not chain:
            return constant(Kind.BOOL, True)
        options = []
        for subset in reversed(chain):
            member = self.belongs(subset)
            outside = not_(member.value) if not member.is_known else exp.Boolean(this=not member.known)
            options.append((outside, missing(member), constant(Kind.BOOL, False)))
        return self.frame.let_low(branches(options, constant(Kind.BOOL, True), Kind.BOOL))

    def staged(self, name: str) -> Lowered:
        """A column of the table itself."""
        column = self.frame.staged.columns.get(name)
        if column is None:
            return unresolved(self.table.fields[name].type.kind)
        kind = self.table.fields[name].type.kind
        sql: exp.Expression = exp.column(column.name)
        fail = None if column.out_of_range is None else exp.column(column.out_of_range)
        if fail is not None:
            sql = self.frame.let(exp.Case().when(fail.copy(), exp.Null(), copy=False).else_(sql, copy=False))
        if kind is not Kind.NUMBER:
            return Lowered(Kind.TEXT if kind is Kind.CLASS else kind, sql, fail, column.nullable)
        low, high = column.low or 0, column.high or 0
        assert isinstance(low, int) and isinstance(high, int) and column.digits is not None
        return Lowered(
            kind,
            sql,
            fail,
            column.nullable,
            ints.column(sql, low, high, max(abs(low), abs(high)) >= 10**18),
            10**column.digits,
        )

    # -- rows ------------------------------------------------------------

    def key_order(self) -> list[exp.Expression]:
        names = self.execution.scope(self.execution.closing).keys(self.base)
        return [self.staged(name).value for name in names]

    def at_key(self, key: tuple[Value, ...]) -> list[exp.Expression]:
        names = self.execution.scope(self.execution.closing).keys(self.base)
        return [self.equals(self.staged(name), part) for name, part in zip(names, key, strict=True)]

    def equals(self, low: Lowered, value: Value) -> exp.Expression:
        """Whether ``low`` is ``value``."""
        return compared("=", replace(low, fail=None, absent=False), constant(low.kind, value)).value

    def in_period(self, period: Period) -> exp.Expression:
        """Whether the 归期 of a row lies in ``period``."""
        name = self.table.period_field
        if name is None:
            return exp.true()
        low = self.staged(name)
        kind = self.table.fields[name].type.kind
        if kind is Kind.NUMBER:
            return self.equals(low, Fraction(period.year))
        first: Value = period.first if kind is Kind.MONTH else period.start
        last: Value = period.last if kind is Kind.MONTH else period.end
        column = self.frame.staged.columns[name]
        bounds: tuple[Any, Any] = (first, last)
        if isinstance(first, Month) and isinstance(last, Month):
            bounds = (month_number(first), month_number(last))
        if column.low is not None and column.high is not None and not column.nullable:  # noqa: SIM102
            if bounds[0] <= column.low and column.high <= bounds[1]:
                return exp.true()
        parts = [compared(">=", low, constant(kind, first)).value, compared("<=", low, constant(kind, last)).value]
        return (
            exp.Coalesce(this=exp.Paren(this=all_of(parts)), expressions=[exp.false()]) if low.absent else all_of(parts)
        )

    def parts(self, lows: list[Lowered]) -> list[exp.Expression]:
        """What tells combinations of values apart in SQL."""
        return [
            ints.typed(ints.constant(int(p.this))) if isinstance(p, exp.Literal) and not p.is_string else p
            for p in key_parts(lows)
        ]

    def decode(self, lows: list[Lowered], cells: Sequence[Any]) -> tuple[Value, ...]:
        return decoded_keys(lows, tuple(cells))

    def distinct(self, lows: list[Lowered], conditions: Sequence[exp.Expression]) -> list[tuple[Value, ...]]:
        """The combinations of values that occur."""
        query = self.frame.selected(key_parts(lows), conditions).distinct(copy=False)
        return all_decoded(lows, self.frame.database.rows(query))

    # -- rules and checks ------------------------------------------------------------

    def rule(self, name: str, day: datetime.date) -> Lowered:
        """A rule on its own rows. With an aggregate it is as of each row's own day."""
        execution = self.execution
        book = execution.scope(day).book
        if execution.judge.aggregates(book, name):
            return self.by_day(lambda own: self._rule_if_there(name, own))
        return self.rule_on(name, day)

    def _rule_if_there(self, name: str, day: datetime.date) -> Lowered:
        if name not in self.execution.scope(day).book.rules:
            return unresolved(Kind.ABSENT)
        return self.rule_on(name, day)

    def rule_on(self, name: str, day: datetime.date) -> Lowered:
        book = self.execution.scope(day).book
        key = (name, book.day)
        rules = self._of(name).rules
        if key not in rules:
            if name in self.busy:
                return unresolved(Kind.ABSENT)
            if len(self.busy) >= DEEP:
                for stop in stops_before(book).get(name, ()):
                    self.read(stop, day)
            self.busy.append(name)
            try:
                rules[key] = self._rule(name, day)
            finally:
                self.busy.pop()
        return rules[key]

    def _rule(self, name: str, day: datetime.date) -> Lowered:
        rule = self.execution.scope(day).book.rules[name]
        try:
            return self.frame.let_low(rule_body(self, rule, day))
        except TooLarge as error:
            self.execution.too_long(name, error.sentence())
            return self.host.rule(rule, day)

    def screen(self, name: str, day: datetime.date) -> Lowered:
        """筛查: the first grade that applies, 未命中, or 不适用 where it cannot be told."""
        check = self.execution.scope(day).book.checks[name]
        key = (name, self.execution.scope(day).book.day)
        rules = self._of(name).rules
        if key not in rules:
            options = []
            for grade, formula in check.grades:
                held = answered(self.formula(formula, check.grain, day, BOOL))
                options.append((held.value, missing(held), constant(Kind.CLASS, grade)))
            low = branches(options, constant(Kind.CLASS, "未命中"), Kind.CLASS)
            if low.fail is not None:
                low = merged([(low.fail, constant(Kind.CLASS, "不适用"))], replace(low, fail=None), Kind.CLASS)
            rules[key] = self.frame.let_low(low)
        return rules[key]

    @property
    def current(self) -> str:
        """The rule that is being lowered."""
        return self.busy[-1] if self.busy else ""

    # -- elsewhere ------------------------------------------------------------

    def elsewhere(self, access: Access, day: datetime.date) -> Lowered:
        """A value of another table or grain, found by keys that the row leads to."""
        keys = [self.read(step.name, day) for step in access.keys]
        other = self.execution.readings.get(access.grain)
        if other is not None:
            return self.other_frame(other, keys, lambda: other.fetch(replace(access, own=True), day))
        return self.host.named_at(keys, access.name, access.grain, day)

    def other_frame(self, other: OnRows, keys: list[Lowered], lower: Callable[[], Lowered]) -> Lowered:
        """A value of the row of another frame that has these keys."""
        return value_there(self, other, keys, lower)

    # -- calls and the host ------------------------------------------------------------

    def call(self, node: tree.Call, day: datetime.date) -> Lowered:
        found = CALLS[node.function](self, node, day)
        return stored(self, found) if law_of(node.function).orders_rows else found

    def on_host(self, node: tree.Node, day: datetime.date) -> Lowered:
        """A formula that SQL cannot say exactly: worked out once for each combination of what it reads."""
        return self.host.node(node, day)


def _parameter(kind: Kind, value: Any) -> Lowered:
    if isinstance(value, frozenset):
        return Lowered(kind, exp.Null(), None, False, known=value)
    return constant(kind, value)


def _same(one: Lowered, other: Lowered) -> bool:
    def said(low: Lowered) -> tuple:
        den = low.den, None if low.over is None else made_of(low.over.sql)
        return made_of(low.value), None if low.fail is None else made_of(low.fail), low.absent, den

    return one is other or said(one) == said(other)
