"""Two rules that work out the same, however each is written."""

from __future__ import annotations

import pytest

from tests.lint.city import city, of_code

SAME = "若(费用 > 定额, (费用 − 起付线) × 报销比例, 费用 ÷ 100 × 救助比例)"


@pytest.mark.parametrize(
    ("formula", "is_same"),
    [
        (SAME, True),
        ("若(定额 < 费用, 报销比例 × (费用 − 起付线), 费用 × 救助比例 ÷ 100)", True),
        ("若(费用 ≤ 定额, 救助比例 × 费用 ÷ 100, 费用 × 报销比例 − 报销比例 × 起付线)", True),
        ("若(非 (费用 ≤ 定额), 可报费用 × 报销比例, 费用 × 救助比例 × 1%)", True),
        ("若(费用 ≥ 定额, (费用 − 起付线) × 报销比例, 费用 ÷ 100 × 救助比例)", False),
        ("若(费用 > 定额, (起付线 − 费用) × 报销比例, 费用 ÷ 100 × 救助比例)", False),
        ("若(费用 > 定额, (费用 − 起付线) × 报销比例, 费用 ÷ 10 × 救助比例)", False),
        ("若(费用 > 定额, 费用 ÷ 100 × 救助比例, (费用 − 起付线) × 报销比例)", False),
        ("若(费用 > 定额, 取整费用 × 报销比例, 费用 ÷ 100 × 救助比例)", False),
    ],
)
def test_two_rules_are_the_same_however_they_are_written(tmp_path, formula, is_same):
    parts = "可报费用: {粒度: 病例, 单位: 元, 公式: 费用 − 起付线}\n"
    parts += "取整费用: {粒度: 病例, 单位: 元, 舍入: 0, 公式: 费用 − 起付线}\n"
    rules = "".join(
        f'{name}: {{粒度: 病例, 单位: 元, 舍入: 2, 公式: "{text}"}}\n'
        for name, text in (("奖励", SAME), ("补助", formula))
    )
    assert [one.name for one in of_code("L401", city(tmp_path, parts + rules))] == (["补助"] if is_same else [])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("公式: “若(费用 > 定额, 费用 × 报销比例, 起付线)”", "分情形: {费用 ≤ 定额: 起付线, 否则: 报销比例 × 费用}"),
        (
            "表: [{天数: ≤ 5, 费用: ≤ 9, 奖励: 1}, {天数: “> 5”, 奖励: 3}, {天数: ≤ 5, 费用: “> 9”, 奖励: 0}]",
            "表: [{费用: “> 9”, 天数: ≤ 5, 补助: 0}, {费用: ≤ 9, 天数: ≤ 5, 补助: 1}, {天数: “> 5”, 补助: 3}]",
        ),
        ("公式: “较大(费用 + 定额, 起付线)”", "公式: “较大(起付线, 定额 + 费用)”"),
    ],
)
def test_branches_rows_and_columns_in_another_order_are_the_same(tmp_path, one, other):
    rules = "".join(
        f"{name}: {{粒度: 病例, 单位: 元, 舍入: 2, 状态: 暂定, {text}}}\n".replace("“", '"').replace("”", '"')
        for name, text in (("奖励", one), ("补助", other))
    )
    assert [found_.name for found_ in of_code("L401", city(tmp_path, rules))] == ["补助"]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (
            "{粒度: 病例, 筛查: 费用 > 定额 且 天数 > 长住院界值}",
            "{粒度: 病例, 筛查: 长住院界值 < 天数 且 定额 < 费用}",
            True,
        ),
        (
            "{粒度: 病例, 筛查: 费用 > 定额 且 天数 > 长住院界值}",
            "{粒度: 病例, 提醒: 费用 > 定额 且 天数 > 长住院界值}",
            False,
        ),
        (
            "{行: 病例, 条件: 费用 > 定额 且 天数 > 长住院界值}",
            "{行: 病例, 条件: 天数 > 长住院界值 且 费用 > 定额}",
            True,
        ),
        ("{行: 病例, 条件: 费用 > 定额}", "{行: 病例, 条件: 费用 > 定额}", False),
    ],
)
def test_checks_and_conditions_that_are_the_same_are_told_too(tmp_path, one, other, is_same):
    rules = f"贵的: {one}\n费用高: {other}\n"
    assert [found.name for found in of_code("L401", city(tmp_path, rules))] == (["费用高"] if is_same else [])
