"""What the Python API promises: outcomes as in a run, wrong input told like wrong data, errors that say what to do."""

from __future__ import annotations

import csv
import datetime
import shutil
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engine.api import CannotPrice, Region, load, price

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "regions" / "jiyuan-demo"
DATA = DEMO / "示例数据"


@pytest.fixture(scope="module")
def region() -> Region:
    return load(DEMO, "2025-03", DATA)


@pytest.fixture(scope="module")
def records() -> dict[str, dict[str, Any]]:
    with (DATA / "病例.csv").open(encoding="utf-8-sig") as file:
        return {row["病例号"]: row for row in csv.DictReader(file)}


@pytest.fixture
def record(records: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return dict(records["202503061"])


def test_a_case_has_class_and_points(region: Region, record: dict[str, Any]) -> None:
    """Worked out by hand: 88.4 × 1.08 + (24058.94 ÷ 6683.04 − 3) × 88.4 × 1.08, at four decimals."""
    priced = region.price(record)
    assert (priced.state, priced["病例类型"]) == ("结算", "高倍率")
    assert priced["病例点数"] == Fraction("152.7551")
    assert priced.text("病例点数") == "152.7551"
    assert priced.values["病例费用"] == Fraction("24058.94")
    assert price(region, record).as_dict() == priced.as_dict()


def test_the_region_says_what_it_prices(region: Region) -> None:
    assert region.names[:2] == ("病例点数", "病例类型")
    assert (region.table, region.program, region.period, region.example) == ("病例", "月度预结算", "2025-03", True)
    assert "住院总费用" in region.fields and "离院方式" not in region.fields
    assert region.unused == ()


def test_numbers_and_dates_may_be_python_values(region: Region, record: dict[str, Any]) -> None:
    wanted = region.price(record).as_dict()
    typed = record | {"出院日期": datetime.date.fromisoformat(record["出院日期"]), "住院天数": int(record["住院天数"])}
    for amount in (Decimal("24058.94"), Fraction("24058.94"), 24058.94, "24058.940"):
        assert region.price(typed | {"住院总费用": amount}).as_dict() == wanted


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("住院总费用", 0.1 + 0.2, "小数位数超过 2 位"),
        ("住院总费用", "24,058.94", "不要写千分位逗号"),
        ("住院总费用", True, "应为数"),
        ("住院总费用", float("inf"), "不是有限的数"),
        ("住院总费用", None, "必填"),
        ("险种", "城镇", "不在取值 职工、居民 之内"),
        ("出院日期", "2025-02-30", "没有这一天"),
        ("出院日期", datetime.datetime(2025, 3, 1, 12, tzinfo=datetime.UTC), "带有时区"),
        ("出院日期", "1900-01-01", "不是真的日期"),
        ("住院天数", Decimal("1.5"), "应为整数"),
        ("病例号", "", "必填"),
        ("机构编码", 3.5, "应为文本"),
        ("住院总费用", Decimal("1E+999999999"), "数字太长"),
        ("住院总费用", Decimal("1E-999999999"), "数字太长"),
        ("机构编码", Decimal("1E+999999999"), "数字太长"),
    ],
)
def test_a_wrong_value_rejects_the_case(
    region: Region, record: dict[str, Any], field: str, value: object, reason: str
) -> None:
    priced = region.price(record | {field: value})
    assert (priced.state, priced.by) == ("拒收", "数据格式")
    assert field in priced.reason and reason in priced.reason
    assert not priced.values


def test_a_field_left_out_is_an_empty_cell(region: Region, record: dict[str, Any]) -> None:
    del record["统筹基金支出"]
    assert region.price(record).reason == "统筹基金支出：必填，单元格是空的"
    del record["特需费用"]
    record["统筹基金支出"] = "100"
    assert region.price(record).settled


def test_a_name_that_is_no_field_is_an_error(region: Region, record: dict[str, Any]) -> None:
    with pytest.raises(CannotPrice, match="没有字段 住院总费，是不是 住院总费用？"):
        region.price(record | {"住院总费": 1})


