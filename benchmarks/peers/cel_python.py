"""CEL by cel-python, pure Python: programs made once by its compiling runner, the quicker of its two."""

from typing import Any

import celpy
from celpy.celtypes import BoolType, DoubleType, StringType

from benchmarks.peers.cel_formulas import formulas
from benchmarks.peers.peer import Peer, Priced, Record, Renamed
from benchmarks.peers.rule import Parameters

NULLS = {"base == null": "type(base) == null_type", "level_mean != null": "type(level_mean) != null_type"}
"""Its doubles cannot be compared with null."""


class CelPython(Priced):
    def __init__(self, parameters: Parameters, renamed: Renamed) -> None:
        environment = celpy.Environment(runner_class=celpy.CompiledRunner)
        self.kind, self.points, self.amount = (
            environment.program(environment.compile(text)) for text in formulas(parameters, renamed, NULLS)
        )

    def price(self, record: Record) -> Any:
        given = {name: typed(value) for name, value in record.items()}
        kind = self.kind.evaluate(given)
        points = self.points.evaluate({**given, "kind": kind})
        return kind, points, self.amount.evaluate({"points": points})


def typed(value: Any) -> Any:
    if isinstance(value, bool):
        return BoolType(value)
    if isinstance(value, float):
        return DoubleType(value)
    return StringType(value) if isinstance(value, str) else value


def quotient(a: float, b: float) -> Any:
    environment = celpy.Environment(runner_class=celpy.CompiledRunner)
    return environment.program(environment.compile("a / b")).evaluate({"a": typed(a), "b": typed(b)})


PEER = Peer("cel-python", "cel-python", "float64", "three programs, compiling runner", CelPython, quotient)
