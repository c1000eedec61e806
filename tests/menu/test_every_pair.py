"""Whatever two options are chosen together, the region passes ``check`` without a word and its examples come out."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from tests.menu.covering import covering, pairs, possible
from tests.menu.regions import SCHEMES, made, menu, wrong

PARTS = 8
"""How many tests the rows of one menu are cut into."""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_sample_of_choices_is_sound(scheme: str, tmp_path: Path) -> None:
    rows = covering(scheme)
    for number in (0, len(rows) // 2):
        assert wrong(made(tmp_path / f"甲{number}", rows[number])) == [], rows[number].options


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_pair_of_options_is_sound(scheme: str, part: int, tmp_path: Path) -> None:
    for number, row in list(enumerate(covering(scheme)))[part::PARTS]:
        assert wrong(made(tmp_path / f"甲{number}", row)) == [], row.options


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_rows_have_every_pair_that_can_be(scheme: str) -> None:
    questions = menu(scheme).questions
    every = sum(len(one.options) * len(other.options) for one, other in combinations(questions, 2))
    wanted = possible(scheme)
    assert wanted == set().union(*(pairs(row) for row in covering(scheme))) & wanted
    assert len(wanted) > every // 2, "most pairs can be chosen"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_option_is_in_some_row(scheme: str) -> None:
    chosen = {item for row in covering(scheme) for item in row.options.items()}
    assert chosen == {
        (question.name, option.name) for question in menu(scheme).questions for option in question.options
    }
