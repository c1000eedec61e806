"""Cases with rows of another table that belong to them, sorted by checks of their own: an invented city."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from engine.api import Priced, Region, load

HEAD = "名称: 车城\n施行: 2025-01-01\n文件: {办法: {题名: 车城补助办法}}\n"
RULES = """\
依据: 办法 第一条
行程:
  主键: 编号
  归期: 日期
  字段: {编号: 文本, 日期: 日期}
停靠:
  主键: [编号, 站]
  字段: {编号: → 行程, 站: 文本, 站费: {类型: 元, 范围: ≥ 0}, 作废: {类型: 是否, 默认: 否}}
站费合计: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 合计(站费)}
站数: {粒度: 行程, 舍入: 0, 公式: 计数(停靠)}
停靠作废: {粒度: 停靠, 拒收: 作废}
太贵: {粒度: 行程, 拒收: 合计(站费) > 100}
明细: {粒度: 行程, 列: {站费合计: 站费合计, 站数: 站数}}
月结: {期间: 月, 需要: {行程: [站费合计]}, 报表: [明细]}
"""


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    folder = tmp_path_factory.mktemp("city")
    (folder / "region.yaml").write_text(HEAD, "utf-8")
    (folder / "规则.yaml").write_text(RULES, "utf-8")
    return load(folder, "2025-01")


def priced(region: Region, *stops: tuple[str, int, bool]) -> Priced:
    """The same trip each time."""
    rows: list[dict[str, Any]] = [{"编号": "1", "站": name, "站费": fare, "作废": gone} for name, fare, gone in stops]
    return region.price({"编号": "1", "日期": "2025-01-05"}, 停靠=rows)


def test_nothing_of_a_case_is_left_for_the_next_that_has_its_key(region: Region) -> None:
    assert priced(region, ("东", 10, False))["站费合计"] == Fraction(10)
    assert priced(region, ("东", 20, False), ("西", 1, False))["站费合计"] == Fraction(21)
    assert (priced(region, ("东", 101, False)).state, priced(region, ("东", 30, False))["站费合计"]) == ("拒收", 30)


def test_a_row_that_was_refused_is_in_no_sum_of_the_case(region: Region) -> None:
    found = priced(region, ("东", 10, False), ("西", 80, True))
    assert [(one.key, one.check) for one in found.rejected] == [("1,西", "停靠作废")]
    assert (found["站费合计"], found["站数"]) == (Fraction(10), 1)


def test_an_explanation_is_of_the_case_and_of_the_rows_that_its_price_was(region: Region) -> None:
    two, one = priced(region, ("东", 10, False), ("西", 20, False)), priced(region, ("东", 10, False), ("西", 80, True))
    for found, fare, stops in ((two, "30", "2"), (one, "10", "1"), (two, "30", "2")):
        explained = found.explain("站费合计", "站数")
        assert [step.value for step in explained.steps] == [fare, stops]
