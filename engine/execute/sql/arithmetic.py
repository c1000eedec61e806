"""Arithmetic, comparisons and rounding on lowered numbers: exact, over a constant denominator where there is one."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, gcd

from sqlglot import exp

from engine.execute.sql import ints
from engine.execute.sql.frame import Frame
from engine.execute.sql.ints import Int, grouped
from engine.execute.sql.lowered import (
    Lowered,
    Span,
    aligned,
    all_of,
    any_of,
    constant,
    crossed,
    failing,
    is_null,
    merged,
    missing,
    not_,
    number,
    span_of,
    unresolved,
)
from engine.language.types import Kind
from engine.language.values import HALF_AWAY, round_to

_PYTHON: dict[str, Callable] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_SQL: dict[str, Callable[..., exp.Expression]] = {
    "=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
}  # fmt: skip


def _is_nothing(low: Lowered) -> bool:
    return isinstance(low.value, exp.Null)


def combined(op: str, left: Lowered, right: Lowered, frame: Frame) -> Lowered:
    """``left op right`` for + − × ÷: absent where either is, unresolved where either is or the divisor is zero."""
    fail, absent = any_of([left.fail, right.fail]), left.absent or right.absent
    if left.is_known and right.is_known and left.known is not None and right.known is not None:
        return _folded(op, left.known, right.known)
    if _is_nothing(left) or _is_nothing(right):
        return Lowered(Kind.NUMBER, exp.Null(), fail, absent)
    if left.num is None or right.num is None:
        raise ints.TooLarge(ints.WIDE + 1)
    if op in "+-":
        join = ints.add if op == "+" else ints.subtract
        one, other, den, over = crossed(left, right)
        return number(join(one, other), den, fail, absent, over, _spanned(op, left, right))
    if op == "*":
        return _product(left, right, fail, absent)
    return _quotient(left, right, fail, absent, frame)


def _folded(op: str, left: Fraction, right: Fraction) -> Lowered:
    if op == "/":
        return constant(Kind.NUMBER, left / right) if right else unresolved(Kind.NUMBER)
    found = {"+": operator.add, "-": operator.sub, "*": operator.mul}[op](left, right)
    return constant(Kind.NUMBER, found)


def _product(left: Lowered, right: Lowered, fail: exp.Expression | None, absent: bool) -> Lowered:
    assert left.num is not None and right.num is not None
    one, under = _cancelled(left.num, right.den)
    other, den = _cancelled(right.num, left.den)
    overs = [low.over for low in (left, right) if low.over is not None]
    over = overs[0] if len(overs) == 1 else ints.multiply(*overs) if overs else None
    return number(ints.multiply(one, other), den * under, fail, absent, over, _spanned("*", left, right))


def _spanned(op: str, left: Lowered, right: Lowered) -> Span | None:
    """What ``left op right`` lies between; ``None`` where a divisor may be zero."""
    (low, high), (least, most) = span_of(left), span_of(right)
    if op == "+":
        return low + least, high + most
    if op == "-":
        return low - most, high - least
    if op == "/":
        if least <= 0 <= most:
            return None
        least, most = 1 / most, 1 / least
    corners = [one * other for one in (low, high) for other in (least, most)]
    return min(corners), max(corners)


def _cancelled(num: Int, den: int) -> tuple[Int, int]:
    """A constant numerator and a denominator without their common factor."""
    if num.constant is None or num.constant == 0:
        return num, den
    common = gcd(num.constant, den)
    return ints.constant(num.constant // common), den // common


def _quotient(left: Lowered, right: Lowered, fail: exp.Expression | None, absent: bool, frame: Frame) -> Lowered:
    assert left.num is not None and right.num is not None
    divisor = right.num
    if divisor.low <= 0 <= divisor.high:
        both = [part for part in (missing(left), missing(right)) if part is not None]
        zero = exp.EQ(this=grouped(divisor.sql), expression=ints.whole(0))
        # absent ÷ zero is absent; zero only counts where both have a value
        only = all_of([zero, *(not_(part) for part in both)]) if both else zero
        if both or right.absent or right.fail is not None:
            only = exp.Coalesce(this=only, expressions=[exp.false()])
        fail = any_of([fail, only])
        divisor = ints.not_zero(divisor)
    top, bottom = left.num, ints.absolute(divisor)
    if right.num.low < 0:
        top = ints.multiply(top, ints.sign(right.num))
    common = gcd(right.den, left.den)
    upper, den = right.den // common, left.den // common
    if bottom.constant is not None:
        common = gcd(upper, bottom.constant)
        upper, bottom = upper // common, ints.constant(bottom.constant // common)
    top = ints.scaled(top, upper)
    if right.over is not None:
        top = ints.multiply(top, right.over)
    if left.over is not None:
        bottom = ints.multiply(bottom, left.over)
    if divisor.low <= 0 <= divisor.high or not right.certain:  # no numerator either where there is no divisor
        hidden = exp.Case().when(is_null(divisor.sql), exp.Null(), copy=False).else_(ints.typed(top), copy=False)
        top = Int(hidden, top.low, top.high, top.wide)
    span = _spanned("/", left, right)
    if bottom.constant is not None:
        return number(top, den * bottom.constant, fail, absent, None, span)
    return number(top, den, fail, absent, Int(bottom.sql, max(bottom.low, 1), bottom.high, bottom.wide), span)


def minus(low: Lowered) -> Lowered:
    if low.is_known:
        return constant(low.kind, None if low.known is None else -low.known)
    if low.num is None:
        return low
    span = None if low.span is None else (-low.span[1], -low.span[0])
    return number(ints.negated(low.num), low.den, low.fail, low.absent, low.over, span)


def size_of(low: Lowered) -> Lowered:
    """绝对值."""
    if low.is_known:
        return constant(low.kind, None if low.known is None else abs(low.known))
    if low.num is None:
        return low
    least, most = span_of(low)
    span = Fraction(0), max(abs(least), abs(most))
    return number(ints.absolute(low.num), low.den, low.fail, low.absent, low.over, span)


def compared(op: str, left: Lowered, right: Lowered) -> Lowered:
    """A comparison: absent is no answer."""
    if left.is_known and right.is_known and left.known is not None and right.known is not None:
        return constant(Kind.BOOL, _PYTHON[op](left.known, right.known))
    fail = any_of([missing(left), missing(right)])
    if _is_nothing(left) or _is_nothing(right):
        return unresolved(Kind.BOOL)
    one, other = comparable(left, right)
    sql: exp.Expression = _SQL[op](this=grouped(one), expression=grouped(other))
    return Lowered(Kind.BOOL, sql, fail)


def comparable(left: Lowered, right: Lowered) -> tuple[exp.Expression, exp.Expression]:
    """Two expressions that are ordered as the values are."""
    if left.num is None or right.num is None:
        if Kind.NUMBER in (left.kind, right.kind):
            raise ints.TooLarge(ints.WIDE + 1)
        return left.value, right.value
    one, other, _, _ = crossed(left, right)
    return one.sql, other.sql


def rounded(low: Lowered, digits: int, mode: str, frame: Frame) -> Lowered:
    """At ``digits`` decimals (negative: tens, hundreds): an integer quotient, corrected as the mode says."""
    if low.is_known:
        return constant(low.kind, None if low.known is None else _by_mode(low.known, digits, mode))
    if low.num is None:
        return low
    up, down = (10**digits, 1) if digits >= 0 else (1, 10**-digits)
    den = low.den * down
    common = gcd(up, den)
    if den == common and low.over is None:  # has no more digits
        return low
    num, divisor = ints.scaled(low.num, up // common), ints.constant(den // common)
    if low.over is not None:
        divisor = ints.multiply(divisor, low.over)
    num, divisor = frame.let_int(num), frame.let_int(divisor)
    found = divided(num, divisor, mode, ceil(max(map(abs, span_of(low))) * up / down) + 1)
    return number(ints.scaled(found, down), up, low.fail, low.absent)


def _by_mode(value: Fraction, digits: int, mode: str) -> Fraction:
    if mode in ("下", "上"):
        scale = Fraction(10) ** digits
        whole = value * scale
        return Fraction(whole.__floor__() if mode == "下" else whole.__ceil__()) / scale
    return round_to(value, digits, mode)


def divided(num: Int, divisor: Int, mode: str, most: int = ints.WIDE) -> Int:
    """A whole number near ``num ÷ divisor`` (above zero), by mode: 四舍五入, 四舍六入五成双, 进一, 去尾, 下, 上.

    ``most``: it is known to be no further from zero.
    """
    if mode == "去尾":
        return ints.truncated(num, divisor, most)
    if mode == HALF_AWAY:
        return _signed(num, lambda size: ints.truncated(*_half_up(size, divisor), most))
    if mode == "进一":
        return _signed(
            num, lambda size: ints.truncated(ints.add(size, ints.subtract(divisor, ints.constant(1))), divisor, most)
        )
    if mode == "下":
        return _towards(num, divisor, most, down=True)
    if mode == "上":
        return _towards(num, divisor, most, down=False)
    if mode == "四舍六入五成双":
        return _signed(num, lambda size: _half_even(size, divisor, most))
    raise ValueError(f"unknown rounding mode {mode!r}")


def _half_up(size: Int, divisor: Int) -> tuple[Int, Int]:
    if divisor.constant is not None and divisor.constant % 2 == 0:
        return ints.add(size, ints.constant(divisor.constant // 2)), divisor
    return ints.add(ints.scaled(size, 2), divisor), ints.scaled(divisor, 2)


def _signed(num: Int, work: Callable[[Int], Int]) -> Int:
    """``work`` on the size of a number, with its sign given back."""
    if num.low >= 0:
        return work(num)
    if num.high <= 0:
        return ints.negated(work(ints.negated(num)))
    size = Int(exp.Abs(this=num.sql.copy()), 0, num.size, num.wide)
    found = work(size)
    return Int(ints.multiply(found, ints.sign(num)).sql, -found.high, found.high, found.wide)


def left_over(value: Lowered, divisor: Lowered) -> Lowered:
    """What whole multiples of ``divisor`` leave, with its sign: absent where either is, unresolved where it is zero."""
    assert value.num is not None and divisor.num is not None
    one, other, den, over = crossed(value, divisor)
    assert over is None
    zero: exp.Expression | None = None
    if other.low <= 0 <= other.high:
        known = [not_(gone) for gone in (missing(value), missing(divisor)) if gone is not None]
        is_zero = exp.EQ(this=grouped(other.sql), expression=ints.whole(0))
        zero = exp.Coalesce(this=all_of([is_zero, *known]), expressions=[exp.false()])
        other = ints.not_zero(other)
    size = ints.absolute(other)
    rest = ints.remainder(Int(ints.typed(one), one.low, one.high, one.wide), size)
    below = exp.LT(this=grouped(ints.multiply(rest, ints.sign(other)).sql), expression=ints.whole(0))
    turned = ints.add(rest, other)
    sql = exp.Case().when(below, ints.typed(turned), copy=False).else_(ints.typed(rest), copy=False)
    bounds = min(other.low + 1, 0), max(other.high - 1, 0)
    num = Int(sql, *bounds, turned.wide or rest.wide)
    return number(num, den, any_of([value.fail, divisor.fail, zero]), value.absent or divisor.absent)


def places_of(size: int, den: int) -> tuple[int, int]:
    """Between which places the first digit stands of a number from 1 ÷ ``den`` to ``size`` ÷ ``den``: 1 is that of
    units, 0 of tenths.
    """
    return _place(Fraction(1, den)), _place(Fraction(max(size, 1), den))


def _place(number: Fraction) -> int:
    place = 0
    while number >= Fraction(10) ** place:
        place += 1
    while number < Fraction(10) ** (place - 1):
        place -= 1
    return place


def in_order(low: Lowered, frame: Frame) -> exp.Expression:
    """A whole number that is ordered as the values are, and equal only where they are."""
    if low.num is None or low.over is None:
        return low.value
    factor = low.over.high**2  # two different quotients lie further apart than 1 ÷ factor
    return frame.let_int(divided(frame.let_int(ints.scaled(low.num, factor)), frame.let_int(low.over), "下")).sql


def _towards(num: Int, divisor: Int, most: int, down: bool) -> Int:
    """Floor, or ceiling."""
    quotient = ints.truncated(num, divisor, most)
    rest = ints.remainder(num, divisor)
    test = exp.LT if down else exp.GT
    step = (
        exp.Case()
        .when(
            test(this=grouped(rest.sql), expression=ints.whole(0)),
            ints.typed(ints.constant(-1 if down else 1)),
            copy=False,
        )
        .else_(ints.typed(ints.constant(0)), copy=False)
    )
    return ints.add(quotient, Int(step, -1 if down else 0, 0 if down else 1, False))


def _half_even(size: Int, divisor: Int, most: int) -> Int:
    quotient = ints.truncated(size, divisor, most)
    rest = ints.scaled(ints.remainder(size, divisor), 2)
    odd = exp.EQ(this=exp.Mod(this=grouped(quotient.sql), expression=ints.whole(2)), expression=ints.whole(1))
    above = exp.GT(this=grouped(rest.sql), expression=grouped(divisor.sql))
    tie = exp.And(
        this=exp.Paren(this=exp.EQ(this=grouped(rest.sql), expression=grouped(divisor.sql))),
        expression=exp.Paren(this=odd),
    )
    step = (
        exp.Case()
        .when(
            exp.Or(this=exp.Paren(this=above), expression=exp.Paren(this=tie)), ints.typed(ints.constant(1)), copy=False
        )
        .else_(ints.typed(ints.constant(0)), copy=False)
    )
    return ints.add(quotient, Int(step, 0, 1, False))


def extreme(lows: Sequence[Lowered], least: bool, skipping: bool) -> Lowered:
    """The largest or smallest; ``skipping`` what is absent, else absent where one is."""
    fail = any_of([low.fail for low in lows])
    present = [low for low in lows if not _is_nothing(low)]
    if not present or (not skipping and len(present) < len(lows)):
        return Lowered(lows[0].kind, exp.Null(), fail, True)
    if all(low.is_known for low in present):
        return failing(constant(present[0].kind, (min if least else max)(low.known for low in present)), fail)
    absent = all(low.absent for low in lows) if skipping else any(low.absent for low in lows)
    gone = [missing(low) for low in (present if not skipping else lows) if low.fail is not None or not skipping]
    hide = any_of([part for part in gone if part is not None] if not skipping else [low.fail for low in lows])
    if present[0].num is None:
        make = exp.Least if least else exp.Greatest
        value: exp.Expression = make(
            this=present[0].value.copy(), expressions=[low.value.copy() for low in present[1:]], ignore_nulls=True
        )
        return Lowered(present[0].kind, _hidden(value, hide), fail, absent)
    nums, common = aligned(present)
    if common is None:
        if skipping:
            raise ints.TooLarge(ints.WIDE + 1)  # each row has another denominator: left to the host
        best = present[0]
        for low in present[1:]:
            better = compared("<=" if least else ">=", best, low).value
            best = merged(
                [(is_null(better), Lowered(best.kind, exp.Null(), None, True)), (better, best)], low, best.kind
            )
        return replace(best, fail=fail, absent=absent)
    num = ints.greatest(nums, least)
    if not skipping and num.constant is None:  # hidden where one of them is NULL
        if least:
            num = replace(num, high=min(one.high for one in nums))
        else:
            num = replace(num, low=max(one.low for one in nums))
    return number(Int(_hidden(num.sql, hide), num.low, num.high, num.wide), common, fail, absent)


def _hidden(value: exp.Expression, where: exp.Expression | None) -> exp.Expression:
    if where is None:
        return value
    return exp.Case().when(where.copy(), exp.Null(), copy=False).else_(value.copy(), copy=False)
