"""A cell that says a number: plain decimal text, whole and decimal columns, floats by their shortest decimal text."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import TypeGuard

from engine.data.cells.refused import DIGITS, Refused, described, shown

MAX_DIGITS = 40
MOST = 10**38
"""Below it is what a field can hold, counted in units of its last decimal: what an engine can add and compare exactly.
"""
_PLAIN = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]+))?")
_PARTS = {"%": 100, "％": 100, "‰": 1000}


def parse_number(raw: object, percent: bool = False) -> Fraction:
    """An exact number; ``percent`` allows ``50%`` and ``6‰``. Raises :class:`Refused`."""
    if isinstance(raw, str):
        return _from_text(raw.strip(), percent)
    if isinstance(raw, bool):
        raise Refused("应为数，单元格是 是/否")
    if isinstance(raw, int):
        _bound(len(str(abs(raw))) if abs(raw) < 10**MAX_DIGITS else MAX_DIGITS + 1)
        return Fraction(raw)
    if isinstance(raw, float):
        return _from_decimal(Decimal(repr(raw)))
    if isinstance(raw, Decimal):
        return _from_decimal(raw)
    if isinstance(raw, Fraction):
        return raw
    raise Refused(f"应为数，单元格是{described(raw)}")


def check_digits(number: Fraction, digits: int) -> None:
    """Raises :class:`Refused` if ``number`` needs more than ``digits`` decimals; zeros at the end do not count."""
    if 10**digits % number.denominator:
        reason = f"小数位数超过 {digits} 位" if digits else "应为整数"
        raise Refused(reason, DIGITS)


def check_size(number: Fraction, digits: int) -> None:
    """Raises :class:`Refused` if ``number`` with ``digits`` decimals has more than 38 digits."""
    if abs(number) * 10**digits >= MOST:
        with_decimals = f"连同 {digits} 位小数" if digits else ""
        raise Refused(f"太长，{with_decimals}超过 38 位：检查单位和量级")


def _from_text(text: str, percent: bool) -> Fraction:
    divisor = 1
    if text[-1:] in _PARTS:
        if not percent:
            raise Refused(f"{shown(text)}：只有单位是比例的字段可以写 {text[-1]}")
        text, divisor = text[:-1].rstrip(), _PARTS[text[-1]]
    text = text.replace("−", "-", 1)
    match = _PLAIN.fullmatch(text)
    if not match or not (match[2] or match[3]):
        raise Refused(f"{shown(text)}不是数{_why_not_plain(text)}")
    sign, whole, decimals = match[1], match[2], match[3] or ""
    _bound(len(whole) + len(decimals))
    number = Fraction(int(whole + decimals), 10 ** len(decimals) * divisor)
    return -number if sign == "-" else number


def _why_not_plain(text: str) -> str:
    if re.search(r"[0-9][,，][0-9]", text):
        return "：不要写千分位逗号"
    if re.fullmatch(r"[+-]?[0-9.]+[eE][+-]?[0-9]+", text):
        return "：不要用科学记数法"
    if any(mark.isdigit() and not mark.isascii() for mark in text):
        return "：数字要用半角"
    if re.search(r"[￥¥$元点天]", text):
        return "：不要带单位或货币符号"
    return ""


def _from_decimal(number: Decimal) -> Fraction:
    if not number.is_finite():
        raise Refused("不是有限的数（NaN 或无穷大）")
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # a letter only in what is not finite
    _bound(max(len(digits), len(digits) + exponent, -exponent))
    return Fraction(number)


def _bound(digits: int) -> None:
    if digits > MAX_DIGITS:
        raise Refused(f"数字太长，超过 {MAX_DIGITS} 位")


def is_whole(raw: object) -> TypeGuard[int | float | Decimal]:
    """Not so with 1E+9999999 either, which is short to write and would take minutes to write out."""
    if isinstance(raw, Decimal):
        return raw.is_finite() and raw.adjusted() < MAX_DIGITS and raw == raw.to_integral_value()
    return isinstance(raw, int) or (isinstance(raw, float) and raw.is_integer())
