"""Texts that identify a person, an institution or an item, and how to tell that a spreadsheet has spoilt one (rounded
to 15 digits, 1.2E+17).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from engine.data.cells.numbers import is_whole
from engine.data.cells.refused import Refused, shown
from engine.files.errors import DataError
from engine.files.raw import RawCell
from engine.language.alike import foreign_letter, plain
from engine.rulebook.model import Field

SPOILT = r"[0-9]+(\.[0-9]+)?[eE]\+[0-9]+|[0-9]\.[0-9]+[eE]-?[0-9]+|([0-9]|[0-9]{3,})\.0+"
"""4.10881E+17 and 1464.0. Two digits before the point are left: 47.0 is a code of operations."""
LONG, CUT = "[0-9]{18,}", "[0-9]{15}0{3,}"
"""Numbers longer than the 15 digits that a spreadsheet keeps, and those that lost the rest."""
_CURE = "从原来的系统重新导出，把这一列设成文本"
_SPOILT, _LONG, _CUT = re.compile(SPOILT), re.compile(LONG), re.compile(CUT)
MANY = 20
"""One in a thousand ends so by chance: more than one in so many were cut."""


def refuse_spoilt(field: Field, text: str) -> None:
    """Raises :class:`Refused` for a text that is surely not what it was, and for one of a wrong length."""
    if field.identifies and _SPOILT.fullmatch(text):
        raise Refused(f"{shown(text)}是被电子表格或程序当作数改写过的号，原来的号看不出来：{_CURE}")
    letter = foreign_letter(text) if field.identifies else ""
    if letter:
        what = "全角字符" if letter > "\uff00" else "西里尔或希腊字母"
        told = f"{shown(text)}里的“{letter}”（U+{ord(letter):04X}）是{what}"
        raise Refused(f"{told}，看上去同 {shown(plain(text))}：改成半角的字母、数字")
    if field.lengths and len(text) not in field.lengths:
        due = " 或 ".join(str(length) for length in field.lengths)
        lost = text.isdigit() and len(text) < max(field.lengths)
        why = f"，前面的 0 可能丢了：{_CURE}" if lost else ""
        raise Refused(f"{shown(text)}有 {len(text)} 位，应为 {due} 位{why}")


def refuse_cut(field: Field, origin: str, cells: Iterable[RawCell]) -> None:
    """Raises :class:`DataError` for a column in which long numbers have lost their last digits."""
    if not field.identifies:
        return
    texts = [text for cell in cells if _LONG.fullmatch(text := _digits(cell))]
    cut = [text for text in texts if _CUT.fullmatch(text)]
    refuse_cut_column(field, origin, len(texts), len(cut), min(cut, default=""), max(cut, default=""))


def refuse_cut_column(field: Field, origin: str, long: int, cut: int, least: str, greatest: str) -> None:
    """The same of a column of which that is known: how many long numbers, how many cut, the first and last of these."""
    if cut * MANY > long and least != greatest:
        raise DataError(
            f"{origin}：列 {field.name} 里 18 位以上的号有 {long} 个，其中 {cut} 个从第 16 位起全是 0，"
            f"如 {shown(least)}：电子表格只留 15 位，后面的丢了",
            f"{_CURE}；确实是这样编的号，就在规则的字段里写 标识: 否",
        )


def _digits(cell: RawCell) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, Decimal):
        return str(int(cell)) if is_whole(cell) else ""
    return str(cell) if type(cell) is int else ""
