"""Periods: a year ``2025``, a quarter ``2025Q1``, a month ``2025-03``; ranges ``2025-01..2025-12``."""

from __future__ import annotations

import datetime
import re
import unicodedata
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


_YEAR = "((?:19|20|21)[0-9]{2})"
_MONTH = "(1[0-2]|0?[1-9])"
_QUARTER = "([1-4一二三四])"
_QUARTERS = {sign: number for signs in ("1234", "一二三四") for number, sign in enumerate(signs, 1)}
_YEARS = re.compile(f"{_YEAR}年?度?")
_OF_QUARTERS = re.compile(f"{_YEAR}(?:[年-]?[Qq]([1-4])|[年-]?第?{_QUARTER}季度?)")
_OF_MONTHS = re.compile(f"{_YEAR}(?:[-./年]{_MONTH}|(0[1-9]|1[0-2]))(?:月份?)?")
_YEAR_LEFT_OUT = re.compile(f"(?:{_MONTH}月份?|第?{_QUARTER}季度?)")
_TO = re.compile(
    r"\s*(?:\.{2,}|至|到|~|[—–]+|(?<=[月季度年])-|(?<=年[0-9])-(?=[0-9]+月)|(?<=年[0-9]{2})-(?=[0-9]+月))\s*"
)


def parse_period(text: str) -> Period:
    """One period: ``2025``, ``2025Q1``, ``2025-03``, or what else has exactly that meaning, as ``2025年3月``.

    ``ValueError`` with a Chinese sentence that says how this one is written.
    """
    plain = _plain(text)
    if not plain:
        raise ValueError("没有写期间：年写 2025，季写 2025Q1，月写 2025-03")
    if match := _YEARS.fullmatch(plain):
        return Period(Month(int(match[1]), 1), Month(int(match[1]), 12))
    if match := _OF_QUARTERS.fullmatch(plain):
        year, quarter = int(match[1]), _QUARTERS[match[2] or match[3]]
        return Period(Month(year, 3 * quarter - 2), Month(year, 3 * quarter))
    match = _OF_MONTHS.fullmatch(plain)
    if match is None or plain.endswith(".1"):
        raise ValueError(f"期间 {text.strip()} 看不懂：{_cure(plain)}")
    month = Month(int(match[1]), int(match[2] or match[3]))
    return Period(month, month)


def parse_periods(text: str) -> list[Period]:
    """One period, or all of a range. ``ValueError`` with a Chinese sentence."""
    first, *others = _TO.split(_plain(text), maxsplit=1)
    start = parse_period(first)
    if not others:
        return [start]
    last = others[0]
    if not last:
        raise ValueError(f"期间 {text.strip()} 看不懂：写到哪一期，如 {start}..{start.next()}")
    stop = parse_period(f"{start.year}年{last}" if _YEAR_LEFT_OUT.fullmatch(last) else last)
    if stop.kind != start.kind or stop < start:
        raise ValueError(f"期间 {text}：两头要同是年、季或月，先写早的")
    found = [start]
    while found[-1] < stop:
        found.append(found[-1].next())
    return found


def usual_form(text: str) -> str:
    """A period or a range as everything else writes it: 2025-03, 2025-01..2025-03. ``ValueError`` as above."""
    first, *others = parse_periods(text)
    return f"{first}..{others[-1]}" if others else str(first)


def _plain(text: str) -> str:
    """Signs of full width as plain ones, no blanks around the signs between numbers."""
    return re.sub(r"\s*([年月季度第./-])\s*", r"\1", unicodedata.normalize("NFKC", text).strip())


def _cure(plain: str) -> str:
    """How what was meant is written, as far as that can be told."""
    if match := re.fullmatch(f"{_YEAR}[.]1", plain):
        return f"是 1 月还是 10 月？写 {match[1]}-01 或 {match[1]}-10"
    if match := re.fullmatch(rf"{_YEAR}(?:[-./年]{_MONTH}[-./月]\d{{1,2}}日?|(0[1-9]|1[0-2])\d\d)", plain):
        return f"期间不写日，写到月：{match[1]}-{int(match[2] or match[3]):02}"
    if match := re.fullmatch(rf"{_YEAR}\W?{_MONTH}(?:月份?)?", plain):
        return f"写 {match[1]}-{int(match[2]):02}"
    if match := re.fullmatch(rf"{_YEAR}[-./年]?(\d{{1,2}})(?:月份?)?", plain):
        return f"没有 {int(match[2])} 月，写 {match[1]}-01 到 {match[1]}-12"
    if match := re.fullmatch(rf"{_YEAR}[年-]?(?:[Qq]\S|第?\S季度?)", plain):
        return f"一年四个季度，写 {match[1]}Q1 到 {match[1]}Q4"
    if match := re.fullmatch(rf"(\d\d)[-./年]{_MONTH}(?:月份?)?", plain):
        return f"年份写四位：20{match[1]}-{int(match[2]):02}"
    if match := re.fullmatch(f"{_MONTH}月份?", plain):
        return f"要写哪一年，如 2025-{int(match[1]):02}"
    if re.search("[,、;和及]", plain):
        return "连续几期写 2025-01..2025-12"
    return "年写 2025，季写 2025Q1，月写 2025-03"
