"""What an engine does only with many rows, on few."""

from __future__ import annotations

import pytest

from engine.databases.duckdb.database import DuckDb
from engine.databases.interface import Database


def set_limits(monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    """``many``, ``in_memory`` or ``listed`` of :class:`Database` on every engine, those included that say their own."""
    for kind in (Database, DuckDb):
        for name, rows in limits.items():
            assert hasattr(kind, name)
            monkeypatch.setattr(kind, name, rows)
