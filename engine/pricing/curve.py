"""What a value of one case comes to while one of its numbers varies: plain prices, and where another class begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from engine.data.cells.numbers import parse_number
from engine.data.cells.refused import Refused
from engine.data.columns import value_text
from engine.language.values import Value, decimal_text, render
from engine.pricing.plain import plain
from engine.pricing.priced import Priced
from engine.pricing.problems import CannotPrice

MOST_STEPS = 2000
MOST_THRESHOLDS = 60
_WIDEST = 10**11


@dataclass(frozen=True)
class CurvePoint:
    """``at``: the varied number. ``value``: exact, ``None`` where there is none. ``kind``: how the case is treated."""

    at: Fraction
    value: Value
    kind: tuple[str, ...]


@dataclass(frozen=True)
class Threshold:
    """Two cases that differ by the least that the field can say, and are not treated alike."""

    below: CurvePoint
    above: CurvePoint


@dataclass
class Curve:
    """``name`` over ``varied``. ``points``: at the steps asked for and at both sides of each threshold, in
    order. ``cut``: there were more thresholds than are looked for.

    ``digits`` are those of the value, ``at_digits`` of the number that varies. A change that comes and goes between two
    steps is not seen.
    """

    varied: str
    name: str
    digits: int | None
    at_digits: int = 0
    points: list[CurvePoint] = field(default_factory=list)
    thresholds: list[Threshold] = field(default_factory=list)
    cut: bool = False

    def text(self, value: Value) -> str:
        """A value as statements write it."""
        return value_text(value, self.digits)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: exact numbers as texts."""
        return {
            "field": self.varied,
            "name": self.name,
            "points": [self.told(point) for point in self.points],
            "thresholds": [{"below": self.told(one.below), "above": self.told(one.above)} for one in self.thresholds],
            **({"cut": True} if self.cut else {}),
        }

    def told(self, point: CurvePoint) -> dict[str, Any]:
        """One point for JSON."""
        value = None if point.value is None else self.text(point.value)
        return {"at": decimal_text(point.at, self.at_digits), "value": value, "kind": list(point.kind)}


def range_of(varied: str, low: Any, high: Any, steps: int) -> tuple[Fraction, Fraction]:
    """Both ends as exact numbers. Raises :class:`CannotPrice` where they are no range, or the steps are none."""
    try:
        ends = parse_number(plain(varied, low)), parse_number(plain(varied, high))
    except Refused as error:
        raise CannotPrice(f"{varied} 的范围 {low} 到 {high} 不是两个数", hint=error.reason) from None
    if not ends[0] < ends[1] or ends[1] - ends[0] > _WIDEST or abs(ends[0]) > _WIDEST:
        raise CannotPrice(f"{varied} 的范围 {low} 到 {high} 不能用", hint="前一个数要小于后一个，都不超过一千亿")
    if not 1 <= steps <= MOST_STEPS:
        raise CannotPrice(f"步数 {steps} 不能用", hint=f"写 1 到 {MOST_STEPS}")
    return ends


def steps_between(low: Fraction, high: Fraction, steps: int, digits: int) -> list[Fraction]:
    """``steps`` + 1 numbers from ``low`` to ``high``, with ``digits`` decimals; fewer where some fall together."""
    unit = Fraction(1, 10**digits)
    wanted = (low + (high - low) * Fraction(number, steps) for number in range(steps + 1))
    return sorted({round(one / unit) * unit for one in wanted})


def curve_of(
    price: Callable[[Fraction], Priced], varied: str, name: str, classes: Sequence[str], at: Sequence[Fraction],
    digits: int, shown: int | None,
) -> Curve:  # fmt: skip
    """``price`` at each of ``at``, and by halves between two that are not treated alike, down to the least step.

    ``classes``: the names that say how a case is treated, beside where it ended. ``shown``: decimals of the value.
    """
    found: dict[Fraction, CurvePoint] = {}

    def point(number: Fraction) -> CurvePoint:
        if number not in found:
            priced = price(number)
            found[number] = CurvePoint(number, priced.values.get(name), _kind(priced, classes))
        return found[number]

    curve = Curve(varied, name, shown, digits)
    unit = Fraction(1, 10**digits)
    for number in at:
        point(number)
    for low, high in zip(at, at[1:], strict=False):
        waiting = [(low, high)]
        while waiting and not curve.cut:
            left, right = waiting.pop()
            if point(left).kind == point(right).kind:
                continue
            if right - left <= unit:
                curve.cut = len(curve.thresholds) >= MOST_THRESHOLDS
                if not curve.cut:
                    curve.thresholds.append(Threshold(point(left), point(right)))
                continue
            middle = left + (right - left) / unit // 2 * unit
            waiting += [(middle, right), (left, middle)]
    curve.thresholds.sort(key=lambda one: one.below.at)
    marked = {p.at for one in curve.thresholds for p in (one.below, one.above)}
    curve.points = [found[number] for number in sorted({*at, *marked})]
    return curve


def _kind(priced: Priced, classes: Sequence[str]) -> tuple[str, ...]:
    if not priced.settled:
        return tuple(text for text in (priced.state, priced.by) if text)
    values = priced.values
    return tuple(render(values[name]) if values.get(name) is not None else "" for name in classes)
