"""What stands in a cell of a sheet: number, date, text, yes or no, or the reason why nothing can be told of it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.data.sheets.date_formats import Formats
from engine.data.values import BadCell
from engine.files.raw import RawCell

_EXACT_DIGITS = 15
"""Excel keeps that many digits of a number; a longer whole number has already lost some."""
_WHOLE = re.compile(r"[+-]?[0-9]{1,400}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,400}(\.[0-9]{0,400})?|\.[0-9]{1,400})([eE][+-]?[0-9]{1,4})?")


@dataclass(frozen=True)
class CellTypes:
    """Reads the cells of one workbook."""

    texts: Sequence[str]
    formats: Formats
    epoch: datetime.datetime

    def value(self, kind: str, style: str, text: str | None, has_formula: bool) -> RawCell:
        """``kind`` and ``style`` as written, ``text`` the stored value (``None``: there is none)."""
        if text and kind not in ("str", "inlineStr"):
            text = text.strip()
        if not text:
            is_told = not has_formula or (text is not None and kind == "str")
            return None if is_told else BadCell("公式没有存下算出的值", "D101")
        if kind in ("n", ""):
            return self._number(text, style)
        if kind == "s":
            place = int(text)
            return self.texts[place] if 0 <= place < len(self.texts) else _broken(text)
        if kind in ("str", "inlineStr"):
            from openpyxl.utils.escape import unescape

            return unescape(text) if "_x" in text else text
        if kind == "b":
            return {"1": True, "0": False, "true": True, "false": False}.get(text, _broken(text))
        if kind == "e":
            return BadCell(f"单元格是错误值 {text}", "D101")
        return self._written_date(text) if kind == "d" else _broken(text)

    def _number(self, text: str, style: str) -> RawCell:
        number: int | float
        if _WHOLE.fullmatch(text):
            number = int(text)
            number = float(number) if abs(number) >= 10**_EXACT_DIGITS else number
        elif _NUMBER.fullmatch(text):
            number = float(text)
        else:
            return _broken(text)
        return self.formats.shown(number, int(style), self.epoch) if style else number

    def _written_date(self, text: str) -> RawCell:
        from openpyxl.utils.datetime import from_ISO8601

        try:
            return from_ISO8601(text)
        except (ValueError, OverflowError):
            return _broken(text)


def _broken(text: str) -> BadCell:
    return BadCell(f"单元格写坏了：“{text[:40]}”", "D101")
