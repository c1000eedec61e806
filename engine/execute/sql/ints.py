"""SQL expressions that are whole numbers of known size: 64 bits where the bounds fit, else 128, never more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from engine.databases.marks import LONG_QUOTIENT, NARROW_DIVISOR, SIGNED, SMALL_QUOTIENT, UNSIGNED, WIDE_DIVISION
from engine.databases.trees import cast, copied

NARROW = 2**63 - 1
WIDE = 10**38 - 1
NARROW_TYPE, WIDE_TYPE = "BIGINT", "INT128"


class TooLarge(Exception):
    """A whole number that might not fit 38 digits: it is not computed in SQL."""

    def __init__(self, size: int, parts: tuple[int, ...] = ()) -> None:
        super().__init__(f"might have {len(str(size))} digits")
        self.size = size
        self.parts = parts

    def sentence(self) -> str:
        """How long the number might be, and the factors that make it so (Chinese)."""
        whole = f"最多 {len(str(self.size))} 位"
        factors = " 乘 ".join(f"{len(str(part))} 位" for part in self.parts)
        return f"{whole}（{factors}）" if factors else whole


@dataclass(frozen=True)
class Int:
    """``sql`` lies between ``low`` and ``high`` where it is not NULL; its SQL type has 128 bits if ``wide``, else 64.

    Nothing but a constant (``low == high``, a literal) may be of another type.
    """

    sql: exp.Expression
    low: int
    high: int
    wide: bool

    @property
    def size(self) -> int:
        return max(abs(self.low), abs(self.high))

    @property
    def constant(self) -> int | None:
        """The number, if it is one written out."""
        return self.low if self.low == self.high and _is_literal(self.sql) else None


def _is_literal(sql: exp.Expression) -> bool:
    return isinstance(sql, exp.Literal) or (isinstance(sql, exp.Neg) and isinstance(sql.this, exp.Literal))


def grouped(sql: exp.Expression) -> exp.Expression:
    """A copy that may stand inside any operator."""
    found = copied(sql)
    if isinstance(found, exp.Connector):  # a function to sqlglot, too
        return exp.Paren(this=found)
    if isinstance(found, (exp.Column, exp.Literal, exp.Cast, exp.Paren, exp.Case, exp.Func, exp.Boolean, exp.Null)):
        return found
    return exp.Paren(this=found)


def whole(number: int) -> exp.Expression:
    literal = exp.Literal.number(str(abs(number)))
    return exp.Neg(this=literal) if number < 0 else literal


def constant(number: int) -> Int:
    _fits(number, number)
    return Int(whole(number), number, number, abs(number) > NARROW)


def column(sql: exp.Expression, low: int, high: int, wide: bool | None = None) -> Int:
    """A column of an integer type whose values were measured or proven to lie between ``low`` and ``high``."""
    needed = _fits(low, high)
    return Int(sql, low, high, needed if wide is None else wide)


def typed(number: Int) -> exp.Expression:
    """``number`` with its SQL type said, also where it is a literal."""
    if number.constant is None:
        return grouped(number.sql)
    return cast(copied(number.sql), WIDE_TYPE if number.wide else NARROW_TYPE)


def narrowed(number: Int) -> Int:
    """The same in 64 bits, where it fits."""
    if not number.wide or number.size > NARROW:
        return number
    return Int(exp.cast(number.sql.copy(), NARROW_TYPE, dialect="duckdb"), number.low, number.high, False)


def _fits(low: int, high: int) -> bool:
    """Whether 128 bits are needed. Raises :class:`TooLarge` where they are not enough."""
    size = max(abs(low), abs(high))
    if size > WIDE:
        raise TooLarge(size)
    return size > NARROW


def _widened(number: Int) -> exp.Expression:
    return exp.cast(number.sql.copy(), WIDE_TYPE, dialect="duckdb")


def _operands(left: Int, right: Int, low: int, high: int) -> tuple[exp.Expression, exp.Expression, bool]:
    wide = _fits(low, high) or left.wide or right.wide
    if wide and not left.wide and not right.wide:
        return _widened(left), grouped(right.sql), True
    return grouped(left.sql), grouped(right.sql), wide


def add(left: Int, right: Int) -> Int:
    if left.constant is not None and right.constant is not None:
        return constant(left.low + right.low)
    if right.constant == 0:
        return left
    if left.constant == 0:
        return right
    low, high = left.low + right.low, left.high + right.high
    one, other, wide = _operands(left, right, low, high)
    return Int(exp.Add(this=one, expression=other), low, high, wide)


def negated(number: Int) -> Int:
    if number.constant is not None:
        return constant(-number.low)
    return Int(exp.Neg(this=grouped(number.sql)), -number.high, -number.low, number.wide)


def subtract(left: Int, right: Int) -> Int:
    if right.constant is not None:
        return add(left, constant(-right.low))
    low, high = left.low - right.high, left.high - right.low
    one, other, wide = _operands(left, right, low, high)
    return Int(exp.Sub(this=one, expression=other), low, high, wide)


def multiply(left: Int, right: Int) -> Int:
    if left.constant is not None and right.constant is not None:
        return constant(left.low * right.low)
    if right.constant == 1:
        return left
    if left.constant == 1:
        return right
    corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    low, high = min(corners), max(corners)
    if max(abs(low), abs(high)) > WIDE:
        raise TooLarge(max(abs(low), abs(high)), (left.size, right.size))
    one, other, wide = _operands(left, right, low, high)
    return Int(exp.Mul(this=one, expression=other), low, high, wide)


def scaled(number: Int, factor: int) -> Int:
    return multiply(number, constant(factor))


def absolute(number: Int) -> Int:
    if number.low >= 0:
        return number
    if number.high <= 0:
        return negated(number)
    sql = exp.Abs(this=number.sql.copy())
    return Int(sql, 0, number.size, number.wide)


def sign(number: Int) -> Int:
    """1, or −1 below zero."""
    if number.low >= 0:
        return constant(1)
    if number.high < 0:
        return constant(-1)
    below = exp.LT(this=grouped(number.sql), expression=whole(0))
    sql = exp.Case().when(below, typed(constant(-1)), copy=False).else_(typed(constant(1)), copy=False)
    return Int(sql, -1, 1, False)


def not_zero(number: Int) -> Int:
    """NULL where it is zero, so that it can divide."""
    if number.low > 0 or number.high < 0:
        return number
    sql = exp.Nullif(this=grouped(number.sql), expression=whole(0))
    return Int(sql, number.low, number.high, number.wide)


def truncated(number: Int, divisor: Int, most: int = WIDE) -> Int:
    """The quotient towards zero, known to be no further from it than ``most``; ``divisor`` above zero or NULL."""
    if divisor.constant == 1:
        return number
    if number.constant is not None and divisor.constant is not None:
        return constant(_towards_zero(number.low, divisor.low))
    least = max(divisor.low, 1)
    low = max(_towards_zero(number.low, least), -most) if number.low < 0 else 0
    high = min(_towards_zero(number.high, least), most) if number.high > 0 else 0
    wide = number.wide or divisor.wide
    dividend = typed(number) if number.constant is not None else grouped(number.sql)
    sql = exp.IntDiv(this=dividend, expression=grouped(divisor.sql))
    sql.meta[WIDE_DIVISION] = wide
    if number.wide and not divisor.wide:
        sql.meta[NARROW_DIVISOR] = True
    if wide and max(-low, high) < NARROW // 2 and number.size + divisor.size <= WIDE:
        sql.meta[SMALL_QUOTIENT] = SIGNED if low < 0 else UNSIGNED
    if wide and max(-low, high) > NARROW:
        sql.meta[LONG_QUOTIENT] = True
    return narrowed(Int(sql, low, high, wide))


def _towards_zero(number: int, divisor: int) -> int:
    return number // divisor if number >= 0 else -(-number // divisor)


def remainder(number: Int, divisor: Int) -> Int:
    """What :func:`truncated` leaves, with the sign of ``number``."""
    wide = number.wide or divisor.wide
    sql = exp.Mod(this=grouped(number.sql), expression=grouped(divisor.sql))
    most = divisor.high - 1
    return Int(sql, -most if number.low < 0 else 0, most if number.high > 0 else 0, wide)


def chosen(branches: Sequence[tuple[exp.Expression, Int | None]], otherwise: Int | None) -> Int | None:
    """The first whose condition holds; ``None`` stands for NULL. ``None`` if nothing is a number."""
    numbers = [number for _, number in branches if number is not None] + ([otherwise] if otherwise is not None else [])
    if not numbers:
        return None
    low, high = min(number.low for number in numbers), max(number.high for number in numbers)
    wide = any(number.wide for number in numbers)
    # NULL never holds, and not every engine takes it for a condition
    kept = [(condition, number) for condition, number in branches if not isinstance(condition, exp.Null)]
    last = exp.Null() if otherwise is None else typed(otherwise)
    if not kept or (otherwise is None and all(number is None for _, number in kept)):
        return Int(exp.cast(last, WIDE_TYPE if wide else NARROW_TYPE, dialect="duckdb"), low, high, wide)
    sql = exp.Case()
    for condition, number in kept:
        sql = sql.when(copied(condition), exp.Null() if number is None else typed(number), copy=False)
    return Int(sql.else_(last, copy=False), low, high, wide)


def greatest(numbers: Sequence[Int], least: bool = False) -> Int:
    """The largest (``least``: smallest) of those that are not NULL."""
    pick = min if least else max
    make = exp.Least if least else exp.Greatest
    parts = [typed(number) for number in numbers]
    sql = make(this=parts[0], expressions=parts[1:], ignore_nulls=True)
    if all(number.constant is not None for number in numbers):
        return constant(pick(number.low for number in numbers))
    # one of them may be NULL, so the result lies anywhere between the outermost bounds
    low, high = min(number.low for number in numbers), max(number.high for number in numbers)
    return Int(sql, low, high, any(number.wide for number in numbers))
