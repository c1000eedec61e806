"""A policy changes by a dated value and a notice: no code, and both years stay explainable."""

import pytest
from city import city

from engine.databases.duckdb import printer
from engine.explain import explain

RULES = """
低限: {单位: 比例, 取值: {2024-01-01: 50%, 2025-01-01: 40%}, 依据: 章程 第六条}
基准: {单位: 元, 取值: {2024-01-01: 200}, 依据: 章程 第六条}
折扣:
  粒度: 行程
  单位: 比例
  依据: 章程 第七条
  表:
    - {里程: "≤ 50", 折扣: 1}
    - {里程: "> 50", 折扣: 80%}
补贴:
  粒度: 行程
  单位: 元
  舍入: 2
  依据: 章程 第八条
  分情形:
    运费 < 低限 × 基准: 运费
    否则: 基准 × 折扣
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [明细]}
"""
BAND = """
替换:
  折扣:
    粒度: 行程
    单位: 比例
    依据: 加档 第二条
    表:
      - {里程: "≤ 50", 折扣: 1}
      - {里程: "(50, 100]", 折扣: 80%}
      - {里程: "> 100", 折扣: 60%}
"""
ROWS = """
行程号,车队号,日期,里程,运费,班次
1,东,2024-05-01,10,90.00,
2,东,2024-05-01,150,900.00,
3,东,2025-05-01,10,90.00,
4,东,2025-05-01,150,900.00,
"""


@pytest.fixture
def made(tmp_path):
    return city(tmp_path, RULES, 行程=ROWS).notice("加档", "2025-01-01", BAND)


def test_each_year_is_settled_by_its_own_rules(made):
    # 90 < 50 % of 200, so it is paid as it is; it is not below 40 % of 200, so it is paid the base.
    assert made.run(period="2024").lines("明细") == ["1 90", "2 160"]
    assert made.run(period="2025").lines("明细") == ["3 200", "4 120"]


def test_the_same_trip_is_explained_by_the_rules_of_its_year(made):
    (old,) = explain(made.run(period="2024").out, "行程", "1", "补贴")
    (new,) = explain(made.run(period="2025").out, "行程", "3", "补贴")
    assert [(t.numbers, t.applied) for t in old.tried] == [("90 < 0.5 × 200", True)]
    assert [(t.numbers, t.applied) for t in new.tried] == [("90 < 0.4 × 200", False), ("", True)]
    assert (old.value, new.value) == ("90", "200")


def test_the_new_band_is_cited_with_the_notice(made):
    (old,) = explain(made.run(period="2024").out, "行程", "2", "折扣")
    (new,) = explain(made.run(period="2025").out, "行程", "4", "折扣")
    assert (old.value, old.cite, new.value, new.cite) == ("0.8", "章程 第七条", "0.6", "加档 第二条")
    assert new.tried[-1].condition == "里程 > 100" and new.layer == "加档"


@pytest.mark.parametrize(("first", "paid", "asked"), [("2025-05-01", "160", True), ("2025-07-01", "120", False)])
def test_a_state_of_the_rules_that_ended_before_any_row_is_asked_of_none(tmp_path, monkeypatch, first, paid, asked):
    # 150 km: 80 % of 200, from July on 60 % of it; the day of the notice is compared only where a row is earlier.
    rows = f"行程号,车队号,日期,里程,运费,班次\n1,东,{first},150,900.00,\n2,东,2025-08-01,150,900.00,\n"
    said = []
    print_it = printer.printed
    monkeypatch.setattr(
        printer, "printed", lambda query, pretty=False: said.append(print_it(query, pretty)) or said[-1]
    )
    made = city(tmp_path, RULES, 行程=rows).notice("加档", "2025-07-01", BAND)
    assert made.run(period="2025").lines("明细") == [f"1 {paid}", "2 120"]
    assert any("2025-07-01" in query for query in said) == asked
