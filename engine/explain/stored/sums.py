"""Sums that an explanation asks: of one group after another, whose rows are set apart when it is first asked of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from engine.execute.sql.added_up import State
from engine.execute.sql.aggregates import Aggregates
from engine.execute.sql.asked_together import Asked
from engine.execute.sql.lowered import Lowered
from engine.execute.sql.on_rows import InSql, OnRows
from engine.explain.stored.part import PartedFrame
from engine.language.values import Value


class SumsOfOne(Aggregates):
    """Coarse values are there already: nothing is asked beside what is wanted."""

    def __init__(self, execution: InSql) -> None:
        super().__init__(execution, one_by_one=True)

    def of_group(self, reading: OnRows, keys: Sequence[Lowered], key: Sequence[Value]) -> list[exp.Expression]:
        own = super().of_group(reading, keys, key)
        if isinstance(reading.frame, PartedFrame):
            reading.frame.set_apart(own)
        return own

    def grouped_rows(
        self, reading: OnRows, keys: list[Lowered], conditions: list[exp.Expression], states: Sequence[State],
        beside: Asked | None = None,
    ) -> list[tuple[tuple, int, list[tuple[bool, Sequence[Any]]]]]:  # fmt: skip
        return super().grouped_rows(reading, keys, conditions, states)
