"""Who gains and who loses between two results, by the values of one column: exact totals of what adds up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlglot import exp

from engine.compare.sheets import Sheets, as_told, less
from engine.data.staging.sql import column, named, quoted_table, run, select_from
from engine.files.errors import DataError

Number = Decimal | int


@dataclass(frozen=True)
class Gain:
    """``value``: of the column, as text (absent is empty); ``rows``: in both results; ``sums``: heading to the totals
    before and after. A row whose value changes leaves one line and comes into another.
    """

    value: str
    rows: tuple[int, int]
    sums: dict[str, tuple[Number, Number]]

    def change(self, heading: str) -> Decimal:
        """After less before."""
        before, after = self.sums[heading]
        return less(after, before)


def gains(sheets: Sheets, heading: str) -> list[Gain]:
    """By value. Raises :class:`DataError` for a column that both do not have."""
    if heading not in (*sheets.keys, *sheets.shared):
        raise DataError(f"报表 {sheets.statement} 没有列 {heading}", f"有：{'、'.join([*sheets.keys, *sheets.shared])}")
    adding = [name for name in sheets.shared if name in sheets.adding]
    found: tuple[dict[str, tuple[Any, ...]], ...] = tuple(_totals(sheets, name, heading, adding) for name in "ab")
    nothing: tuple[Any, ...] = (0, *(0 for _ in adding))
    made = []
    for value in sorted({*found[0], *found[1]}):
        before, after = (part.get(value, nothing) for part in found)
        sums = {name: (before[n] or 0, after[n] or 0) for n, name in enumerate(adding, 1)}
        made.append(Gain(value, (before[0], after[0]), sums))
    return made


def changed_most(found: Sequence[Gain], heading: str) -> list[Gain]:
    """Those whose total of a heading changes at all, the greatest change first."""
    changed = [gain for gain in found if gain.change(heading)]
    return sorted(changed, key=lambda gain: gain.change(heading).copy_abs(), reverse=True)


def called(sheets: Sheets, heading: str, name: str) -> dict[str, str]:
    """What each value of a column is called beside it, in the column ``name``; none where either is not there."""
    if not {heading, name} <= {*sheets.keys, *sheets.shared}:
        return {}
    value, text = as_told(column(heading)), as_told(column(name))
    query = exp.select(named(value, "v"), named(exp.Min(this=text), "t"))
    return {
        one: found
        for table in "ba"
        for one, found in run(
            sheets.connection, query.copy().from_(quoted_table(table)).group_by(value.copy())
        ).fetchall()
        if found
    }


def _totals(sheets: Sheets, table: str, heading: str, adding: list[str]) -> dict[str, tuple[Any, ...]]:
    value = as_told(column(heading))
    sums = [exp.Sum(this=column(name)) for name in adding]
    query = select_from(quoted_table(table), named(value, "v"), exp.Count(this=exp.Star()), *sums)
    return {row[0]: row[1:] for row in run(sheets.connection, query.group_by(value.copy())).fetchall()}
