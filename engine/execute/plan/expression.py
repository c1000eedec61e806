"""What a rule is worth on a row: frozen nodes that say the same to every engine.

A formula is a leaf: it is bound under the rules of the day on which it is asked. Nothing here knows where it stands in
a file; two that are equal are worked out alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.language.types import Type
from engine.rulebook.model import Formula


@dataclass(frozen=True)
class Worked:
    """What a formula comes to. ``expected``: of which type; ``rooted``: a root may come, as it is rounded at once."""

    formula: Formula
    expected: Type | None
    rooted: bool = False


@dataclass(frozen=True)
class Pending:
    """A figure that no source gives (待定): never known."""

    note: str


@dataclass(frozen=True)
class Condition:
    """A formula that holds or does not. ``column``: the one that a cell of a table is about. A cell that ``compares``
    does not hold where the column has no value, as another row of the table asks for that.
    """

    formula: Formula
    column: str = ""
    compares: bool = False


@dataclass(frozen=True)
class Option:
    """``value`` where all ``conditions`` hold; the first that does not, or is not known, decides."""

    conditions: tuple[Condition, ...]
    value: Worked | Pending


@dataclass(frozen=True)
class FirstThatApplies:
    """分情形: the first option of which the conditions hold; unresolved where none does. ``by``: 按, as written."""

    options: tuple[Option, ...]
    by: str = ""


@dataclass(frozen=True)
class TheOnlyOne:
    """A decision table: unresolved where not exactly one option applies. Absent where one of ``needed`` is."""

    needed: tuple[str, ...]
    columns: tuple[str, ...]
    options: tuple[Option, ...]


Chosen = Worked | Pending | FirstThatApplies | TheOnlyOne


@dataclass(frozen=True)
class Rounded:
    """``inner`` brought to ``digits`` decimals; each option by itself."""

    inner: Chosen
    digits: int
    mode: str


Expression = Chosen | Rounded
