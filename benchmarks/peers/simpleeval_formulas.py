"""simpleeval alone: three expressions parsed once, Python's own floats, ``floor`` as a function."""

import math
from typing import Any

from simpleeval import SimpleEval

from benchmarks.peers.peer import Peer, Priced, Record, Renamed, written
from benchmarks.peers.rule import Parameters

MEAN = "(level_mean if level_mean != None else MEAN_COST * base / 100 * level_coefficient)"
MULTIPLE = "(3 if base <= 200 else 2.5 if base <= 300 else 2 if base <= 500 else 1.5)"
USUAL = "base * (level_coefficient + uplift)"
BY_COST = "cost / MEAN_COST * 100"
KIND = (
    "'blank' if base == None else 'unstable' if not stable "
    f"else 'low' if cost <= 0.5 * {MEAN} else 'high' if cost > {MULTIPLE} * {MEAN} else 'normal'"
)
POINTS = (
    f"floor(({USUAL} + (cost / {MEAN} - {MULTIPLE}) * {USUAL} if kind == 'high' "
    f"else min({BY_COST}, base) if kind == 'low' "
    f"else {BY_COST} if kind == 'blank' else {USUAL}) * 10000 + 0.5) / 10000"
)
AMOUNT = "floor(points * POINT_VALUE * 100 + 0.5) / 100"


class SimpleEvalFormulas(Priced):
    def __init__(self, parameters: Parameters, renamed: Renamed) -> None:
        self.evaluator = SimpleEval(functions={"floor": math.floor, "min": min})
        texts = [written(text, renamed, parameters) for text in (KIND, POINTS, AMOUNT)]
        self.formulas = [(text, self.evaluator.parse(text)) for text in texts]

    def price(self, record: Record) -> Any:
        names = self.evaluator.names = {**record, "None": None, "True": True, "False": False}
        for name, (text, parsed) in zip(("kind", "points", "amount"), self.formulas, strict=True):
            names[name] = self.evaluator.eval(text, previously_parsed=parsed)
        return names["kind"], names["points"], names["amount"]


def quotient(a: float, b: float) -> Any:
    return SimpleEval(names={"a": a, "b": b}).eval("a / b")


PEER = Peer("simpleeval", "simpleeval", "float64", "three parsed expressions", SimpleEvalFormulas, quotient)
