"""Values of coarse rows (a pool's total, say) out of the result of a finished run: the price of one case needs them,
and they cannot be added up of one case.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from engine.execute.published import PublishedValues
from engine.execute.reference.rows import Row
from engine.execute.reference.rows_elsewhere import NOT_HELD, Elsewhere, Quick
from engine.execute.result import SheetColumn
from engine.language.values import Unresolved, Value


@dataclass(frozen=True)
class Figures:
    """``values`` of the names ``names`` of a run of the same rules, program and period."""

    values: PublishedValues | None = None
    names: frozenset[str] = frozenset()

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def value(self, name: str, grain: str, key: tuple[Value, ...]) -> Value:
        """Raises :class:`Unresolved` where the run has no such row, or could not tell the value either."""
        assert self.values is not None
        kept = self.values.kept(name, grain, key)
        if kept is None:
            raise Unresolved(f"{self.values.folder} 没有公布这一行的 {name}", name, "没有公布")
        if kept.failed is not None:
            raise kept.failed.again()
        return kept.value

    @property
    def elsewhere(self) -> Elsewhere:
        """They as a judge takes them, in the place of what it would work out."""
        return _Taken(self) if self.names else Elsewhere()


@dataclass(frozen=True)
class _Taken(Elsewhere, Quick):
    """Rules whose values are ``figures``."""

    figures: Figures

    def quick(self, judge: Any) -> Quick:
        return self

    def takes(self, name: str, row: Row, day: datetime.date) -> bool:
        return name in self.figures

    def rule_value(self, name: str, row: Row, day: datetime.date) -> Value:
        return self.figures.value(name, row.grain, row.key)

    def takes_rows(self, base: str) -> bool:
        return False

    def kept_rows(self, base: str, columns: list[SheetColumn]) -> list[list[Value | Unresolved]]:
        raise NOT_HELD

    def work_out(self, base: str, name: str, rows: list[Row]) -> None:
        raise NOT_HELD


NO_FIGURES = Figures()
