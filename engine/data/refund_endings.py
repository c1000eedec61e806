"""What becomes of settlements and their refunds: those that add up to nothing cancel, all others are refused.

What belongs together is a settlement and every refund that names it. When each yuan column of them adds up to zero they
cancel, whatever period they are of, for then there was no such settlement. Otherwise none of them can be relied on, and
each is refused by the name of what is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from engine.data.cells.refused import shown
from engine.language.values import render

CANCELLED = "冲销"
"""Where rows end that cancel each other."""
UNNUMBERED, LOST, UNEVEN = "退费没有原单号", "退费的原单不在数据里", "退费和原单合计不为零"
SEVERAL, AGAIN, UNREADABLE = "退费的原单有几行", "退费的退费", "退费的金额读不出来"
REFUSALS = frozenset((UNNUMBERED, LOST, UNEVEN, SEVERAL, AGAIN, UNREADABLE))
_LISTED = 5
At = tuple[int, int]
"""A row: the number of its delivery, and its place in it."""


@dataclass(frozen=True)
class Entry:
    """A row that has to do with a refund; a later delivery overlays an earlier one.

    ``fault``: why its amounts cannot be read, or "".
    """

    at: At
    number: str
    original: str
    is_refund: bool
    amounts: tuple[tuple[str, Fraction], ...]
    fault: str = ""


@dataclass
class _Settlement:
    """All rows of one number; ``several``: one delivery has more than one of them."""

    number: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def original(self) -> str:
        """What it is a refund of; "" if it is none. Some exports flag a settlement that was refunded, too."""
        of = next((entry for entry in reversed(self.entries) if entry.is_refund), None)
        return "" if of is None or of.original == self.number else of.original

    @property
    def is_flagged(self) -> bool:
        return any(entry.is_refund for entry in self.entries)

    @property
    def several(self) -> bool:
        return len({entry.at[0] for entry in self.entries}) < len(self.entries)

    @property
    def amounts(self) -> dict[str, Fraction]:
        return {name: amount for entry in self.entries for name, amount in entry.amounts}

    @property
    def fault(self) -> str:
        return next((entry.fault for entry in self.entries if entry.fault), "")


@dataclass(frozen=True)
class Ending:
    """What becomes of a row: CANCELLED, or by which name it is refused, and why (Chinese)."""

    code: str
    reason: str


def endings(entries: Sequence[Entry]) -> dict[At, Ending]:
    """What becomes of every row that is a refund or has one, by its ``at``."""
    found: dict[At, Ending] = {}
    settlements = _settlements(entries)
    refunds = [one for one in settlements if one.original]
    named = {one.original for one in refunds}
    for one in settlements:
        if one.is_flagged and not one.original and one.number not in named:
            found |= _all([one], UNNUMBERED, "标志是退费，没有写原单号，也没有退费指向它")
    by_number = {one.number: one for one in settlements if one.number}
    by_original: dict[str, list[_Settlement]] = {}
    for one in refunds:
        by_original.setdefault(one.original, []).append(one)
    for number, of_it in by_original.items():
        found |= _ending(number, by_number.get(number), of_it, named)
    return found


def _settlements(entries: Sequence[Entry]) -> list[_Settlement]:
    found: dict[Hashable, _Settlement] = {}
    for entry in entries:
        found.setdefault(entry.number or ("", entry.at), _Settlement(entry.number)).entries.append(entry)
    return list(found.values())


def _ending(
    number: str, settled: _Settlement | None, refunds: list[_Settlement], named: Collection[str]
) -> dict[At, Ending]:
    if settled is None:
        return _all(refunds, LOST, f"原单 {shown(number)} 不在这次的数据里；把原单所在的那一份也交来，才能冲销")
    both = [settled, *refunds]
    if settled.original or any(one.number in named for one in refunds):
        return _all(both, AGAIN, f"原单 {shown(number)} 的退费又被退，或者它自己是退费：请核对后只交最后的结果")
    if any(one.several for one in both):
        return _all(both, SEVERAL, f"单号 {shown(number)} 或它的退费在一份数据里有几行，分不清是哪一行")
    fault = next((one.fault for one in both if one.fault), "")
    if fault:
        return _all(both, UNREADABLE, f"原单 {shown(number)} 和退费的金额读不出来：{fault}")
    sums: dict[str, Fraction] = {}
    for one in both:
        for name, amount in one.amounts.items():
            sums[name] = sums.get(name, Fraction(0)) + amount
    left = "、".join(f"{name} {render(amount)}" for name, amount in sums.items() if amount)
    if left:
        return _all(
            both, UNEVEN, f"原单 {shown(number)} 和它的退费合计还有 {left}：部分退费要由交数据的一方给出最后的结果"
        )
    numbers = "、".join(shown(one.number) for one in refunds[:_LISTED])
    return _all([settled], CANCELLED, f"由 {numbers} 冲销") | _all(refunds, CANCELLED, f"冲销 {shown(number)}")


def _all(settlements: list[_Settlement], code: str, reason: str) -> dict[At, Ending]:
    return {entry.at: Ending(code, reason) for one in settlements for entry in one.entries}
