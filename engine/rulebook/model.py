"""The seven kinds of entry of a rulebook, as frozen dataclasses.

Expressions are syntax trees (:mod:`engine.language.tree`); a ``(date, expression)`` of a parameter holds from then.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from engine.language.tree import Node
from engine.language.types import Type
from engine.language.values import HALF_AWAY, Interval, Value
from engine.rulebook.nodes import Scalar
from engine.rulebook.problems import Place

OFFICIAL, SECONDARY, ASSUMED, REQUIRED = "正式", "转述", "暂定", "待定"
BEGINS, ENDS = "起", "止"
STOPS, REMINDS = "停止", "提醒"


@dataclass(frozen=True)
class Provenance:
    """Document and article, how sure it is (正式 转述 暂定 待定), a remark, and the layer and place it stands in.

    ``retroactive``: of what a notice says with 追溯, from which day it holds and the notice's 施行.
    """

    cite: str = ""
    status: str = OFFICIAL
    note: str = ""
    layer: str = ""
    place: Place = Place()
    retroactive: tuple[datetime.date, datetime.date] | None = None

    def is_retroactive_on(self, day: datetime.date) -> bool:
        """Whether it holds on ``day`` only by 追溯: its notice was not yet in force."""
        return self.retroactive is not None and self.retroactive[0] <= day < self.retroactive[1]

    @property
    def retroactive_text(self) -> str:
        """In a sentence; empty where nothing holds by 追溯."""
        if self.retroactive is None:
            return ""
        return f"通知自 {self.retroactive[1]} 施行，这一条追溯到 {self.retroactive[0]}"


@dataclass(frozen=True)
class Formula:
    """An expression as written: its text, its place and its tree."""

    text: str
    tree: Node
    place: Place = field(default=Place(), compare=False)
    written: Scalar | None = field(default=None, compare=False, repr=False)

    def at(self, node: Node | None = None) -> Place:
        """Where a node of the tree stands, to the column, also in quoted text and text of several lines."""
        if self.written is None or not self.place.line:
            return self.place
        lead = len(self.written.text) - len(self.written.text.lstrip())
        return self.written.at(lead + (node.span[0] if node is not None else 0))


@dataclass(frozen=True)
class OpenReading:
    """读法: what a text leaves open (``left_open``) and how it may be read.

    ``options``: each reading with what it means, of a parameter its classes, of a rule names that may be its 公式.
    ``defaults``: what holds where nobody chooses, from which day; empty where that is 待定. ``shows_in`` names what
    comes out differently. ``provenance`` is of the entry that declares it, whatever replaced that since.
    """

    left_open: str
    options: tuple[tuple[str, str], ...]
    why: str
    shows_in: tuple[str, ...]
    defaults: tuple[tuple[datetime.date, str], ...]
    provenance: Provenance = Provenance()

    def default_on(self, day: datetime.date) -> str:
        """The reading that holds on ``day`` where nobody chooses another; empty where none does."""
        return next((text for start, text in reversed(self.defaults) if start <= day), "")


@dataclass(frozen=True)
class Field:
    """A column of a table. ``refers`` names the table it points to; ``digits`` are the decimals it may have.

    ``range_named``: the 范围 as written, where it names parameters; ``range`` is then what these say.

    ``validity`` (有效期): the date is the first (起) or the last day (止) on which the row holds, so that a day of
    programs there means that it is open. ``identifies`` (标识): the text tells one from another, as keys and
    references do (``None``: not said); ``lengths`` (长度): how many signs it may have.
    """

    name: str
    type: Type
    refers: str | None = None
    digits: int | None = None
    nullable: bool = False
    has_default: bool = False
    default: Value = None
    range: Interval | None = None
    range_named: str = ""
    wildcard: bool = False
    validity: str = ""
    identifies: bool | None = None
    lengths: tuple[int, ...] = ()
    provenance: Provenance = Provenance()


@dataclass(frozen=True)
class Unfolded:
    """One of the rows that a line of a wide file becomes: what it says for all lines, and where its other cells stand.

    ``given``: field and text; ``columns``: field and heading.
    """

    given: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    place: Place = Place()


@dataclass(frozen=True)
class RowsFrom:
    """How rows stand in a file as it was published (行 with 文件 and more).

    ``heading``: the line with the headings; ``last``: the last line that counts, 0 for all. ``columns``: field and
    heading; ``picks``: columns that are not named are not looked at. ``blanks``: what stands for nothing in a cell.
    """

    sheet: str = ""
    heading: int = 1
    last: int = 0
    columns: tuple[tuple[str, str], ...] = ()
    unfolded: tuple[Unfolded, ...] = ()
    picks: bool = False
    blanks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """Data that come in, or rows that live in the region (``rows_file``; ``rows_required``: 待定).

    ``rows_from``: how the rows stand in that file. ``period_field`` (归期) says which period a row belongs to;
    ``optional`` (可空): it may be undelivered; ``sparse`` (可缺行): delivered, but it may lack rows.
    """

    name: str
    key: tuple[str, ...]
    fields: dict[str, Field]
    period_field: str | None = None
    optional: bool = False
    sparse: bool = False
    rows_file: str | None = None
    rows_from: RowsFrom = RowsFrom()
    rows_required: bool = False
    synthesis: Any = None
    provenance: Provenance = Provenance()


@dataclass(frozen=True)
class Grain:
    """What a value is of: a set of ``key`` names, or the rows of grain ``of`` that meet ``condition``.

    ``every``: the grains whose rows a grain of keys combines, one with each of the others.
    """

    name: str
    key: tuple[str, ...] = ()
    of: str | None = None
    condition: Formula | None = None
    provenance: Provenance = Provenance()
    every: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """A named figure of the policy: values by date. No ``values`` and status 待定: required of the locality."""

    name: str
    type: Type
    values: tuple[tuple[datetime.date, Formula], ...] = ()
    limit: Formula | None = None
    refers: str | None = None
    provenance: Provenance = Provenance()
    reading: OpenReading | None = None

    def on(self, day: datetime.date) -> Formula | None:
        """The figure in force on ``day``; ``None`` before the first."""
        return next((formula for start, formula in reversed(self.values) if start <= day), None)


@dataclass(frozen=True)
class Branch:
    """One case of 分情形: a condition (or, under 按, the class it stands for; ``None`` for 否则) and its value."""

    condition: Formula | None
    value: Formula | None
    provenance: Provenance = Provenance()


@dataclass(frozen=True)
class Cases:
    """分情形: the first condition that applies; with ``by`` (按) the branch of that class."""

    branches: tuple[Branch, ...]
    by: Formula | None = None


@dataclass(frozen=True)
class TableRow:
    """A row of a decision table: a cell for each column (``None``: anything) and the value (``None``: 待定)."""

    cells: tuple[Formula | None, ...]
    value: Formula | None
    provenance: Provenance = Provenance()


@dataclass(frozen=True)
class DecisionTable:
    """表: exactly one row applies."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True)
