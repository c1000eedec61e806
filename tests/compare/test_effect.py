"""What a change comes to, in words: totals, who gains and loses most, how many rows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from engine import api
from engine.compare.effect import Effect, Headline, Most, Rates, Rows, headline_of, in_words
from engine.compare.gains import Gain
from tests.compare.test_compare import RULES
from tests.engine.city import city


def gain(value: str, before: str, after: str) -> Gain:
    return Gain(value, (1, 1), {"应付": (Decimal(before), Decimal(after))})


def test_a_total_that_stays_says_so_and_who_gains_and_loses_most_is_named() -> None:
    everybody = [
        gain("甲", "10.00", "12.50"),
        gain("乙", "10.00", "9.00"),
        gain("丙", "3.00", "1.50"),
        gain("", "1", "1"),
    ]
    said = headline_of("表", "应付", "店", everybody, {"甲": "甲店", "丁": "丁店"})
    assert said == Headline(
        "表", "应付", "24.00", "24.00", "", "店", Most(1, "甲", "甲店", "+2.50"), Most(2, "丙", "", "-1.50"), 1
    )
    assert in_words(Effect(said)) == [
        "应付：总数没有变，还是 24.00",
        "按 店：1 个多了（最多的 甲 甲店 +2.50），2 个少了（最多的 丙 -1.50），1 个没有变",
    ]


def test_a_total_that_changes_says_from_what_to_what_to_the_last_digit() -> None:
    large = "123456789012345678901234567890123456.78"
    said = in_words(Effect(headline_of("表", "应付", "店", [gain("", large, "0.01"), gain("乙", "0", "0")], {})))
    assert said[0] == f"应付：总数 {large} → 0.01，少了 {large[:-1]}7"
    assert said[1] == f"按 店：1 个少了（最多的 （空） -{large[:-1]}7），1 个没有变"


def test_rows_that_one_side_alone_has_are_told_beside_those_that_changed() -> None:
    found = Effect(None, (Rates("表", "占比", 2, "西：+0.1200"),), Rows("明细", 9, 3, 2))
    assert in_words(found) == [
        "表的占比：2 行变了，变得最多的 西：+0.1200",
        "明细：9 行里 3 行变了，另有 2 行只有一边有",
    ]


@pytest.mark.slow
def test_the_column_that_is_looked_at_first_is_told_also_where_it_stays(tmp_path: Path) -> None:
    """补贴 50 % to 60 %: of 东 300.00 from 150.00 to 180.00, of 西 1200.00 from 600.00 to 720.00; 4 trips."""
    rules = RULES.replace("列: [车队补贴, 占比]", "列: [等级, 车队补贴, 占比, 趟数]")
    rules += "趟数: {粒度: 车队, 公式: 计数(行程)}\n"
    one = city(tmp_path / "a", rules).run(period="2025").out
    other = city(tmp_path / "b", rules.replace("50%", "60%")).run(period="2025").out
    first = {"车队表": ["车队补贴", "占比"]}
    said = api.compare(one, other, "车队号", first=first)
    assert in_words(said.effect) == [
        "车队补贴：总数 750.00 → 900.00，多了 150.00",
        "按 车队号：2 个多了（最多的 西 +120.00）",
        "车队表的占比：2 行变了，变得最多的 西：+0.1200",
        "明细：4 行里 4 行变了",
    ]
    named = api.compare(one, other, "车队号", first=first, names={"车队表": {"车队号": "等级"}})
    assert named.called == {"东": "大", "西": "小"}
    assert in_words(named.effect)[1] == "按 车队号：2 个多了（最多的 西 小 +120.00）"
    assert (
        in_words(api.compare(one, other, "车队号", first={"车队表": ["趟数"]}).effect)[0] == "趟数：总数没有变，还是 4"
    )
    assert api.compare(one, one).effect == Effect()
