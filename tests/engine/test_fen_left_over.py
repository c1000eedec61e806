"""Fen that are left over go one each to the largest remainders, then in order of keys, whatever the remainders are."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from engine.execute.sql import fen_left_over
from tests.engine.city import city

RULES = """
奖金: {单位: 元, 取值: {2024-01-01: 99.97}}
分得: {粒度: 行程, 单位: 元, 公式: '分摊(奖金, 里程)'}
明细: {粒度: 行程, 列: [分得]}
结算: {期间: 年, 报表: [明细]}
"""
DRAWN = random.Random(4)
WEIGHTS: dict[str, Callable[[int], int]] = {
    "alike": lambda n: 7,
    "nothing left over": lambda n: 9997 if n == 0 else 0,
    "drawn": lambda n: DRAWN.randrange(1, 99_999),
    "alike but for one": lambda n: 1 if n == 5 else 40_000,
    "long": lambda n: DRAWN.randrange(10**17, 10**18),
}


def given_by_hand(weights: list[int]) -> list[Fraction]:
    exact = [Fraction(9997 * weight, sum(weights)) for weight in weights]
    fen = [part.__floor__() for part in exact]
    order = sorted(range(len(weights)), key=lambda n: (fen[n] - exact[n], f"{n:03}"))
    for n in [n for n in order if weights[n]][: 9997 - sum(fen)]:
        fen[n] += 1
    return [Fraction(one, 100) for one in fen]


@pytest.mark.parametrize("steps", [1, 3, 1_000])
@pytest.mark.parametrize("kind", WEIGHTS)
def test_each_row_has_its_whole_fen_and_one_of_those_left_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, steps: int
) -> None:
    monkeypatch.setattr(fen_left_over, "MOST_STEPS", steps)
    weights = [WEIGHTS[kind](n) for n in range(60)]
    rows = "".join(f"{n:03},东,2025-01-10,{weight},100.00,早\n" for n, weight in enumerate(weights))
    done = city(tmp_path, RULES, 行程="行程号,车队号,日期,里程,运费,班次\n" + rows).run(period="2025")
    trips = next(sheet for sheet in done.result.statements if sheet.name == "明细")
    assert [row[-1] for row in trips.rows] == given_by_hand(weights)
