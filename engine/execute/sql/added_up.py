"""For each aggregate what SQL has to add up over the rows (合计 a sum, 平均 a sum and a count …), and how its value
follows from that in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from sqlglot import exp

from engine.databases.marks import NARROW_SUM
from engine.databases.trees import made_of
from engine.execute.reference.aggregates import Root
from engine.execute.sql import ints
from engine.execute.sql.ints import Int, grouped, typed
from engine.execute.sql.lowered import Lowered, all_of, any_of, is_true, missing, sql_type
from engine.language.function_laws import Absence
from engine.language.functions import law_of
from engine.language.types import Kind
from engine.language.values import Month, Unresolved, Value


@dataclass(frozen=True)
class State:
    """``parts``: SQL aggregates of these ``types``; ``finish``: from theirs to its value. ``bad``: where rows cannot be
    counted in.
    """

    parts: list[exp.Expression]
    types: tuple[str, ...]
    finish: Callable[[Sequence[Any]], Value | Root]
    taking: exp.Expression
    bad: exp.Expression | None

    @property
    def said(self) -> tuple[Hashable, ...]:
        """What SQL is asked, to tell whether it was asked before."""
        return None if self.bad is None else made_of(self.bad), *(made_of(part) for part in self.parts)


@dataclass(frozen=True)
class Taken:
    """What is read on the rows, which take part, which make their group bad, and how many there may be."""

    operand: Lowered | None
    taking: exp.Expression
    bad: exp.Expression | None
    rows: int

    @property
    def read(self) -> Lowered:
        """What is read on the rows. Raises :class:`ints.TooLarge` where it has no common denominator."""
        assert self.operand is not None
        if self.operand.over is not None:
            raise ints.TooLarge(ints.WIDE + 1)
        return self.operand


def state_of(function: str, operand: Lowered | None, where: Lowered | None, rows: int) -> State:
    """``rows``: how many there may be at most; bounds the sums. Raises :class:`ints.TooLarge`."""
    taking = exp.true() if where is None or (where.is_known and where.known is True) else where.value
    unknown = missing(where) if where is not None else None
    gone = missing(operand) if operand is not None else None
    if gone is not None and not is_true(taking):
        inside = exp.Coalesce(this=grouped(taking), expressions=[exp.false()])
        gone = all_of([inside, gone])
    taken = Taken(operand, taking, any_of([unknown, gone]), rows)
    if operand is not None and isinstance(operand.value, exp.Null):
        empty = Fraction(0) if law_of(function).absence is Absence.NEVER else None
        return State([_count(taking)], (_COUNTS,), lambda found: empty, taking, taken.bad)
    return STATES[function](taken)


def added_up(operand: Lowered, rows: int) -> State:
    """The sum of ``operand`` over all rows."""
    return state_of(SUM, operand, None, rows)


def moments(operand: Lowered, rows: int) -> Sequence[exp.Expression]:
    """How many rows there are, the sum of ``operand`` over all of them, and that of its squares."""
    taken = Taken(operand, exp.true(), None, rows)
    return _moments(taken, _number(taken)[0])


def smallest(operand: Lowered) -> State:
    """The least of ``operand`` over all rows."""
    return state_of(LEAST, operand, None, 1)


def rows_of(where: Lowered | None) -> State:
    """How many rows there are."""
    return state_of(COUNT, None, where, 1)


def _filtered(aggregate: exp.Expression, taking: exp.Expression) -> exp.Expression:
    if is_true(taking):
        return aggregate
    return exp.Filter(this=aggregate, expression=exp.Where(this=taking.copy()))


def _count(taking: exp.Expression) -> exp.Expression:
    return _filtered(exp.Count(this=exp.Star()), taking)


def _counted(taken: Taken) -> State:
    return State([_count(taken.taking)], (_COUNTS,), lambda found: Fraction(found[0]), taken.taking, taken.bad)


def _distinct(taken: Taken) -> State:
    part = _filtered(exp.Count(this=exp.Distinct(expressions=[taken.read.value.copy()])), taken.taking)
    return State([part], (_COUNTS,), lambda found: Fraction(found[0]), taken.taking, taken.bad)


def _outermost(make: type[exp.Min | exp.Max], taken: Taken) -> State:
    operand = taken.read

    def finish(found: Sequence[Any]) -> Value:
        if found[0] is None:
            return None
        if operand.kind is Kind.NUMBER:
            return Fraction(int(found[0]), operand.den)
        if operand.kind is Kind.MONTH:
            return Month(int(found[0]) // 12, int(found[0]) % 12 + 1)
        return found[0]

    value = operand.value if operand.num is None else typed(operand.num)
    part = _filtered(make(this=value.copy()), taken.taking)
    return State([part], (sql_type(operand),), finish, taken.taking, taken.bad)


def _sum(taken: Taken, what: Int) -> exp.Expression:
    ints.column(exp.Null(), what.low * taken.rows, what.high * taken.rows)
    total = exp.Sum(this=typed(what))
    if not what.wide and what.size * taken.rows <= ints.NARROW:
        total.meta[NARROW_SUM] = True
    return _filtered(total, taken.taking)


def _number(taken: Taken) -> tuple[Int, int]:
    operand = taken.read
    assert operand.num is not None
    return operand.num, operand.den


def _added(taken: Taken) -> State:
    num, den = _number(taken)
    part = _sum(taken, num)
    return State([part], (_SUMS,), lambda found: Fraction(int(found[0] or 0), den), taken.taking, taken.bad)


def _averaged(taken: Taken) -> State:
    num, den = _number(taken)
    parts = [_count(taken.taking), _sum(taken, num)]

    def finish(found: Sequence[Any]) -> Fraction | None:
        return Fraction(int(found[1]), den * int(found[0])) if found[0] else None

    return State(parts, (_COUNTS, _SUMS), finish, taken.taking, taken.bad)


def _moments(taken: Taken, num: Int) -> list[exp.Expression]:
    return [_count(taken.taking), _sum(taken, num), _sum(taken, ints.multiply(num, num))]


def _root(taken: Taken, sample: bool, relative: bool) -> State:
    num, den = _number(taken)
    parts = _moments(taken, num)

    def finish(found: Sequence[Any]) -> Root | None:
        count = int(found[0])
        if count < 1 + sample:
            return None
        total, squares = Fraction(int(found[1]), den), Fraction(int(found[2]), den * den)
        return moment_root(count, total, squares, sample, relative)

    return State(parts, (_COUNTS, _SUMS, _SUMS), finish, taken.taking, taken.bad)


def moment_root(count: int, total: Fraction, squares: Fraction, sample: bool, relative: bool) -> Root:
    """Deviation, or deviation ÷ mean, from count, sum and sum of squares."""
    variance = (squares - total * total / count) / (count - sample)
    if not relative:
        return Root(variance)
    average = total / count
    if average == 0:
        raise Unresolved("变异系数 的均值为 0，除以零", cause="除以零")
    return Root(variance / (average * average), average < 0)


_COUNTS, _SUMS = ints.NARROW_TYPE, ints.WIDE_TYPE
COUNT, SUM, LEAST = "计数", "合计", "最小"
STATES: dict[str, Callable[[Taken], State]] = {
    COUNT: _counted,
    "去重计数": _distinct,
    SUM: _added,
    "均值": _averaged,
    "最大": partial(_outermost, exp.Max),
    LEAST: partial(_outermost, exp.Min),
    "标准差": partial(_root, sample=False, relative=False),
    "变异系数": partial(_root, sample=False, relative=True),
    "样本标准差": partial(_root, sample=True, relative=False),
    "样本变异系数": partial(_root, sample=True, relative=True),
}
"""What follows from a few sums over the rows of a group. Of any other aggregate the host asks for every value."""
PLACES: dict[str, Fraction | None] = {"中位数": Fraction(1, 2), "分位数": None}
"""Which place among the sorted values is meant; ``None``: the one that is asked for."""
