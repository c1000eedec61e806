"""Numbers as headings and articles are numbered: 二十一, 廿, １２, 12."""

from __future__ import annotations

DIGITS = "〇一二三四五六七八九"
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_UNITS = {"十": 10, "百": 100, "千": 1000}
_VALUES = {sign: value for value, sign in enumerate(DIGITS)} | {"零": 0, "两": 2, "○": 0}
SIGNS = "〇零○一二三四五六七八九两十百千廿"
"""What a number in characters is made of, for regular expressions."""


def number_of(text: str) -> int | None:
    """``二十一``, ``一百零二`` or ``21`` (also full-width) as a number; ``None`` if it is none, 0 or above 99 999."""
    plain = text.translate(_FULL_WIDTH).strip()
    if plain.isascii() and plain.isdigit():
        return int(plain) if 0 < int(plain[:6]) < 100_000 and len(plain) < 6 else None
    plain = plain.replace("廿", "二十")
    if not plain or len(plain) > 9 or any(sign not in _VALUES and sign not in _UNITS for sign in plain):
        return None
    if len(plain) > 1 and not any(sign in _UNITS for sign in plain):  # 二〇
        found = int("".join(str(_VALUES[sign]) for sign in plain))
        return found if 0 < found < 100_000 else None
    total = last = 0
    below = 10_000
    for sign in plain:
        if sign in _UNITS:
            if _UNITS[sign] >= below:
                return None
            below = _UNITS[sign]
            total += (last or 1) * below
            last = 0
        elif last:
            return None
        else:
            last = _VALUES[sign]
    return total + last or None


def in_characters(number: int) -> str:
    """``21`` as 二十一; up to 9999, above that in digits."""
    if not 0 < number < 10_000:
        return str(number)
    text, gap = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + DIGITS[digit] + sign
        gap = False
    return text.removeprefix("一") if 10 <= number < 20 else text
