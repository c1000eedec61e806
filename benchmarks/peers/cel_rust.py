"""CEL by common-expression-language (module ``cel``), the Rust interpreter: programs compiled once."""

from typing import Any

import cel

from benchmarks.peers.cel_formulas import formulas
from benchmarks.peers.peer import Peer, Priced, Record, Renamed
from benchmarks.peers.rule import Parameters


class CelRust(Priced):
    def __init__(self, parameters: Parameters, renamed: Renamed) -> None:
        self.kind, self.points, self.amount = (cel.compile(text) for text in formulas(parameters, renamed))

    def price(self, record: Record) -> Any:
        kind = self.kind.execute(record)
        points = self.points.execute({**record, "kind": kind})
        return kind, points, self.amount.execute({"points": points})


def quotient(a: float, b: float) -> Any:
    return cel.compile("a / b").execute({"a": a, "b": b})


PEER = Peer("CEL Rust", "common-expression-language", "float64", "three compiled programs", CelRust, quotient)
