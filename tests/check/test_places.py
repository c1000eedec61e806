"""A problem stands at the offending name: file, line and column, however the formula is written."""

from __future__ import annotations

import pytest
from checked_city import FIRST_LINE, problems


@pytest.mark.parametrize(
    "rules, line, column",
    [
        ("补助: {粒度: 行程, 单位: 元, 公式: 费用 + 加成}\n", 0, 30),
        ('补助: {粒度: 行程, 单位: 元, 公式: "费用 + 加成"}\n', 0, 31),
        ("补助:\n  粒度: 行程\n  单位: 元\n  公式: |\n    费用\n    + 加成\n", 5, 7),
        ("补助:\n  粒度: 行程\n  单位: 元\n  公式: >-\n    费用\n    + 加成\n", 5, 7),
        ("补助:\n  粒度: 行程\n  单位: 元\n  公式: 费用\n    + 加成\n", 4, 7),
        ('补助:\n  粒度: 行程\n  单位: 元\n  公式: "费用\n    + 加成"\n', 4, 7),
        ("补助:\n  粒度: 行程\n  单位: 元\n  分情形:\n    里程 > 加成: 1\n    否则: 0\n", 4, 10),
        ("补助:\n  粒度: 行程\n  单位: 元\n  分情形:\n    里程 > 3: {则: 费用 + 加成}\n    否则: 0\n", 4, 22),
    ],
)
def test_the_place_of_an_unknown_name(tmp_path, rules, line, column):
    (problem,) = problems(tmp_path, rules)
    assert problem.code == "E303"
    assert (problem.place.line, problem.place.column) == (FIRST_LINE + line, column)


def test_a_problem_of_several_programs_and_days_is_told_once(tmp_path):
    programs = "明细: {粒度: 行程, 列: [补助]}\n" + "".join(
        f"程序{n}: {{期间: [月, 年], 报表: [明细]}}\n" for n in range(3)
    )
    rate = "补助率: {单位: 比例, 取值: {2025-01-01: 1%, 2025-07-01: 2%, 2026-01-01: 3%}}\n"
    rule = "补助: {粒度: 行程, 单位: 元, 公式: 费用 × 补助比, 舍入: 2}\n"
    assert [p.code for p in problems(tmp_path, programs + rate + rule)] == ["E303"]


def test_what_follows_from_a_broken_rule_is_not_told(tmp_path):
    rules = "甲: {粒度: 行程, 单位: 元, 公式: 费用 × }\n乙: {粒度: 行程, 单位: 元, 公式: 甲 × 2}\n"
    assert [p.code for p in problems(tmp_path, rules)] == ["E301"]
