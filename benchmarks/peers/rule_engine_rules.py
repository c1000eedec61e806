"""rule-engine: four rules parsed once, with typed symbols. It counts with Python's Decimal, and is given such."""

from decimal import Decimal
from typing import Any

from rule_engine import Context, DataType, Rule, type_resolver_from_dict

from benchmarks.peers.peer import Peer, Priced, Record, Renamed, written
from benchmarks.peers.rule import Parameters

SYMBOLS = {
    "cost": DataType.FLOAT,
    "base": DataType.FLOAT,
    "stable": DataType.BOOLEAN,
    "level_mean": DataType.FLOAT,
    "level_coefficient": DataType.FLOAT,
    "uplift": DataType.FLOAT,
    "mean": DataType.FLOAT,
    "kind": DataType.STRING,
    "points": DataType.FLOAT,
}
MULTIPLE = "(base <= 200 ? 3 : base <= 300 ? 2.5 : base <= 500 ? 2 : 1.5)"
USUAL = "base * (level_coefficient + uplift)"
BY_COST = "cost / MEAN_COST * 100"
MEAN = "level_mean != null ? level_mean : base != null ? MEAN_COST * base / 100 * level_coefficient : 0"
KIND = (
    "base == null ? 'blank' : not stable ? 'unstable' "
    f": cost <= 0.5 * mean ? 'low' : cost > {MULTIPLE} * mean ? 'high' : 'normal'"
)
POINTS = (
    f"((kind == 'high' ? {USUAL} + (cost / mean - {MULTIPLE}) * {USUAL} "
    f": kind == 'low' ? ({BY_COST} < base ? {BY_COST} : base) "
    f": kind == 'blank' ? {BY_COST} : {USUAL}) * 10000 + 0.5).floor / 10000"
)
AMOUNT = "(points * POINT_VALUE * 100 + 0.5).floor / 100"


class RuleEngine(Priced):
    def __init__(self, parameters: Parameters, renamed: Renamed) -> None:
        context = Context(type_resolver=type_resolver_from_dict(SYMBOLS))
        self.mean, self.kind, self.points, self.amount = (
            Rule(written(text, renamed, parameters), context=context) for text in (MEAN, KIND, POINTS, AMOUNT)
        )

    def price(self, record: Record) -> Any:
        mean = self.mean.evaluate(record)
        kind = self.kind.evaluate({**record, "mean": mean})
        points = self.points.evaluate({**record, "mean": mean, "kind": kind})
        return kind, points, self.amount.evaluate({"points": points})


def quotient(a: Decimal, b: Decimal) -> Any:
    return Rule("a / b").evaluate({"a": a, "b": b})


PEER = Peer(
    "rule-engine", "rule-engine", "decimal, 28 digits", "four rules with typed symbols", RuleEngine, quotient, Decimal
)
