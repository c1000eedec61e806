"""The protocols of what a run of the judge is given from outside: rows of tables, and values that an earlier run has
published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.data.typed import Rejected
from engine.execute.reference.rows import Record
from engine.language.values import Value


@dataclass(frozen=True)
class Before:
    """Stands for what the period before has of ``name``, where values are given by name."""

    name: str


class Data(Protocol):
    """Where rows come from: ``rows`` of a table (``None`` if it was not delivered).

    ``unreadable``: the rows of a table that could not be read, which are none of ``rows``.
    """

    @property
    def unreadable(self) -> Mapping[str, Sequence[Rejected]]: ...

    def rows(self, table: str) -> list[Record] | None: ...

    def sources_of(self, rows: Sequence[tuple[str, int]]) -> dict[tuple[str, int], tuple[str, int]]:
        """File and line of rows, by table and number; ("", 0) where they are not known."""


class Published(Protocol):
    """Values that an earlier run has published (``--previous``)."""

    def value(self, name: str, grain: str, key: tuple[Value, ...]) -> tuple[bool, Value]: ...

    def keys_of(self, grain: str) -> list[tuple[Value, ...]]: ...
