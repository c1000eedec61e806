"""What the judge asks of a fast engine that holds it: about rows that stay in a database, and for rules that are worked
out faster elsewhere. A run of the judge alone has the plain :class:`Elsewhere`, which has no rows and nothing faster.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from engine.execute.period import Period
from engine.execute.reference.nodes import Called
from engine.execute.reference.rows import Row
from engine.execute.reference.verdicts import Selection
from engine.execute.result import SheetColumn
from engine.language.values import Unresolved, Value

NOT_HELD = AssertionError("asked for rows that are nowhere else: ask holds() first")


class Quick(Protocol):
    """Rules of some rows, worked out faster, with the same values and failures."""

    def takes(self, name: str, row: Row, day: datetime.date) -> bool:
        """Whether rule ``name`` on ``row`` is one of them."""

    def rule_value(self, name: str, row: Row, day: datetime.date) -> Value:
        """The rule on its own row."""

    def takes_rows(self, base: str) -> bool:
        """Whether rules of rows of ``base`` are."""

    def kept_rows(self, base: str, columns: list[SheetColumn]) -> Sequence[Sequence[Value | Unresolved]]:
        """Values of all rows of ``base``."""

    def work_out(self, base: str, name: str, rows: list[Row]) -> None:
        """``name`` on ``rows`` of ``base``, for whoever reads it later."""


class Elsewhere:
    """``judge``: the execution that asks."""

    def quick(self, judge: Any) -> Quick | None:
        """What works rules out faster."""
        return None

    def select(self, judge: Any) -> Selection | None:
        """Every table, and where its rows end; ``None``: the judge sorts them."""
        return None

    def before(self, period: Period, remarks: list[str]) -> Any:
        """The same program over another period, its rows held; ``None``: the judge sees to it."""
        return None

    def looked_at(self) -> bool:
        """Whether anything was worked out over rows that are elsewhere, since they were sorted last."""
        return False

    # -- rows that the engine holds

    def holds(self, base: str) -> bool:
        """Whether the rows of a table are elsewhere."""
        return False

    def rows_of(self, grain: str, first: bool) -> list[Row]:
        """The rows of a grain in key order: few, for a message or an explanation."""
        raise NOT_HELD

    def keys_of(self, base: str, first: bool) -> list[tuple] | None:
        """The keys of a grain of keys, where they are known; ``None``: they are seen on rows."""
        return None

    def combinations(self, source: str, keys: tuple[str, ...], first: bool) -> list[tuple]:
        """The combinations of ``keys`` that the rows of ``source`` lead to."""
        raise NOT_HELD

    def aggregate(self, node: Called, row: Row, day: datetime.date) -> Any:
        """An aggregate of rows that are elsewhere."""
        raise NOT_HELD

    def history(self, base: str, in_history: Callable[[Row], bool]) -> list[Row]:
        """The rows that 上一条 sees."""
        raise NOT_HELD

    def by_parts(self, rows: Sequence[Row]) -> bool:
        """Whether windows over the table of these rows are looked at a partition at a time."""
        return False

    def mates(
        self, row: Row, grain: str, keys: tuple[str, ...], first: bool, sound: Callable[[Row], bool] | None
    ) -> list[Row]:
        """The rows of ``grain`` that have the same ``keys`` as ``row``; with ``sound`` all accepted ones of its table,
        and those from before the period of which it says yes.
        """
        raise NOT_HELD

    def any_rows(self, table: str) -> bool:
        """Whether a table has rows at all, of whatever period."""
        raise NOT_HELD

    def delivered_in(self, table: str, period: Period) -> bool:
        """Whether a table has rows of ``period``."""
        raise NOT_HELD
