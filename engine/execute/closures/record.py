"""The record of one case, as a program hands it over, to the cells that closures read. What is surely clean is read
here, which is quick; anything else by the readers of :mod:`engine.data`, which say what is wrong.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.data.cells.numbers import MAX_DIGITS
from engine.data.cells.reader import reader_of
from engine.data.values import BadCell, OutOfRange
from engine.execute.at_most import AtMost
from engine.execute.closures.pairs import Pair, less, to_cell
from engine.language.types import Kind, default_digits
from engine.rulebook.model import Field, Table

ODD = object()
"""Not surely clean: to be read by :mod:`engine.data.load`, which says what is wrong or finds that nothing is."""
MOST_TEXTS = 20_000
"""Different texts of a field that are remembered."""
Read = Callable[[Any], Any]


@dataclass(frozen=True)
class RecordReader:
    """The ``plan``: of each field its name, what texts and days are known, what reads a cell, what an empty one is."""

    table: Table
    plan: tuple[tuple[str, Callable[[Any], Any] | None, Read, Any], ...]

    @classmethod
    def of(cls, table: Table, fields: tuple[str, ...]) -> RecordReader:
        plan = []
        for field in [table.fields[name] for name in fields]:
            known: dict[Any, Any] = AtMost(MOST_TEXTS)
            asked = None if field.type.kind is Kind.NUMBER else known.get
            plan.append((field.name, asked, quick_reader(field, field.name in table.key, known), _empty(field)))
        return cls(table, tuple(plan))

    def read(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """Cells of every field wanted; ``None`` where one of them is odd."""
        record: dict[str, Any] = {}
        get = given.get
        try:
            for name, known, read, empty in self.plan:
                raw = get(name)
                if known is not None and raw is not None and (cell := known(raw)) is not None:
                    record[name] = cell
                    continue
                cell = empty if raw is None else read(raw)
                if cell is ODD:
                    return None
                record[name] = cell
        except TypeError:  # a list in a cell
            return None
        return record


def _empty(field: Field) -> Any:
    if field.has_default:
        return to_cell(field.default)
    return None if field.nullable else ODD


def quick_reader(field: Field, is_key: bool = False, known: dict[Any, Any] | None = None) -> Read:
    """A function from a given value to a cell, or :data:`ODD`. Texts and days that it has read are put in ``known``."""
    if field.wildcard:
        return lambda raw: ODD
    if field.type.kind is Kind.NUMBER:
        return _number_reader(field)
    if field.type.kind is Kind.TEXT and field.range is None and is_key and not field.lengths:
        return _plain_text
    return _remembering(field, AtMost(MOST_TEXTS) if known is None else known)


def _plain_text(raw: Any) -> Any:
    if raw.__class__ is str and raw.isascii() and raw.isprintable():
        return ODD if "." in raw or "+" in raw else raw.strip() or ODD  # 1464.0, 4.1E+17
    return ODD


def _remembering(field: Field, known: dict[Any, Any]) -> Read:
    """Texts, classes and dates as the data readers read them, each text once."""
    read = reader_of(field)
    words = (str, datetime.date) if field.type.kind is Kind.DATE else (str,)
    plain = (bool,) if field.type.kind is Kind.BOOL and field.range is None else ()

    def remembered(raw: Any) -> Any:
        if raw.__class__ not in words:
            return raw if raw.__class__ in plain else ODD
        value = read(raw)
        if value is None or isinstance(value, BadCell | OutOfRange):
            return ODD
        found = known[raw] = to_cell(value)
        return found

    return remembered


def _number_reader(field: Field) -> Read:
    digits = default_digits(field.type.unit) if field.digits is None else field.digits
    scale = 10**digits
    inside = _range_test(field)
    from_nothing = inside is _not_negative

    def read(raw: Any) -> Any:
        kind = raw.__class__
        if kind is Decimal and from_nothing and -MAX_DIGITS < raw.adjusted() < MAX_DIGITS:
            try:
                number, below = pair = raw.as_integer_ratio()
            except (ValueError, OverflowError):  # no number, or endless
                return ODD
            return pair if 0 <= number < _LONG and scale % below == 0 else ODD
        if kind is str:
            pair = _of_text(raw, digits)
        elif kind is int:
            pair = raw, 1
        elif kind is float:
            pair = _of_text(repr(raw), digits)
        elif kind is Decimal or kind is Fraction:
            pair = _of_exact(raw, scale)
        else:
            return ODD
        return pair if pair is not None and inside(pair) else ODD

    return read


def _of_text(text: str, digits: int) -> Pair | None:
    whole, _, decimals = text.partition(".")
    if len(text) > MAX_DIGITS or len(decimals) > digits or not (whole.isdigit() and text.isascii()):
        return None
    if not decimals:
        return (int(whole), 1) if len(whole) == len(text) else None
    return (int(whole + decimals), 10 ** len(decimals)) if decimals.isdigit() else None


def _of_exact(number: Decimal | Fraction, scale: int) -> Pair | None:
    if isinstance(number, Decimal) and not (number.is_finite() and _is_short(number)):
        return None
    pair = number.as_integer_ratio()
    return pair if scale % pair[1] == 0 and abs(pair[0]) < _LONG else None


_LONG = 10**30


def _is_short(number: Decimal) -> bool:
    """Not so with 1E+9999999, which is short to write and would take minutes to write out."""
    return -MAX_DIGITS < number.adjusted() < MAX_DIGITS


def _not_negative(pair: Pair) -> bool:
    return 0 <= pair[0] < _LONG


def _range_test(field: Field) -> Callable[[Pair], bool]:
    """Whether a number is within the range of its field, and of a length that needs no second look."""
    allowed = field.range
    low = None if allowed is None or allowed.low is None else to_cell(allowed.low)
    high = None if allowed is None or allowed.high is None else to_cell(allowed.high)
    low_open = allowed is not None and not allowed.low_closed
    high_open = allowed is not None and not allowed.high_closed

    if low == (0, 1) and high is None and not low_open:
        return _not_negative

    def inside(pair: Pair) -> bool:
        if not -_LONG < pair[0] < _LONG:
            return False
        if low is not None and (not less(low, pair) if low_open else less(pair, low)):
            return False
        return high is None or (less(pair, high) if high_open else not less(high, pair))

    return inside
