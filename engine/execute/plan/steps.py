"""What a plan is made of: columns, and the steps that work them out. Frozen data, which nothing here runs."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass, replace

from engine.execute.plan.reads import Read
from engine.files.errors import RunStopped

SORTING, ACCEPTED, SETTLED = "分拣", "接受", "结算"
"""While rows are sorted; over all accepted rows; over the settled ones."""


@dataclass(frozen=True)
class Version:
    """A column as it is from ``day`` on: what it says, as written, and where that comes from."""

    day: datetime.date
    said: tuple[str, ...]
    cite: str


@dataclass(frozen=True)
class Column:
    """``name`` on the rows of ``grain`` (a base) in a phase. ``kind``: 规则 or 筛查. ``key``: the hash of what it says,
    of its epochs and of the columns that it reads; without places in files, and without data.
    """

    name: str
    grain: str
    phase: str
    kind: str
    versions: tuple[Version, ...]
    reads: tuple[Read, ...]
    stratum: int
    key: str


@dataclass(frozen=True)
class SortStep:
    """Where the rows of a table end, in this order: outside, rejected by checks, excluded. ``by``: what says whether a
    row is of the run; ``checks``, ``excluded``: names; ``delivered``: whether the table came.
    """

    table: str
    by: str
    delivered: bool
    checks: tuple[str, ...]
    excluded: tuple[str, ...]


@dataclass(frozen=True)
class HoldStep:
    """Rows of ``table`` of which one of ``names`` is not known are held; from here on the others are settled."""

    table: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class DataStep:
    """Columns of data rows that are worked out in one pass, given what is there."""

    table: str
    phase: str
    stratum: int
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class CoarseStep:
    """Columns of a coarse grain, in order; each reads only what stands before it."""

    grain: str
    phase: str
    stratum: int
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class OutputStep:
    """A statement. ``fills``: the table that it is, for later programs."""

    name: str
    grain: str
    columns: tuple[str, ...]
    fills: str


Step = SortStep | HoldStep | DataStep | CoarseStep | OutputStep


@dataclass(frozen=True)
class Plan:
    """``data``: the tables whose rows a fast engine leaves in the database; ``asserted``: the 必须 of the run."""

    region: str
    program: str
    period: str
    data: tuple[str, ...]
    steps: tuple[Step, ...]
    asserted: tuple[str, ...]

    @property
    def columns(self) -> list[Column]:
        """All columns in the order in which they are worked out."""
        return [c for step in self.steps if isinstance(step, (DataStep, CoarseStep)) for c in step.columns]

    def only(self, names: Collection[str]) -> Plan:
        """The steps that lead to ``names``. Raises :class:`RunStopped` for one that the plan does not have."""
        unknown = [name for name in names if all(column.name != name for column in self.columns)]
        if unknown:
            raise RunStopped(f"{self.program} 不算 {'、'.join(unknown)}", hint="casemix plan 不写 --name 列出全部")
        needed: set[tuple[str, str]] = set()
        for column in reversed(self.columns):
            if column.name in names or (column.name, column.grain) in needed:
                needed |= {(column.name, column.grain), *((read.name, read.grain) for read in column.reads)}
        steps: list[Step] = []
        for step in self.steps:
            if isinstance(step, (DataStep, CoarseStep)):
                kept = tuple(column for column in step.columns if (column.name, column.grain) in needed)
                steps += [replace(step, columns=kept)] if kept else []
        return replace(self, steps=tuple(steps), asserted=())

    @property
    def passes(self) -> int:
        """How often data rows are gone through for columns: strata of each table in each phase."""
        return sum(isinstance(step, DataStep) for step in self.steps)
