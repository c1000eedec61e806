"""What every database is sure of when it reads a cell: characters that are kept, words for yes and no, sizes."""

from __future__ import annotations

from engine.data.cells.refused import Refused
from engine.data.cells.texts import parse_text
from engine.data.staging.text_reading import SEEN

_SEEN = "".join(f"{chr(low)}-{chr(high)}" for low, high in SEEN)
_INK = "!" + _SEEN[1:]
TIGHT = f"^[{_INK}]([{_SEEN}]*[{_INK}])?$"
"""Text without characters that are refused or stripped."""
YES = ("是", "true", "True", "TRUE", "1", "y", "Y")
NO = ("否", "false", "False", "FALSE", "0", "n", "N")
NARROW = 18
"""Digits of a number at most; longer ones are left to Python."""
LONGEST_SCALE = 20
"""Decimals that a number may have: the reader bounds how long it is, zeros at its end too."""
MONTHS = 12

_YEAR = "(000[1-9]|00[1-9][0-9]|0[1-9][0-9][0-9]|[1-9][0-9][0-9][0-9])"
_DAYS = ("(0[1-9]|1[0-2])", "(0[1-9]|1[0-9]|2[0-8])"), ("(0[13-9]|1[0-2])", "(29|30)"), ("(0[13578]|1[02])", "31")
"""Months and days that every year has: the 29th of February is left to Python."""
_ISO = "|".join(f"{month}-{day}" for month, day in _DAYS)
_EIGHT = "|".join(f"{month}{day}" for month, day in _DAYS)
_CLOCK = r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)?"
_TOGETHER = "(([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9])?)?"
DATE = rf"^{_YEAR}(-({_ISO}){_CLOCK}|({_EIGHT}){_TOGETHER})$"
MONTH = f"^{_YEAR}[-/.]?(0[1-9]|1[0-2])$"
"""Texts of dates and of months: 2025-01-31, with a time or without, 20250131; 2025-01, 202501."""


def reads_as_itself(word: str) -> bool:
    """Whether the reader of files gives back this word of a class unchanged."""
    try:
        return bool(word) and parse_text(word) == word
    except Refused:
        return False
