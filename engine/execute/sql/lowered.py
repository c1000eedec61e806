"""Lowered values: what an expression is in SQL, and where it is absent or unresolved.

``value`` is NULL where there is no value; ``fail`` is TRUE where that is because it is unresolved (never NULL; ``None``
where it never is). A number is ``num / (den × over)``: ``den`` a constant, ``over`` a whole number above zero that
differs from row to row (``None``: 1). Its ``span`` is what the number lies between, where that is known to be less than
``num`` and ``over`` tell one by one.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import Any

from sqlglot import exp

from engine.databases.trees import cast, copied, made_of
from engine.execute.sql import ints
from engine.execute.sql.ints import Int, grouped
from engine.language.types import Kind
from engine.language.values import Month, Value


class NotKnown:
    """Marks a value that differs from row to row."""


NOT_KNOWN = NotKnown()
Span = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Lowered:
    """``absent``: whether there may be no value for a reason other than ``fail``. ``known``: the value, if constant."""

    kind: Kind
    value: exp.Expression
    fail: exp.Expression | None = None
    absent: bool = False
    num: Int | None = None
    den: int = 1
    over: Int | None = None
    known: Any = NOT_KNOWN
    span: Span | None = None

    @property
    def is_known(self) -> bool:
        return self.known is not NOT_KNOWN

    @property
    def certain(self) -> bool:
        """Whether there is a value on every row."""
        return self.fail is None and not self.absent


_TYPES = {Kind.BOOL: "BOOLEAN", Kind.DATE: "DATE", Kind.MONTH: ints.NARROW_TYPE}


def sql_type(low: Lowered) -> str:
    """The type of a value in SQL, of a number that of its numerator."""
    if low.num is not None:
        return ints.WIDE_TYPE if low.num.wide else ints.NARROW_TYPE
    return plain_type(low.kind)


def plain_type(kind: Kind) -> str:
    """The type in SQL of values that are no numbers."""
    return _TYPES.get(kind, "VARCHAR")


def is_true(sql: exp.Expression | None) -> bool:
    return isinstance(sql, exp.Boolean) and bool(sql.this)


def is_false(sql: exp.Expression | None) -> bool:
    return isinstance(sql, exp.Boolean) and not sql.this


def any_of(parts: Sequence[exp.Expression | None]) -> exp.Expression | None:
    """Whether one of them is true; ``None`` and FALSE never are."""
    kept = [part for part in parts if part is not None and not is_false(part)]
    if not kept:
        return None
    if any(is_true(part) for part in kept):
        return exp.true()
    distinct = list({made_of(part): part for part in kept}.values())
    found = grouped(distinct[0])
    for part in distinct[1:]:
        found = exp.Or(this=found, expression=grouped(part))
    return found


def all_of(parts: Sequence[exp.Expression]) -> exp.Expression:
    kept = [part for part in parts if not is_true(part)]
    if not kept:
        return exp.true()
    found = grouped(kept[0])
    for part in kept[1:]:
        found = exp.And(this=found, expression=grouped(part))
    return found


def not_(sql: exp.Expression) -> exp.Expression:
    if is_true(sql) or is_false(sql):
        return exp.Boolean(this=is_false(sql))
    return exp.Not(this=grouped(sql))


def is_null(sql: exp.Expression) -> exp.Expression:
    return exp.Is(this=grouped(sql), expression=exp.Null())


def missing(low: Lowered) -> exp.Expression | None:
    """Where there is no value, for whatever reason; ``None``: nowhere."""
    if low.certain:
        return None
    if isinstance(low.value, exp.Null):
        return exp.true()
    return is_null(low.value)


def case(branches: Sequence[tuple[exp.Expression, exp.Expression]], otherwise: exp.Expression) -> exp.Expression:
    """CASE with constant conditions folded."""
    kept: list[tuple[exp.Expression, exp.Expression]] = []
    for condition, value in branches:
        if is_false(condition) or isinstance(condition, exp.Null):
            continue
        if is_true(condition):
            otherwise = value
            break
        kept.append((condition, value))
    if not kept:
        return copied(otherwise)
    if isinstance(otherwise, exp.Null) and all(isinstance(value, exp.Null) for _, value in kept):
        return exp.Null()
    if is_true(otherwise) and all(is_true(value) for _, value in kept):
        return exp.true()
    if is_false(otherwise) and all(is_false(value) for _, value in kept):
        return exp.false()
    sql = exp.Case()
    for condition, value in kept:
        sql = sql.when(copied(condition), copied(value), copy=False)
    return sql.else_(copied(otherwise), copy=False)


def constant(kind: Kind, value: Value) -> Lowered:
    """A value that is the same on every row; ``None``: absent everywhere."""
    if value is None:
        return Lowered(kind, exp.Null(), None, True, known=None)
    if isinstance(value, bool):
        return Lowered(Kind.BOOL, exp.Boolean(this=value), known=value)
    if isinstance(value, Fraction):
        try:
            num = ints.constant(value.numerator)
        except ints.TooLarge:  # only the host computes with it
            return Lowered(Kind.NUMBER, exp.Literal.string(str(value)), known=value)
        return Lowered(Kind.NUMBER, num.sql, None, False, num, value.denominator, known=value)
    if isinstance(value, Month):
        return Lowered(Kind.MONTH, exp.Literal.number(str(month_number(value))), known=value)
    if isinstance(value, datetime.date):
        return Lowered(Kind.DATE, date_literal(value), known=value)
    return Lowered(kind if kind is Kind.CLASS else Kind.TEXT, exp.Literal.string(str(value)), known=value)


def date_literal(day: datetime.date) -> exp.Expression:
    return cast(exp.Literal.string(day.isoformat()), "DATE")


def month_number(month: Month) -> int:
    return month.year * 12 + month.month - 1


def unresolved(kind: Kind) -> Lowered:
    """No value on any row, because it cannot be known."""
    return Lowered(kind, exp.Null(), exp.true(), False)


def span_of(low: Lowered) -> Span:
    """The least and the greatest that a number can be."""
    assert low.num is not None
    if low.span is not None:
        return low.span
    least, most = Fraction(low.num.low, low.den), Fraction(low.num.high, low.den)
    if low.over is None:
        return least, most
    few, many = max(low.over.low, 1), max(low.over.high, 1)
    return min(least / few, least / many), max(most / few, most / many)


def number(
    num: Int,
    den: int,
    fail: exp.Expression | None,
    absent: bool,
    over: Int | None = None,
    span: Span | None = None,
) -> Lowered:
    if over is not None and over.constant is not None:
        den, over = den * over.constant, None
    known: Any = NOT_KNOWN
    if num.constant is not None and over is None and fail is None and not absent:
        known = Fraction(num.constant, den)
    return Lowered(Kind.NUMBER, num.sql, fail, absent, num, den, over, known, span)


def aligned(lows: Sequence[Lowered]) -> tuple[list[Int], int | None]:
    """Numerators over one constant denominator; ``None`` where a denominator differs from row to row."""
    if any(low.num is not None and low.over is not None for low in lows):
        return [], None
    numbers = [(low.num, low.den) for low in lows if low.num is not None]
    common = lcm(*(den for _, den in numbers))
    return [ints.scaled(num, common // den) for num, den in numbers], common


def crossed(left: Lowered, right: Lowered) -> tuple[Int, Int, int, Int | None]:
    """Two numerators over one denominator: its constant and its varying part."""
    assert left.num is not None and right.num is not None
    common = lcm(left.den, right.den)
    one, other = ints.scaled(left.num, common // left.den), ints.scaled(right.num, common // right.den)
    if left.over is None and right.over is None:
        return one, other, common, None
    if left.over is not None and right.over is not None and left.over.sql == right.over.sql:
        return one, other, common, left.over
    over = None
    if right.over is not None:
        one, over = ints.multiply(one, right.over), right.over
    if left.over is not None:
        other = ints.multiply(other, left.over)
        over = left.over if over is None else ints.multiply(over, left.over)
    return one, other, common, over


def branches(
    options: Sequence[tuple[exp.Expression, exp.Expression | None, Lowered]], otherwise: Lowered | None, kind: Kind
) -> Lowered:
    """The first option whose condition is TRUE. An option is (condition, where it is not known, value).

    ``otherwise`` ``None``: with no option left the value is unresolved.
    """
    last = unresolved(kind) if otherwise is None else otherwise
    kept: list[tuple[exp.Expression, exp.Expression | None, Lowered]] = []
    for condition, unknown, low in options:
        if is_false(condition):
            continue
        if is_true(condition):
            last = low
            break
        kept.append((condition, unknown, low))
    if not kept:
        return last
    conditions: list[tuple[exp.Expression, Lowered]] = []
    for condition, unknown, low in kept:
        if unknown is not None:
            conditions.append((unknown, unresolved(kind)))
        conditions.append((condition, low))
    return merged(conditions, last, kind)


def merged(conditions: Sequence[tuple[exp.Expression, Lowered]], last: Lowered, kind: Kind) -> Lowered:
    """CASE over lowered values: numerators, denominators and failures alike."""
    lows = [low for _, low in conditions] + [last]
    fails = case([(c, _flag(low.fail)) for c, low in conditions], _flag(last.fail))
    fail = None if is_false(fails) else fails
    absent = any(low.absent for low in lows)
    if all(isinstance(low.value, exp.Null) for low in lows):
        return Lowered(kind, exp.Null(), fail, absent)
    found_kind = next((low.kind for low in lows if not isinstance(low.value, exp.Null)), kind)
    if found_kind is not Kind.NUMBER:
        value = case([(c, low.value) for c, low in conditions], last.value)
        return Lowered(found_kind, value, fail, absent)
    if any(low.num is None and not isinstance(low.value, exp.Null) for low in lows):
        raise ints.TooLarge(ints.WIDE + 1)
    nums, common = aligned(lows)
    if common is not None:
        place = iter(nums)
        found = [None if low.num is None else next(place) for low in lows]
        num = ints.chosen(list(zip([c for c, _ in conditions], found, strict=False)), found[-1])
        assert num is not None
        return number(num, common, fail, absent)
    common = lcm(*(low.den for low in lows if low.num is not None))
    found = [None if low.num is None else ints.scaled(low.num, common // low.den) for low in lows]
    overs = [None if low.num is None else low.over or ints.constant(1) for low in lows]
    when = [c for c, _ in conditions]
    num = ints.chosen(list(zip(when, found, strict=False)), found[-1])
    over = ints.chosen(list(zip(when, overs, strict=False)), overs[-1])
    assert num is not None and over is not None
    spans = [span_of(low) for low in lows if low.num is not None]
    return number(num, common, fail, absent, over, (min(s[0] for s in spans), max(s[1] for s in spans)))


def _flag(fail: exp.Expression | None) -> exp.Expression:
    return exp.false() if fail is None else fail


def failing(low: Lowered, also: exp.Expression | None) -> Lowered:
    """``low``, unresolved where ``also`` is true too."""
    if also is None:
        return low
    fail = any_of([also, low.fail])
    assert fail is not None
    if low.num is not None:
        hidden = exp.Case().when(copied(also), exp.Null(), copy=False).else_(ints.typed(low.num), copy=False)
        num = Int(hidden, low.num.low, low.num.high, low.num.wide)
        return replace(low, value=hidden, num=num, fail=fail, known=NOT_KNOWN)
    return replace(low, value=case([(also, exp.Null())], low.value), fail=fail, known=NOT_KNOWN)
