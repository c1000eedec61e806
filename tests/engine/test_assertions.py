"""必须: what a failed one says, and which of them a run looked at."""

from __future__ import annotations

import pytest
from city import city

from engine.execute.result import Asserted

RULES = """
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 50%}
车队补贴: {粒度: 车队, 单位: 元, 公式: 合计(补贴)}
车队运费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}
三成: {粒度: 车队, 公式: 车队补贴 ÷ 车队运费 ÷ 3}
档: {粒度: 车队, 类别: [高, 低], 分情形: {车队补贴 > 200: 高, 否则: 低}}
车队表: {粒度: 车队, 列: {车队补贴: 补贴, 车队运费: 运费, 三成: {标题: 三成, 小数: 4}, 档: 档}}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [车队表, 明细]}
另算: {粒度: 车队, 单位: 元, 公式: "合计(运费, 当 里程 > 1)"}
"""


@pytest.mark.parametrize(
    ("grain", "condition", "said"),
    [
        ("车队", "车队补贴 ≤ 500", "西：车队补贴 ≤ 500 不成立，车队补贴 = 600，相差 100"),
        ("车队", "车队补贴 × 2 = 车队运费 + 1", "东：车队补贴 × 2 = 车队运费 + 1 不成立，车队补贴 × 2 = 300，"
         "车队运费 + 1 = 301，相差 -1"),
        ("车队", "(车队补贴 > 0) 且 (绝对值(车队补贴 − 100) ≤ 60)",
         "西：(车队补贴 > 0) 且 (绝对值(车队补贴 − 100) ≤ 60) 不成立，绝对值(车队补贴 − 100) = 500，相差 440"),
        ("车队", "三成 ≥ 20", "东：三成 ≥ 20 不成立，三成 = 0.1666666667…，相差 -19.8333333333…"),
        ("车队", "档 = 低", "西：档 = 低 不成立，档 = 高"),
        ("车队", "非 (档 = 高)", "西：非 (档 = 高) 不成立，档 = 高"),
        ("行程", "补贴 ≤ 运费 − 60", "1：补贴 ≤ 运费 − 60 不成立，补贴 = 50，运费 − 60 = 40，相差 10"),
    ],
)  # fmt: skip
def test_a_failed_one_says_what_stood_on_both_sides(tmp_path, grain, condition, said):
    rules = f"{RULES}要成立:\n  粒度: {grain}\n  必须: {condition}\n  依据: 章程 第九条\n"
    assert f"要成立（章程 第九条）{said}" in city(tmp_path, rules).stopped().split("\n")


def test_the_outcome_says_which_were_looked_at_on_how_many_rows_and_which_were_not(tmp_path):
    rules = RULES + (
        "够付: {粒度: 车队, 必须: 车队补贴 ≤ 600, 依据: 章程 第八条}\n"
        "不超运费: {粒度: 行程, 必须: 补贴 ≤ 运费}\n"
        "没有算: {粒度: 车队, 必须: 另算 ≤ 600}\n"
        "只有数: {粒度: 行程, 必须: 里程 ≥ 0}\n"
    )
    done = city(tmp_path, rules).run()
    assert done.result.asserted == [
        Asserted("够付", "章程 第八条", "车队", 2),
        Asserted("不超运费", "章程 第一条", "行程", 4),
        Asserted("没有算", "章程 第一条", "车队", 0, "这个程序不算 另算"),
        Asserted("只有数", "章程 第一条", "行程", 0, "它没有用到程序算出的规则"),
    ]
    assert done.record["assertions"][2]["why_not"] == "这个程序不算 另算"


def test_one_that_only_reminds_is_told_with_its_values_and_the_run_goes_on(tmp_path):
    rules = RULES + (
        "够付: {粒度: 车队, 必须: 车队补贴 ≤ 500, 不成立时: 提醒, 依据: 章程 第八条}\n"
        "不超: {粒度: 行程, 必须: 补贴 ≤ 60, 不成立时: 超过时, 依据: 章程 第九条}\n"
        "超过时: {类别: [停止, 提醒], 取值: {2025-01-01: 提醒}}\n"
    )
    made = city(tmp_path, rules)
    done = made.run()
    fleets, trips = done.result.asserted
    assert (fleets.rows, fleets.broken) == (2, 1)
    assert fleets.told == ("够付（章程 第八条）西：车队补贴 ≤ 500 不成立，车队补贴 = 600，相差 100",)
    assert (trips.rows, trips.broken) == (4, 3)
    assert trips.told[0] == "不超（章程 第九条）2：补贴 ≤ 60 不成立，补贴 = 100，相差 40"
    assert done.record["assertions"][0]["broken"] == 1
    made.rules(rules.replace("2025-01-01: 提醒", "2025-01-01: 停止"))
    assert "有 3 处“必须”没有满足" in made.stopped()


def test_one_that_only_reminds_says_where_it_cannot_be_told_and_counts_all(tmp_path):
    trips = "行程号,车队号,日期,里程,运费,班次\n" + "".join(
        f"{n:03},东,2025-01-10,{n % 2},100.00,\n" for n in range(30)
    )
    rules = RULES.replace(", 三成: {标题: 三成, 小数: 4}", "")
    rules += "少: {粒度: 行程, 必须: 补贴 ÷ 里程 ≤ 1, 不成立时: 提醒}\n"
    found = city(tmp_path, rules, 行程=trips).run().result.asserted[0]
    assert (found.rows, found.broken, len(found.told)) == (30, 30, 5)
    assert found.told[:2] == (
        "少（章程 第一条）000：不能判断，除以零",
        "少（章程 第一条）001：补贴 ÷ 里程 ≤ 1 不成立，补贴 ÷ 里程 = 50，相差 49",
    )


def test_sums_of_sums_of_what_is_computed_are_looked_at(tmp_path):
    rules = RULES + (
        "全城: {键: []}\n全城补贴: {粒度: 全城, 单位: 元, 公式: 合计(各队补贴)}\n"
        "各队补贴: {粒度: 车队, 单位: 元, 公式: 合计(补贴)}\n"
        "翻倍: {粒度: 车队, 单位: 元, 公式: 各队补贴 × 2}\n全城翻倍: {粒度: 全城, 单位: 元, 公式: 合计(翻倍)}\n"
        "相符: {粒度: 全城, 必须: 全城补贴 = 750}\n翻倍相符: {粒度: 全城, 必须: 全城翻倍 = 1500}\n"
    )
    found = city(tmp_path, rules).run().result.asserted
    assert found == [
        Asserted("相符", "章程 第一条", "全城", 1),
        Asserted("翻倍相符", "章程 第一条", "全城", 0, "这个程序不算 各队补贴"),
    ]


def test_no_more_lines_than_can_be_read_and_all_are_counted(tmp_path):
    trips = "行程号,车队号,日期,里程,运费,班次\n" + "".join(f"{n:03},东,2025-01-10,10,100.00,\n" for n in range(30))
    said = city(tmp_path, RULES + "少: {粒度: 行程, 必须: 补贴 ≤ 1}\n", 行程=trips).stopped()
    assert "有 30 处“必须”没有满足" in said and said.count("不成立") == 20
