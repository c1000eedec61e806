"""A column of an output table, and the one canonical text of its values: statements, digests, kept values."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from engine.language.types import Kind, Type
from engine.language.values import Interval, Month, Value, decimal_text, render, round_to


@dataclass(frozen=True)
class OutColumn:
    """``name`` of the value, ``heading`` in the output, ``digits`` shown (``None``: exact), whether it is a ``key``."""

    name: str
    heading: str
    type: Type
    digits: int | None = None
    key: bool = False


_COUNTED = ("个", "例", "人次")


def adds_up(column: OutColumn) -> bool:
    """Whether a total over the rows means anything: amounts and counts, not ratios or averages."""
    unit = column.type.unit
    one_unit = len(unit.powers) == 1 and unit.powers[0][1] == 1
    return column.type.kind is Kind.NUMBER and not column.key and (one_unit or unit.label in _COUNTED)


_PYTHON = {
    Kind.NUMBER: (Fraction, int),
    Kind.BOOL: (bool,),
    Kind.DATE: (datetime.date,),
    Kind.MONTH: (Month,),
    Kind.TEXT: (str, Interval),  # a text key may be the wildcard 任何
    Kind.CLASS: (str, Interval),
    Kind.INTERVAL: (Interval,),
    Kind.ABSENT: (),
}


_FEW = 7
"""Decimals that are tried first, because nearly every number has so few."""


def check_values(column: OutColumn, values: list[Value]) -> None:
    """Raises ``TypeError`` if a value is not of the column's type: a mistake of the program, not of the data."""
    allowed = _PYTHON[column.type.kind]
    for value in values:
        wrong = not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed)
        if value is not None and wrong:
            raise TypeError(f"column {column.name!r} of kind {column.type.kind.name} holds a {type(value).__name__}")


def numbers_of(column: OutColumn, values: list[Value]) -> list[Fraction | None]:
    """The values of a number column. Raises ``TypeError`` if one is no number."""
    check_values(column, values)
    return cast("list[Fraction | None]", values)


def truths_of(column: OutColumn, values: list[Value]) -> list[bool | None]:
    """The values of a yes/no column. Raises ``TypeError`` if one is neither."""
    check_values(column, values)
    return cast("list[bool | None]", values)


def scaled_number(number: Fraction | int, digits: int) -> int:
    """``number`` × 10^digits as a whole number, half away from zero where it has more digits."""
    scale = 10**digits
    denominator = number.denominator
    if scale % denominator == 0:
        return number.numerator * (scale // denominator)
    return int(round_to(Fraction(number), digits) * scale)


def number_text(number: Fraction | int, digits: int | None) -> str:
    """Decimal text with exactly ``digits`` decimals; ``None``: as many as it needs, or n/d."""
    if digits is None:
        digits = next((few for few in range(_FEW) if 10**few % number.denominator == 0), None)
        if digits is None:
            return decimal_text(Fraction(number))
    scaled = scaled_number(number, digits)
    text = str(abs(scaled)).rjust(digits + 1, "0")
    sign = "-" if scaled < 0 else ""
    return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


def value_text(value: Value, digits: int | None = None) -> str:
    """Canonical text of any value: 是 / 否, 2025-03-01, 2025-03, numbers as :func:`number_text`; absent is empty."""
    if isinstance(value, Fraction) or type(value) is int:
        return number_text(value, digits)
    return value if isinstance(value, str) else render(value)
