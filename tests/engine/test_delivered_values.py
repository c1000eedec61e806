"""交来: what a sheet delivers is taken, what it does not deliver is worked out, and the outcome says which."""

from __future__ import annotations

import pytest
from city import city

from engine.explain import explain

RULES = """
系数表:
  主键: [车队号, 年度]
  归期: 年度
  可空: 是
  字段:
    车队号: → 车队
    年度: {类型: 年}
    核定系数: {类型: 倍, 小数: 2, 范围: "≥ 0"}
行程数: {粒度: 车队, 单位: 例, 公式: 计数(行程)}
系数: {粒度: 车队, 单位: 倍, 舍入: 2, 交来: 核定系数, 公式: 1 + 行程数 × 加成}
加成: {单位: 倍, 状态: 待定}
补贴: {粒度: 车队, 单位: 元, 舍入: 2, 公式: 合计(运费) × 系数}
车队表: {粒度: 车队, 列: [系数, 补贴]}
结算: {期间: 年, 报表: [车队表]}
"""
GIVEN = RULES.replace("状态: 待定", "取值: {2025-01-01: 0.125}")
SHEET = "车队号,年度,核定系数\n东,2025,1.1\n西,2024,9\n"


def lines(done):
    return [[str(value) for value in line] for line in done.result.statements[0].rows]


def test_a_delivered_value_is_taken_and_the_others_are_worked_out(tmp_path):
    done = city(tmp_path, GIVEN, 系数表=SHEET).run()
    worked_out = city(tmp_path / "b", GIVEN).run()
    east, west = lines(done)
    assert (east[1], west[1]) == ("11/10", lines(worked_out)[1][1])
    assert lines(worked_out)[0][1] == "5/4"


def test_the_outcome_says_on_how_many_rows_it_was_delivered(tmp_path):
    (brought,) = city(tmp_path, GIVEN, 系数表=SHEET).run().result.brought
    assert brought.text == "系数：车队 2 行，1 行用交来的 核定系数，1 行按规则算"
    done = city(tmp_path / "b", GIVEN).run()
    assert done.record["delivered"][0]["delivered"] == 0
    assert done.result.brought[0].text == "系数：车队 2 行，没有交来 核定系数，2 行按规则算"


def test_what_is_delivered_for_all_needs_no_figure_that_is_still_missing(tmp_path):
    made = city(tmp_path, RULES, 系数表="车队号,年度,核定系数\n东,2025,1.1\n西,2025,0.9\n")
    assert [line[1] for line in lines(made.run())] == ["11/10", "9/10"]
    assert "加成" in city(tmp_path / "b", RULES, 系数表=SHEET).stopped()
    assert "加成：缺 取值" in city(tmp_path / "c", RULES).stopped()


def test_a_delivered_value_out_of_range_is_not_replaced_by_a_worked_out_one(tmp_path):
    said = city(tmp_path, GIVEN, 系数表="车队号,年度,核定系数\n东,2025,-1\n").stopped()
    assert "核定系数" in said and "超出范围" in said


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (GIVEN.replace("小数: 2", "小数: 4"), "E806 系数 的 舍入 是 2 位，交来的 核定系数 有 4 位小数"),
        (GIVEN.replace("交来: 核定系数", "交来: 核定系教"), "E303"),
        (GIVEN.replace("交来: 核定系数", "交来: 行程数"), "E401 系数 的 交来 写了 行程数，它不是字段"),
        (GIVEN.replace("交来: 核定系数", "交来: 车队号"), "E401"),
        (GIVEN.replace("  可空: 是\n", ""), "规则永远不算"),
    ],
)
def test_what_cannot_be_delivered_is_refused(tmp_path, rules, said):
    assert said in city(tmp_path, rules).stopped()


TRIPS = """
核定表:
  主键: 行程号
  可空: 是
  字段:
    行程号: → 行程
    核定补贴: {类型: 元, 范围: "≥ 0"}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 交来: 核定补贴, 按: 档, 分情形: {远: 运费 × 60%, 近: 运费 × 50%}}
档: {粒度: 行程, 类别: [远, 近], 分情形: {里程 > 20: 远, 否则: 近}}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [明细]}
"""


def test_on_rows_of_data_too_and_explained_as_the_one_or_the_other(tmp_path):
    done = city(tmp_path, TRIPS, 核定表="行程号,核定补贴\n1,7.77\n").run()
    assert done.result.brought[0].text == "补贴：行程 4 行，1 行用交来的 核定补贴，3 行按规则算"
    (taken,) = explain(done.out, "行程", "1", "补贴")
    assert (taken.value, taken.formula) == ("7.77", "核定补贴")
    assert [(tried.condition, tried.applied) for tried in taken.tried] == [("有 核定补贴", True)]
    assert "表 核定表" in taken.steps[0].remark
    (worked,) = explain(done.out, "行程", "2", "补贴")
    assert [(tried.condition, tried.applied) for tried in worked.tried] == [("有 核定补贴", False), ("否则", True)]
    inner = worked.steps[-1]
    assert (inner.name, inner.remark, inner.formula) == ("补贴", "没有交来，按规则算", "运费 × 50%")


def test_a_layer_may_replace_it_and_read_what_stood_before(tmp_path):
    made = city(tmp_path, GIVEN, 系数表=SHEET)
    made.notice("通知", "2025-01-01", "替换:\n  系数: {粒度: 车队, 单位: 倍, 舍入: 2, 公式: 原规定 + 1}\n")
    assert [line[1] for line in lines(made.run())] == ["21/10", "9/4"]
