"""Aggregates over a list of values, exactly; deviations as an exact square whose root is rounded once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

from engine.language.values import Unresolved, Value, round_to


@dataclass(frozen=True)
class Root:
    """The square root of ``square``, or minus it: irrational, so it must be rounded before use."""

    square: Fraction
    negative: bool = False

    def rounded(self, digits: int, mode: str) -> Fraction:
        """At ``digits`` decimals as if the root were known to all its digits; the modes know no sign."""
        return -self._size(digits, mode) if self.negative else self._size(digits, mode)

    def _size(self, digits: int, mode: str) -> Fraction:
        scaled = self.square * 10 ** (2 * digits)
        floor = isqrt(scaled.numerator // scaled.denominator)
        exact = Fraction(floor * floor) == scaled
        if exact:
            return round_to(Fraction(floor, 10**digits), digits, mode)
        above_half = scaled > Fraction(2 * floor + 1, 2) ** 2
        rest = Fraction(3, 4) if above_half else Fraction(1, 4)
        if scaled == Fraction(2 * floor + 1, 2) ** 2:
            rest = Fraction(1, 2)
        return round_to((floor + rest) / Fraction(10**digits), digits, mode)


def total(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


def mean(values: list[Fraction]) -> Fraction | None:
    return total(values) / len(values) if values else None


def quantile(values: list[Fraction], share: Fraction) -> Fraction | None:
    """Linear interpolation at (n−1)·share among the sorted values."""
    if not 0 <= share <= 1:
        raise Unresolved("分位数 的 p 不在 0 到 1 之间", cause="p 不在 0 到 1 之间")
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = place.numerator // place.denominator
    if place == below:
        return ordered[below]
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])


def median(values: list[Fraction]) -> Fraction | None:
    return quantile(values, Fraction(1, 2))


def variance(values: list[Fraction], sample: bool) -> Fraction | None:
    if len(values) < 1 + sample:
        return None
    sum_, squares = total(values), sum((value * value for value in values), Fraction(0))
    return (squares - sum_ * sum_ / len(values)) / (len(values) - sample)


def deviation(values: list[Fraction], sample: bool = False) -> Root | None:
    found = variance(values, sample)
    return None if found is None else Root(found)


def variation(values: list[Fraction], sample: bool = False) -> Root | None:
    """Deviation ÷ mean: negative where the mean is."""
    found, average = variance(values, sample), mean(values)
    if found is None or average is None:
        return None
    if average == 0:
        raise Unresolved("变异系数 的均值为 0，除以零", cause="除以零")
    return Root(found / (average * average), average < 0)


def distinct(values: list[Value]) -> Fraction:
    return Fraction(len(set(values)))


AGGREGATES: dict[str, Callable[..., Any]] = {
    "计数": lambda rows: Fraction(len(rows)),
    "合计": total,
    "均值": mean,
    "中位数": median,
    "分位数": quantile,
    "标准差": deviation,
    "变异系数": variation,
    "样本标准差": lambda values: deviation(values, True),
    "样本变异系数": lambda values: variation(values, True),
    "去重计数": distinct,
    "最大": lambda values: max(values, default=None),
    "最小": lambda values: min(values, default=None),
}
"""From what is read on the rows, and the arguments that are not; one that counts rows is given these."""


def shares(pool: Fraction, weights: list[tuple[tuple, Fraction]]) -> dict[tuple, Fraction]:
    """``pool`` (yuan) over (key, weight) in fen that add up to it: largest remainder, ties by key.

    Raises :class:`Unresolved` for a negative weight, no weight with a pool, or a pool that is no whole number
    of fen.
    """
    fen = pool * 100
    if fen.denominator != 1:
        raise Unresolved("分摊 的总额不是整分", cause="总额不是整分")
    if any(weight < 0 for _, weight in weights):
        raise Unresolved("分摊 的权数有负数", cause="权数为负")
    whole = sum((weight for _, weight in weights), Fraction(0))
    if whole == 0:
        if fen:
            raise Unresolved("分摊 没有权数，总额分不下去", cause="权数合计为零")
        return {key: Fraction(0) for key, _ in weights}
    sign = -1 if fen < 0 else 1
    exact = {key: abs(fen) * weight / whole for key, weight in weights}
    floors = {key: value.numerator // value.denominator for key, value in exact.items()}
    left = int(abs(fen)) - sum(floors.values())
    order = sorted(exact, key=lambda key: (floors[key] - exact[key], key))
    extra = set(order[:left])
    return {key: Fraction(sign * (floors[key] + (key in extra)), 100) for key in exact}
