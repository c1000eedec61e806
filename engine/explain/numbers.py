"""Values and keys as an explanation prints them."""

from __future__ import annotations

from fractions import Fraction

from engine.execute.reference.rows import Row
from engine.language.values import Value, decimal_text, render


def number(value: Value) -> str:
    """A value for people: an endless fraction at ten decimals, marked as cut."""
    if isinstance(value, Fraction):
        text = decimal_text(value)
        return decimal_text(value, 10) + "…" if "/" in text else text
    if isinstance(value, frozenset):
        return "、".join(sorted(str(item) for item in value))
    return render(value)


def key_text(row: Row) -> str:
    return ",".join(render(part) for part in row.key)
