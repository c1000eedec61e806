"""Random rulebooks with every table taken for a big one: accepted rows are written once, later queries read those."""

from random import Random

import pytest
from rulebooks import Maker
from test_differential import must_agree

from tests.databases.limits import set_limits

pytestmark = pytest.mark.slow

FOUND = 800_051
"""An aggregate of rows that belong to rows outside the period, asked for after the others were written."""


@pytest.mark.parametrize("seed", [FOUND, *range(810_000, 810_006)])
def test_rows_that_are_written_once_change_nothing(seed, monkeypatch):
    set_limits(monkeypatch, many=0)
    must_agree(Maker(Random(seed)).make())


@pytest.mark.parametrize("seed", [FOUND, *range(810_006, 810_012)])
def test_kinds_of_rows_that_stand_for_them_change_nothing(seed, monkeypatch):
    set_limits(monkeypatch, many=0, kinds_from=0)
    monkeypatch.setattr("engine.execute.sql.combinations.ENOUGH", 0)
    must_agree(Maker(Random(seed)).make())
