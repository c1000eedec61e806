"""Many faults of one kind as one: which field, what, how many, on which lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST_LINES = 8
_OF_ONE_CELL = re.compile(r"“[^”]*”|[-−]?[0-9][0-9.,%‰/-]*")
"""What differs between two cells that are wrong for one reason: what stands in them."""


@dataclass(frozen=True)
class Fault:
    """A line (0: none) of a file, the field at fault ("" for the whole row) and why (Chinese); ``cell`` of a sheet."""

    line: int
    field: str
    reason: str
    cell: str = ""


@dataclass(frozen=True)
class Group:
    """The first fault of its kind, and the lines of all of them."""

    first: Fault
    lines: tuple[int, ...]

    def __str__(self) -> str:
        """``费用“1.001”的小数多于 2 位（同样的共 605 行：第 2、3、4 行……）``."""
        if len(self.lines) == 1:
            return self.first.reason
        more = "……" if len(self.lines) > MOST_LINES else ""
        numbers = "、".join(str(line) for line in self.lines[:MOST_LINES])
        return f"{self.first.reason}（同样的共 {len(self.lines)} 行：第 {numbers} 行{more}）"


def grouped(faults: Iterable[Fault]) -> list[Group]:
    """In the order of the first of each kind."""
    found: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        found.setdefault((fault.field, _OF_ONE_CELL.sub("", fault.reason)), []).append(fault)
    return [Group(kind[0], tuple(fault.line for fault in kind)) for kind in found.values()]
