"""CEL by cel-expr-python, the C++ runtime: typed variables, expressions compiled and checked once."""

from typing import Any

from cel_expr_python import cel

from benchmarks.peers.cel_formulas import formulas
from benchmarks.peers.peer import Peer, Priced, Record, Renamed
from benchmarks.peers.rule import Parameters

MAYBE = cel.Type.DYN  # it takes no Python float for google.protobuf.DoubleValue
VARIABLES = {
    "cost": cel.Type.DOUBLE,
    "base": MAYBE,
    "stable": cel.Type.BOOL,
    "level_mean": MAYBE,
    "level_coefficient": cel.Type.DOUBLE,
    "uplift": cel.Type.DOUBLE,
    "kind": cel.Type.STRING,
    "points": cel.Type.DOUBLE,
}


class CameBackAsValue(Exception):
    """Errors of this engine are values; who does not look at the type goes on with their text."""


class CelCpp(Priced):
    def __init__(self, parameters: Parameters, renamed: Renamed) -> None:
        environment = cel.NewEnv(variables=VARIABLES)
        self.kind, self.points, self.amount = (environment.compile(text) for text in formulas(parameters, renamed))

    def price(self, record: Record) -> Any:
        kind = value(self.kind.eval(data=record))
        points = value(self.points.eval(data={**record, "kind": kind}))
        return kind, points, value(self.amount.eval(data={"points": points}))


def value(answer: Any) -> Any:
    if answer.type() in (cel.Type.ERROR, cel.Type.UNKNOWN):
        raise CameBackAsValue(str(answer.value()))
    return answer.value()


def quotient(a: float, b: float) -> Any:
    environment = cel.NewEnv(variables={"a": cel.Type.DOUBLE, "b": cel.Type.DOUBLE})
    return value(environment.compile("a / b").eval(data={"a": a, "b": b}))


PEER = Peer("CEL C++", "cel-expr-python", "float64", "three compiled, type-checked expressions", CelCpp, quotient)
