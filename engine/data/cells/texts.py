"""A cell that says a text, a code, a class, or yes or no."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from engine.data.cells.numbers import MAX_DIGITS, is_whole
from engine.data.cells.refused import Refused, described, shown
from engine.language.alike import UNSEEN

_YES = frozenset(("是", "true", "1", "y"))
_NO = frozenset(("否", "false", "0", "n"))
_EXACT = 10**15
"""Whole numbers from here on are not kept exactly by Excel."""


def parse_text(raw: object) -> str:
    """Text without surrounding blanks; a whole number is its digits. Raises :class:`Refused`.

    What a program may have changed on the way (a fraction, a long float, a date) is refused: the code may be another.
    """
    if isinstance(raw, str):
        text = raw.strip()
        if not (text.isascii() and text.isprintable()):
            _refuse_unseen(text)
        return text
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise Refused(f"应为文本，单元格是{described(raw)}")
    if isinstance(raw, int):
        return str(raw)
    if isinstance(raw, Decimal) and raw.is_finite() and raw.adjusted() >= MAX_DIGITS:
        raise Refused(f"数字太长，超过 {MAX_DIGITS} 位")
    if not is_whole(raw):
        raise Refused("应为文本，单元格是带小数的数字，前后的零可能已丢失")
    if isinstance(raw, float) and abs(raw) >= _EXACT:
        raise Refused("应为文本，单元格是超过 15 位的数字，末几位可能已丢失")
    return str(int(raw))


def parse_bool(raw: object) -> bool:
    """是/否, true/false, 1/0, Y/N, in either case. Raises :class:`Refused`."""
    if isinstance(raw, bool):
        return raw
    word = raw.strip().lower() if isinstance(raw, str) else str(int(raw)) if is_whole(raw) else ""
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Refused(f"{shown(raw)}不是 是 或 否")


def class_parser(classes: tuple[str, ...]) -> Callable[[object], str]:
    """A parser that knows only these classes and, refusing, names the nearest."""
    known = frozenset(classes)

    def parse_class(raw: object) -> str:
        text = parse_text(raw)
        if text in known:
            return text
        near = difflib.get_close_matches(text, classes, n=1, cutoff=0.5)
        ask = f"，是不是“{near[0]}”？" if near else ""
        listed = "、".join(classes[:12]) + ("……" if len(classes) > 12 else "")
        raise Refused(f"{shown(text)}不在取值 {listed} 之内{ask}")

    return parse_class


def _refuse_unseen(text: str) -> None:
    for mark in text:
        category = unicodedata.category(mark)
        if category == "Cc":
            what = {"\n": "换行", "\r": "换行", "\t": "制表符"}.get(mark, "控制字符")
            raise Refused(f"{shown(text)}含有{what}")
        if category == "Cf" or mark == "\ufffd" or UNSEEN.match(mark):
            raise Refused(f"{shown(text)}含有看不见或无法识别的字符 U+{ord(mark):04X}")