def test_a_value_out_of_range_cannot_be_judged(region: Region, record: dict[str, Any]) -> None:
    priced = region.price(record | {"统筹基金支出": "-1"})
    assert (priced.state, priced.by) == ("拒收", "统筹基金支出 超出范围")
    assert priced.reason.startswith("不能判断 统筹支出超过总费用：") and priced.reason.endswith(
        "统筹基金支出 -1 超出范围 ≥ 0"
    )


def test_a_code_that_no_table_has_holds_the_case(region: Region, record: dict[str, Any]) -> None:
    priced = region.price(record | {"病组编码": "没有的"})
    assert (priced.state, priced.by) == ("挂起", "病例点数")
    assert priced.reason == "病组：表 病组 没有 病组编码 = 没有的 的行"
    with pytest.raises(CannotPrice, match="没有结算，没有 病例点数：挂起"):
        priced["病例点数"]


def test_checks_and_exclusions_decide_as_in_a_run(region: Region, record: dict[str, Any]) -> None:
    turned = region.price(record | {"入院日期": "2025-03-30", "出院日期": "2025-03-29", "结算日期": "2025-03-29"})
    assert (turned.state, turned.by) == ("拒收", "出院早于入院")
    late = region.price(record | {"上传日期": None})
    assert (late.state, late.by) == ("排除", "逾期上传")
    other = region.price(record | {"结算日期": "2025-04-30"})
    assert (other.state, other.reason) == ("期外", "不属于 2025-03")
    warned = region.price(record | {"性别": "男", "主要诊断": "O80"})
    assert warned.settled and "男性妇产科诊断" in warned.warnings


def test_what_was_not_asked_for_is_an_error(region: Region, record: dict[str, Any]) -> None:
    with pytest.raises(CannotPrice, match="没有算 中治率；算的有 病例点数"):
        region.price(record)["中治率"]


def test_other_values_are_priced_when_named(record: dict[str, Any]) -> None:
    assert load(DEMO, "2025-03", DATA, of="级别").names == ("级别",)
    priced = load(DEMO, "2025-03", DATA, of=["调节系数", "级别", "低倍率界值", "级别"]).price(record)
    assert priced.values == {"调节系数": Fraction("1.08"), "级别": "三级", "低倍率界值": Fraction(1, 2)}


def test_what_needs_all_cases_is_refused_by_name() -> None:
    with pytest.raises(CannotPrice) as error:
        load(DEMO, "2025-03", DATA, of=["病例点数", "月度总点数"])
    assert "1 项要有本期的全部 病例 才能算" in str(error.value) and "月度总点数：" in str(error.value)
    yearly = load(DEMO, "2025", DATA)
    assert list(yearly.needs_all) == ["病例支付标准"]
    with pytest.raises(CannotPrice, match="单独一行 病例 算不出 病例支付标准"):
        yearly.price({}).__getitem__("病例支付标准")


def test_a_program_in_which_cases_are_ranked_prices_none_alone() -> None:
    with pytest.raises(CannotPrice, match="激励名次 用 名次 看 激励病例 的其他行"):
        load(ROOT / "regions" / "xuancheng-demo", "2025", program="年度清算")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"period": "2025-13"}, "期间 2025-13 看不懂：没有 13 月"),
        ({"program": "没有"}, "没有程序 没有"),
        ({"period": "2025Q1"}, "不知道按哪个程序计价"),
        ({"table": "预算"}, "预算 不是按日期结算的表"),
        ({"of": ["没有的名字"]}, "没有 没有的名字 这个名字"),
        ({"region": "nowhere"}, "找不到地区 nowhere"),
        ({"data": "/nowhere"}, "nowhere"),
        ({"period": "2020-01"}, "2025-01-01"),
        ({"published": "/nowhere"}, "不是一次运行的输出"),
    ],
)
def test_what_cannot_be_loaded_says_why(asked: dict[str, Any], message: str) -> None:
    given = {"region": str(DEMO), "period": "2025-03", "data": DATA} | asked
    with pytest.raises(CannotPrice, match=message):
        load(**given)