class Required:
    """待定: no figure or formula is known; ``columns`` what a table would read."""

    columns: tuple[str, ...] = ()


Body = Formula | Cases | DecisionTable | Required


@dataclass(frozen=True)
class Rounding:
    digits: int
    mode: str = HALF_AWAY


@dataclass(frozen=True)
class Rule:
    """One named value at one grain. ``type`` is what was declared (unit, classes), ``None`` where it follows.

    ``delivered`` (交来): the field whose value is taken where there is one; ``rounding`` is of what is worked out.
    """

    name: str
    grain: str
    body: Body
    type: Type | None = None
    rounding: Rounding | None = None
    delivered: str = ""
    provenance: Provenance = Provenance()
    reading: OpenReading | None = None


@dataclass(frozen=True)
class Check:
    """拒收, 提醒, 必须 (one formula) or 筛查 (one formula, or several graded ones, the first that applies).

    ``otherwise`` (不成立时): what a 必须 that does not hold does, 停止 or 提醒, or the parameter that says which.
    """

    name: str
    grain: str
    kind: str
    grades: tuple[tuple[str, Formula], ...]
    otherwise: str = STOPS
    provenance: Provenance = Provenance()


@dataclass(frozen=True)
class Column:
    name: str
    heading: str
    digits: int | None = None
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True)
class Statement:
    """An output table; ``total`` (合计行) names the grain of its sums, ``fills`` (回填) the table it is input of.

    ``first`` (首要): names of columns that a reader looks at before the others, in that order.
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    condition: Formula | None = None
    total: str | None = None
    fills: str | None = None
    first: tuple[str, ...] = ()
    provenance: Provenance = Provenance()


@dataclass(frozen=True)
class Program:
    """What staff run. ``rows``: table to a condition; ``exclude`` and ``need``: table to names of rules.

    ``refuse_limit``: how many rows of a table may be refused, as a number (``int``) or a share (``Fraction``); ``None``
    where the program does not say.
    """

    name: str
    periods: tuple[str, ...]
    statements: tuple[str, ...]
    rows: dict[str, Formula] = field(default_factory=dict)
    rules_as_of_start: bool = False
    series: str | None = None
    exclude: dict[str, tuple[str, ...]] = field(default_factory=dict)
    need: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hold_limit: int = 0
    refuse_limit: int | Fraction | None = None
    compute: tuple[str, ...] = ()
    provenance: Provenance = Provenance()


Entry = Table | Grain | Parameter | Rule | Check | Statement | Program
