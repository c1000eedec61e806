"""Where the cells of a field come from, where a mapping says so, and what becomes of each on the way.

In this order: what stands for nothing is empty (空值); of a moment the day, the month or the year is taken (取);
columns are joined (连接); codes become words (代码, 其余). What comes of it is read as the field is, like any cell.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from math import isfinite

from engine.data.cells.dates import as_day, parse_date
from engine.data.cells.numbers import MAX_DIGITS
from engine.data.cells.refused import WRONG, Refused, shown
from engine.data.cells.texts import parse_text
from engine.data.values import BadCell
from engine.files.raw import RawCell, RawTable, is_blank
from engine.rulebook.problems import Place

EMPTY, AS_IT_IS = "空", "原样"
"""Words that a code may become: nothing; and of the codes that are not listed: what stands there."""
PARTS = {"日期": 10, "年月": 7, "年": 4}
"""What is taken of a moment, and how many signs of 2025-03-01 it is."""
_CLOCK = r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
_MOMENT = re.compile(rf"(.*[0-9日])[T ] *{_CLOCK}")
_DAY = re.compile(r"[0-9]{4}([-/.年].*|[0-9]{4})")
_TIGHT_MOMENT = re.compile(r"([0-9]{8})([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9])?")


@dataclass(frozen=True)
class Taken:
    """The cells of a ``field``: of ``columns`` of the data (several are joined), or a ``constant`` in every row.

    ``codes``: what stands there to what is meant, ``EMPTY`` for nothing; ``rest``: what is meant by all others, without
    which they reject the row. ``nothing``: what stands for an empty cell. ``part``: one of ``PARTS``.
    """

    field: str
    place: Place
    columns: tuple[str, ...] = ()
    constant: str | None = None
    codes: tuple[tuple[str, str], ...] = ()
    rest: str | None = None
    nothing: tuple[str, ...] = ()
    part: str = ""
    between: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the cells are those of one column, as they stand."""
        return len(self.columns) == 1 and not (self.codes or self.nothing or self.part)

    @cached_property
    def empty_days(self) -> frozenset[datetime.date]:
        """The dates among what stands for nothing: every way of writing one is meant."""
        plain = (text for text in self.nothing if not _MOMENT.fullmatch(text) or re.search("[ T][0:.]+$", text))
        return frozenset(day for day in map(_day, plain) if day is not None)

    def cell(self, raws: Sequence[RawCell]) -> RawCell:
        """The cell of the field, for those of ``columns``."""
        cells = [self._part(None if self.nothing and self._is_nothing(raw) else raw) for raw in raws]
        try:
            raw = cells[0] if len(cells) == 1 else self._joined(cells)
        except Refused as refused:
            return BadCell(refused.reason, refused.code)
        return raw if is_blank(raw) or isinstance(raw, BadCell) or not self.codes else self._meant(code_text(raw))

    def _is_nothing(self, raw: RawCell) -> bool:
        if is_blank(raw) or isinstance(raw, BadCell):
            return False
        if code_text(raw) in self.nothing:
            return True
        return bool(self.empty_days) and _day(raw) in self.empty_days

    def _part(self, raw: RawCell) -> RawCell:
        if not self.part or is_blank(raw) or isinstance(raw, BadCell):
            return raw
        try:
            return day_of(raw).isoformat()[: PARTS[self.part]]
        except Refused as refused:
            return BadCell(refused.reason, refused.code)

    def _joined(self, cells: Sequence[RawCell]) -> RawCell:
        """Raises :class:`Refused` where a part is missing, or is no text: half a code may be another one."""
        if all(map(is_blank, cells)):
            return None
        missing = [name for name, cell in zip(self.columns, cells, strict=True) if is_blank(cell)]
        if missing:
            raise Refused(f"由列 {'、'.join(self.columns)} 连接，而 {'、'.join(missing)} 是空的")
        return self.between.join(parse_text(cell) for cell in cells)

    def _meant(self, code: str) -> RawCell:
        word = dict(self.codes).get(code, self.rest)
        if word is None:
            listed = "、".join(known for known, _ in self.codes[:12]) + ("……" if len(self.codes) > 12 else "")
            return BadCell(f"{shown(code)}不在映射的代码 {listed} 之内", WRONG)
        if word == EMPTY:
            return None
        return code if word == AS_IT_IS and code not in dict(self.codes) else word


def as_fields(raw: RawTable, chosen: Sequence[Taken]) -> RawTable:
    """The chosen columns of ``raw``, which has them, as fields."""
    place_of = {name: place for place, name in enumerate(raw.columns)}
    columns: list[list[RawCell]] = []
    for taken in chosen:
        places = [place_of[name] for name in taken.columns]
        if not places:
            columns.append([taken.constant] * len(raw.rows))
        elif taken.is_plain:
            columns.append([row[places[0]] for row in raw.rows])
        else:
            cells = [tuple(row[place] for place in places) for row in raw.rows]
            if taken.part and raw.first_day is not None:
                cells = [tuple(as_day(cell, raw.first_day) for cell in row) for row in cells]
            columns.append(_changed(taken, cells))
    rows: list[tuple[RawCell, ...]] = list(zip(*columns, strict=True)) if columns else [() for _ in raw.rows]
    return replace(raw, columns=tuple(taken.field for taken in chosen), rows=rows)


def _changed(taken: Taken, cells: Sequence[tuple[RawCell, ...]]) -> list[RawCell]:
    """Equal texts are worked out once."""
    known: dict[tuple[RawCell, ...], RawCell] = {}
    made = []
    for cell in cells:
        if all(type(part) is str for part in cell):
            if cell not in known:
                known[cell] = taken.cell(cell)
            made.append(known[cell])
        else:
            made.append(taken.cell(cell))
    return made


def code_text(raw: RawCell) -> str:
    """A cell as codes are written: text without blanks around it, the digits of a whole number."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float | Decimal) and isfinite(raw):
        number = Decimal(raw) if isinstance(raw, Decimal) else Decimal(repr(raw))
        if abs(number.adjusted()) > MAX_DIGITS:
            return str(number)  # written out it would be longer than anything that is read
        if number == number.to_integral_value():
            return str(int(number))
        return format(number, "f").rstrip("0")
    return str(raw).strip()


def day_of(raw: RawCell) -> datetime.date:
    """The day of a date, or of a moment without a time zone, however it is written. Raises :class:`Refused`."""
    if isinstance(raw, datetime.datetime) and raw.tzinfo is None:
        return raw.date()
    if isinstance(raw, str):
        text = raw.strip()
        found = _MOMENT.fullmatch(text) or _TIGHT_MOMENT.fullmatch(text)
        return parse_date(found[1]) if found else parse_date(text)
    return parse_date(raw)


def _day(raw: RawCell) -> datetime.date | None:
    """The day of what is written as one; a number of days since 1900 is not."""
    if isinstance(raw, int | float | Decimal):
        raw = code_text(raw)
    if isinstance(raw, str) and not _DAY.fullmatch(raw.strip()):
        return None
    try:
        return day_of(raw)
    except Refused:
        return None
