"""What an execution is given from outside: rows of tables, and values that an earlier run has published."""

from __future__ import annotations

from typing import Protocol

from engine.execute.reference.rows import Record
from engine.language.values import Value


class Data(Protocol):
    """Where rows come from: ``rows`` of a table (``None`` if it was not delivered)."""

    def rows(self, table: str) -> list[Record] | None: ...


class Published(Protocol):
    """Values that an earlier run has published (``--previous``)."""

    def value(self, name: str, grain: str, key: tuple[Value, ...]) -> tuple[bool, Value]: ...

    def keys_of(self, grain: str) -> list[tuple[Value, ...]]: ...
