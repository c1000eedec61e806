"""A column whose long numbers are one person's, or thing's, and end as a spreadsheet leaves them: said, not refused.

Of several such numbers the delivery is refused (:mod:`engine.data.cells.identifiers`); one in a thousand ends so by
right, and a small delivery may have one person.
"""

from __future__ import annotations

import re

from engine.data.cells.identifiers import CUT, MANY
from engine.data.cells.refused import shown
from engine.data.load import LoadedTable
from engine.data.staging.model import StagedTable
from engine.language.types import Kind

_CUT = re.compile(CUT)


def notes_of_one_cut(loaded: LoadedTable | StagedTable) -> list[str]:
    """A sentence for each column in which one number ends so, and more than one long one in twenty is it."""
    told = []
    for name, field in loaded.table.fields.items():
        if not field.identifies or field.type.kind is not Kind.TEXT or not loaded.delivered:
            continue
        long, cut, least, greatest = _counted(loaded, name)
        if least and least == greatest and _CUT.fullmatch(least) and cut * MANY > long:
            told.append(
                f"表 {loaded.table.name} 的列 {name} 里 18 位以上的号有 {long} 个，其中 {cut} 个都是 {shown(least)}，"
                "从第 16 位起全是 0：也许是电子表格丢了后面几位，请同原来的系统核对"
            )
    return told


def _counted(loaded: LoadedTable | StagedTable, name: str) -> tuple[int, int, str | None, str | None]:
    """How many have 18 characters or more, how many of them zeros from the 16th on, the first and last of these."""
    if isinstance(loaded, StagedTable):
        from engine.data.staging.one_cut_in_sql import counted_in_database

        return counted_in_database(loaded, name)
    cells = [cell for row in loaded.rows if isinstance(cell := row.get(name), str) and len(cell) >= 18]
    cut = [cell for cell in cells if not cell[15:].strip("0")]
    return len(cells), len(cut), min(cut, default=None), max(cut, default=None)
