"""Run-time values: exact numbers, year-months, intervals, and what is absent or unresolved.

A number is a ``Fraction``, a yes/no a ``bool``, a date a ``datetime.date``; text, keys and classes are
``str``; ``None`` is absent. A value that cannot be known is not a value: :class:`Unresolved` is raised and
carries its first cause.
"""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple


class Month(NamedTuple):
    """A year and month; ordered like time."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def first_day(self) -> datetime.date:
        return datetime.date(self.year, self.month, 1)

    def last_day(self) -> datetime.date:
        return self.next().first_day() - datetime.timedelta(days=1)

    def next(self) -> Month:
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def previous(self) -> Month:
        return Month(self.year - (self.month == 1), 12 if self.month == 1 else self.month - 1)


@dataclass(frozen=True)
class Interval:
    """A range of numbers or dates; ``None`` as a bound is unbounded."""

    low: Bound | None
    high: Bound | None
    low_closed: bool = True
    high_closed: bool = True

    def __contains__(self, value: object) -> bool:
        """Raises ``TypeError`` for a value that cannot be compared with the bounds."""
        return between(value, self.low, self.high, self.low_closed, self.high_closed)

    def is_turned(self) -> bool:
        """Whether the lower bound is above the upper one."""
        return self.low is not None and self.high is not None and compares(self.low, ">", self.high)

    def __str__(self) -> str:
        if self.low is None and self.high is None:
            return "任何"
        if self.low is None:
            return f"{'≤' if self.high_closed else '<'} {render(self.high)}"
        if self.high is None:
            return f"{'≥' if self.low_closed else '>'} {render(self.low)}"
        return (
            f"{'[' if self.low_closed else '('}{render(self.low)}, "
            f"{render(self.high)}{']' if self.high_closed else ')'}"
        )


Bound = Fraction | datetime.date
Value = Fraction | bool | datetime.date | Month | str | Interval | None


def compares(left: Any, op: str, right: Any) -> bool:
    """Whether ``left op right``, for = != < <= > >=. Raises ``TypeError`` where the two have no order."""
    result: bool = _COMPARISONS[op](left, right)
    return result


def side_of(value: Value, bound: Value) -> int:
    """Below a bound (−1), at it (0) or above it (1)."""
    return compares(value, ">", bound) - compares(value, "<", bound)


def between(value: object, low: Value, high: Value, low_closed: bool, high_closed: bool) -> bool:
    """Whether a value lies between two ends; ``None`` as an end is unbounded. Raises ``TypeError`` as above."""
    if low is not None and not compares(value, ">=" if low_closed else ">", low):
        return False
    return high is None or compares(value, "<=" if high_closed else "<", high)


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def number_of(value: Value) -> Fraction:
    """A value that binding found to be a number."""
    assert isinstance(value, Fraction)
    return value


def ordered(value: Value) -> Fraction | bool | datetime.date | Month | str:
    """A value that binding found to have an order, as one that can be sorted by."""
    assert value is not None and not isinstance(value, Interval)
    return value


def as_bound(value: Value) -> Bound | None:
    """``value`` as a bound of an interval. Raises ``ValueError`` if it is no number and no date."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, (Fraction, datetime.date))):
        raise ValueError(f"{render(value)} is no bound")
    return value


NOT_KNOWN = "unresolved"
"""The cause of a failure that has no kind."""


MOST_DIGITS = 30_000
"""Of a value, above or below its line. Nothing that is paid comes near; a chain of squares passes it in no time."""
MOST_BITS = 99_657


class Unresolved(Exception):
    """A value that cannot be determined: the name of the first value that failed, and why (Chinese).

    ``grain`` and ``key``: the row on which it failed, where that is known.
    """

    def __init__(self, reason: str, name: str = "", cause: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.name = name
        self.cause = cause or NOT_KNOWN
        self.grain = ""
        self.key: tuple = ()

    def at(self, name: str) -> Unresolved:
        """The same failure, located at ``name`` unless a cause nearer its origin is already known."""
        if not self.name:
            self.name = name.split("〔")[0]  # people know it by the name that they wrote
        return self

    def on(self, grain: str, key: tuple) -> Unresolved:
        """The same failure, on the row of ``grain`` with ``key`` unless a row nearer its origin is already known."""
        if not self.grain:
            self.grain, self.key = grain, key
        return self

    def again(self) -> Unresolved:
        """The same failure to raise once more, without the frames of the last time (they would pile up)."""
        return self.with_traceback(None)

    def __str__(self) -> str:
        said = not self.name or self.reason.startswith(f"{self.name} ")
        return self.reason if said else f"{self.name}：{self.reason}"


def decimal_text(number: Fraction, digits: int | None = None) -> str:
    """Plain decimal text of an exact number: exactly ``digits`` decimals, or as many as it needs; n/d if it
    has no end.
    """
    if digits is None:
        twos = fives = 0
        rest = number.denominator
        while rest % 2 == 0:
            rest, twos = rest // 2, twos + 1
        while rest % 5 == 0:
            rest, fives = rest // 5, fives + 1
        if rest != 1:
            return f"{number.numerator}/{number.denominator}"
        digits = max(twos, fives)
    whole, rest = divmod(abs(number.numerator) * 10**digits, number.denominator)
    whole += 2 * rest >= number.denominator
    text = str(whole).rjust(digits + 1, "0")
    sign = "-" if number < 0 and whole else ""
    return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


def render(value: Value) -> str:
    """Text of a value as people read it; absent is empty."""
    if value is None:
        return ""
    if value is True:
        return "是"
    if value is False:
        return "否"
    if isinstance(value, Fraction):
        return decimal_text(value)
    return str(value)


def readable(value: object) -> str:
    """A value for people: an endless fraction at ten decimals, marked as cut."""
    if isinstance(value, Fraction):
        text = decimal_text(value)
        return decimal_text(value, 10) + "…" if "/" in text else text
    if isinstance(value, frozenset):
        return "、".join(sorted(str(item) for item in value))
    return render(value)  # type: ignore[arg-type]


def refuse_endless(name: str, number: int, below: int = 1) -> None:
    """Raises :class:`Unresolved` for a value of the rule ``name`` that is too long to be worked with."""
    if number.bit_length() > MOST_BITS or below.bit_length() > MOST_BITS:
        raise Unresolved(f"{name} 的值超过 {MOST_DIGITS} 位数", name, "数太长")


HALF_AWAY = "四舍五入"
"""The mode of rounding where none is written: half away from zero."""
MODES = (HALF_AWAY, "四舍六入五成双", "进一", "去尾")


def round_to(number: Fraction, digits: int, mode: str = HALF_AWAY) -> Fraction:
    """``number`` at ``digits`` decimals: half away from zero, half to even, away from zero, or towards
    zero.
    """
    scale = 10**digits if digits >= 0 else Fraction(1, 10**-digits)
    scaled = abs(number) * scale
    whole, rest = scaled.numerator // scaled.denominator, scaled - scaled.numerator // scaled.denominator
    half = Fraction(1, 2)
    if mode == HALF_AWAY:
        up = rest >= half
    elif mode == "四舍六入五成双":
        up = rest > half or (rest == half and whole % 2 == 1)
    elif mode == "进一":
        up = rest > 0
    elif mode == "去尾":
        up = False
    else:
        raise ValueError(f"unknown rounding mode {mode!r}")
    result = Fraction(whole + up) / scale
    return -result if number < 0 else result
