"""How a typed value is stored in SQL, and back: scaled whole numbers, months as whole numbers, the rest as it is."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction

from engine.data.cells.numbers import MOST
from engine.files.errors import DataError
from engine.language.types import Kind, default_digits
from engine.language.values import Month, Value
from engine.rulebook.model import Field

NARROW, WIDE = 10**18, MOST
"""Below these a scaled number fits BIGINT, and HUGEINT."""
Stored = int | bool | str | datetime.date | None
_SQL_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.CLASS: "VARCHAR",
    Kind.BOOL: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.MONTH: "INTEGER",
}
_MONTHS = 12


def refuse_unstaged(fields: list[Field]) -> None:
    """Raises ``ValueError`` for intervals and fields with a wildcard: they stand in small tables only."""
    odd = [field.name for field in fields if field.type.kind is Kind.INTERVAL or field.wildcard]
    if odd:
        raise ValueError(f"fields of intervals or with a wildcard are not staged: {odd}")


def digits_of(field: Field) -> int | None:
    """The decimals a number field may have; ``None`` for what is no number."""
    if field.type.kind is not Kind.NUMBER:
        return None
    return default_digits(field.type.unit) if field.digits is None else field.digits


def sql_type(field: Field, low: object, high: object) -> str:
    """The type of a column whose stored values lie between ``low`` and ``high`` (``None``: there is none)."""
    if field.type.kind is not Kind.NUMBER:
        return _SQL_TYPES[field.type.kind]
    narrow = all(not isinstance(bound, int) or abs(bound) < NARROW for bound in (low, high))
    return "BIGINT" if narrow else "HUGEINT"


def is_ordered(field: Field) -> bool:
    """Whether least and greatest value of a column are measured."""
    return field.type.kind in (Kind.NUMBER, Kind.DATE, Kind.MONTH)


def storer_of(field: Field, origin: str) -> Callable[[Value], Stored]:
    """A function from a value of the field to what is stored.

    It raises :class:`DataError` for a number of more than 38 digits, and ``ValueError`` for one that has more decimals
    than its field. Readers refuse the rows of both: they come of records that no reader has seen.
    """
    digits = digits_of(field)

    def scaled(value: Value) -> Stored:
        if value is None:
            return None
        number = Fraction(value) * 10 ** (digits or 0)  # type: ignore[arg-type]
        if number.denominator != 1:
            raise ValueError(f"{field.name}: {value} has more than {digits} decimals")
        if abs(number) >= WIDE:
            raise DataError(f"{origin}：字段“{field.name}”有超过 38 位的数，存不下", "检查单位和量级")
        return number.numerator

    def month(value: Value) -> Stored:
        return value.year * _MONTHS + value.month - 1 if isinstance(value, Month) else None

    if field.type.kind is Kind.NUMBER:
        return scaled
    return month if field.type.kind is Kind.MONTH else lambda value: value  # type: ignore[return-value]


def value_of(field: Field, stored: Stored) -> Value:
    """The value that is stored so."""
    if stored is None:
        return None
    if field.type.kind is Kind.NUMBER:
        return Fraction(int(stored), 10 ** (digits_of(field) or 0))  # type: ignore[arg-type]
    if field.type.kind is Kind.MONTH:
        year, month = divmod(int(stored), _MONTHS)  # type: ignore[arg-type]
        return Month(year, month + 1)
    if field.type.kind is Kind.BOOL:
        return bool(stored)
    return stored  # type: ignore[return-value]
