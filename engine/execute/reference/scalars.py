"""Scalar functions on values that are already there: exact, and absent in, absent out."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

from engine.language.values import Month, Unresolved, Value, compares, ordered, round_to


def _strict(function: Callable) -> Callable:
    """Absent if any argument is."""

    def call(*values: Value) -> Value:
        return None if any(value is None for value in values) else function(*values)

    return call


def highest(*values: Value) -> Value:
    present = [ordered(value) for value in values if value is not None]
    return max(present) if present else None


def lowest(*values: Value) -> Value:
    present = [ordered(value) for value in values if value is not None]
    return min(present) if present else None


def same(one: Value, other: Value) -> bool:
    """Equal, or both absent."""
    return one == other


def clamp(value: Value, low: Value, high: Value) -> Value:
    if compares(low, ">", high):
        raise Unresolved("限定 的下限大于上限", cause="下限大于上限")
    return min(max(ordered(value), ordered(low)), ordered(high))


def round_down(number: Fraction, digits: Fraction = Fraction(0)) -> Fraction:
    return Fraction(floor(number * 10 ** int(digits)), 10 ** int(digits))


def round_up(number: Fraction, digits: Fraction = Fraction(0)) -> Fraction:
    return Fraction(ceil(number * 10 ** int(digits)), 10 ** int(digits))


def round_half(number: Fraction, digits: Fraction = Fraction(0)) -> Fraction:
    return round_to(number, int(digits))


def significant(number: Fraction, digits: Fraction) -> Fraction:
    """At so many digits from the first that is not zero, half away from zero."""
    size, place = abs(number), 0
    while size >= Fraction(10) ** place:
        place += 1
    while size and size < Fraction(10) ** (place - 1):
        place -= 1
    return round_to(number, int(digits) - place)


def remainder(number: Fraction, divisor: Fraction) -> Fraction:
    """What whole multiples of ``divisor`` leave, with its sign."""
    if divisor == 0:
        raise Unresolved("余数 的除数为 0，除以零", cause="除以零")
    return number - divisor * floor(number / divisor)


def days_between(first: datetime.date, last: datetime.date) -> Fraction:
    return Fraction((last - first).days)


def quarter_of(day: datetime.date | Month) -> Fraction:
    return Fraction((day.month + 2) // 3)


def month_from(*parts: Value) -> Value:
    if len(parts) == 1:
        (day,) = parts
        assert isinstance(day, (datetime.date, Month))
        return Month(day.year, day.month)
    year, month = parts
    if not (isinstance(year, Fraction) and isinstance(month, Fraction)):
        raise TypeError("year and month are numbers")
    if year.denominator != 1 or month.denominator != 1 or not 1 <= month <= 12:
        raise Unresolved("年月 的月份要在 1 到 12 之间", cause="没有这个月")
    return Month(int(year), int(month))


def in_code_range(text: str, low: str, high: str) -> bool:
    """By prefix: I21–I25 holds I21.0 and I25.9, not I26."""
    return text >= low and text[: len(high)] <= high


SCALARS: dict[str, Callable] = {
    "较大": _strict(max),
    "较小": _strict(min),
    "取高": highest,
    "取低": lowest,
    "一致": same,
    "限定": _strict(clamp),
    "绝对值": _strict(abs),
    "向下取整": _strict(round_down),
    "向上取整": _strict(round_up),
    "四舍五入": _strict(round_half),
    "有效数字": _strict(significant),
    "余数": _strict(remainder),
    "天数": _strict(days_between),
    "年": _strict(lambda day: Fraction(day.year)),
    "月": _strict(lambda day: Fraction(day.month)),
    "季": _strict(quarter_of),
    "年月": _strict(month_from),
}
_OTHERS = ("1", "2", "3", "4", "5", "6", "7", "8", "9")
BOUNDS: dict[str, tuple[str, ...]] = {
    "较大": _OTHERS,
    "较小": _OTHERS,
    "取高": _OTHERS,
    "取低": _OTHERS,
    "限定": ("low", "high"),
}
"""Functions that hold their first argument against the others, and what each of these is called when that is told."""
