"""Formulas whose numbers might not fit 38 digits: exact all the same, and said."""

from __future__ import annotations

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
