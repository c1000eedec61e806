"""A database as the place of a result: tables that appear all at once, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from engine.databases.address import Address

VALUES, REJECTS, CANCELLED, HELD = "留存_", "拒收_", "冲销_", "挂起"
"""What stands before the names of kept values, rejected and cancelled rows; the table of the rows held."""
RUN, RUN_COLUMN = "运行", "run.json"
"""The table and its column that hold what ``run.json`` says."""


@dataclass(frozen=True)
class OutTable:
    """``file``: a Parquet file; ``comments``: of its columns, by heading; ``key``: headings that tell rows apart."""

    name: str
    file: Path
    comments: Mapping[str, str] = field(default_factory=dict)
    key: Sequence[str] = ()
    comment: str = ""


class OutPlace(Protocol):
    """The schema of ``address``: it must be empty, not there, or a result of a run and nothing else."""

    @property
    def address(self) -> Address: ...

    def refuse_occupied(self) -> None:
        """Raises :class:`DataError` where :meth:`write` would, before anything is worked out."""

    def refuse_name(self, name: str, what: str) -> None:
        """Raises :class:`DataError` for what cannot be the name of a table or column there."""

    def write(self, tables: Sequence[OutTable], record: Mapping[str, Any]) -> None:
        """Everything at once. ``record``: what ``run.json`` says. Raises :class:`DataError`."""

    def refuse_result(self) -> None:
        """Raises :class:`DataError` where a result stands there, rather than the refused rows of a run that stopped."""

    def clear(self, written_by: str) -> None:
        """Removes the schema if ``written_by`` left refused rows there and nobody put anything else in it."""