def test_a_misspelt_published_column_is_told_and_nobody_misses_the_cases(tmp_path: Path) -> None:
    for name in ("医疗机构", "年度指标", "级别病组", "系数倾斜", "工作日历", "预算"):
        shutil.copy(DATA / f"{name}.csv", tmp_path)
    groups = (DATA / "病组.csv").read_text("utf-8-sig").replace("病组基准点数", "病组基准点", 1)
    (tmp_path / "病组.csv").write_text(groups, "utf-8")
    with pytest.raises(CannotPrice) as stopped:
        load(DEMO, "2025-03", tmp_path)
    assert "表“病组”没有列 病组基准点数，却有一列 病组基准点：是不是写错了？" in stopped.value.message
    assert "病例" not in stopped.value.message


def test_a_figure_that_nobody_has_set_stops_only_where_it_is_reached() -> None:
    assert load(ROOT / "regions" / "jiyuan", "2025-03", DATA).names
    with pytest.raises(CannotPrice, match="待定"):
        load(ROOT / "regions" / "jiyuan", "2025", DATA)


def test_rows_that_belong_to_a_case_come_with_it(records: dict[str, dict[str, Any]]) -> None:
    yearly = load(DEMO, "2025", DATA)
    record = records["202503061"]
    assert set(yearly.fields_below) == {"特例单议", "新技术"}
    alone = yearly.price(record)
    request = {"病例号": record["病例号"], "审核通过": "是", "核定点数": "300"}
    granted = yearly.price(record, 特例单议=[request])
    assert (alone["清算方式"], granted["清算方式"], granted["清算点数"]) == ("分组结果", "特例单议", 300)
    assert yearly.price(record, 特例单议=[])["清算点数"] == alone["清算点数"]
    bad = yearly.price(record, 特例单议=[request | {"审核通过": "也许"}])
    assert bad["清算方式"] == "分组结果"
    assert [(row.table, row.check) for row in bad.rejected] == [("特例单议", "数据格式")]


def test_rows_of_another_case_or_table_are_an_error(records: dict[str, dict[str, Any]]) -> None:
    yearly = load(DEMO, "2025", DATA)
    record = records["202503061"]
    with pytest.raises(CannotPrice, match="特例单议 的一行是 别的 的，不是 202503061 的"):
        yearly.price(record, 特例单议=[{"病例号": "别的", "审核通过": "是"}])
    with pytest.raises(CannotPrice, match="医疗机构 不是随 病例 一起给的表"):
        yearly.price(record, 医疗机构=[])
    with pytest.raises(CannotPrice, match="没有字段 通过"):
        yearly.price(record, 特例单议=[{"病例号": "202503061", "通过": "是"}])


def test_many_threads_price_alike(region: Region, records: dict[str, dict[str, Any]]) -> None:
    rows = [row | {"病例号": f"{row['病例号']}-{turn}"} for turn in range(5) for row in records.values()]
    wanted = [region.price(row).as_dict() for row in rows]
    fresh = load(DEMO, "2025-03", DATA)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda row: fresh.price(row).as_dict(), rows)) == wanted


def test_one_case_leaves_nothing_for_the_next(records: dict[str, dict[str, Any]]) -> None:
    """The same key with other rows below, one after the other and in turn with its explanation."""
    yearly = load(DEMO, "2025", DATA)
    record = records["202503061"]
    request = {"病例号": record["病例号"], "审核通过": "是", "核定点数": "300"}
    for _ in range(2):
        granted, alone = yearly.price(record, 特例单议=[request]), yearly.price(record)
        assert granted.explain("清算点数").steps[0].value == "300"
        assert alone.explain("清算点数").steps[0].value == "152.7551"
        assert (granted["清算点数"], alone["清算点数"]) == (300, Fraction("152.7551"))


@pytest.mark.parametrize(
    "value", [[1], {}, b"x", "\ud800", 10**5000, Decimal("sNaN"), object()], ids=lambda value: type(value).__name__
)
def test_a_value_that_no_reader_takes_is_told(region: Region, record: dict[str, Any], value: Any) -> None:
    with pytest.raises(CannotPrice, match="病例号：") as wrong:
        region.price({**record, "病例号": value})
    assert wrong.value.hint


@pytest.mark.parametrize("what", [None, [1], "abc"])
def test_what_is_no_record_is_told(region: Region, what: Any) -> None:
    with pytest.raises(CannotPrice, match="要写成字典"):
        region.price(what)
