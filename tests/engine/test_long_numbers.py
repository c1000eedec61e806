"""Formulas whose numbers might not fit 38 digits: exact all the same, and said."""

from __future__ import annotations

import pytest

from engine.files.errors import RunStopped
from tests.engine.city import city

LONG = """
大数: {单位: 倍, 取值: {2024-01-01: 123456789012345678901234567890}}
长积: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 大数 × 里程 ÷ 大数}
表一: {粒度: 行程, 列: [长积]}
结算: {期间: 年, 报表: [表一]}
"""


def test_a_formula_beyond_38_digits_is_exact_and_named(tmp_path):
    done = city(tmp_path, LONG).run()
    assert done.lines("表一") == ["1 1000", "2 4000", "3 12000", "4 32000"]
    (note,) = done.run_json["notes"]
    assert note.startswith("长积 的数最多 ") and "33 位 乘 8 位" in note and "另立一条规则" in note


def test_other_formulas_say_nothing(tmp_path):
    rules = "运费加倍: {粒度: 行程, 单位: 元, 公式: 运费 × 2}\n表一: {粒度: 行程, 列: [运费加倍]}\n"
    done = city(tmp_path, rules + "结算: {期间: 年, 报表: [表一]}\n").run()
    assert done.run_json["notes"] == []


def test_a_value_and_a_tenth_of_it_are_not_taken_for_each_other(tmp_path):
    rules = """
十分之一: {粒度: 行程, 单位: 元, 公式: 运费 ÷ 10}
段价: {粒度: 行程, 单位: 倍, 表: [{运费: "≤ 150", 段价: 1}, {运费: "> 150", 段价: 2}]}
小段价: {粒度: 行程, 单位: 倍, 表: [{十分之一: "≤ 15", 小段价: 1}, {十分之一: "> 15", 小段价: 2}]}
分段: {粒度: 行程, 单位: 元, 公式: "逐段(段价, 运费)"}
小分段: {粒度: 行程, 单位: 元, 舍入: 2, 公式: "逐段(小段价, 十分之一)"}
表一: {粒度: 行程, 列: [分段, 小分段]}
结算: {期间: 年, 报表: [表一]}
"""
    assert city(tmp_path, rules).run().lines("表一") == ["1 100 10", "2 250 25", "3 650 65", "4 1450 145"]


BIG = """
甲数: {单位: 倍, 取值: {2024-01-01: 12345678901234567891}}
丙数: {单位: 倍, 取值: {2024-01-01: 98765432109876543211}}
甲率: {粒度: 车队, 单位: 倍, 公式: "若(等级 = 大, 甲数, −3 × 甲数)"}
乙率: {粒度: 车队, 单位: 倍, 公式: "若(等级 = 大, 8 × 甲数, 24 × 甲数)"}
"""


def with_rounding(mode: str, rest: str, divisor: str) -> str:
    """里程 × 1/8 + 1/4 for the big fleet, 里程 × −1/8 − 3/4 for the small one, but for ``rest`` ÷ ``divisor``."""
    return f"""{BIG}
丙率: {{粒度: 车队, 单位: 倍, 公式: "若(等级 = 大, 丙数, {rest})"}}
丁率: {{粒度: 车队, 单位: 倍, 公式: "若(等级 = 大, 4 × 丙数, {divisor})"}}
折数:
  粒度: 行程
  单位: 倍
  舍入: {{位数: 0, 方式: {mode}}}
  公式: 里程 × 甲率 ÷ 乙率 + 丙率 ÷ 丁率
表一: {{粒度: 行程, 列: [折数]}}
结算: {{期间: 年, 报表: [表一]}}
"""


@pytest.mark.parametrize(
    ("mode", "found"),
    [
        ("四舍五入", [2, 3, -5, -6]),
        ("四舍六入五成双", [2, 3, -4, -6]),
        ("进一", [2, 3, -5, -6]),
        ("去尾", [1, 2, -4, -5]),
    ],
)
def test_long_factors_of_few_groups_are_rounded_row_by_row_without_a_word(tmp_path, mode, found):
    """1.5, 2.75, −4.5 and −5.75 from quotients of twenty digits each."""
    done = city(tmp_path, with_rounding(mode, "−3 × 丙数", "4 × 丙数")).run()
    assert done.lines("表一") == [f"{n} {value}" for n, value in enumerate(found, 1)]
    assert done.run_json["notes"] == []


def test_where_a_long_factor_is_absent_there_is_nothing(tmp_path):
    done = city(tmp_path, with_rounding("四舍五入", "空", "4 × 丙数")).run()
    assert done.lines("表一") == ["1 2", "2 3", "3 空", "4 空"]


def test_a_long_quotient_by_zero_stops_with_the_sentence_of_every_engine(tmp_path):
    with pytest.raises(RunStopped, match="报表 表一 有 2 个值无法确定") as stop:
        city(tmp_path, with_rounding("四舍五入", "丙数", "0 × 丙数")).run()
    assert "除以零" in stop.value.details[0]
