"""Who fills one name where another is meant is told which; a field that a layer deletes is gone with its hints."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.check import check_book
from engine.rulebook.book import Book, load

MODULE = """\
依据: 办法 第一条
车次:
  主键: 编号
  归期: 日期
  字段: {编号: 文本, 日期: 日期, 车型: → 车型, 里程: 数}
  合成: {字段: {里程: {小数: 1~9}}}
车型:
  主键: 车型
  字段: {车型: 文本, 分值: 点}
  合成: {字段: {分值: {小数: 50~150}}}
每系数分值: {单位: 点, 取值: {施行: 100}}
系数: {粒度: 车型, 单位: 倍, 公式: 分值 ÷ 每系数分值, 又名: [车型系数, RW], 说明: 交系数的地方沿用 系数模块}
车次系数: {粒度: 车次, 单位: 倍, 公式: 系数, 舍入: 4, 说明: 只作统计，付钱按 车次分值}
车次分值: {粒度: 车次, 单位: 点, 公式: 系数 × 每系数分值, 舍入: 4}
分值相符: {粒度: 车型, 备查: 是, 必须: 分值 = 系数 × 每系数分值}
"""
CITY = "依据: 办法 第一条\n明细: {粒度: 车次, 列: [车次分值]}\n月结: {期间: 月, 报表: [明细]}\n"
OWN_COLUMN = """\
删除: [车型.分值, 系数]
车型: {字段: {系数: {类型: 倍, 小数: 8}}}
分值: {粒度: 车型, 单位: 点, 公式: 系数 × 每系数分值}
"""


@pytest.fixture
def city(tmp_path: Path):
    for name, head in (("rules/共用", "版本: {1: 第一版。}\n"), ("regions/例市", "沿用: [共用]\n施行: 2025-01-01\n")):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        file = "module.yaml" if name.startswith("rules") else "region.yaml"
        (folder / file).write_text(f"名称: {name}\n文件: {{办法: {{题名: 例市办法}}}}\n{head}", "utf-8")
    (tmp_path / "rules" / "共用" / "规则.yaml").write_text(MODULE, "utf-8")

    def written(rules: str) -> Book:
        (tmp_path / "regions" / "例市" / "规则.yaml").write_text(CITY + rules, "utf-8")
        return load(tmp_path / "regions" / "例市")

    return written


def told(book: Book) -> list[str]:
    return [f"{problem.code} {problem.message}" for problem in check_book(book)]


def test_a_shared_assertion_for_the_record_is_no_warning_where_nothing_computes_it(city) -> None:
    assert told(city("")) == []


def test_an_entry_under_another_name_of_something_is_told_what_it_is(city) -> None:
    (found,) = told(city("车型系数: {粒度: 车型, 单位: 倍, 公式: 分值 ÷ 每系数分值}\n"))
    assert found.startswith("W322") and "车型系数 是 系数 的又名，程序读的是它" in found


def test_a_field_under_another_name_is_told_too(city) -> None:
    (found,) = told(city("车型: {字段: {RW: 倍}}\n"))
    assert found == "W322 字段 车型.RW 没有一个程序会读；RW 是 系数 的又名，程序读的是它"


def test_a_shared_entry_replaced_in_vain_is_told_what_it_is_for(city) -> None:
    (found,) = told(city("替换: {车次系数: {粒度: 车次, 单位: 倍, 公式: 系数, 舍入: 2}}\n"))
    assert found.startswith("W322") and "沿用来的说明：只作统计，付钱按 车次分值" in found


def test_a_field_that_hides_a_shared_rule_is_told_what_the_rule_says(city) -> None:
    (found,) = check_book(city("车型: {字段: {系数: 倍}}\n"))
    assert found.code == "E321" and "规则的说明：交系数的地方沿用 系数模块" in found.message
    assert "删去规则（沿用来的写在 删除 里）" in found.hint


def test_a_deleted_field_is_gone_and_a_rule_may_take_its_name(city) -> None:
    book = city(OWN_COLUMN)
    assert told(book) == []
    snapshot = book.at(book.start)
    assert set(snapshot.tables["车型"].fields) == {"车型", "系数"}
    assert "分值" in snapshot.rules and snapshot.tables["车型"].synthesis == {"字段": {}}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("车型.分数", "表 车型 没有字段 分数"),
        ("车型.车型", "车型.车型 是表 车型 的 主键，不能删除"),
        ("车次.日期", "车次.日期 是表 车次 的 归期，不能删除"),
        ("车队.分值", "删除 的 车队.分值 不存在"),
    ],
)
def test_what_cannot_be_deleted_is_told(city, name: str, message: str) -> None:
    assert f"E208 {message}" in told(city(f"删除: [{name}]\n"))


def test_who_still_reads_a_deleted_field_is_told_at_the_line_that_deletes_it(city) -> None:
    found = [problem for problem in check_book(city("删除: [车型.分值]\n")) if problem.is_error]
    assert {problem.code for problem in found} == {"E303"}
    assert any("规则.yaml" in problem.place.file and "例市" in problem.place.file for problem in found)
