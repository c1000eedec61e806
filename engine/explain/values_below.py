"""The rows that a sum runs over, here or in a database: how many, which meet 当, and what is read on them."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol

from engine.execute.reference import calls
from engine.execute.reference.rows import Row
from engine.explain.explains import Explains
from engine.language import tree
from engine.language.values import Unresolved, Value

Valued = tuple[Row, Value | Unresolved]


class Values(Protocol):
    """What is read on some rows, in the order of the rows."""

    def __len__(self) -> int:
        """How many rows there are."""

    def first(self, most: int) -> Sequence[Valued]:
        """The first rows."""

    def named(self, most: int) -> Sequence[Row]:
        """The first rows, of which the keys are known."""

    def largest(self, most: int) -> Sequence[Valued]:
        """The rows with the largest values that have an order, largest first."""

    def moments(self) -> tuple[int, Fraction, Fraction]:
        """How many numbers there are, their sum, and the sum of their squares."""


class ListedValues(list[Valued]):
    """Values that are here."""

    def first(self, most: int) -> Sequence[Valued]:
        return self[:most]

    def named(self, most: int) -> Sequence[Row]:
        return [row for row, _ in self[:most]]

    def largest(self, most: int) -> Sequence[Valued]:
        found = [(value, row) for row, value in self if not isinstance(value, (str, bool, Unresolved, type(None)))]
        ordered = heapq.nlargest(most, found, key=lambda pair: pair[0])  # type: ignore[arg-type,return-value]
        return [(row, value) for value, row in ordered]

    def moments(self) -> tuple[int, Fraction, Fraction]:
        numbers = [value for _, value in self if isinstance(value, Fraction)]
        return len(numbers), sum(numbers, Fraction(0)), sum((value**2 for value in numbers), Fraction(0))


class Below(Protocol):
    """The rows below a row. ``count``: how many; ``met``: how many of them meet 当."""

    count: int
    met: int

    def values(self, node: tree.Node | None) -> Values:
        """What ``node`` comes to on those that meet 当, as of each row's own date; ``None``: nothing is read, each
        counts one.
        """


class BelowHere:
    """Rows of the reference engine's own."""

    def __init__(self, walk: Explains, source: str, row: Row, where: tree.Node | None) -> None:
        self.walk = walk
        below = calls.below(walk.execution, source, row)
        self.rows = below if where is None else _met(walk, where, below)
        self.count, self.met = len(below), len(self.rows)

    def values(self, node: tree.Node | None) -> Values:
        return (
            ListedValues([(row, Fraction(1)) for row in self.rows])
            if node is None
            else values_of(self.walk, node, self.rows)
        )


def values_of(walk: Explains, node: tree.Node, rows: Sequence[Row]) -> ListedValues:
    """A part of a formula on each row, as of the row's own date."""
    execution = walk.execution
    expression = execution.formulas.compiled_tree(node)
    found = ListedValues()
    for row in rows:
        try:
            found.append((row, execution.computed(expression, row, execution.own_day(row))))
        except Unresolved as error:
            found.append((row, error))
    return found


def _met(walk: Explains, where: tree.Node, rows: list[Row]) -> list[Row]:
    condition = walk.execution.formulas.compiled_tree(where)
    return [row for row in rows if walk.execution.holds(condition, row)]
