"""比较: two results side by side: totals, moves, who gains and loses, down to a row and its two reasons."""

from __future__ import annotations

from engine.workbench.pages.compare.opening import PAGE

__all__ = ["PAGE"]
