"""How a cell is refused, and how messages quote it."""

from __future__ import annotations

import datetime
import unicodedata
from decimal import Decimal

WRONG, REQUIRED, DIGITS = "D101", "D102", "D103"


class Refused(Exception):
    """The cell cannot become a value of its field: why (Chinese) and the code of the rejection."""

    def __init__(self, reason: str, code: str = WRONG) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


def shown(raw: object, limit: int = 40) -> str:
    """The cell in quotes, cut short, without characters that cannot be seen."""
    text = "".join("·" if unicodedata.category(mark)[0] == "C" else mark for mark in str(raw)[: limit + 1])
    return f"“{text[:limit]}…”" if len(text) > limit else f"“{text}”"


def described(raw: object) -> str:
    """What sort of cell it is, for messages about a cell of the wrong sort."""
    if isinstance(raw, bool):
        return "是/否"
    if isinstance(raw, datetime.date):
        return "日期"
    return "文本" if isinstance(raw, str) else "数字" if isinstance(raw, int | float | Decimal) else type(raw).__name__
