"""What SQL adds up for an aggregate, and how its value follows from that on the host."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlglot import exp

from engine.databases.marks import NARROW_SUM
from engine.execute.reference.aggregates import Root
from engine.execute.sql import ints
from engine.execute.sql.ints import Int, grouped, typed
from engine.execute.sql.low import Low, all_of, any_of, is_true, missing
from engine.language.function_laws import Absence
from engine.language.functions import law_of
from engine.language.types import Kind
from engine.language.values import Month, Value


@dataclass(frozen=True)
class State:
    """``parts``: SQL aggregates; ``finish``: from theirs to its value. ``bad``: where rows cannot be counted in."""

    parts: list[exp.Expression]
    finish: Callable[[Sequence[Any]], Value | Root]
    taking: exp.Expression
    bad: exp.Expression | None

    @property
    def text(self) -> tuple[str, ...]:
        """What SQL is asked, to tell whether it was asked before."""
        bad = "" if self.bad is None else self.bad.sql("duckdb")
        return bad, *(part.sql("duckdb") for part in self.parts)


def state_of(function: str, operand: Low | None, where: Low | None, rows: int) -> State:
    """``rows``: how many there may be at most; bounds the sums. Raises :class:`ints.TooLarge`."""
    taking = exp.true() if where is None or (where.is_known and where.known is True) else where.value
    unknown = missing(where) if where is not None else None
    gone = missing(operand) if operand is not None else None
    if gone is not None and not is_true(taking):
        inside = exp.Coalesce(this=grouped(taking), expressions=[exp.false()])
        gone = all_of([inside, gone])
    bad = any_of([unknown, gone])
    if function == "计数":
        return State([_count(taking)], lambda found: Fraction(found[0]), taking, bad)
    assert operand is not None
    if isinstance(operand.value, exp.Null):
        empty = Fraction(0) if law_of(function).absence is Absence.NEVER else None
        return State([_count(taking)], lambda found: empty, taking, bad)
    if function == "去重计数":
        return State([_distinct(operand, taking)], lambda found: Fraction(found[0]), taking, bad)
    if function in ("最大", "最小"):
        return _extreme(function, operand, taking, bad)
    assert operand.num is not None
    if operand.over is not None:
        raise ints.TooLarge(ints.WIDE + 1)
    return _moments(function, operand, operand.num, operand.den, taking, bad, rows)


def _filtered(aggregate: exp.Expression, taking: exp.Expression) -> exp.Expression:
    if is_true(taking):
        return aggregate
    return exp.Filter(this=aggregate, expression=exp.Where(this=taking.copy()))


def _count(taking: exp.Expression) -> exp.Expression:
    return _filtered(exp.Count(this=exp.Star()), taking)


def _distinct(operand: Low, taking: exp.Expression) -> exp.Expression:
    if operand.over is not None:
        raise ints.TooLarge(ints.WIDE + 1)
    return _filtered(exp.Count(this=exp.Distinct(expressions=[operand.value.copy()])), taking)


def _extreme(function: str, operand: Low, taking: exp.Expression, bad: exp.Expression | None) -> State:
    if operand.over is not None:
        raise ints.TooLarge(ints.WIDE + 1)
    make = exp.Max if function == "最大" else exp.Min
    den = operand.den

    def finish(found: Sequence[Any]) -> Value:
        if found[0] is None:
            return None
        if operand.kind is Kind.NUMBER:
            return Fraction(int(found[0]), den)
        if operand.kind is Kind.MONTH:
            return Month(int(found[0]) // 12, int(found[0]) % 12 + 1)
        return found[0]  # type: ignore[no-any-return]

    value = operand.value if operand.num is None else typed(operand.num)
    return State([_filtered(make(this=value.copy()), taking)], finish, taking, bad)


def _moments(
    function: str, operand: Low, num: Int, den: int, taking: exp.Expression, bad: exp.Expression | None, rows: int
) -> State:
    def sum_of(what: Int) -> exp.Expression:
        ints.column(exp.Null(), what.low * rows, what.high * rows)
        total = exp.Sum(this=typed(what))
        if not what.wide and what.size * rows <= ints.NARROW:
            total.meta[NARROW_SUM] = True
        return _filtered(total, taking)

    if function == "合计":
        return State([sum_of(num)], lambda found: Fraction(int(found[0] or 0), den), taking, bad)
    parts = [_count(taking), sum_of(num)]
    if function == "均值":
        return State(parts, lambda f: Fraction(int(f[1]), den * int(f[0])) if f[0] else None, taking, bad)
    parts.append(sum_of(ints.multiply(num, num)))
    sample = law_of(function).absence is Absence.UNDER_TWO_ROWS
    relative = function.endswith("变异系数")

    def finish(found: Sequence[Any]) -> Root | None:
        count = int(found[0])
        if count < 1 + sample:
            return None
        total, squares = Fraction(int(found[1]), den), Fraction(int(found[2]), den * den)
        return moment_root(count, total, squares, sample, relative)

    return State(parts, finish, taking, bad)


def moment_root(count: int, total: Fraction, squares: Fraction, sample: bool, relative: bool) -> Root:
    """Deviation, or deviation ÷ mean, from count, sum and sum of squares."""
    from engine.language.values import Unresolved

    variance = (squares - total * total / count) / (count - sample)
    if not relative:
        return Root(variance)
    average = total / count
    if average == 0:
        raise Unresolved("变异系数 的均值为 0，除以零", cause="除以零")
    return Root(variance / (average * average), average < 0)
