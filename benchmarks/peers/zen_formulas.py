"""ZEN's expression language alone: three expressions compiled once. Quicker than a graph, but without its table."""

from typing import Any

import zen

from benchmarks.peers.peer import Peer, Priced, Record, Renamed, written
from benchmarks.peers.rule import Parameters
from benchmarks.peers.zen_graph import quotient

MEAN = "(level_mean ?? (MEAN_COST * base / 100 * level_coefficient))"
MULTIPLE = "(base <= 200 ? 3 : base <= 300 ? 2.5 : base <= 500 ? 2 : 1.5)"
USUAL = "base * (level_coefficient + uplift)"
KIND = (
    "base == null ? 'blank' : not stable ? 'unstable' "
    f": cost <= 0.5 * {MEAN} ? 'low' : cost > {MULTIPLE} * {MEAN} ? 'high' : 'normal'"
)
POINTS = (
    f"round(kind == 'high' ? {USUAL} + (cost / {MEAN} - {MULTIPLE}) * {USUAL} "
    ": kind == 'low' ? min([cost / MEAN_COST * 100, base]) "
    f": kind == 'blank' ? cost / MEAN_COST * 100 : {USUAL}, 4)"
)
AMOUNT = "round(points * POINT_VALUE, 2)"


class ZenFormulas(Priced):
    def __init__(self, parameters: Parameters, renamed: Renamed) -> None:
        self.kind, self.points, self.amount = (
            zen.compile_expression(written(text, renamed, parameters)) for text in (KIND, POINTS, AMOUNT)
        )

    def price(self, record: Record) -> Any:
        kind = self.kind.evaluate(record)
        points = self.points.evaluate({**record, "kind": kind})
        return kind, points, self.amount.evaluate({"points": points})


PEER = Peer("ZEN expressions", "zen-engine", "decimal, 28 digits", "three compiled expressions", ZenFormulas, quotient)
