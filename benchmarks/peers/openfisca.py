"""OpenFisca: a variable for each name, formulas over arrays. Its ``float`` is float32, and nothing is ever missing:
what is not given is 0. So 0 stands for a group without base points and for a level without a mean cost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from openfisca_core.entities import Entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.peers.peer import Peer, Priced, Record, Renamed, written
from benchmarks.peers.rule import Case, Outcome, Parameters

PERIOD = "2025"
KINDS = ("blank", "unstable", "low", "high", "normal")
FIELDS = {
    "cost": float,
    "base": float,
    "stable": bool,
    "level_mean": float,
    "level_coefficient": float,
    "uplift": float,
}
Formula = Any


def variable(entity: Entity, name: str, kind: type, formula: Formula = None) -> type[Variable]:
    """A Variable class as OpenFisca wants it; a country package would write it as a class statement."""
    said = {"value_type": kind, "entity": entity, "definition_period": DateUnit.YEAR, "label": name}
    return type(name, (Variable,), said | ({"formula": formula} if formula else {}))


def rounded(values: np.ndarray, unit: float) -> np.ndarray:
    return np.floor(values * unit + 0.5) / unit


def system(parameters: Parameters, renamed: Renamed) -> TaxBenefitSystem:
    """The rule: five computed variables over six given ones. Only formulas are misspelt, not the fields."""
    entity = Entity("case", "cases", "A case", "")
    mean_cost, point_value = (float(value) for value in parameters.yuan())

    def get(cases: Any, period: Any, *names: str) -> list[np.ndarray]:
        return [cases(written(name, renamed), period) for name in names]

    def mean(cases: Any, period: Any) -> np.ndarray:
        level_mean, base, coefficient = get(cases, period, "level_mean", "base", "level_coefficient")
        return np.where(level_mean != 0, level_mean, mean_cost * base / 100 * coefficient)

    def multiple(cases: Any, period: Any) -> np.ndarray:
        (base,) = get(cases, period, "base")
        return np.select([base <= 200, base <= 300, base <= 500], [3, 2.5, 2], 1.5)

    def kind(cases: Any, period: Any) -> np.ndarray:
        base, stable, cost, average, times = get(cases, period, "base", "stable", "cost", "mean", "multiple")
        conditions = [base == 0, ~stable, cost <= 0.5 * average, cost > times * average]
        return np.select(conditions, range(4), 4)

    def points(cases: Any, period: Any) -> np.ndarray:
        base, cost, average, times = get(cases, period, "base", "cost", "mean", "multiple")
        coefficient, uplift, sort = get(cases, period, "level_coefficient", "uplift", "kind")
        usual, by_cost = base * (coefficient + uplift), cost / mean_cost * 100
        with np.errstate(divide="ignore", invalid="ignore"):  # every branch is worked out for every case
            high = usual + (cost / average - times) * usual
        return rounded(
            np.select([sort == 3, sort == 2, sort == 0], [high, np.minimum(by_cost, base), by_cost], usual), 1e4
        )

    def amount(cases: Any, period: Any) -> np.ndarray:
        (given,) = get(cases, period, "points")
        return rounded(given * point_value, 100)

    made = TaxBenefitSystem([entity])
    for name, sort in FIELDS.items():
        other = written(name, renamed)
        made.add_variable(variable(entity, name if other.isascii() else other, sort))
    for formula in (mean, multiple, kind, points, amount):
        made.add_variable(variable(entity, formula.__name__, int if formula is kind else float, formula))
    return made


class OpenFisca(Priced):
    def __init__(self, parameters: Parameters, renamed: Renamed) -> None:
        self.system = system(parameters, renamed)

    def price(self, record: Record) -> Any:
        return tuple(found[0] for found in self.price_all({name: np.array([value]) for name, value in record.items()}))

    def prepared(self, records: Sequence[Record]) -> dict[str, np.ndarray]:
        return {name: np.array([record[name] for record in records]) for name in records[0]}

    def price_all(self, given: dict[str, np.ndarray]) -> Any:
        simulation = SimulationBuilder().build_default_simulation(self.system, len(next(iter(given.values()))))
        for name, values in given.items():
            simulation.set_input(name, PERIOD, values)
        return [simulation.calculate(name, PERIOD) for name in ("kind", "points", "amount")]

    def answers(self, found: Any) -> Iterable[Any]:
        return zip(*found, strict=True)

    def outcome(self, answer: Any) -> Outcome:
        kind, points, yuan = answer
        return super().outcome((KINDS[kind], float(points), float(yuan)))


def quotient(a: float, b: float) -> Any:
    return (np.array([a], np.float32) / np.array([b], np.float32))[0]


@dataclass(frozen=True)
class OpenFiscaPeer(Peer):
    """Its records have 0 for what a case need not have."""

    def record(self, case: Case) -> Record:
        given = super().record(case)
        return given | {name: given[name] or 0.0 for name in ("base", "level_mean")}


PEER = OpenFiscaPeer(
    "OpenFisca", "openfisca-core", "float32", "arrays of 250 000 cases", OpenFisca, quotient, at_a_time=250_000
)
