"""Rows of a big table that are alike in the columns by which rows of other tables are found: a table of their kinds,
with how many rows there are of each.

What depends on nothing but these columns is asked of some ten thousand kinds, not of a million rows once more.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from sqlglot import exp

from engine.databases.trees import cast
from engine.execute.sql import ints

COUNT = "alike"
ENOUGH = 4
"""So many rows of a kind there have to be, on the whole, or to ask of kinds is no shorter."""


@dataclass(frozen=True)
class RowKinds:
    """``table``: a row for each kind of the rows that meet ``conditions``, with ``columns`` and :data:`COUNT`."""

    table: str
    columns: frozenset[str]
    conditions: frozenset[Hashable]


def how_many() -> exp.Expression:
    """What counts rows where kinds stand for them."""
    return cast(exp.Coalesce(this=exp.Sum(this=exp.column(COUNT)), expressions=[ints.whole(0)]), ints.NARROW_TYPE)
