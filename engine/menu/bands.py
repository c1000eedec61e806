"""Bands as an officer writes them (``≤ 1: 3``, ``不超过 2: 2.5``, ``其余: 2``): whole, in order, without a gap."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.language.values import Interval, decimal_text
from engine.rulebook.constants import read_interval

_REST = ("其余", "以上", "其他")
_UP_TO = re.compile(r"(?:不超过|不高于|小于等于)\s*(?P<a>[\d.]+)|(?P<b>[\d.]+)\s*(?:及|（含）|\(含\))?以下")
_BELOW = re.compile(r"(?:低于|不满|小于|不足)\s*(?P<a>[\d.]+)")
_WHAT_IT_IS_OF = re.compile(r"^[\w\s]*?(?=不超过|不高于|小于|低于|不满|不足|[<>≤≥(\[])")


class BandProblem(ValueError):
    """What is wrong with the bands, in Chinese."""


@dataclass(frozen=True)
class Band:
    """From ``low`` to ``high`` (``None``: no end); a bound belongs to the band below it or above it."""

    low: Fraction | None
    high: Fraction | None
    low_in: bool
    high_in: bool

    @property
    def text(self) -> str:
        """As a cell of a decision table."""
        low = "" if self.low is None else decimal_text(self.low)
        high = "" if self.high is None else decimal_text(self.high)
        if not low and not high:
            return "任何"
        if not low:
            return f"{'≤' if self.high_in else '<'} {high}"
        if not high:
            return f"{'≥' if self.low_in else '>'} {low}"
        return f"{'[' if self.low_in else '('}{low}, {high}{']' if self.high_in else ')'}"

    def points(self, step: Fraction) -> list[Fraction]:
        """Numbers in it for examples: at its bounds, and a step beside them."""
        found = []
        if self.low is not None:
            found += [self.low, self.low + step] if self.low_in else [self.low + step]
        if self.high is not None:
            found += [self.high - step, self.high] if self.high_in else [self.high - step]
        return list(dict.fromkeys(found)) or [Fraction(1)]

    def has(self, number: Fraction) -> bool:
        over = self.low is None or number > self.low or (self.low_in and number == self.low)
        under = self.high is None or number < self.high or (self.high_in and number == self.high)
        return over and under


def read_bands(keys: Sequence[str], step: Fraction) -> list[Band]:
    """The bands of these words, in their order, each wider than a step. Raises :class:`BandProblem`."""
    found: list[Band] = []
    for place, key in enumerate(keys):
        last = place == len(keys) - 1
        before = found[-1] if found else None
        low = before.high if before else None
        low_in = before is not None and not before.high_in
        written = _interval(key)
        if written is None:
            raise BandProblem(f"“{key}”不是一档：写 ≤ 1、不超过 1、< 4，最后一档写 其余")
        if written.high is None and not last:
            raise BandProblem(f"“{key}”没有上限，要写在最后")
        if written.high is not None and last:
            raise BandProblem("最后一档没有写：再添一档 其余")
        if written.low is not None and (written.low != low or written.low_closed != low_in):
            raise BandProblem(f"“{key}”和它前面一档接不上")
        band = Band(low, _number(written.high), low_in, written.high_closed)
        if band.low is not None and band.high is not None and band.high <= band.low + step:
            raise BandProblem(f"“{key}”的上限不比前一档高（档从小到大写）")
        found.append(band)
    if not found:
        raise BandProblem("一档也没有写")
    return found


def _interval(key: str) -> Interval | None:
    text = _WHAT_IT_IS_OF.sub("", key.strip())
    if text in _REST:
        return Interval(None, None, True, True)
    for pattern, closed in ((_UP_TO, True), (_BELOW, False)):
        if found := pattern.fullmatch(text):
            number = next(part for part in found.groups() if part)
            return read_interval(f"{'≤' if closed else '<'} {number}")
    found_interval = read_interval(text)
    if found_interval is None or (found_interval.low is not None and found_interval.low == found_interval.high):
        return None
    return found_interval


def _number(bound: object) -> Fraction | None:
    if bound is None or isinstance(bound, Fraction):
        return bound
    raise BandProblem("界值要是数")
