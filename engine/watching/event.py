"""One step of a long work, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CHECKING, READING, SORTING, COMPUTING = "检查规则", "读取", "分拣", "计算"
ASSERTING, STATING, KEEPING, WRITING, DONE = "核对", "报表", "保留", "写出", "完成"
PHASES = (CHECKING, READING, SORTING, COMPUTING, ASSERTING, STATING, KEEPING, WRITING, DONE)
"""In the order of a run."""


@dataclass(frozen=True)
class Event:
    """``phase``: one of :data:`PHASES`; in it step ``step`` of ``steps`` begins, or has just ended where ``rows`` says
    what came of it. ``name``: a table, a grain with its columns, a statement. ``part`` of ``parts``: of several periods
    that are run at once, which; ``period``: its name.
    """

    phase: str
    step: int = 1
    steps: int = 1
    name: str = ""
    rows: int | None = None
    period: str = ""
    part: int = 1
    parts: int = 1

    @property
    def text(self) -> str:
        """As people read it."""
        whole = f"{self.period} " if self.parts > 1 else ""
        count = f"（{self.step}/{self.steps}）" if self.steps > 1 else ""
        rows = f"：{self.rows} 行" if self.rows is not None else ""
        return f"{whole}{self.phase}{count} {self.name}".rstrip() + rows

    def as_json(self) -> dict[str, Any]:
        """The same for a line of JSON; what is not known is left out."""
        found: dict[str, Any] = {"phase": self.phase, "step": self.step, "steps": self.steps}
        found |= {"name": self.name} if self.name else {}
        found |= {"rows": self.rows} if self.rows is not None else {}
        found |= {"period": self.period} if self.period else {}
        return found | ({"part": self.part, "parts": self.parts} if self.parts > 1 else {})


Watcher = Callable[[Event], None]
