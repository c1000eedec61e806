"""Periods: a year ``2025``, a quarter ``2025Q1``, a month ``2025-03``; ranges ``2025-01..2025-12``."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from fractions import Fraction

from engine.language.types import Kind, Type
from engine.language.values import Month, Value


@dataclass(frozen=True, order=True)
class Period:
    """``kind``: 年, 季 or 月; ``first`` and ``last``: its months."""

    first: Month
    last: Month

    @property
    def kind(self) -> str:
        return {1: "月", 3: "季", 12: "年"}[self.months]

    @property
    def months(self) -> int:
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def start(self) -> datetime.date:
        return self.first.first_day()

    @property
    def end(self) -> datetime.date:
        return self.last.last_day()

    @property
    def year(self) -> int:
        return self.first.year

    def __contains__(self, day: datetime.date) -> bool:
        return self.start <= day <= self.end

    def __str__(self) -> str:
        if self.kind == "年":
            return f"{self.year:04d}"
        return str(self.first) if self.kind == "月" else f"{self.year:04d}Q{(self.first.month + 2) // 3}"

    def previous(self) -> Period:
        first, last = self.first, self.last
        for _ in range(self.months):
            first, last = first.previous(), last.previous()
        return Period(first, last)

    def next(self) -> Period:
        first, last = self.first, self.last
        for _ in range(self.months):
            first, last = first.next(), last.next()
        return Period(first, last)

    def first_of_year(self) -> bool:
        return self.first.month == 1

    def named(self, name: str) -> Value:
        """期年, 期初 or 期末."""
        values: dict[str, Value] = {"期年": Fraction(self.year), "期初": self.start, "期末": self.end}
        return values[name]

    def key(self, type_: Type) -> Value:
        """The value of a 归期 key in this period: the year, or the month."""
        return self.first if type_.kind is Kind.MONTH else Fraction(self.year)


def parse_period(text: str) -> Period:
    """One period. ``ValueError`` with a Chinese sentence."""
    text = text.strip()
    if re.fullmatch(r"(?:19|20|21)[0-9]{2}", text):
        return Period(Month(int(text), 1), Month(int(text), 12))
    if match := re.fullmatch(r"((?:19|20|21)[0-9]{2})[Qq]([1-4])", text):
        year, quarter = int(match[1]), int(match[2])
        return Period(Month(year, 3 * quarter - 2), Month(year, 3 * quarter))
    if match := re.fullmatch(r"((?:19|20|21)[0-9]{2})-(0[1-9]|1[0-2])", text, re.ASCII):
        month = Month(int(match[1]), int(match[2]))
        return Period(month, month)
    raise ValueError(f"期间 {text} 看不懂：写 2025、2025Q1 或 2025-03，连续几期写 2025-01..2025-12")


def parse_periods(text: str) -> list[Period]:
    """One period, or all of a range. ``ValueError`` with a Chinese sentence."""
    first, dots, last = text.partition("..")
    start = parse_period(first)
    if not dots:
        return [start]
    stop = parse_period(last)
    if stop.kind != start.kind or stop < start:
        raise ValueError(f"期间 {text}：两头要同是年、季或月，先写早的")
    found = [start]
    while found[-1] < stop:
        found.append(found[-1].next())
    return found
