"""The columns of a data table at the sizes that their fields declare, in place of those that the rows at hand have."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from engine.data.cells.numbers import MOST
from engine.data.staging.model import Bound, StagedColumn, StagedTable
from engine.data.staging.storage import is_ordered, value_of
from engine.language.values import Interval, render

LEAST, GREATEST = "下限", "上限"


@dataclass(frozen=True)
class Declared:
    """``column`` may hold what its field allows; ``taken``: the ends of which the rows at hand say how far they go."""

    column: StagedColumn
    taken: tuple[str, ...] = ()

    def said(self) -> str:
        """From where to where, and which ends nobody declared; nothing for a column without sizes."""
        column = self.column
        if not is_ordered(column.field):
            return ""
        low, high = value_of(column.field, column.low), value_of(column.field, column.high)
        if low is None or high is None:
            return "没有声明 范围，合成的数据里也没有值"
        ends = f"{render(low)} 到 {render(high)}"
        if not self.taken:
            return f"{ends}，范围 {column.field.range} 声明"
        return f"{ends}，没有声明{'和'.join(self.taken)}，取合成数据里的"


def at_declared(staged: StagedTable) -> tuple[StagedTable, dict[str, Declared]]:
    """``staged`` as if its columns held all that their fields allow, and what was taken for each of them.

    What is absent somewhere or out of range in the rows at hand stays so.
    """
    found = {name: _declared(column) for name, column in staged.columns.items()}
    return replace(staged, columns={name: one.column for name, one in found.items()}), found


def _declared(column: StagedColumn) -> Declared:
    column = replace(column, nullable=column.nullable or column.field.nullable)
    if not is_ordered(column.field):
        return Declared(column)
    low, high = _ends(column.field.range, column.digits)
    taken = tuple(end for end, bound in ((LEAST, low), (GREATEST, high)) if bound is None)
    if taken and column.low is None:  # no row has a value, and how far values go is not said either
        return Declared(column, taken)
    return Declared(replace(column, low=_outer(min, column.low, low), high=_outer(max, column.high, high)), taken)


def _ends(declared: Interval | None, digits: int | None) -> tuple[Bound, Bound]:
    """The declared ends as they are stored; an open end as if it belonged to it, which is never too narrow."""
    if declared is None:
        return None, None
    scale, most = 10 ** (digits or 0), MOST - 1  # numbers of more digits are refused when they are read

    def stored(end: Fraction | datetime.date | None, whole: Callable[[Fraction], int]) -> Bound:
        if isinstance(end, Fraction):
            return max(-most, min(most, whole(end * scale)))
        return end

    return stored(declared.low, ceil), stored(declared.high, floor)


def _outer(pick: Callable[[tuple], Bound], measured: Bound, declared: Bound) -> Bound:
    """The farther of two ends; of one that is not there the other."""
    if measured is None or declared is None:
        return measured if declared is None else declared
    return pick((measured, declared))
