"""Values of coarser grains as a finished run published them: what one case cannot be added up to."""

from __future__ import annotations

from dataclasses import dataclass

from engine.execute.published import PublishedValues
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


NO_FIGURES = Figures()
