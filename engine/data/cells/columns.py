"""The cells of a column as the readers take them."""

from __future__ import annotations

from engine.data.cells.dates import as_day
from engine.data.cells.identifiers import refuse_cut
from engine.files.raw import RawTable
from engine.language.types import Kind
from engine.rulebook.model import Field


def cells_of(field: Field, raw: RawTable, place: int) -> list[object]:
    """The cells of a column; in a workbook numbers may stand for days. Raises :class:`DataError`."""
    cells = [row[place] for row in raw.rows]
    if field.type.kind is Kind.TEXT:
        refuse_cut(field, raw.origin, cells)
    if raw.first_day is not None and field.type.kind in (Kind.DATE, Kind.MONTH):
        return [as_day(cell, raw.first_day) for cell in cells]
    return cells
