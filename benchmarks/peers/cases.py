"""Made-up cases for the rule, by a seeded generator that only knows whole numbers.

``plain``: figures as a region publishes them, with four digits, and costs as they fall. ``two digits``: the same, but
mean costs and coefficients have two digits, as in many regions; nothing else is done. ``near ties``: of every hundred
cases twenty have points that are exactly a half, twenty an amount that is exactly half a fen, ten a cost exactly on a
bound, ten one fen above the upper bound, five points that are exactly a half although cost ÷ mean cost is a decimal
without end; thirty-five are like those of ``two digits``.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd

from benchmarks.peers.rule import TEN_THOUSAND, Case, Parameters

LEVELS = ("三级", "二级及以下", "基层")
GROUPS, HOSPITALS = 600, 60
PLAIN, TWO_DIGITS, NEAR = SETS = ("plain", "two digits", "near ties")
NEAR_A_TIE = 65
"""Of a hundred cases of the second set, made to be."""
Place = tuple[str, str]


@dataclass(frozen=True)
class Group:
    base: int | None
    stable: bool
    spread: float


@dataclass(frozen=True)
class World:
    """What is published: groups by code, (mean, coefficient) by level and group, (level, uplift) by hospital."""

    parameters: Parameters
    groups: dict[str, Group]
    levels: dict[tuple[str, str], tuple[int | None, int]]
    hospitals: dict[str, tuple[str, int]]


def world(name: str, seed: int = 1) -> World:
    """The published figures of one set of cases."""
    draw, short = random.Random(f"world {name} {seed}"), name != PLAIN
    mean_cost = {PLAIN: 103_194_887, TWO_DIGITS: 103_194_900, NEAR: 100_000_000}[name]
    parameters = Parameters(mean_cost, 9_736)
    groups = {f"G{number:04}": group(draw, number) for number in range(GROUPS)}
    levels = {
        (level, code): published(draw, parameters, one, short) for code, one in groups.items() for level in LEVELS
    }
    hospitals = {f"H{number:04}": (LEVELS[number % 3], uplift(draw, number)) for number in range(HOSPITALS)}
    return World(parameters, groups, levels, hospitals)


def group(draw: random.Random, number: int) -> Group:
    base = round(min(max(draw.lognormvariate(4.4, 0.8), 9), 1_500) * TEN_THOUSAND)
    return Group(None if number % 50 == 7 else base, draw.random() < 0.95, draw.uniform(0.6, 1.05))


def published(draw: random.Random, parameters: Parameters, one: Group, short: bool) -> tuple[int | None, int]:
    """Mean cost of a level in a group (missing for one in twelve) and its coefficient."""
    step = 200 if short else 1
    coefficient = draw.randrange(70, 121) * 100 if short else draw.randrange(7_000, 12_001)
    around = parameters.mean_cost * (one.base or 1_000_000) // 1_000_000
    mean = around * draw.randrange(800, 1_300) // 1_000 // step * step
    return (None if draw.random() < 1 / 12 else mean), coefficient


def uplift(draw: random.Random, number: int) -> int:
    return draw.randrange(1, 21) * 100 if number % 5 == 0 else 0


def made(name: str, count: int, seed: int = 1) -> Iterator[Case]:
    """The cases of a set, always the same ones."""
    there, draw = world(name, seed), random.Random(f"cases {name} {seed}")
    hospitals, groups = list(there.hospitals), list(there.groups)
    halves = places_with_points_at_a_half(there) if name == NEAR else []
    endless = endless_quotients(there) if name == NEAR else []
    for number in range(count):
        place = draw.choice(hospitals), draw.choice(groups)
        if name != NEAR:
            yield case(there, place, ordinary_cost(there, place, draw))
        else:
            yield near_a_tie(there, place, number % 100, halves, endless, draw)


def case(there: World, place: Place, cost: int) -> Case:
    hospital, code = place
    level, lifted = there.hospitals[hospital]
    mean, coefficient = there.levels[level, code]
    return Case(hospital, code, cost, there.groups[code].base, there.groups[code].stable, mean, coefficient, lifted)


def ordinary_cost(there: World, place: Place, draw: random.Random) -> int:
    """In fen, log-normal around what the group costs."""
    one = there.groups[place[1]]
    around = there.parameters.mean_cost * (one.base or 1_000_000) / 1_000_000 / 100
    return max(round(around * draw.lognormvariate(0, one.spread)), 12_000)


def places_with_points_at_a_half(there: World) -> list[Place]:
    """Hospitals and groups where base points × coefficient ends exactly in a half of the last digit."""
    return [
        (hospital, code)
        for hospital, (level, lifted) in there.hospitals.items()
        for code, one in there.groups.items()
        if one.base and one.base * (there.levels[level, code][1] + lifted) % TEN_THOUSAND == TEN_THOUSAND // 2
    ]


def near_a_tie(
    there: World,
    place: Place,
    turn: int,
    halves: list[Place],
    endless: list[tuple[Place, int]],
    draw: random.Random,
) -> Case:
    """One case of the second set; ``turn`` (0 to 99) says of which kind."""
    if turn < 20:
        place = draw.choice(halves)
        return case(there, place, max(round(usual_mean(there, place) / 100 * draw.uniform(0.6, 1.4)), 12_000))
    if turn < 40:
        place = place[0], draw.choice([code for code, one in there.groups.items() if one.base is None])
        return case(there, place, at_half_a_fen(there, ordinary_cost(there, place, draw)))
    if turn < 60:
        place = bounded(there, place, draw)
        upper = draw.random() < 0.5 or turn >= 50
        return case(there, place, bound(there, place, upper) + (turn >= 50))
    if turn < NEAR_A_TIE:
        return case(there, *draw.choice(endless))
    return case(there, place, ordinary_cost(there, place, draw))


def usual_mean(there: World, place: Place) -> int:
    """In 1/10000 yuan."""
    mean, coefficient = there.levels[there.hospitals[place[0]][0], place[1]]
    base = there.groups[place[1]].base
    return mean or there.parameters.mean_cost * (base or 1_000_000) // 1_000_000 * coefficient // TEN_THOUSAND


def at_half_a_fen(there: World, cost: int) -> int:
    """The next cost whose points (1/10000 for each fen, the mean cost being 10 000) × value end in half a fen."""
    while cost * there.parameters.point_value % TEN_THOUSAND != TEN_THOUSAND // 2:
        cost += 1
    return cost


def bounded(there: World, place: Place, draw: random.Random) -> Place:
    """A place like this one whose mean cost is published, so that its bounds are whole fen."""
    while True:
        one = there.groups[place[1]]
        if one.base and one.stable and there.levels[there.hospitals[place[0]][0], place[1]][0]:
            return place
        place = place[0], draw.choice(list(there.groups))


def bound(there: World, place: Place, upper: bool) -> int:
    """Half the level's mean cost, or the multiple of it that makes a case high; in fen."""
    base, mean = there.groups[place[1]].base or 0, usual_mean(there, place)
    tenths = next((t for upto, t in ((200, 30), (300, 25), (500, 20)) if base <= upto * TEN_THOUSAND), 15)
    return mean * (tenths if upper else 5) // 1_000


