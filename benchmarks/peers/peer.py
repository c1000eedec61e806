"""What every engine in the comparison has to offer, and the record that most of them are given."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from benchmarks.peers.cases import World
from benchmarks.peers.rule import TEN_THOUSAND, Case, Outcome, Parameters

Record = dict[str, Any]
Renamed = dict[str, str]


class Priced(ABC):
    """The rule, loaded into one engine. Only ``price`` and ``price_all`` are timed."""

    @abstractmethod
    def price(self, record: Record) -> Any:
        """One case, in whatever form the engine answers."""

    def prepared(self, records: Sequence[Record]) -> Any:
        """Many records in the form that ``price_all`` takes."""
        return records

    def price_all(self, given: Any) -> Any:
        """Many cases in the way that is quickest for the engine."""
        return [self.price(record) for record in given]

    def answers(self, found: Any) -> Iterable[Any]:
        """What ``price_all`` gave, case by case."""
        return found  # type: ignore[no-any-return]

    def outcome(self, answer: Any) -> Outcome:
        """An answer as class, 1/10000 points and fen; here of (class, points, yuan)."""
        kind, points, yuan = answer
        return Outcome(str(kind), nearest(points, TEN_THOUSAND), nearest(yuan, 100))


@dataclass(frozen=True)
class Peer:
    """One engine. ``build(parameters, renamed)`` loads the rule; ``renamed`` writes some of its names otherwise.

    ``quotient`` divides by the engine. ``numbers`` is what it counts with, ``way`` how it was used, ``number`` makes a
    field's value of a decimal figure, ``at_a_time`` is how many cases ``price_all`` is given.
    """

    name: str
    distribution: str
    numbers: str
    way: str
    build: Callable[[Parameters, Renamed], Priced]
    quotient: Callable[[Any, Any], Any]
    number: Callable[[Decimal], Any] = float
    at_a_time: int = 20_000

    def load(self, world: World, renamed: Renamed | None = None) -> Priced:
        """The rule with the figures of a region."""
        return self.build(world.parameters, renamed or {})

    def record(self, case: Case) -> Record:
        """A case under the names of the rule; what is missing is None."""

        def figure(value: int | None, unit: int) -> Any:
            return None if value is None else self.number(Decimal(value) / unit)

        return {
            "cost": figure(case.cost, 100),
            "base": figure(case.base, TEN_THOUSAND),
            "stable": case.stable,
            "level_mean": figure(case.level_mean, TEN_THOUSAND),
            "level_coefficient": figure(case.level_coefficient, TEN_THOUSAND),
            "uplift": figure(case.uplift, TEN_THOUSAND),
        }


def nearest(value: Any, unit: int) -> int | None:
    """A figure in whole units: what an engine means by 1.2300000000000002 is 1.23. None if it is no finite number."""
    try:
        return round(value * unit)
    except (TypeError, ValueError, OverflowError):
        return None


def written(text: str, renamed: Renamed, parameters: Parameters | None = None) -> str:
    """A formula with some of its names written otherwise, and the figures of ``parameters`` put in."""
    for name, other in renamed.items():
        text = text.replace(name, other)
    if parameters is None:
        return text
    mean_cost, point_value = parameters.yuan()
    return text.replace("MEAN_COST", f"{mean_cost:.4f}").replace("POINT_VALUE", f"{point_value:.2f}")
