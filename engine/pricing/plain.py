"""Values as other libraries have them, as the plain ones that data readers take; no library is imported for it.

A scalar of NumPy, pandas or Arrow, and an instance of a subclass, becomes the text, number, truth value, date or moment
that it is; what stands for a missing value (NaN, NaT, NA) becomes ``None``.
"""

from __future__ import annotations

import datetime
import operator
import struct
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.language.values import Month
from engine.pricing.problems import CannotPrice

PLAIN = frozenset((str, int, bool, Fraction, datetime.date, Month, type(None)))
"""Types whose values are taken as they are."""


def plain_record(table: str, record: Any) -> dict[str, Any]:
    """One row with plain values. Raises :class:`CannotPrice` for what is no record, and for a value that is none."""
    if not isinstance(record, Mapping):
        as_mapping = getattr(record, "to_dict", None)  # a row of pandas
        record = as_mapping() if callable(as_mapping) and hasattr(record, "index") else record
    if not isinstance(record, Mapping):
        raise CannotPrice(f"{table} 的一行要写成字典：字段名到值")
    return {str(name): plain(str(name), value) for name, value in record.items()}


def plain(name: str, value: Any) -> Any:
    """A value of the field ``name``. Raises :class:`CannotPrice` for what is none."""
    if value.__class__ in PLAIN:
        return value
    try:
        return _of_python(value) if isinstance(value, _PYTHON) else _of_library(value)
    except Exception as error:
        raise CannotPrice(
            f"{name}：Python 的 {type(value).__name__} 不是能读的值",
            hint="写文字、整数、Decimal、Fraction、bool 或日期；NumPy、pandas、Arrow 的单个值也可以",
        ) from error


_MIDNIGHT = (0, 0, 0, 0, None)
_PYTHON = (str, bool, int, float, Decimal, Fraction, datetime.date)


def _of_python(value: Any) -> Any:
    """Of a class of Python or of one derived from it, by what it holds: its own methods are not asked."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, float):
        number = float.__float__(value)
        return None if number != number else number
    if isinstance(value, Decimal):
        return None if value.is_nan() and not value.is_snan() else Decimal(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, Fraction):
        return Fraction(value.numerator, value.denominator)
    if value != value:  # pandas' NaT is a moment that is not itself
        return None
    if isinstance(value, datetime.datetime):
        clock = (value.hour, value.minute, value.second, value.microsecond, value.tzinfo)
        if clock != _MIDNIGHT:
            return datetime.datetime(value.year, value.month, value.day, *clock)
    return datetime.date(value.year, value.month, value.day)


def _of_library(value: Any) -> Any:
    """Of a class that Python does not know. Raises anything where it is no single value."""
    module, name = type(value).__module__.partition(".")[0], type(value).__name__
    if module == "pandas" and name == "NAType":
        return None
    if module == "pandas" and name == "Period":
        return str(value)
    if module == "pyarrow" and hasattr(value, "as_py"):
        python = value.as_py()
        return single(python) if str(value.type) in ("float", "halffloat") else _again(python)
    kind = value.dtype.kind  # of NumPy, and of an array with no dimension
    if getattr(value, "shape", ()) != ():
        raise TypeError("an array is no value")
    if kind == "b":
        return bool(value)
    if kind in "iu":
        return operator.index(value)
    if kind == "f":
        return None if value != value else float(value) if value.dtype.itemsize == 8 else Decimal(str(value))
    if kind == "M":
        moment = None if value != value else value.astype("datetime64[us]").item()
        if isinstance(moment, int):
            raise TypeError("not a day of our calendar")
        return moment
    if kind == "U":
        return str(value)
    raise TypeError(kind)


def _again(value: Any) -> Any:
    if value.__class__ in PLAIN:
        return value
    if isinstance(value, _PYTHON):
        return _of_python(value)
    raise TypeError(type(value))


def single(number: float | None) -> Decimal | None:
    """A number that was kept in 32 bits, by the shortest decimal text that is it there."""
    if number is None or number != number:
        return None
    texts = (f"{number:.{digits}g}" for digits in range(1, 18))
    return Decimal(next(text for text in texts if struct.pack("f", float(text)) == struct.pack("f", number)))
