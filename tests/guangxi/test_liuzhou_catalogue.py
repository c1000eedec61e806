"""Liuzhou's points pool priced with the published catalogue of Guangxi (984 groups), when it is at hand.

The catalogue prints, for each group, its weight (RW) and its mean cost; the mean of all cases is 7990.242 yuan. A group
without a weight carries that mean as a placeholder: it is a blank group, never a group of weight 1.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from math import floor
from pathlib import Path

import pytest

from engine.execute.period import parse_period
from engine.rulebook.book import load
from engine.settle import settle
from engine.testing import price

CATALOGUE = Path(__file__).parents[3] / "shared/data/catalogues/广西2022.csv"
REGIONS = Path(__file__).parents[2] / "regions"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CATALOGUE.is_file(), reason=f"the catalogue is not there ({CATALOGUE})"),
]
ALL_CASES = Fraction("7990.242")
LOW = Fraction("0.4")
HIGH = ((100, "3"), (200, "2.5"), (300, "2"), (500, "1.5"), (None, "1.3"))
BUDGET = 5_000_000  # a month


def half_up(value: Fraction, digits: int) -> Fraction:
    return Fraction(floor(value * 10**digits + Fraction(1, 2)), 10**digits)


def multiple(points: Fraction) -> Fraction:
    """The high multiple of a group with these points."""
    return Fraction(next(times for bound, times in HIGH if bound is None or points <= bound))


def points_of(weight: str, stable: bool, cost: Fraction) -> tuple[str, Fraction]:
    """Class and points of a case, in plain fractions from the printed rule; no coefficient."""
    by_cost = cost / ALL_CASES * 100
    if not weight:
        return "空白病组", half_up(by_cost, 4)
    points = Fraction(weight) * 100
    ratio = cost / (points / 100 * ALL_CASES)
    if not stable:
        return "非稳定病组", points
    if ratio < LOW:
        return "低倍率", half_up(by_cost, 4)
    if ratio > multiple(points):
        return "高倍率", half_up(by_cost - (multiple(points) - 1) * points, 4)
    return "正常", points


@pytest.fixture(scope="module")
def groups() -> list[dict[str, str]]:
    with CATALOGUE.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        names = ("code", "name", "weight", "mean", "stable")
        return [dict(zip(names, row, strict=True)) for row in rows]


def test_the_catalogue_is_the_one_meant(groups):
    assert len(groups) == len({group["code"] for group in groups}) == 984
    assert sum(group["stable"] == "是" for group in groups) == 945
    assert {group["mean"] for group in groups if not group["weight"]} == {"7990.242"}
    assert sum(not group["weight"] for group in groups) == 5


def test_a_group_s_mean_over_that_of_all_cases_gives_the_printed_weight(groups):
    book = load(REGIONS / "liuzhou")
    wrong = []
    for group in groups:
        if group["weight"]:
            given = {"病组编码": group["code"], "病组平均成本": group["mean"], "所有病组次均住院费用": "7990.242"}
            given["测算病组例数"] = "1"
            found = price(book, given, ["成本系数", "病组基准点数"], program="基准测算", day="2025-06-30")
            exact = Fraction(group["mean"]) / ALL_CASES
            made = half_up(found["成本系数"], 4), found["病组基准点数"]
            if made != (Fraction(group["weight"]), half_up(exact * 100, 4)):
                wrong.append((group["code"], group["weight"], made))
    assert wrong == []


def cases(groups) -> list[dict[str, str]]:
    """For each group a case at its mean; for every seventh one far below and one far above; costs to the fen."""
    found = []
    for n, group in enumerate(groups):
        factors = ["1", *(["0.39", "0.4", "3.4"] if n % 7 == 0 else [])]
        for factor in factors:
            cost = half_up(Fraction(group["mean"]) * Fraction(factor), 2)
            fund = half_up(cost * Fraction("0.6"), 2)
            found.append({"group": group, "cost": cost, "fund": fund, "hospital": f"H{n % 3 + 1}"})
    return found


def write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def money(value: Fraction) -> str:
    return f"{float(value):.2f}"


@pytest.fixture(scope="module")
def year(groups, tmp_path_factory):
    """The cases, and the result of settling 2025 with them."""
    folder = tmp_path_factory.mktemp("liuzhou")
    data = folder / "data"
    made = cases(groups)
    pool = {"险种": "职工", "就医地": "本地"}
    write(
        data,
        "病组",
        [
            {
                "病组编码": group["code"],
                "病组名称": group["name"],
                "病组基准点数": str(float(Fraction(group["weight"]) * 100)) if group["weight"] else "",
                "稳定": group["stable"],
            }
            for group in groups
        ],
    )
    hospitals = [f"H{n}" for n in (1, 2, 3)]
    write(data, "医疗机构", [{"机构编码": name, "机构名称": name, "级别": "三级"} for name in hospitals])
    write(
        data,
        "病例",
        [
            {
                "病例号": f"Z{n:05d}",
                "机构编码": case["hospital"],
                "患者标识": f"P{n}",
                **pool,
                "入院日期": "2025-03-01",
                "出院日期": "2025-03-06",
                "结算日期": "2025-03-06",
                "住院天数": "5",
                "年龄": "50",
                "性别": "女",
                "主要诊断": "X",
                "住院总费用": money(case["cost"]),
                "统筹基金支出": money(case["fund"]),
                "病组编码": case["group"]["code"],
            }
            for n, case in enumerate(made)
        ],
    )
    write(data, "预算", [{**pool, "月份": f"2025-{m:02d}", "统筹基金预算": str(BUDGET)} for m in range(1, 13)])
    write(data, "年度指标", [{"年度": "2025", "所有病组次均住院费用": "7990.242"}])
    write(data, "考评", [{"机构编码": name, "年度": "2025", "考评得分": "90"} for name in hospitals])
    write(
        data,
        "方式总额指标",
        [{**pool, "年度": "2025", **dict.fromkeys(("人头指标", "床日指标", "病种指标", "项目指标"), "0")}],
    )
    write(data, "付费协议", [{"机构编码": "H1", **pool, "年度": "2025", "项目付费指标": "0"}])
    write(data, "拨付", [{"机构编码": "H1", **pool, "月份": "2025-01", "月度拨付金额": "0", "预留质量保证金": "0"}])
    write(data, "单病种限价", [{"单病种编码": "B1", "级别": "三级", "最高限价": "1"}])
    write(data, "单病种", [{"单病种编码": "B1", "单病种名称": "无", "基础支付标准": "1"}])
    write(data, "签约", [{"机构编码": "H1", **pool, "签约人群": "一般人群", "年度": "2025", "签约人数": "0"}])
    result, _ = settle(load(REGIONS / "liuzhou-demo"), "年度清算", parse_period("2025"), [data], folder / "out")
    return made, result


def sheet(result, name: str) -> list[dict]:
    found = next(s for s in result.statements if s.name == name)
    return [dict(zip([column.name for column in found.columns], row, strict=True)) for row in found.rows]


def test_every_case_has_the_class_and_points_of_the_printed_rule(year):
    made, result = year
    rows = {row["病例号"]: row for row in sheet(result, "DRG明细")}
    wrong = []
    for n, case in enumerate(made):
        row, group = rows[f"Z{n:05d}"], case["group"]
        expected = points_of(group["weight"], group["stable"] == "是", case["cost"])
        if (row["病例类型"], row["结算点数"]) != expected:
            wrong.append((group, case["cost"], row["病例类型"], row["结算点数"], expected))
    assert wrong == []
    assert len(rows) == len(made)
    assert {row["病例类型"] for row in rows.values()} == {"正常", "低倍率", "高倍率", "非稳定病组", "空白病组"}


def test_the_pool_s_money_is_the_budget_and_each_hospital_s_its_points(year):
    made, result = year
    points: dict[str, Fraction] = dict.fromkeys(("H1", "H2", "H3"), Fraction(0))
    patients = dict(points)
    for case in made:
        group = case["group"]
        points[case["hospital"]] += points_of(group["weight"], group["stable"] == "是", case["cost"])[1]
        patients[case["hospital"]] += case["cost"] - case["fund"]
    value = (12 * BUDGET + sum(patients.values())) / sum(points.values())
    paid = {row["机构编码"]: row for row in sheet(result, "年度清算表")}
    for name in points:
        assert paid[name]["机构总点数"] == points[name]
        assert paid[name]["DRG基金支付"] == half_up(points[name] * value - patients[name], 2)
    (pool,) = sheet(result, "年度基金池表")
    assert pool["点值"] == half_up(value, 4)
    assert abs(sum(row["DRG基金支付"] for row in paid.values()) - 12 * BUDGET) <= Fraction("0.015")
