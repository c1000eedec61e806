"""What a run of any engine comes to: statements, kept values, the accounting of every row, and what it
rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from engine.language.types import Type
from engine.language.values import Unresolved, Value
from engine.rulebook.model import Provenance


class RunStopped(Exception):
    """A run that must not give a result: a Chinese sentence, and the details line by line."""

    def __init__(self, message: str, details: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(message)
        self.message, self.details, self.hint = message, list(details), hint


@dataclass(frozen=True)
class SheetColumn:
    """A column of a statement: the name of the value, its heading, type and decimals (``None``: not a
    number).
    """

    name: str
    heading: str
    type: Type
    digits: int | None
    key: bool = False


@dataclass(frozen=True)
class Sheet:
    """A statement: rows in key order; ``total`` rows (合计行) stand apart."""

    name: str
    grain: str
    columns: tuple[SheetColumn, ...]
    rows: Sequence[list[Value]]
    total: list[list[Value]] = field(default_factory=list)
    fills: str | None = None


@dataclass(frozen=True)
class Kept:
    """Values of one grain kept beside the statements: key columns first, then every value of the run."""

    grain: str
    columns: tuple[SheetColumn, ...]
    rows: Sequence[list[Value | Unresolved]]


@dataclass(frozen=True)
class Account:
    """Where the rows of a table went: state to number of rows and to sums of yuan columns; they add up."""

    table: str
    rows: int
    states: dict[str, int]
    sums: dict[str, dict[str, Fraction]]
    by: dict[tuple[str, str], int] = field(default_factory=dict)
    unread: int | None = None


@dataclass(frozen=True)
class RejectedRow:
    table: str
    key: str
    check: str
    reason: str
    line: int | None = None
    origin: str = ""


@dataclass(frozen=True)
class HeldRow:
    table: str
    key: str
    need: str
    cause: str
    reason: str


@dataclass
class Result:
    statements: list[Sheet] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    held: list[HeldRow] = field(default_factory=list)
    warned: dict[str, int] = field(default_factory=dict)
    not_official: list[tuple[str, Provenance]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
