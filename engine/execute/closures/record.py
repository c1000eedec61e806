"""The record of one case, as a program hands it over, to the cells that closures read. What is surely clean is read
here, which is quick; anything else by the readers of :mod:`engine.data`, which say what is wrong.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from sys import intern
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


class _Known(AtMost[Any, Any]):
    """Of one field: by each text or day that was given, and by ``None``, the cell that it is. It reads what it does not
    know yet.
    """

    __slots__ = ("empty", "read")

    def __init__(self, read: Read, empty: Any) -> None:
        super().__init__(MOST_TEXTS)
        self.read, self.empty = read, empty

    def __missing__(self, raw: Any) -> Any:
        cell = self.empty if raw is None else self.read(raw)
        if cell is ODD:
            raise _IsOdd
        if raw.__class__ is not bool:  # 1 and 1.0 are equal to it
            self[raw] = cell
        return cell


class _IsOdd(Exception):
    """A cell is :data:`ODD`."""


@dataclass(frozen=True)
class RecordReader:
    """Fields by how their cells are read: ``words`` are looked up among what is known of them. ``blank``: all fields,
    in order, which is quicker to copy than to fill anew.

    ``keys``, ``numbers``: with what reads a cell and what an empty one is. Of numbers, too, by what the denominator of
    a ``Decimal`` has to divide where they are just not below nothing; ``None`` where there is more to be looked at.
    """

    table: Table
    blank: dict[str, Any]
    words: tuple[tuple[str, _Known], ...]
    yes_no: tuple[tuple[str, _Known], ...]
    keys: tuple[tuple[str, Read, Any], ...]
    numbers: tuple[tuple[str, int | None, Read, Any], ...]

    @classmethod
    def of(cls, table: Table, fields: tuple[str, ...]) -> RecordReader:
        words, yes_no, keys, numbers = [], [], [], []
        for field in [table.fields[name] for name in fields]:
            name, read, empty = intern(field.name), quick_reader(field, field.name in table.key), _empty(field)
            if read is _plain_text:
                keys.append((name, read, empty))
            elif field.type.kind is Kind.NUMBER and not field.wildcard:
                plain = _range_test(field) is _not_negative
                numbers.append((name, _scale(field) if plain else None, read, empty))
            elif field.type.kind is Kind.BOOL and field.range is None and not field.wildcard:
                yes_no.append((name, _Known(read, empty)))
            else:
                words.append((name, _Known(read, empty)))
        return cls(table, dict.fromkeys(map(intern, fields)), tuple(words), tuple(yes_no), tuple(keys), tuple(numbers))

    def read(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """Cells of every field wanted; ``None`` where one of them is odd."""
        record = self.blank.copy()
        get = given.get
        try:
            for name, known in self.words:
                record[name] = known[get(name)]
            for name, known in self.yes_no:
                raw = get(name)
                record[name] = raw if raw is True or raw is False else known[raw]
            for name, scale, read, empty in self.numbers:
                raw = get(name)
                if scale is not None:
                    if raw.__class__ is Decimal and -MAX_DIGITS < raw.adjusted() < MAX_DIGITS:
                        number, below = pair = raw.as_integer_ratio()
                        if not 0 <= number < _LONG or scale % below:
                            return None
                        record[name] = pair
                        continue
                    if raw.__class__ is int and 0 <= raw < _LONG:
                        record[name] = (raw, 1)
                        continue
                cell = empty if raw is None else read(raw)
                if cell is ODD:
                    return None
                record[name] = cell
            for name, read, empty in self.keys:
                raw = get(name)
                cell = empty if raw is None else read(raw)
                if cell is ODD:
                    return None
                record[name] = cell
        except (_IsOdd, TypeError, ValueError, OverflowError):  # a list in a cell; no number, or endless
            return None
        return record


def _empty(field: Field) -> Any:
    if field.has_default:
        return to_cell(field.default)
    return None if field.nullable else ODD


def quick_reader(field: Field, is_key: bool = False) -> Read:
    """A function from a given value to a cell, or :data:`ODD`."""
    if field.wildcard:
        return lambda raw: ODD
    if field.type.kind is Kind.NUMBER:
        return _number_reader(field)
    if field.type.kind is Kind.TEXT and field.range is None and is_key and not field.lengths:
        return _plain_text
    return _reader_of_words(field)


def _plain_text(raw: Any) -> Any:
    if raw.__class__ is str and raw.isascii() and raw.isprintable():
        return ODD if "." in raw or "+" in raw else raw.strip() or ODD  # 1464.0, 4.1E+17
    return ODD


def _reader_of_words(field: Field) -> Read:
    """Texts, classes and dates as the data readers read them."""
    read = reader_of(field)
    words = (str, datetime.date) if field.type.kind is Kind.DATE else (str,)
    plain = (bool,) if field.type.kind is Kind.BOOL and field.range is None else ()

    def cell_of(raw: Any) -> Any:
        if raw.__class__ not in words:
            return raw if raw.__class__ in plain else ODD
        value = read(raw)
        return ODD if value is None or isinstance(value, BadCell | OutOfRange) else to_cell(value)

    return cell_of


def _scale(field: Field) -> int:
    digits: int = default_digits(field.type.unit) if field.digits is None else field.digits
    return 10**digits


def _number_reader(field: Field) -> Read:
    scale = _scale(field)
    digits = len(str(scale)) - 1
    inside = _range_test(field)

    def read(raw: Any) -> Any:
        kind = raw.__class__
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
