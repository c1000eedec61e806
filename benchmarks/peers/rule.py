"""The case rule with exact fractions: the judge of all others. Money is whole fen, other figures whole 1/10000."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

TEN_THOUSAND = 10_000
MULTIPLES = ((200, Fraction(3)), (300, Fraction(5, 2)), (500, Fraction(2)))
HIGHEST = Fraction(3, 2)
LOW = Fraction(1, 2)


@dataclass(frozen=True)
class Parameters:
    """``mean_cost``: mean cost of all groups in 1/10000 yuan; ``point_value``: fen for a point."""

    mean_cost: int
    point_value: int

    def yuan(self) -> tuple[Decimal, Decimal]:
        """Both as a regulation would print them."""
        return Decimal(self.mean_cost) / TEN_THOUSAND, Decimal(self.point_value) / 100


@dataclass(frozen=True)
class Case:
    """One case with the published figures of its group, level and hospital. ``hospital`` and ``group`` are codes."""

    hospital: str
    group: str
    cost: int
    base: int | None
    stable: bool
    level_mean: int | None
    level_coefficient: int
    uplift: int


@dataclass(frozen=True)
class Outcome:
    """``points`` in 1/10000, ``fen``; None where an engine gave no number. ``halves``: roundings exactly at a half."""

    kind: str
    points: int | None
    fen: int | None
    halves: int = 0


def half_up(value: Fraction) -> tuple[int, int]:
    """The nearest whole number of what is not negative, and 1 if it lay exactly between two."""
    doubled = 2 * value
    return (doubled.numerator + doubled.denominator) // (2 * doubled.denominator), int(
        doubled.denominator == 1 and doubled.numerator % 2
    )


def multiple(base: Fraction) -> Fraction:
    return next((value for upto, value in MULTIPLES if base <= upto), HIGHEST)


def exact(case: Case, parameters: Parameters) -> Outcome:
    """What the rule says, to the last digit."""
    kind, value = kind_and_points(case, Fraction(parameters.mean_cost, TEN_THOUSAND))
    points, first = half_up(value * TEN_THOUSAND)
    fen, second = half_up(Fraction(points * parameters.point_value, TEN_THOUSAND))
    return Outcome(kind, points, fen, first + second)


def kind_and_points(case: Case, mean_cost: Fraction) -> tuple[str, Fraction]:
    """The class of a case, and its points before they are rounded."""
    cost = Fraction(case.cost, 100)
    if case.base is None:
        return "blank", cost / mean_cost * 100
    base = Fraction(case.base, TEN_THOUSAND)
    coefficient = Fraction(case.level_coefficient, TEN_THOUSAND)
    usual = base * (coefficient + Fraction(case.uplift, TEN_THOUSAND))
    if not case.stable:
        return "unstable", usual
    if case.level_mean is None:
        level_mean = mean_cost * base / 100 * coefficient
    else:
        level_mean = Fraction(case.level_mean, TEN_THOUSAND)
    if cost <= LOW * level_mean:
        return "low", min(cost / mean_cost * 100, base)
    if cost > multiple(base) * level_mean:
        return "high", usual + (cost / level_mean - multiple(base)) * usual
    return "normal", usual