def endless_quotients(there: World) -> list[tuple[Place, int]]:
    """Places and costs of high cases with points exactly at a half, where cost ÷ mean cost has no last decimal."""
    found = []
    for hospital, (level, lifted) in there.hospitals.items():
        for code, one in there.groups.items():
            mean, coefficient = there.levels[level, code]
            if one.base and one.stable and mean:
                place = hospital, code
                cost = high_at_a_half(one.base * (coefficient + lifted), mean, bound(there, place, upper=True))
                found += [(place, cost)] if cost else []
    return found


def high_at_a_half(usual: int, mean: int, above: int) -> int | None:
    """The first such cost (fen) above a bound. ``usual``: points × coefficient in 1/10⁸; ``mean`` in 1/10000 yuan."""
    step = mean // gcd(mean, usual * 100)
    for cost in range(above // step * step + step, above + 40 * step, step):
        surplus = usual * (cost - above) * 100
        ends_at_half = surplus % mean == 0 and (usual + surplus // mean) % TEN_THOUSAND == TEN_THOUSAND // 2
        if ends_at_half and without_end(mean // gcd(mean, cost * 100)):
            return cost
    return None


def without_end(denominator: int) -> bool:
    for factor in (2, 5):
        while denominator % factor == 0:
            denominator //= factor
    return denominator > 1
