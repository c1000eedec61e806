"""Coarse values as the run kept them; what it did not keep is worked out from those."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

from engine.execute.closures.host import CoarseRows
from engine.execute.published import KeptValue
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.execute.result import SheetColumn
from engine.explain.stored.kept import KeptRun
from engine.language.values import Unresolved, Value


class KeptCoarse(CoarseRows):
    """``ready``: the rows are sorted. Before that a sum runs over other rows than the one that was kept."""

    def __init__(self, judge: Execution, run: KeptRun) -> None:
        super().__init__(judge)
        self.run, self.ready = run, False

    def takes(self, name: str, row: Row, day: datetime.date) -> bool:
        return self._kept(name, row, day) is not None

    def rule_value(self, name: str, row: Row, day: datetime.date) -> Value:
        found = self._kept(name, row, day)
        assert found is not None
        if found.failed is not None:
            raise found.failed.again()
        return found.value

    def on_row(self, name: str, base: str, day: datetime.date) -> Callable[[Row], Value]:
        return lambda row: self.judge.value(name, row, day)

    def at_keys(
        self, name: str, base: str, day: datetime.date, keys: Sequence[tuple[Value, ...]]
    ) -> list[Value | Unresolved] | None:
        return None

    def takes_rows(self, base: str) -> bool:
        return False

    def kept_rows(self, base: str, columns: list[SheetColumn]) -> Sequence[Sequence[Value | Unresolved]]:
        raise AssertionError("an explanation keeps nothing")

    def _kept(self, name: str, row: Row, day: datetime.date) -> KeptValue | None:
        """What was kept, if it is what the rules of ``day`` give: a sum is as of its own row's date anyway."""
        if not self.ready or row.grain in self.run.data or row.leaves is not None:
            return None
        judge = self.judge
        book, own = judge.scope(day).book, judge.scope(judge.own_day(row)).book
        if book.day != own.day and not judge.aggregates(book, name):
            return None
        return self.run.kept(name, row.grain, row.key)
