"""One column of a file as a field: which cells are clean, and its value in the view, by what the scan saw."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from engine.data.staging.date_reading import date_reading, month_reading
from engine.data.staging.identifiers import sound
from engine.data.staging.number_reading import number_reading
from engine.data.staging.range_sql import outside, range_fits
from engine.data.staging.reading import Reading, is_text, never
from engine.data.staging.sql import (
    Sql,
    cast,
    column,
    every,
    func,
    matches,
    negated,
    null,
    some,
    surely,
    text,
    tried,
    when,
)
from engine.data.staging.storage import Stored, digits_of, sql_type
from engine.data.staging.text_reading import bool_reading, class_reading, plain, text_reading
from engine.language.types import Kind
from engine.rulebook.model import Field


@dataclass(frozen=True)
class Seen:
    """What a scan saw of a column: ``odd`` cells that are not clean, ``loose`` ones (clean, but not by the strict
    reading), empty text (``hollow``), empty cells of any sort (``empty``); ``low`` and ``high`` of the good cells, as
    stored, and whether one is ``outside`` its range.
    """

    odd: bool = False
    loose: bool = False
    hollow: bool = False
    empty: bool = False
    outside: bool = False
    low: Stored = None
    high: Stored = None


@dataclass(frozen=True)
class SourceColumn:
    """``raw``: the column of the file (r0 …), of SQL type ``kind``; ``None``: the file has none, every cell is empty.

    ``place``: its number among the columns of the view; ``default`` as stored.
    """

    field: Field
    place: int
    raw: str | None
    kind: str
    is_key: bool
    default: Stored = None

    def base(self, trimmed: bool) -> Sql:
        """The cells, text without blanks around it."""
        cell = column(self.raw or "")
        return func("trim", cell) if trimmed and is_text(self.kind) else cell

    def reading(self, base: Sql) -> Reading:
        """How ``base``, the trimmed cells, is read."""
        kind, field = self.field.type.kind, self.field
        if not range_fits(field):
            return never(sql_type(field, None, None))  # the reader says what is wrong with the rulebook
        if kind is Kind.NUMBER:
            return number_reading(self.kind, base, digits_of(field) or 0)
        if kind is Kind.CLASS:
            return class_reading(self.kind, base, field.type.classes)
        if kind is Kind.DATE:
            return date_reading(self.kind, base, field)
        if kind is Kind.TEXT:
            return self._sound_text(text_reading(self.kind, base))
        simple = {Kind.BOOL: bool_reading, Kind.MONTH: month_reading}
        return simple[kind](self.kind, base)

    def _sound_text(self, reading: Reading) -> Reading:
        """Only what has a point, or a sign that is not plain (a plus, one beyond ASCII), is looked at closely: an AND
        would work out both its sides on every row.
        """

        def spoilt(what: Sql, pattern: str) -> Sql:
            near = some([negated(plain(what)), func("contains", what, text("."))])
            return when(near, matches(what, pattern), exp.false())

        is_sound = sound(self.field, reading.value(None), spoilt)
        if is_sound == exp.true():
            return reading
        strict = None if reading.strict is None else every([reading.strict, is_sound])
        good = is_sound if reading.good == exp.true() else every([reading.good, is_sound])
        return replace(reading, good=good, strict=strict)

    def is_empty(self, base: Sql) -> Sql:
        return some([base.copy().is_(exp.Null()), *([base.copy().eq(text(""))] if is_text(self.kind) else [])])

    def good_empty(self) -> bool:
        """Whether an empty cell makes a value (or, where there is no key to it, may be absent)."""
        if self.is_key:
            return self.default is not None
        return self.field.has_default or self.field.nullable

    def clean(self, base: Sql, good: Sql | None = None) -> Sql:
        """TRUE where the cell is surely read as the view reads it, else FALSE; ``good``: where that is known."""
        conditions = [self.reading(base).good if good is None else good]
        if self.is_key and self.field.range is not None:
            conditions.append(negated(outside(self.field, self.good_value(base))))
        empty = exp.true() if self.good_empty() else exp.false()
        return when(self.is_empty(base), empty, surely(every(conditions)))

    def good_value(self, base: Sql) -> Sql:
        """The stored value of a good cell; NULL where it is empty or not good."""
        reading = self.reading(base)
        there = negated(self.is_empty(base))
        return when(every([there, reading.good]), reading.value(None))

    def typed(self, seen: Seen) -> tuple[Sql, Sql]:
        """The value in the view, and whether it is out of range."""
        base = self.base(seen.loose)
        if self.raw is None:
            return self.stored(self.default), exp.false()
        reading = self.reading(base)
        cost_less = reading.strict_value if not seen.loose else None
        value = (cost_less or reading.value)(self._before(seen))
        conditions: list[Sql] = [base.copy().neq(text(""))] if seen.hollow and is_text(self.kind) else []
        if seen.odd and reading.calm:
            value = tried(value)
        elif seen.odd:
            conditions.append(reading.good)
        if conditions:
            value = when(every(conditions), value)
        flag = surely(outside(self.field, value)) if seen.outside else exp.false()
        if seen.empty and self.default is not None:
            value = exp.Coalesce(this=value, expressions=[self.stored(self.default)])
        return value, flag

    def stored(self, value: Stored) -> Sql:
        """A stored value as SQL."""
        kind = sql_type(self.field, value, value)
        if value is None:
            return null(kind)
        return cast(text(str(value)), kind)

    def _before(self, seen: Seen) -> int | None:
        """Digits before the point at most."""
        digits = digits_of(self.field)
        if not isinstance(seen.low, int) or not isinstance(seen.high, int) or digits is None:
            return None
        return len(str(max(abs(seen.low), abs(seen.high)) // 10**digits))
