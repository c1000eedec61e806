"""The comparison with other rule engines: its judge is right, and every engine in it does the same rule."""

import importlib.util
from fractions import Fraction

import pytest

from benchmarks.peers import casemix
from benchmarks.peers.cases import NEAR, NEAR_A_TIE, SETS, endless_quotients, made, world
from benchmarks.peers.cases import case as case_at
from benchmarks.peers.measure import Tally
from benchmarks.peers.registry import MODULES, peer
from benchmarks.peers.rule import Case, Outcome, Parameters, exact, half_up

pytestmark = pytest.mark.slow

FIGURES = Parameters(mean_cost=100_000_000, point_value=9_736)  # 10 000 yuan, 97.36 yuan a point
IMPORTED_AS = {
    "zen-engine": "zen",
    "openfisca-core": "openfisca_core",
    "common-expression-language": "cel",
    "cel-expr-python": "cel_expr_python",
    "cel-python": "celpy",
    "rule-engine": "rule_engine",
    "simpleeval": "simpleeval",
}
COUNT = 300


def one(cost: int, base: int | None = 1_000_000, stable: bool = True, mean: int | None = 100_000_000) -> Case:
    """A case of 100 points, mean cost 10 000 yuan, coefficient 1.05 + 0.05; ``cost`` in fen."""
    return Case("H", "G", cost, base, stable, mean, 10_500, 500)


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        (one(1_000_000), Outcome("normal", 1_100_000, 1_070_960)),  # 100 × 1.1; 110 × 97.36 = 10 709.60
        (one(500_000), Outcome("low", 500_000, 486_800)),  # on the bound: 5 000 ÷ 10 000 × 100 = 50; × 97.36
        (one(500_001), Outcome("normal", 1_100_000, 1_070_960)),
        (one(3_000_000), Outcome("normal", 1_100_000, 1_070_960)),  # on the bound of three times
        (one(4_000_000), Outcome("high", 2_200_000, 2_141_920)),  # 110 + (4 − 3) × 110
        (one(1_000_000, stable=False), Outcome("unstable", 1_100_000, 1_070_960)),
        (one(1_234_567, base=None), Outcome("blank", 1_234_567, 1_201_974)),  # 123.4567 × 97.36 = 12 019.744…
        (one(500_000, mean=None), Outcome("low", 500_000, 486_800)),  # 10 000 × 100 ÷ 100 × 1.05 = 10 500; half 5 250
        (one(525_001, mean=None), Outcome("normal", 1_100_000, 1_070_960)),
        (one(500_000, base=20_000), Outcome("low", 20_000, 19_472)),  # not above the base of 2 points
    ],
)
def test_the_judge_prices_cases_worked_out_by_hand(case: Case, outcome: Outcome) -> None:
    assert exact(case, FIGURES) == outcome


@pytest.mark.parametrize(
    ("value", "whole", "half"), [(Fraction(5, 2), 3, 1), (Fraction(249, 100), 2, 0), (Fraction(7), 7, 0)]
)
def test_a_half_goes_up_and_is_counted(value: Fraction, whole: int, half: int) -> None:
    assert half_up(value) == (whole, half)


@pytest.mark.parametrize("name", SETS)
def test_casemix_prices_every_example_as_the_judge_does(name: str) -> None:
    there = world(name)
    priced = casemix.PEER.load(there)
    for case in made(name, COUNT):
        found = priced.outcome(priced.price(casemix.PEER.record(case)))
        right = exact(case, there.parameters)
        assert (found.kind, found.points, found.fen) == (right.kind, right.points, right.fen)


@pytest.mark.parametrize("module", [module for module in MODULES if module != "casemix"])
@pytest.mark.parametrize("name", SETS)
def test_a_peer_agrees_within_its_rounding(module: str, name: str) -> None:
    distribution = MODULES[module]
    if importlib.util.find_spec(IMPORTED_AS[distribution]) is None:
        pytest.skip(f"{distribution} is not installed (requirements/benchmarks.txt)")
    who, there = peer(module), world(name)
    priced = who.load(there)
    cases = list(made(name, COUNT))
    answers = priced.answers(priced.price_all(priced.prepared([who.record(case) for case in cases])))
    near_a_bound = 0
    for case, answer in zip(cases, answers, strict=True):
        found, right = priced.outcome(answer), exact(case, there.parameters)
        assert found.points is not None and right.points is not None
        near_a_bound += found.kind != right.kind
        if found.kind == right.kind:
            assert abs(found.points - right.points) <= max(1, right.points * 1e-6)
    assert near_a_bound <= (COUNT // 10 if name == NEAR else 0)


def test_cases_are_the_same_each_time_and_ties_as_many_as_said() -> None:
    first, again = list(made(NEAR, 100)), list(made(NEAR, 100))
    assert first == again
    there = world(NEAR)
    outcomes = [exact(case, there.parameters) for case in first]
    assert all(outcome.halves for outcome in outcomes[:40])
    assert all(outcome.kind == "high" for outcome in outcomes[50:60])
    assert all(outcome.halves and outcome.kind == "high" for outcome in outcomes[60:NEAR_A_TIE])


def test_a_quotient_without_end_can_give_a_half() -> None:
    there = world(NEAR)
    place, cost = endless_quotients(there)[0]
    found = case_at(there, place, cost)
    assert found.level_mean is not None
    denominator = Fraction(cost * 100, found.level_mean).denominator
    assert pow(10, 40) % denominator, "cost ÷ mean cost ends after some digits"
    assert exact(found, there.parameters).halves


def test_what_is_off_is_counted() -> None:
    tally = Tally()
    tally.add(Outcome("low", 1, 5), Outcome("low", 1, 5, halves=1))
    tally.add(Outcome("high", 2, 9), Outcome("normal", 1, 5))
    tally.add(Outcome("low", None, None), Outcome("low", 1, 5))
    assert (tally.cases, tally.kinds, tally.points, tally.fen, tally.most, tally.halves) == (3, 1, 2, 2, 5, 1)
