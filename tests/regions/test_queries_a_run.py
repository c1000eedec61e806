"""A run asks at most one and a half queries for each step of its plan that has to read data rows (docs/queries.md)."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from benchmarks.engines import YEAR
from benchmarks.queries import SORTING, Counted, counted, made_up, regions
from engine.execute.period import parse_period

CASES = 200
FIRST = "yunxi-demo"


def counted_in(region: str, folder: Path) -> list[Counted]:
    book, data = made_up(region, CASES, folder)
    return [counted(book, name, data) for name in book.at(parse_period(YEAR).end).programs]


def refuse_more(found: list[Counted]) -> None:
    over = [f"{one.region} {one.program}: {dict(one.asked)}, {one.most} allowed" for one in found if one.too_many]
    assert found and not over


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> list[Counted]:
    return counted_in(FIRST, tmp_path_factory.mktemp("first"))


def test_a_run_asks_no_more_queries_than_its_plan_has_steps_for(first: list[Counted]) -> None:
    refuse_more(first)
    assert all(one.asked[SORTING] and one.read for one in first), "what was counted is not all of a run"


def test_one_query_too_many_is_noticed(first: list[Counted]) -> None:
    found = copy.deepcopy(first[0])
    found.asked[SORTING] += found.most - found.asked.total()
    assert not found.too_many
    found.asked[SORTING] += 1
    assert found.too_many


@pytest.mark.slow
@pytest.mark.parametrize("region", [name for name in regions() if name != FIRST])
def test_no_program_of_any_region_asks_more_queries_than_that(region: str, tmp_path: Path) -> None:
    refuse_more(counted_in(region, tmp_path))
