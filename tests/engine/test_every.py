"""每个: a grain that combines the rows of others, one with each of the rest."""

import pytest
from city import FLEETS, TRIPS, city

from engine.check import check_book
from engine.rulebook.book import load

PRIZES = """
奖项表:
  主键: [奖项, 等级]
  可空: 是
  字段: {奖项: {类型: [里程奖, 运费奖]}, 等级: {类型: [大, 小]}, 起奖: {类型: 数, 范围: "> 0"}, 奖额: {类型: 元}}
车队里程: {粒度: 车队, 公式: 合计(里程)}
车队运费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}
出车车队: {行: 车队, 条件: 车队里程 ≠ 0}
车队奖项: {键: [车队号, 奖项], 每个: [出车车队, 奖项]}
平均运费: {粒度: 出车车队, 单位: 元, 公式: 车队运费 ÷ 车队里程}
成绩: {粒度: 车队奖项, 按: 奖项, 分情形: {里程奖: 车队里程, 运费奖: 车队里程 ÷ 10}}
"""
SUMS = """
奖金:
  粒度: 车队奖项
  单位: 元
  舍入: 2
  分情形:
    没有 取(奖额, 等级 = 等级): 0
    没有 取(起奖, 等级 = 等级): 0
    成绩 ≥ 取(起奖, 等级 = 等级): 取(奖额, 等级 = 等级)
    否则: 0
车队奖金: {粒度: 车队, 单位: 元, 公式: 合计(奖金)}
里程奖金: {粒度: 出车车队, 单位: 元, 公式: "取(奖金, 奖项 = 里程奖)"}
奖金明细: {粒度: 车队奖项, 列: [等级, 奖金]}
奖金表: {粒度: 车队, 列: [车队奖金]}
里程奖金表: {粒度: 出车车队, 列: [里程奖金]}
结算: {期间: 年, 报表: [奖金明细, 奖金表, 里程奖金表]}
"""
PRIZE_ROWS = """
奖项,等级,起奖,奖额
里程奖,大,30,7.00
里程奖,小,30,5.00
运费奖,大,2,1.00
"""


def test_each_row_of_one_grain_stands_with_each_of_the_other(tmp_path):
    """东 30 km, 西 70 km; 南 has no trip, so no row. No prize 运费奖 is set for small fleets."""
    rules = PRIZES + SUMS
    done = city(tmp_path, rules, 车队=FLEETS + "南,小\n", 奖项表=PRIZE_ROWS).run()
    assert done.lines("奖金明细") == [
        "东 运费奖 大 1",
        "东 里程奖 大 7",
        "西 运费奖 小 0",
        "西 里程奖 小 5",
    ]
    assert done.lines("奖金表") == ["东 8", "南 0", "西 5"]
    assert done.lines("里程奖金表") == ["东 7", "西 5"]


def test_a_value_of_rows_that_are_combined_is_there(tmp_path):
    """平均运费 is a value of 出车车队 only; on a row that combines one it needs no guard."""
    rules = PRIZES + (
        "分摊成绩: {粒度: 车队奖项, 单位: 元, 舍入: 2, 公式: 平均运费 × 2}\n"
        "明细: {粒度: 车队奖项, 列: [分摊成绩]}\n结算: {期间: 年, 报表: [明细]}\n"
    )
    done = city(tmp_path, rules, 车队=FLEETS + "南,小\n", 行程=TRIPS).run()
    assert done.lines("明细") == ["东 运费奖 20", "东 里程奖 20", "西 运费奖 34.29", "西 里程奖 34.29"]


@pytest.mark.parametrize(
    ("grain", "message"),
    [
        ("{键: [行程号, 奖项], 每个: [行程, 奖项]}", "行程 是结算的数据，一行配一行太多"),
        ("{键: [车队号], 每个: [车队]}", "只有一个粒度，没有可配的"),
        ("{键: [车队号], 每个: [车队, 奖项]}", "合起来的键是 车队号、奖项，键 写的是 车队号"),
        ("{键: [车队号, 奖项], 每个: [车队, 出车车队]}", "车队号 在两个粒度里都是键"),
        ("{键: [车队号, 奖项, 等级], 每个: [车队奖项, 等级]}", "车队奖项 自己也是配出来的"),
    ],
)
def test_what_cannot_be_combined_is_refused(tmp_path, grain, message):
    made = city(tmp_path, PRIZES + f"各种: {grain}\n")
    (problem,) = [p for p in check_book(load(made.folder / "jia")) if p.code == "E506"]
    assert message in problem.message


def test_a_grain_that_is_not_there_is_named(tmp_path):
    made = city(tmp_path, PRIZES.replace("[出车车队, 奖项]", "[出车车队, 奖向]"))
    problems = [p for p in check_book(load(made.folder / "jia")) if p.code == "E306"]
    assert "每个 里的 奖向 不存在" in problems[0].message
