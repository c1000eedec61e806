"""Which examples touch a name, and what comes out when they are run."""

from __future__ import annotations

import pytest

from engine.assist.examples import examples_of, run
from engine.rulebook.book import load

RULES = """\
依据: 办法 第一条
病例: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 费用: {类型: 元, 范围: ≥ 0}}}
定额: {单位: 元, 取值: {2025-01-01: 500}}
奖励: {粒度: 病例, 单位: 元, 公式: "较小(费用, 定额)"}
奖励表: {粒度: 病例, 列: [奖励]}
结算: {期间: 月, 报表: [奖励表]}
"""
EXAMPLES = """\
一例: {程序: 结算, 期间: 2025-01, 已知: {费用: 900, 定额: 600}, 应得: {奖励: 600}}
几例:
  程序: 结算
  期间: 2025-01
  分情形: |
    费用 || 奖励
    100  || 100
    900  || 501
别的: {程序: 结算, 期间: 2025-01, 应得: {定额: 500}}
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    place = tmp_path_factory.mktemp("examples") / "市"
    (place / "tests").mkdir(parents=True)
    (place / "region.yaml").write_text("名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 市办法}}\n", "utf-8")
    (place / "规则.yaml").write_text(RULES, "utf-8")
    (place / "tests" / "例.yaml").write_text(EXAMPLES, "utf-8")
    return load(place)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("奖励", [("一例", 1, True), ("几例", 2, True)]),
        ("费用", [("一例", 1, False), ("几例", 2, False)]),
        ("定额", [("一例", 1, False), ("别的", 9, True)]),
        ("结算", [("一例", 1, False), ("几例", 2, False), ("别的", 9, False)]),
        ("没有的", []),
    ],
)
def test_examples_that_give_or_compare_a_name(city, name, found):
    assert [(one.name, one.line, one.compares) for one in examples_of(city, name)] == found


def test_they_alone_are_run(city):
    outcomes = run(city, examples_of(city, "奖励"))
    assert [(one.name, one.passed) for one in outcomes] == [("一例", True), ("几例", False)]
    assert "第 2 行 奖励" in outcomes[1].failures[0] and "501" in outcomes[1].failures[0]
