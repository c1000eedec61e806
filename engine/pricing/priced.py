"""What one case came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from engine.data.columns import value_text
from engine.execute.closures.pairs import to_value
from engine.execute.closures.rows import Case
from engine.execute.reference.verdicts import SETTLED, Verdict
from engine.language.values import Unresolved, Value
from engine.pricing.problems import CannotPrice, said_once

if TYPE_CHECKING:
    from engine.explain.explain import Explanation


@dataclass(frozen=True)
class RowBelow:
    """A row that was given with the case and is not used: its table, key, the check and its reason."""

    table: str
    key: str
    check: str
    reason: str


class PricedBy(Protocol):
    """What priced a case, as the case asks it: a loaded region. ``places``: of each of ``names`` among the values."""

    names: tuple[str, ...]
    places: dict[str, int]

    @property
    def digits(self) -> dict[str, int | None]:
        """Decimals of each number, as statements show them."""

    def why_not(self, name: str) -> tuple[str, tuple[str, ...], str]:
        """Why ``name`` is not among the values."""

    def explain(self, priced: Priced, names: Sequence[str], rows: int | None) -> Explanation:
        """See :meth:`Priced.explain`."""


@dataclass(eq=False, slots=True)
class Priced:
    """One case: where it ended, and if it is settled, its values.

    ``state``: 结算, 拒收, 排除, 挂起 or 期外, as in the accounts of a run; ``by`` names the check, rule or value that
    decided, ``reason`` is its sentence. ``warnings`` are the 提醒 that the case meets. ``rejected``: rows below it that
    are not used.
    """

    region: PricedBy
    state: str = SETTLED
    by: str = ""
    reason: str = ""
    warnings: Sequence[str] = ()
    rejected: Sequence[RowBelow] = ()
    row: Case | None = field(default=None, repr=False)
    verdict: Verdict | None = field(default=None, repr=False)
    found: Sequence[Any] = field(default=(), repr=False)

    @property
    def settled(self) -> bool:
        return self.state == SETTLED

    def __getitem__(self, name: str) -> Value:
        """An exact value: ``Fraction``, ``str``, ``bool``, ``date`` …, ``None`` where there is none.

        Raises :class:`CannotPrice` where the case is not settled, the value cannot be known, or was not asked for.
        """
        place = self.region.places.get(name)
        if place is None:
            raise CannotPrice(*self.region.why_not(name))
        if self.state != SETTLED:
            raise CannotPrice(f"没有结算，没有 {name}：{self.state} {self.by} {self.reason}".rstrip())
        cell = self.found[place]
        if cell.__class__ is Unresolved:
            raise CannotPrice(f"{name} 无法确定：{cell}")
        return Fraction(*cell) if cell.__class__ is tuple else cell  # type: ignore[no-any-return]

    @property
    def values(self) -> Mapping[str, Value]:
        """Every value asked for that is known, by name; none where the case is not settled."""
        known = zip(self.region.names, self.found, strict=False)
        return MappingProxyType({name: to_value(c) for name, c in known if c.__class__ is not Unresolved})

    @property
    def unknown(self) -> Mapping[str, str]:
        """Why a value cannot be known, by name."""
        known = zip(self.region.names, self.found, strict=False)
        return {name: str(cell) for name, cell in known if cell.__class__ is Unresolved}

    def text(self, name: str) -> str:
        """A value as statements write it: numbers at declared decimals, an endless fraction as n/d; absent is empty."""
        return value_text(self[name], self.region.digits.get(name))

    def as_dict(self) -> dict[str, Any]:
        """For JSON: texts of :meth:`text`, truth values and ``None``."""
        found: dict[str, Any] = {"state": self.state}
        told = {"by": self.by, "reason": self.reason, "warnings": list(self.warnings), "unknown": dict(self.unknown)}
        found |= {name: value for name, value in told.items() if value}
        found["values"] = {
            name: value if value is None or isinstance(value, bool) else self.text(name)
            for name, value in self.values.items()
        }
        if self.rejected:
            found["rejected"] = [vars(row) for row in self.rejected]
        return found

    def explain(self, *names: str, rows: int | None = None) -> Explanation:
        """How ``names`` came about (none: all values, the last first), or what kept the case from being settled.

        ``rows``: how many rows of a sum to list. ``explanation.steps`` is data (``step.as_dict()`` for JSON).
        """
        with said_once():
            return self.region.explain(self, names, rows)
