"""A case as a form asks for it, and its curve over one number: an invented city, figures worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from engine.api import CannotPrice, Region, load

HEAD = "名称: 车城\n施行: 2025-01-01\n文件: {办法: {题名: 车城补助办法}}\n"
RULES = """\
依据: 办法 第一条
行程:
  主键: 编号
  归期: 日期
  字段:
    编号: 文本
    日期: 日期
    车号: → 车辆
    里程: {类型: 数, 范围: "≥ 0", 小数: 1, 说明: 走了多少公里}
    等级: {类型: [甲等, 乙等], 默认: 乙等}
    载重: {类型: 数, 可空: 是}
车辆: {主键: 车号, 字段: {车号: 文本, 车名: 文本, 单价: 元}}
远近:
  粒度: 行程
  类别: [近, 远]
  分情形: {里程 ≤ 100: 近, 否则: 远}
补助:
  粒度: 行程
  单位: 元
  舍入: 2
  按: 远近
  分情形: {近: 里程 × 单价, 远: 里程 × 单价 × 2}
太远: {粒度: 行程, 拒收: 里程 > 500}
明细: {粒度: 行程, 列: {远近: 远近, 补助: 补助}, 首要: [补助]}
月结: {期间: 月, 需要: {行程: [补助]}, 报表: [明细]}
"""
CASE = {"编号": "1", "日期": "2025-01-05", "车号": "K1", "里程": "40", "等级": "甲等"}


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    folder = tmp_path_factory.mktemp("city")
    (folder / "region.yaml").write_text(HEAD, "utf-8")
    (folder / "规则.yaml").write_text(RULES, "utf-8")
    (folder / "数据").mkdir()
    (folder / "数据" / "车辆.csv").write_text("车号,车名,单价\nK1,大车,3\nK2,小车,2\n", "utf-8")
    return load(folder, "2025-01", folder / "数据")


def test_what_a_statement_says_is_first_comes_first(region: Region) -> None:
    assert region.first == ("补助", "远近")


def test_a_form_asks_for_each_field_as_the_region_declares_it(region: Region) -> None:
    asked = {one.name: one for one in region.form()}
    assert list(asked)[0] == "编号"
    assert [name for name, one in asked.items() if one.required] == ["编号", "日期", "车号", "里程"]
    assert [key for key, _ in asked["车号"].known] == ["K1", "K2"]
    assert (asked["里程"].kind, asked["里程"].digits, asked["里程"].range) == ("数", 1, "≥ 0")
    assert asked["里程"].note == "走了多少公里"
    assert asked["日期"].dated
    assert region.price(CASE)["补助"] == 120


def test_a_curve_has_each_place_where_a_case_is_treated_otherwise_to_the_least_unit(region: Region) -> None:
    curve = region.curve("补助", CASE, "里程", 0, 600, 3)
    assert [(one.below.at, one.above.at) for one in curve.thresholds] == [
        (100, Fraction(1001, 10)), (500, Fraction(5001, 10)),
    ]  # fmt: skip
    assert [(one.below.value, one.above.value) for one in curve.thresholds] == [
        (300, Fraction(6006, 10)), (3000, None),
    ]  # fmt: skip
    assert curve.thresholds[1].above.kind == ("拒收", "太远")
    assert [point.at for point in curve.points] == [0, 100, Fraction(1001, 10), 200, 400, 500, Fraction(5001, 10), 600]
    assert all(point.value == point.at * 3 for point in curve.points if point.at <= 100)


def test_a_step_may_be_as_small_as_the_field_can_say_and_no_smaller(region: Region) -> None:
    curve = region.curve("补助", CASE, "里程", "99.9", "100.2", 50)
    assert [str(curve.told(point)["at"]) for point in curve.points] == ["99.9", "100.0", "100.1", "100.2"]


@pytest.mark.parametrize(
    ("vary", "low", "high", "steps", "word"),
    [
        ("等级", 0, 1, 5, "不是 行程 的数字字段"),
        ("没有", 0, 1, 5, "能变的有：里程"),
        ("里程", 5, 5, 5, "前一个数要小于后一个"),
        ("里程", "一", 5, 5, "不是两个数"),
        ("里程", 0, "1/0", 5, "不是两个数"),
        ("里程", 0, "1e99999999", 5, "不要用科学记数法"),
        ("里程", 0, Decimal("1e99999999"), 5, "数字太长"),
        ("里程", 0, 10**30, 5, "不能用"),
        ("里程", 0, 5, 0, "步数"),
        ("里程", 0, 5, 10**9, "步数"),
    ],
)
def test_what_is_no_range_is_told(region: Region, vary: str, low: object, high: object, steps: int, word: str) -> None:
    with pytest.raises(CannotPrice) as told:
        region.curve("补助", CASE, vary, low, high, steps)
    assert word in str(told.value)
