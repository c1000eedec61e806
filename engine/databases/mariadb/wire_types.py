"""Types of MariaDB as its protocol has them, and their cells in Python: no number becomes a float."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

_WHOLE = frozenset((1, 2, 3, 8, 9, 13))
"""TINY, SHORT, LONG, LONGLONG, INT24, YEAR."""
_FLOATS = frozenset((4, 5))
_DECIMAL, _DATE = 246, 10


def converters() -> dict[int, Callable[[Any], Any]]:
    """From the text of the protocol to Python, by the number of a type; all else is text."""
    return {
        **dict.fromkeys(_WHOLE, int),
        _DECIMAL: lambda text: Decimal(text) if "." in text else int(text),
        _DATE: datetime.date.fromisoformat,
    }


def kind_of(code: int, scale: int) -> str:
    """The type of a column of a result, as queries name it. Raises ``ValueError`` for what is not exact."""
    if code in _FLOATS or (code == _DECIMAL and scale):
        raise ValueError(f"not a whole number: type {code}, {scale} decimals")
    if code == _DECIMAL:
        return "INT128"
    if code == _DATE:
        return "DATE"
    return "BIGINT" if code in _WHOLE else "VARCHAR"
