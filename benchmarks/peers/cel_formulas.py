"""The rule in CEL (Common Expression Language), for all its engines. CEL has no decimals: every figure is a double.

CEL has no rounding to digits either: half up of what is not negative is written with ``int``, which cuts off.
"""

from benchmarks.peers.peer import Renamed, written
from benchmarks.peers.rule import Parameters

MEAN = "(level_mean != null ? level_mean : MEAN_COST * base / 100.0 * level_coefficient)"
MULTIPLE = "(base <= 200.0 ? 3.0 : base <= 300.0 ? 2.5 : base <= 500.0 ? 2.0 : 1.5)"
USUAL = "base * (level_coefficient + uplift)"
BY_COST = "cost / MEAN_COST * 100.0"
KIND = (
    "base == null ? 'blank' : !stable ? 'unstable' "
    f": cost <= 0.5 * {MEAN} ? 'low' : cost > {MULTIPLE} * {MEAN} ? 'high' : 'normal'"
)
POINTS = (
    f"double(int((kind == 'high' ? {USUAL} + (cost / {MEAN} - {MULTIPLE}) * {USUAL} "
    f": kind == 'low' ? ({BY_COST} < base ? {BY_COST} : base) "
    f": kind == 'blank' ? {BY_COST} : {USUAL}) * 10000.0 + 0.5)) / 10000.0"
)
AMOUNT = "double(int(points * POINT_VALUE * 100.0 + 0.5)) / 100.0"


def formulas(parameters: Parameters, renamed: Renamed, no_null: Renamed | None = None) -> list[str]:
    """Class, points, amount."""
    renamed = {**(no_null or {}), **renamed}
    return [written(text, renamed, parameters) for text in (KIND, POINTS, AMOUNT)]
