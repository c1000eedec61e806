"""上一条 sees rows before the period; 合计, 累计 and 名次 do not. A result that joins them says which it means."""

import pytest
from city import city

from engine.check import check_book

TRIPS = """
行程号,车队号,日期,里程,运费,班次
1,东,2024-12-20,10,100.00,早
2,东,2025-01-20,20,200.00,
3,西,2025-02-10,30,400.00,晚
4,东,2025-03-15,40,800.00,早
"""
RULES = """
上次: {{粒度: 行程, 单位: 元, 公式: "上一条(运费, 每 车队号, 按 日期{words})"}}
又来: {{粒度: 车队, 单位: 个, 公式: "计数(行程, 当 有 上次)"}}
到此: {{粒度: 行程, 单位: 元, 公式: "累计(运费, 每 车队号, 按 日期)"}}
差: {{粒度: 行程, 单位: 元, 公式: "到此 − 缺省(上次, 0)"}}
表一: {{粒度: 行程, 列: [上次, 到此, 差]}}
表二: {{粒度: 车队, 列: [又来]}}
结算: {{期间: 年, 报表: [表一, 表二]}}
"""


def test_with_the_rows_before_the_period(tmp_path):
    run = city(tmp_path, RULES.format(words=", 含以往"), 行程=TRIPS).run()
    assert run.lines("表一") == ["2 100 200 100", "3 空 400 400", "4 200 1000 800"]
    assert run.lines("表二") == ["东 2", "西 0"]


def test_with_the_rows_of_the_period_only(tmp_path):
    run = city(tmp_path, RULES.format(words=", 限本期"), 行程=TRIPS).run()
    assert run.lines("表一") == ["2 空 200 200", "3 空 400 400", "4 200 1000 800"]
    assert run.lines("表二") == ["东 1", "西 0"]


def test_joined_without_a_word_is_refused_once_where_they_meet(tmp_path):
    found = [p for p in check_book(city(tmp_path, RULES.format(words="")).book()) if p.is_error]
    assert [(p.code, p.place.line) for p in found] == [("E505", 4), ("E505", 6)]
    assert "在 上次 的 上一条 里写 限本期" in found[0].hint


@pytest.mark.parametrize(
    "value",
    ["到此", "名次(运费, 从大到小)", "运费 − 均费", "若(多, 运费, 0)"],
    ids=["running", "rank", "mean", "condition"],
)
def test_what_only_rows_of_the_run_have_is_not_read_on_older_ones(tmp_path, value):
    more = """
均费: {粒度: 车队, 单位: 元, 舍入: 2, 公式: "均值(运费)"}
多: {粒度: 车队, 公式: "计数(行程) > 1"}
值: {粒度: 行程, 公式: "VALUE"}
先值: {粒度: 行程, 公式: "上一条(值, 每 车队号, 按 日期, WORD)"}
"""
    more = more.replace("VALUE", value).replace("均值(运费)", "缺省(均值(运费), 0)")
    for word, codes in (("含以往", ["E505"]), ("限本期", [])):
        book = city(tmp_path / word, RULES.format(words=", 限本期") + more.replace("WORD", word)).book()
        assert [p.code for p in check_book(book) if p.is_error] == codes
