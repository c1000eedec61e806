"""What a run of any engine comes to: statements, kept values, the accounting of every row, and what it
rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from engine.files.errors import RunStopped
from engine.language.types import Type
from engine.language.values import Unresolved, Value, decimal_text
from engine.rulebook.model import Provenance


class TooManyRefused(RunStopped):
    """More rows were refused than the program allows."""


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
    rows: Sequence[Sequence[Value | Unresolved]]


@dataclass(frozen=True)
class Account:
    """Where the rows of a table went: state to number of rows and to sums of yuan columns; they add up.

    ``by`` and ``sums_by``: the same by state and what decided it, a check or a rule.
    ``cancelled``: how much of each yuan column was settled and refunded again by rows that cancel each other.
    """

    table: str
    rows: int
    states: dict[str, int]
    sums: dict[str, dict[str, Fraction]]
    by: dict[tuple[str, str], int] = field(default_factory=dict)
    unread: int | None = None
    sums_by: dict[tuple[str, str], dict[str, Fraction]] = field(default_factory=dict)
    cancelled: dict[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """One reason why rows of a table were refused: a check, or a fault of a field (``code`` D101 …).

    ``amounts``: their yuan by column, as far as they could be read. The first of them stands at ``line`` of ``origin``
    and has the key ``key``; ``reason`` says what is wrong with it, with the values.
    """

    table: str
    by: str
    code: str
    rows: int
    amounts: dict[str, Fraction]
    origin: str
    line: int | None
    key: str
    reason: str

    @property
    def headline(self) -> str:
        """What it is, how many rows, and their yuan."""
        what = self.by if self.code == "拒收" else f"{self.by}（{self.code}）"
        yuan = "".join(f"，{name} {decimal_text(value, 2)} 元" for name, value in self.amounts.items() if value)
        return f"{what}：{self.rows} 行{yuan}"

    @property
    def example(self) -> str:
        """Where the first of the rows is and what is wrong with it."""
        where = f"{self.origin} 第 {self.line} 行" if self.line else self.origin
        key = f"主键 {self.key}" if self.key else ""
        return f"{'，'.join(part for part in (where, key) if part)}：{self.reason}"


@dataclass(frozen=True)
class Asserted:
    """A 必须: on how many ``rows`` of ``grain`` it was looked at; ``why_not`` it was not looked at at all.

    It holds on all of them but for ``broken``, where it only reminds (不成立时: 提醒); ``told``: a line for each of
    the first of those.
    """

    name: str
    cite: str
    grain: str
    rows: int
    why_not: str = ""
    broken: int = 0
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Brought:
    """A rule that takes what is delivered (交来): on how many of the ``rows`` of ``grain`` its ``field`` was there."""

    name: str
    field: str
    grain: str
    rows: int
    delivered: int

    @property
    def text(self) -> str:
        """On how many rows it was taken and on how many worked out."""
        worked_out = self.rows - self.delivered
        rest = f"，{worked_out} 行按规则算" if worked_out else ""
        taken = f"{self.delivered} 行用交来的 {self.field}" if self.delivered else f"没有交来 {self.field}"
        return f"{self.name}：{self.grain} {self.rows} 行，{taken}{rest}"


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
    refused: list[Refusal] = field(default_factory=list)
    asserted: list[Asserted] = field(default_factory=list)
    brought: list[Brought] = field(default_factory=list)
    held: list[HeldRow] = field(default_factory=list)
    warned: dict[str, int] = field(default_factory=dict)
    not_official: list[tuple[str, str, Provenance]] = field(default_factory=list)
    retroactive: list[tuple[str, Provenance]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
