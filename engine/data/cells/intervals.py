"""A cell that says an interval: ``[0.5, 2)``, ``≤ 3``, ``> 5%``, ``任何``, a single number or date."""

from __future__ import annotations

import datetime
import re
from fractions import Fraction

from engine.data.cells.dates import parse_date
from engine.data.cells.numbers import parse_number
from engine.data.cells.refused import Refused, shown
from engine.data.values import ANY
from engine.language.values import Bound, Interval, compares

_HALF_WIDTH = str.maketrans("（）［］，＜＞＝＋－．％−", "()[],<>=+-.%-")
_SIDED = re.compile(r"(≤|<=|<|≥|>=|>|=)\s*(.+)")
_BOTH = re.compile(r"([\[(])([^,]+),([^,]+)([\])])")


def parse_interval(raw: object) -> Interval:
    """An interval of numbers (percent allowed) or dates. Raises :class:`Refused`."""
    if isinstance(raw, Interval):
        return raw
    if not isinstance(raw, str):
        point = raw.date() if isinstance(raw, datetime.datetime) else raw
        point = point if isinstance(point, datetime.date) else parse_number(point)
        return Interval(point, point)
    text = raw.strip().translate(_HALF_WIDTH)
    if text == "任何":
        return ANY
    if match := _SIDED.fullmatch(text):
        return _sided(match[1], _bound(match[2], raw))
    if match := _BOTH.fullmatch(text):
        return _between(match, raw)
    point = _bound(text, raw)
    return Interval(point, point)


def _sided(mark: str, bound: Bound) -> Interval:
    if mark == "=":
        return Interval(bound, bound)
    closed = mark in "≤≥" or mark.endswith("=")
    return Interval(None, bound, True, closed) if mark[0] in "≤<" else Interval(bound, None, closed, True)


def _between(match: re.Match[str], raw: str) -> Interval:
    low, high = _bound(match[2], raw), _bound(match[3], raw)
    low_closed, high_closed = match[1] == "[", match[4] == "]"
    if isinstance(low, datetime.date) != isinstance(high, datetime.date):
        raise Refused(f"{shown(raw)}：区间两端应同是数或同是日期")
    if compares(low, ">", high) or (low == high and not (low_closed and high_closed)):
        raise Refused(f"{shown(raw)}：区间是空的")
    return Interval(low, high, low_closed, high_closed)


def _bound(text: str, raw: str) -> Bound:
    text = text.strip()
    if re.fullmatch(r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}|[0-9]{4}年.*", text):
        return parse_date(text)
    quotient = re.fullmatch(r"(-?[0-9]{1,40})/([0-9]{1,40})", text)  # an exact number without end, as printed
    if quotient and int(quotient[2]):
        return Fraction(int(quotient[1]), int(quotient[2]))
    try:
        return parse_number(text, percent=True)
    except Refused as error:
        raise Refused(f"{shown(raw)}不是区间，应写成 [0.5, 2)、≤ 3、> 5 或 任何") from error
