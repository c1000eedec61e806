"""Rows of a delivery that are refunds of others, as a mapping says (退费): taken out, with what they reverse."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from engine.data.cells.reader import reader_of
from engine.data.refund_endings import CANCELLED, Ending, Entry, endings
from engine.data.taken import Taken, code_text
from engine.data.typed import Rejected, key_text, when, yuan
from engine.data.values import BadCell
from engine.files.errors import DataError
from engine.files.raw import RawTable, is_blank
from engine.language.types import Kind
from engine.rulebook.model import Table
from engine.rulebook.problems import Place


@dataclass(frozen=True)
class Refunds:
    """``flag``: the column that says by one of ``values`` that a row is a refund; ``original``: that with the number of
    the settlement it is of; ``number``: that with a row's own number (``None``: the key is it).
    """

    place: Place
    flag: str
    values: tuple[str, ...]
    original: str
    number: str | None = None
    nothing: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.flag, self.original, self.number) if name is not None)

    def marked(self, fields: RawTable, raw: RawTable) -> MarkedTable:
        """``fields``, with what every row of ``raw``, of which they are, says of itself."""
        f, marks = fields, self._marks(raw)
        return MarkedTable(f.name, f.columns, f.rows, f.lines, f.origin, f.broken, f.first_day, f.left, marks, self)

    def _marks(self, raw: RawTable) -> list[Mark]:
        place_of = {name: place for place, name in enumerate(raw.columns)}
        flag, original = place_of[self.flag], place_of[self.original]
        number = None if self.number is None else place_of[self.number]
        own = [None if number is None else self.text(row[number]) for row in raw.rows]
        flags = [self.text(row[flag]) in self.values for row in raw.rows]
        originals = [self.text(row[original]) for row in raw.rows]
        return [Mark(*mark) for mark in zip(flags, originals, own, strict=True)]

    def text(self, cell: object) -> str:
        """A number or flag as it is compared; empty where there is none."""
        kept = Taken("", self.place, ("",), nothing=self.nothing).cell((cell,))
        return "" if is_blank(kept) or isinstance(kept, BadCell) else code_text(kept)

    def refuse_key(self, table: Table) -> None:
        """Raises :class:`DataError` where the key is several fields and nothing says which column is the number."""
        if self.number is None and len(table.key) != 1:
            keys = "、".join(table.key)
            raise DataError(f"{self.place}：表“{table.name}”的主键有几个字段（{keys}）", "退费 里写 单号: 哪一列是单号")


@dataclass(frozen=True)
class Mark:
    """``number``: the row's own (``None``: that of its key); ``original``: of the settlement that it is a refund of."""

    is_refund: bool
    original: str
    number: str | None = None


@dataclass(frozen=True)
class MarkedTable(RawTable):
    """A delivery under the names of the rulebook, with what its rows say of refunds: ``marks[i]`` of ``rows[i]``."""

    marks: Sequence[Mark] = ()
    refunds: Refunds | None = None


def entries_of(table: Table, raw: RawTable, part: int, named: Collection[str]) -> Iterator[Entry]:
    """The rows of ``raw`` that are refunds, and those whose number is ``named`` by one; ``at``: (part, place).

    Of a delivery that no mapping describes the key is the number, where the table has one key.
    """
    if isinstance(raw, MarkedTable) and raw.refunds is not None:
        raw.refunds.refuse_key(table)
    elif len(table.key) != 1:
        return
    marks: Sequence[Mark] = raw.marks if isinstance(raw, MarkedTable) else ()
    key = raw.columns.index(table.key[0]) if table.key[0] in raw.columns else None
    readers = [(n, reader_of(table.fields[name])) for n, name in enumerate(raw.columns) if is_yuan(table, name)]
    for place, row in enumerate(raw.rows):
        mark = marks[place] if marks else Mark(False, "")
        number = _number(None if key is None else row[key]) if mark.number is None else mark.number
        if not mark.is_refund and number not in named:
            continue
        cells: dict[str, Any] = {raw.columns[n]: read(row[n]) for n, read in readers}
        bad = [f"{name}：{cell.reason}" for name, cell in cells.items() if isinstance(cell, BadCell)]
        yield Entry((part, place), number, mark.original, mark.is_refund, yuan(table, cells), "；".join(bad))


def _number(cell: object) -> str:
    return "" if is_blank(cell) or isinstance(cell, BadCell) else code_text(cell)


def is_yuan(table: Table, name: str) -> bool:
    """Whether a column is a field of money."""
    if name not in table.fields:
        return False
    type_ = table.fields[name].type
    return type_.kind is Kind.NUMBER and type_.unit.powers == (("元", 1),)


def named_by_refunds(raws: Sequence[RawTable]) -> set[str]:
    """The numbers of settlements that a refund names."""
    marked = [raw for raw in raws if isinstance(raw, MarkedTable)]
    return {mark.original for raw in marked for mark in raw.marks if mark.is_refund} - {""}


def taken_out(table: Table, raws: Sequence[RawTable]) -> tuple[list[RawTable], list[Rejected], list[Rejected]]:
    """The deliveries without the rows that have to do with refunds, and these: cancelled, and refused."""
    if not any(isinstance(raw, MarkedTable) for raw in raws):
        return list(raws), [], []
    named = named_by_refunds(raws)
    entries = [entry for part, raw in enumerate(raws) for entry in entries_of(table, raw, part, named)]
    amounts = {entry.at: entry.amounts for entry in entries}
    ended = endings(entries)
    told = {at: told_row(table, raws[at[0]], at[1], ending, amounts[at]) for at, ending in ended.items()}
    ended_keys = {row.key_text: ended[at] for at, row in told.items() if row.key_text}
    for part, raw in enumerate(raws if ended_keys else ()):
        for place in range(0 if isinstance(raw, MarkedTable) else len(raw.rows)):  # what overlays a row goes with it
            ending = ended_keys.get(_key_text(table, raw, place))
            if ending is not None:
                told.setdefault((part, place), told_row(table, raw, place, ending, ()))
    kept = [without(raw, {place for n, place in told if n == part}) for part, raw in enumerate(raws)]
    rows = [told[at] for at in sorted(told)]
    cancelled = [row for row in rows if row.code == CANCELLED]
    return kept, cancelled, [row for row in rows if row.code != CANCELLED]


def told_row(
    table: Table, raw: RawTable, place: int, ending: Ending, amounts: tuple[tuple[str, Fraction], ...]
) -> Rejected:
    """The row, under what became of it."""
    key, field = _key_text(table, raw, place), table.period_field
    dated = {} if field is None else {field: _cell(table, raw, place, field)}
    return Rejected(key, raw.lines[place], "", ending.reason, ending.code, raw.origin, amounts, when(table, dated))


def _key_text(table: Table, raw: RawTable, place: int) -> str:
    return key_text([_cell(table, raw, place, name) for name in table.key])


def _cell(table: Table, raw: RawTable, place: int, field: str) -> Any:
    there = raw.rows[place][raw.columns.index(field)] if field in raw.columns else None
    return reader_of(table.fields[field])(there)


def without(raw: RawTable, gone: Collection[int]) -> RawTable:
    """The delivery without the rows at these places."""
    if not gone:
        return raw
    kept = [place for place in range(len(raw.rows)) if place not in gone]
    rows, lines = [raw.rows[place] for place in kept], [raw.lines[place] for place in kept]
    return RawTable(raw.name, raw.columns, rows, lines, raw.origin, raw.broken, raw.first_day, raw.left)
