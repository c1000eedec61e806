"""试算: the region as saved against its drafts or another region, over the same data, and what that moves."""

from __future__ import annotations

from engine.workbench.pages.simulate.opening import PAGE

__all__ = ["PAGE"]
