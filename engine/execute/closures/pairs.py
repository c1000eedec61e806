"""Numbers as (numerator, denominator): two whole numbers, the second positive, not always in lowest terms.

Arithmetic on them costs about a twentieth of what ``Fraction`` takes, which looks for a common divisor at every step.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd
from typing import Any

from engine.language.values import HALF_AWAY

Pair = tuple[int, int]
LONG = 10**18
"""Denominators from here on are brought to lowest terms where a rule has worked out its value."""


def to_cell(value: Any) -> Any:
    """A value of the language as closures compute with it."""
    return (value.numerator, value.denominator) if value.__class__ is Fraction else value


def to_value(cell: Any) -> Any:
    """What a closure gave, as a value of the language."""
    return Fraction(*cell) if cell.__class__ is tuple else cell


def lowest_terms(pair: Pair) -> Pair:
    """The same number with the smallest denominator."""
    divisor = gcd(*pair)
    return pair[0] // divisor, pair[1] // divisor


def less(a: Any, b: Any) -> bool:
    """Whether ``a < b``: numbers, dates or months."""
    if a.__class__ is tuple:
        return bool(a[0] * b[1] < b[0] * a[1])
    return bool(a < b)


def at_most(a: Any, b: Any) -> bool:
    """Whether ``a <= b``."""
    if a.__class__ is tuple:
        return bool(a[0] * b[1] <= b[0] * a[1])
    return bool(a <= b)


def equal(a: Any, b: Any) -> bool:
    """Whether two values of any kind are the same."""
    if a.__class__ is tuple and b.__class__ is tuple:
        return bool(a[0] * b[1] == b[0] * a[1])
    return bool(a == b)


def greatest(cells: list[Any]) -> Any:
    found = cells[0]
    for cell in cells:
        if less(found, cell):
            found = cell
    return found


def least(cells: list[Any]) -> Any:
    found = cells[0]
    for cell in cells:
        if less(cell, found):
            found = cell
    return found


def rounded(pair: Pair, digits: int, mode: str = HALF_AWAY) -> Pair:
    """``pair`` at ``digits`` decimals (negative: tens, hundreds …), as :func:`engine.language.values.round_to` does."""
    number, below = pair
    scale = 10 ** abs(digits)
    size = abs(number) * scale if digits >= 0 else abs(number)
    whole, rest = divmod(size, below if digits >= 0 else below * scale)
    unit = below if digits >= 0 else below * scale
    if _UP[mode](whole, 2 * rest, unit):
        whole += 1
    whole = -whole if number < 0 else whole
    return (whole, scale) if digits >= 0 else (whole * scale, 1)


def half_away(pair: Pair, scale: int) -> Pair:
    """As :func:`rounded` to ``1 / scale``, half away from zero."""
    number, below = pair
    twice = below + below
    if number < 0:
        return -((below - 2 * number * scale) // twice), scale
    return (2 * number * scale + below) // twice, scale


_UP: dict[str, Callable[[int, int, int], bool]] = {
    HALF_AWAY: lambda whole, twice, unit: twice >= unit,
    "四舍六入五成双": lambda whole, twice, unit: twice > unit or (twice == unit and whole % 2 == 1),
    "进一": lambda whole, twice, unit: twice > 0,
    "去尾": lambda whole, twice, unit: False,
}
"""Whether the size goes up by one, by mode: from whole units, twice the rest, and the unit."""


def floor_at(pair: Pair, digits: int) -> Pair:
    """The greatest number of ``digits`` decimals that is not above."""
    scale = 10**digits
    return pair[0] * scale // pair[1], scale


def ceiling_at(pair: Pair, digits: int) -> Pair:
    """The least number of ``digits`` decimals that is not below."""
    scale = 10**digits
    return -(-pair[0] * scale // pair[1]), scale
