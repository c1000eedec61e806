"""The values that a condition looks at, divided into a few pieces that every condition treats alike."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from typing import cast

from engine.language.types import Kind, Type
from engine.language.values import Bound, Interval, render

ABSENT_PIECE = "没有值"
OTHER = object()
"""A text that no condition mentions."""


@dataclass(frozen=True)
class Piece:
    """Values that every condition treats alike: one value, an open stretch between two, a class, or absence."""

    text: str
    sample: object


@dataclass
class Variable:
    """What a condition looks at: an expression with its cut points, a class, a yes/no, or an order of two of them."""

    text: str
    kind: str
    type: Type | None = None
    cuts: set[Bound] = field(default_factory=set)
    words: tuple[str, ...] = ()
    families: tuple[tuple[str, str], ...] = ()
    bounds: Interval = Interval(None, None)
    digits: int | None = None
    nullable: bool = False

    def says(self, piece: Piece) -> str:
        """``年龄 在 3 和 6 之间``."""
        if self.kind == "truth":
            return f"“{self.text}”{'成立' if piece.sample else '不成立'}"
        if self.kind == "order":
            return f"“{self.text}”两边：左{piece.text}右"
        joined = self.kind == "class" or piece.sample is OTHER or self.kind == "text"
        return f"{self.text} {'是 ' if joined and piece.text != ABSENT_PIECE else ''}{piece.text}"

    def pieces(self) -> list[Piece]:
        """All values it may have, divided at what it is compared with."""
        if self.kind == "class":
            found = [Piece(word, word) for word in self.words]
        elif self.kind == "truth":
            found = [Piece("是", True), Piece("否", False)]
        elif self.kind == "order":
            found = [Piece("小于", -1), Piece("等于", 0), Piece("大于", 1)]
        elif self.kind == "text":
            found = [*(Piece(f"“{word}”", word) for word in self.words), *self._of_families(), Piece("别的", OTHER)]
        else:
            found = self._stretches()
        return [*found, Piece(ABSENT_PIECE, None)] if self.nullable else found

    def _of_families(self) -> list[Piece]:
        """The codes of the families (first and last prefix), divided where one of them begins or ends and at each
        code that is mentioned.
        """
        ends = {(low, after(high)) for low, high in self.families}
        cuts = sorted({*(cut for end in ends for cut in end), *self.words})
        found: list[Piece] = []
        joined = _joined(ends)
        for place, cut in enumerate(cuts):
            inner = cut + "\0"
            samples = [] if cut in self.words else [(cut, f"“{cut}”")]
            if place + 1 < len(cuts) and inner < cuts[place + 1]:
                samples.append((inner, f"“{cut}”和“{cuts[place + 1]}”之间"))
            found += [Piece(text, sample) for sample, text in samples if _lies_in(sample, joined)]
        return found

    def _stretches(self) -> list[Piece]:
        """The cut points and the stretches between them that hold a value of the declared decimals within the range."""
        cuts = sorted(cut for cut in self.cuts if cut in self.bounds)
        found: list[Piece] = []
        edges: list[Bound | None] = [self.bounds.low, *cuts, self.bounds.high]
        for index in range(len(edges) - 1):
            left, right = edges[index], edges[index + 1]
            if index > 0:
                found.append(Piece(f"= {render(left)}", left))
            sample = self._between(left, right, index == 0, index == len(edges) - 2)
            if sample is not None:
                found.append(Piece(_stretch(left, right), sample))
        return found

    def _between(self, left: Bound | None, right: Bound | None, first: bool, last: bool) -> Bound | None:
        """A value of the stretch between two edges; ``None`` if it holds none."""
        if first and left is not None and self.bounds.low_closed and left not in self.cuts:
            return left
        if last and right is not None and self.bounds.high_closed and right not in self.cuts and left != right:
            return right
        if self.type is not None and self.type.kind is Kind.DATE:
            return _day_between(cast("datetime.date | None", left), cast("datetime.date | None", right))
        return _number_between(cast("Fraction | None", left), cast("Fraction | None", right), self.digits)


def in_family(code: str, low: str, high: str) -> bool:
    """Whether a code lies in ``low–high``, by prefix at both ends."""
    return low <= code and code[: len(high)] <= high


def after(prefix: str) -> str:
    """The least text behind all that begin with ``prefix``."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


def _joined(ends: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Stretches of texts (first, behind the last) that overlap made one, in order."""
    found: list[tuple[str, str]] = []
    for first, behind in sorted(ends):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], behind))
        else:
            found.append((first, behind))
    return found


def _lies_in(text: str, stretches: list[tuple[str, str]]) -> bool:
    place = bisect_right(stretches, text, key=lambda stretch: stretch[0]) - 1
    return place >= 0 and text < stretches[place][1]


def _stretch(left: Bound | None, right: Bound | None) -> str:
    if left is None and right is None:
        return "任何值"
    if left is None:
        return f"< {render(right)}"
    return f"> {render(left)}" if right is None else f"在 {render(left)} 和 {render(right)} 之间"


def _number_between(left: Fraction | None, right: Fraction | None, digits: int | None) -> Fraction | None:
    step = None if digits is None else Fraction(1, 10**digits)
    if left is None:
        return Fraction(0) if right is None else right - (step or 1)
    if right is None:
        return left + (step or 1)
    if step is None:
        return (left + right) / 2 if left < right else None
    candidate = (left / step).__floor__() * step + step
    return candidate if candidate < right else None


def _day_between(left: datetime.date | None, right: datetime.date | None) -> datetime.date | None:
    one = datetime.timedelta(days=1)
    if left is None:
        return datetime.date(2000, 1, 1) if right is None else right - one
    return left + one if right is None or left + one < right else None


def example(at: dict[str, Piece], variables: dict[str, Variable]) -> str:
    """An assignment in words: ``年龄 在 3 和 6 之间，级别 是 三级``."""
    return "，".join(variables[key].says(piece) for key, piece in at.items()) or "任何情况"
