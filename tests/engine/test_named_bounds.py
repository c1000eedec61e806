"""A bound that names a parameter: 限 holds for the figures of each day, 范围 for the rows that come in."""

from __future__ import annotations

import pytest
from city import city

RULES = """
上限: {单位: 比例, 取值: {2025-01-01: 60%, 2025-07-01: 50%}}
下限: {单位: 比例, 取值: {2025-01-01: 40%}}
补助率: {单位: 比例, 限: "[下限, 上限]", 取值: {2025-01-01: 55%}}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 补助率}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [明细]}
"""
TABLE = """
最高: {单位: 倍, 取值: {2025-01-01: 1.2}}
核定: {主键: 车队号, 可空: 是, 字段: {车队号: → 车队, 核定率: {类型: 倍, 小数: 2, 范围: "(0, 最高]"}}}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: "运费 × 缺省(核定率, 1)"}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [明细]}
"""


def test_a_figure_is_held_against_the_bound_of_each_day(tmp_path):
    said = city(tmp_path, RULES).stopped()
    assert "E706 补助率 自 2025-07-01 取 55%，超出了限定 [下限, 上限]，即 [0.4, 0.5]" in said
    city(tmp_path / "b", RULES.replace("55%}", "55%, 2025-07-01: 50%}")).run()
    assert "自 2025-01-01 取 39%" in city(tmp_path / "c", RULES.replace("55%}", "39%}")).stopped()


def test_a_bound_whose_figure_is_missing_still_binds_on_the_other_side(tmp_path):
    rules = RULES.replace("取值: {2025-01-01: 60%, 2025-07-01: 50%}", "状态: 待定")
    city(tmp_path, rules).run()
    assert "即 ≥ 0.4" in city(tmp_path / "b", rules.replace("55%}", "30%}")).stopped()


def test_a_row_outside_a_named_range_cannot_be_used(tmp_path):
    done = city(tmp_path, TABLE, 核定="车队号,核定率\n东,1.2\n").run()
    assert [str(line[1]) for line in done.result.statements[0].rows][:2] == ["120", "240"]
    assert "核定率 1.21 超出范围 (0, 1.2]" in city(tmp_path / "b", TABLE, 核定="车队号,核定率\n东,1.21\n").stopped()


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (RULES.replace('"[下限, 上限]"', "≤ 上线"), "E405 补助率 的 限 里的 上线 不是一个数的参数"),
        (RULES.replace('"[下限, 上限]"', "≤ 补助率"), "E405 补助率 的 限 里的 补助率 不是一个数的参数"),
        (RULES.replace("上限: {单位: 比例", "上限: {单位: 元"), "E405 补助率 的单位是 比例"),
        (TABLE.replace("最高]", "最低]"), "E405 字段 核定率 的 范围 里的 最低 不是可以作界限的参数"),
        (TABLE.replace("1.2}", "1.2, 2025-07-01: 1.3}"), "E405 字段 核定率 的 范围 里的 最高 有几个取值"),
        (TABLE.replace("取值: {2025-01-01: 1.2}", "状态: 待定"), "E405 字段 核定率 的 范围 里的 最高 还没有取值"),
        (TABLE.replace("(0, 最高]", "[2, 最高]"), "E405 字段 核定率 的 范围 下限大于上限"),
    ],
)
def test_what_is_no_bound_is_refused(tmp_path, rules, said):
    assert said in city(tmp_path, rules).stopped()
