"""What the hints of a table say, written under 合成: how many rows, how each value is made. Nothing here knows SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

UNKNOWN_WORD, DOES_NOT_FIT = "E821", "E822"
CASES, PERIOD, OTHERWISE, EVENLY = "例数", "期间", "否则", "均匀"
MOST_ROWS, MOST_PLACES = 2_000_000_000, 40
"""Rows of a table that anybody makes up, and places of a number that names them."""
NUMERIC = ("整数", "小数", "对数正态", "幂律", "汇总")


@dataclass(frozen=True)
class Complaint:
    """``text``: the scalar it is about, so that its place in the file can be found."""

    code: str
    text: str
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Path:
    """A column of the same row, or with ``via`` a column of the row that the reference ``via`` points to."""

    column: str
    via: str = ""

    @property
    def here(self) -> str:
        return self.via or self.column

    def __str__(self) -> str:
        return f"{self.via}.{self.column}" if self.via else self.column


@dataclass(frozen=True)
class Span:
    """From ``low`` to ``high``; ``whole``: both were written without decimals."""

    low: float
    high: float
    whole: bool


@dataclass(frozen=True)
class Make:
    """How a value is made: ``how`` (a word), its ``detail``, then what is done to it."""

    how: str
    detail: Any = None
    times: tuple[Quantity, ...] = ()
    plus: tuple[Quantity, ...] = ()
    minus: tuple[Quantity, ...] = ()
    chance: float | None = None
    when: tuple[Path, str] | None = None


Quantity = float | Span | Path | Make


@dataclass(frozen=True)
class Rows:
    """How many: ``count``, or ``per_case`` of the cases asked for, or ``per_month``; within ``least`` and ``most``."""

    count: int | None = None
    per_case: float | None = None
    per_month: int | None = None
    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Again:
    """A ``share`` of rows is another one of the same object: ``same`` columns, ``date`` later by ``gap`` days."""

    share: float
    same: tuple[str, ...]
    date: str
    gap: Span
    stay: str = ""


@dataclass(frozen=True)
class Hints:
    rows: Rows | None = None
    each: tuple[str, ...] | None = None
    chance: float | None = None
    around: int = 0
    again: Again | None = None
    fields: Mapping[str, Make] = field(default_factory=dict)
    helpers: Mapping[str, Make] = field(default_factory=dict)


def paths_of(make: Make | Quantity) -> Iterator[Path]:
    """Every column a recipe reads."""
    if isinstance(make, Path):
        yield make
    if not isinstance(make, Make):
        return
    for part in (*make.times, *make.plus, *make.minus):
        yield from paths_of(part)
    if make.when is not None:
        yield make.when[0]
    yield from _paths_in(make.detail)


def _paths_in(detail: Any) -> Iterator[Path]:
    if isinstance(detail, Path | Make):
        yield from paths_of(detail)
    elif isinstance(detail, dict):
        for part in detail.values():
            yield from _paths_in(part)


def number(text: Any) -> float | None:
    """``6%``, ``0.06``, ``-3``; ``None`` if it is no number."""
    if not isinstance(text, str):
        return None
    found = re.fullmatch(r"\s*([-−]?\d+(?:\.\d+)?)\s*(%?)\s*", text, re.ASCII)
    if not found:
        return None
    value = float(found[1].replace("−", "-"))
    return value / 100 if found[2] else value


def span(text: Any) -> Span | None:
    """``1~20``, ``45%~75%`` or a list of two."""
    parts = text.split("~") if isinstance(text, str) else text if isinstance(text, list) else []
    bounds = [number(part) for part in parts]
    if len(bounds) != 2 or bounds[0] is None or bounds[1] is None or bounds[0] > bounds[1]:
        return None
    whole = not any("." in part or "%" in part for part in parts)
    return Span(bounds[0], bounds[1], whole)


def path(text: str) -> Path:
    via, dot, column = text.partition(".")
    return Path(column, via) if dot else Path(via)
