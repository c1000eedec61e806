"""结算: choose, look over, run with progress and cancel, and read what came of it."""

from __future__ import annotations

from engine.workbench.pages.settle.opening import PAGE

__all__ = ["PAGE"]
