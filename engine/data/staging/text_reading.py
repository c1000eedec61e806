"""How texts, classes, and yes or no are read from the cells of a file, in SQL."""

from __future__ import annotations

from sqlglot import exp

from engine.data.cells.refused import Refused
from engine.data.cells.texts import parse_text
from engine.data.staging.reading import WHOLE_DIGITS, Reading, decimal_size, is_text, never
from engine.data.staging.sql import Sql, cast, every, func, matches, one_of, own, text, when, whole

SEEN = (
    (0x20, 0x7E),
    (0xA1, 0xAC),
    (0xAE, 0x34E),
    (0x350, 0x36F),
    (0x391, 0x52F),
    (0x2010, 0x2027),
    (0x2030, 0x205E),
    (0x2070, 0x27FF),
    (0x2801, 0x2BFF),
    (0x3001, 0x3163),
    (0x3165, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF01, 0xFF5E),
    (0xFFE0, 0xFFE6),
    (0x20000, 0x323AF),
)
"""Ranges of characters that text may have: none is refused, and none but the space is stripped (a test reads all)."""
_SEEN = "".join(rf"\x{{{low:X}}}-\x{{{high:X}}}" for low, high in SEEN)
_INK = _SEEN.replace(r"\x{20}", r"\x{21}")
_TIGHT = f"[{_INK}]([{_SEEN}]*[{_INK}])?"
_WHOLE_DOUBLE = r"(0|-?[1-9][0-9]{0,14})\.0"
"""Whole numbers below 10^15, as DuckDB prints doubles."""
_YES = ("是", "true", "True", "TRUE", "1", "y", "Y")
_NO = ("否", "false", "False", "FALSE", "0", "n", "N")


def text_reading(kind: str, base: Sql) -> Reading:
    """The reading of ``base``, cells of SQL type ``kind``, as text; whole numbers are their digits."""
    if is_text(kind):
        tight = when(plain(base), base.copy().neq(text("")), matches(base, _TIGHT))
        return Reading(matches(base, f"[{_SEEN}]*"), lambda _: base.copy(), tight)
    if kind in WHOLE_DIGITS or (decimal_size(kind) or (0, 1))[1] == 0:
        return Reading(exp.true(), lambda _: cast(base, "VARCHAR"))
    if kind == "DOUBLE":
        shown = cast(base, "VARCHAR")
        front = func("substring", shown, whole(1), func("length", shown) - whole(2))
        return Reading(matches(shown, _WHOLE_DOUBLE), lambda _: front.copy())
    return never("VARCHAR")


def plain(what: Sql) -> Sql:
    """Whether a text has letters and digits of ASCII and ``-_.~`` only: several times cheaper than an expression."""
    return func("url_encode", what).eq(own(what))


def class_reading(kind: str, base: Sql, classes: tuple[str, ...]) -> Reading:
    """The same as one of ``classes``."""
    known = [word for word in classes if _reads_as_itself(word)]
    words = text_reading(kind, base)
    if not known:
        return never("VARCHAR")
    listed = one_of(words.value(None), known)
    return Reading(listed if is_text(kind) else every([words.good, listed]), words.value)


def bool_reading(kind: str, base: Sql) -> Reading:
    """The same as yes or no."""
    if kind == "BOOLEAN":
        return Reading(exp.true(), lambda _: base.copy())
    if not is_text(kind) and kind not in WHOLE_DIGITS:
        return never("BOOLEAN")
    shown = base if is_text(kind) else cast(base, "VARCHAR")
    return Reading(one_of(shown, _YES + _NO), lambda _: one_of(shown, _YES))


def _reads_as_itself(word: str) -> bool:
    try:
        return bool(word) and parse_text(word) == word
    except Refused:
        return False
