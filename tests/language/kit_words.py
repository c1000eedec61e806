"""The kit's notation: words split at blanks, and text as a typed value (``3元``, ``空日期``, ``三级{三级
二级}``).
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from fractions import Fraction

from engine.language.types import BOOL, DATE, MONTH, NUMBER, TEXT, Kind, Type, parse_unit
from engine.language.values import Month, Value

_ABSENT_TYPES = {"文本": TEXT, "日期": DATE, "是否": BOOL, "月份": MONTH}


class KitProblem(Exception):
    """A line of the kit that is not written as its README says."""


@dataclass(frozen=True)
class Fails:
    """A value that is unresolved because of ``reason``."""

    reason: str


def words(text: str) -> list[str]:
    """``text`` at its blanks, but not inside brackets or “ ”."""
    found, depth, quoted = [""], 0, False
    for ch in text:
        quoted = ch == "“" or (quoted and ch != "”")
        depth += 0 if quoted else (ch in "([{") - (ch in ")]}")
        if ch == " " and not depth and not quoted:
            found.append("")
        else:
            found[-1] += ch
    return [word for word in found if word]


def unit_type(text: str) -> Type:
    if not text:
        return NUMBER
    unit = parse_unit(text)
    if unit is None:
        raise KitProblem(f"no unit: {text}")
    return NUMBER.with_unit(unit)


def class_type(text: str) -> Type:
    """``{三级 二级}``."""
    return Type(Kind.CLASS, classes=tuple(text[1:-1].split()))


def typed(text: str) -> tuple[Value | Fails, Type]:
    """One value of 已知 with its type."""
    if match := re.fullmatch(r"错\((.*)\)(.*)", text):
        return Fails(match[1]), unit_type(match[2])
    if match := re.fullmatch(r"空(.*)", text):
        rest = match[1]
        return None, class_type(rest) if rest.startswith("{") else _ABSENT_TYPES.get(rest) or unit_type(rest)
    if match := re.fullmatch(r"([^{]+)(\{.*\})", text):
        return match[1], class_type(match[2])
    value = plain(text.removesuffix("月份"))
    if isinstance(value, Fraction | None):
        match = re.fullmatch(r"(-?[0-9.]+)(.*)", text)
        if match is None:
            raise KitProblem(f"no value: {text}")
        return Fraction(match[1]), unit_type(match[2])
    return value, type_of(value)


def plain(text: str) -> Value:
    """A value that shows its type by itself; ``None`` if it shows none."""
    if text in ("是", "否"):
        return text == "是"
    if text.startswith("“"):
        return text[1:-1]
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return datetime.date.fromisoformat(text)
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return Month(int(text[:4]), int(text[5:]))
    if re.fullmatch(r"-?\d+(\.\d+|/\d+)?", text):
        return Fraction(text)
    return None


def type_of(value: Value) -> Type:
    """The type of a value that is neither a number with a unit nor a class."""
    for kind, type_ in ((bool, BOOL), (datetime.date, DATE), (Month, MONTH), (str, TEXT)):
        if isinstance(value, kind):
            return type_
    return NUMBER
