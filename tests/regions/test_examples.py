"""The examples of every shipped region come out; those of DIP and 宣城 have tests that ask more of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.rulebook.book import load
from engine.testing.runner import run_tests

ELSEWHERE = ("guangdong", "meizhou", "xuancheng")
REGIONS = sorted(
    path.parent
    for path in (Path(__file__).parents[2] / "regions").glob("*/region.yaml")
    if not path.parent.name.startswith(ELSEWHERE)
)


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.name)
def test_the_examples_of_a_region_come_out(region: Path) -> None:
    outcomes = list(run_tests(load(region)))
    assert [(outcome.name, outcome.failures) for outcome in outcomes if not outcome.passed] == []
    assert outcomes
