"""A difference in words."""

from __future__ import annotations

from dataclasses import dataclass

ADDED, GONE, CHANGED = "新写", "删去", "改"
_MOST = 60


@dataclass(frozen=True)
class Said:
    """``name``: of an entry, or of the row of a table. ``where``: keys below the entry, or the column. ``old`` and
    ``new`` are empty where there was, or is, nothing.
    """

    how: str
    name: str
    where: tuple[str, ...] = ()
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        if self.how != CHANGED:
            return f"{self.how} {self.name}" + (f"：{self.new or self.old}" if self.new or self.old else "")
        where = "".join(f" · {key}" for key in self.where)
        return f"{self.name}{where}：{self.old or '（没有）'} → {self.new or '（删去）'}"


def short(text: str) -> str:
    """On one line, not too long."""
    said = " ".join(text.split())
    return said if len(said) <= _MOST else said[: _MOST - 1] + "…"
