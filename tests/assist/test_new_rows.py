"""A row that reaches what no example reaches: found by trying, in a table that there is or in a new example."""

from __future__ import annotations

import pytest

from engine.assist.new_rows import new_row
from engine.assist.reached import reached
from engine.assist.reasons import reasons
from engine.rulebook.book import load

RULES = """\
依据: 办法 第一条
病例: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 费用: {类型: 元, 范围: ≥ 0}}}
奖励:
  粒度: 病例
  单位: 元
  分情形:
    费用 > 777.77: 20
    否则: 10
奖励表: {粒度: 病例, 列: [奖励]}
结算: {期间: 月, 报表: [奖励表]}
"""
EXAMPLE = """\
几例:
  程序: 结算
  期间: 2025-01
  分情形: |
    费用 || 奖励
    100  || 10
"""


@pytest.fixture
def city(tmp_path):
    def made(example: str):
        place = tmp_path / "市"
        (place / "tests").mkdir(parents=True)
        (place / "region.yaml").write_text("名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 市办法}}\n", "utf-8")
        (place / "规则.yaml").write_text(RULES, "utf-8")
        (place / "tests" / "例.yaml").write_text(example, "utf-8")
        return load(place)

    return made


def rows(book):
    found = reached(book)
    return {one.what: new_row(book, found.coverage, one) for one in found.coverage.unreached()}


def test_a_branch_and_both_sides_of_its_bound_are_reached_to_the_least_unit(city):
    found = rows(city(EXAMPLE))
    assert found["情形“费用 > 777.77”没有例子"].cells == {"费用": "1000", "奖励": "20"}
    assert found["“费用 > 777.77”没有等于界值的例子"].cells == {"费用": "777.77", "奖励": "10"}
    assert all(one.reaches and one.example == "几例" and one.new is None for one in found.values())


def test_where_no_table_has_to_do_with_it_a_new_example_gives_what_the_rule_reads(city):
    one = rows(city("别的: {程序: 结算, 期间: 2025-01, 已知: {费用: 1}, 应得: {费用: 1}}\n"))["情形“否则”没有例子"]
    assert one.reaches and one.new is not None and one.new.judged == ["奖励"]
    assert "    费用 || 奖励\n    100  || 10\n" in one.new.text()


def test_the_reasons_of_an_example_are_walked_on_what_it_gives(city):
    book = city(EXAMPLE)
    step = reasons(book, book.folder / "tests" / "例.yaml", "几例", "奖励", "", 1)
    assert (step.value, step.steps[0].name, step.steps[0].value) == ("10", "费用", "100")
    assert "例子里给出" in step.steps[0].remark
