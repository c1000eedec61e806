"""Sixteen real cities over the shared case rules: each passes the check, and every worked case comes out to the fen.

Points and payment are exact inside; the two decimals of the expected columns are half up, at the very end.
"""

from __future__ import annotations

import csv
import random
from dataclasses import asdict
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from work_out import CASES, POINTS, RATES, Case, Result, cases, settle, two

from engine.check.all import check_book
from engine.language.values import Unresolved
from engine.rulebook.book import Book, load
from engine.testing import price, run_tests

HERE = Path(__file__).parent
RULES = HERE.parents[1] / "rules"
SHARED = HERE.parents[2] / "shared" / "examples" / "worked_cases.csv"
CITIES = (*POINTS, *RATES)

# The shared file's cities and words as the gallery has them, and its two half-fen ties, which its source printed
# downwards.
FOLDERS = {
    "济源": "jiyuan2023", "周口": "zhoukou", "漯河": "luohe", "开封": "kaifeng", "合肥": "hefei", "蚌埠": "bengbu",
    "铜陵": "tongling", "南京": "nanjing", "宁波": "ningbo", "嘉兴": "jiaxing", "佛山": "foshan", "庆阳": "qingyang",
    "临沂": "linyi", "西安": "xian", "长沙": "changsha", "定州": "dingzhou",
}  # fmt: skip
CLASSES = {
    "低倍率": "低倍率", "正常倍率": "正常", "高倍率": "高倍率", "按DRG付费": "正常", "按DRG付费（正常）": "正常",
    "按DRG付费（费用极高）": "高倍率", "按项目付费（低倍）": "低倍率", "按项目付费（费用极低）": "低倍率",
    "按项目付费（高倍）": "高倍率", "按项目付费（2天）": "按项目付费",
}  # fmt: skip
TIES = {"48": {"expected_points": "42.89"}, "85": {"expected_payment": "15500.21"}}


@cache
def book(city: str) -> Book:
    return load(HERE / city)


def settled(city: str, given: dict[str, str]) -> Result:
    """The engine's class, points and payment of one case."""
    wanted = ["病例类型", "病例支付金额", *(["病例点数"] if city in POINTS else [])]
    found = price(book(city), {"病组编码": "BR21", "机构编码": "甲", "险种": "职工", "级别": "二级", **given}, wanted)
    return Result(found["病例类型"], found.get("病例点数"), found["病例支付金额"])


def group_of(city: str, weight: str) -> dict[str, str]:
    """What the catalogue says of the group: the points of its weight, or the weight itself where a rate is paid."""
    return {"病组基准点数": f"{Decimal(weight) * 100:f}"} if city in POINTS else {"权重": weight}


# -- the rule sets -----------------------------------------------------------------------------------------------


def test_there_are_sixteen_cities():
    folders = sorted(path.parent.name for path in HERE.glob("*/region.yaml"))
    assert folders == sorted(CITIES) == sorted(FOLDERS.values())


@pytest.mark.parametrize("city", CITIES)
def test_the_city_passes_the_check(city):
    assert [str(problem) for problem in check_book(book(city))] == []


@pytest.mark.parametrize("city", CITIES)
def test_a_city_is_a_few_lines(city):
    lines = [line for line in (HERE / city / "rules.yaml").read_text("utf-8").splitlines() if line.strip()]
    assert 3 <= len(lines) <= 15


FOLDERS_WITH_TESTS = [RULES / "drg-points", RULES / "drg-rate", *(HERE / city for city in CITIES)]


@pytest.mark.parametrize("region", FOLDERS_WITH_TESTS, ids=lambda path: path.name)
def test_its_own_examples_come_out(region):
    outcomes = list(run_tests(load(region)))
    assert [(o.name, o.failures) for o in outcomes if not o.passed] == []
    assert outcomes


# -- the shared worked cases -------------------------------------------------------------------------------------


def shared_rows() -> list[dict[str, str]]:
    if not SHARED.is_file():
        return []
    with SHARED.open(encoding="utf-8-sig", newline="") as file:
        return [row | TIES.get(row["id"], {}) for row in csv.DictReader(file)]


@pytest.mark.skipif(not SHARED.is_file(), reason=f"{SHARED} is not here, and not part of the repository")
def test_all_shared_cases_are_here():
    rows = shared_rows()
    assert len(rows) == 86 and {FOLDERS[row["city"]] for row in rows} == set(CITIES)


@pytest.mark.parametrize("row", shared_rows(), ids=lambda row: f"{row['id']}-{row['city']}")
def test_a_shared_case_comes_out(row):
    city = FOLDERS[row["city"]]
    given = {
        **group_of(city, row["weight"]), "基础病组": "是" if row["group_tag"] == "基础病组" else "否",
        "稳定": "是", "年龄": row["age"], "住院天数": row["days"], "病例费用": row["cost"],
    }  # fmt: skip
    if city in POINTS:
        given |= {"所有病组次均住院费用": row["mean_fee"], "点值": row["point_value"], "调节系数": row["coefficient"]}
    elif city == "linyi":
        given |= {"费率": row["rate"], "级别系数": row["coefficient"], "医疗机构系数": row["hospital_factor"]}
    else:
        given |= {"费率": row["rate"], "调节系数": row["coefficient"]}
    if row["level"] in ("一级", "二级", "三级"):
        given["级别"] = row["level"]
    found = settled(city, given)
    assert found.kind == CLASSES[row["expected_class"]]
    assert (two(found.points), two(found.payment)) == (row["expected_points"], row["expected_payment"])


# -- the project's own worked cases ------------------------------------------------------------------------------


def own_rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def own_case(row: dict[str, str]) -> Case:
    return Case(**{name: row[name] for name in Case.__dataclass_fields__})


def given_of(case: Case) -> dict[str, str]:
    given = {
        **group_of(case.city, case.weight), "基础病组": case.basic, "稳定": case.stable, "级别": case.level,
        "年龄": case.age, "住院天数": case.days, "病例费用": case.cost, "医疗机构系数": case.hospital_coefficient,
        "所有病组次均住院费用": case.mean_fee, "点值": case.point_value, "费率": case.rate,
        "级别系数": case.level_coefficient,
    }  # fmt: skip
    foreign = ("费率", "级别系数") if case.city in POINTS else ("所有病组次均住院费用", "点值")
    return {name: value for name, value in given.items() if name not in foreign and value}


def test_the_file_is_what_was_worked_out():
    assert [own_case(row) for row in own_rows()] == list(cases())
    for row in own_rows():
        result = settle(own_case(row))
        expected = (row["expected_class"], row["expected_points"], row["expected_payment"])
        assert (result.kind, two(result.points), two(result.payment)) == expected, row["id"]


@pytest.mark.parametrize("row", own_rows(), ids=lambda row: f"{row['id']}-{row['city']}")
def test_an_own_case_comes_out(row):
    case = own_case(row)
    found = settled(case.city, given_of(case))
    assert found.kind == row["expected_class"], row["why"]
    assert (two(found.points), two(found.payment)) == (row["expected_points"], row["expected_payment"]), row["why"]
    assert found.points == settle(case).points, "points are not rounded inside"


@pytest.mark.parametrize("city", CITIES)
def test_any_case_comes_out(city):
    """Made-up cases over the whole range, the same ones every time."""
    made = random.Random(f"gallery {city}")
    for _ in range(25):
        at_a_bound = made.choice((1, 2, 3, 4, 5, 10)) * 10_000
        weight = Decimal(made.choice((made.randint(1, 60_000), at_a_bound))) / 10_000
        case = Case(
            city, str(weight), str(Decimal(made.randint(0, int(weight * 4_000_000))) / 100),
            mean_fee="8000" if city in POINTS else "", rate="" if city in POINTS else "8000",
            point_value="71.3" if city in POINTS else "", basic=made.choice("是否"),
            hospital_coefficient=str(Decimal(made.randint(60, 140)) / 100),
            level_coefficient="0.9137" if city == "linyi" else "",
            stable=made.choice("是否") if city == "xian" else "是", level=made.choice(("一级", "二级", "三级")),
            age=str(made.randint(0, 90)), days=str(made.choice((0, 1, 2, 3, 20, 59, 60, 61))),
        )  # fmt: skip
        expected, found = settle(case), settled(city, given_of(case))
        assert (found.kind, found.points) == (expected.kind, expected.points), asdict(case)
        assert two(found.payment) == two(expected.payment), asdict(case)


# -- what is not known -------------------------------------------------------------------------------------------


def test_a_level_without_a_bound_is_not_guessed():
    given = {"权重": "1", "级别": "未定级", "费率": "6800", "级别系数": "1", "医疗机构系数": "1"}
    assert settled("linyi", {**given, "病例费用": "3000"}).kind == "低倍率"
    with pytest.raises(Unresolved, match="高倍率判定倍率 待定"):
        settled("linyi", {**given, "病例费用": "6800"})


@pytest.mark.parametrize("city", RATES)
def test_a_rate_city_does_not_price_a_group_without_a_weight(city):
    with pytest.raises(Unresolved, match="病例支付金额 待定"):
        settled(city, {"权重": "空", "病例费用": "1000", "费率": "6800"})


@pytest.mark.parametrize(
    ("city", "weight", "mean", "cost"),
    [
        ("ningbo", "1.3", "10200", "22000"),
        ("jiaxing", "1.4", "9000", "24000"),
        ("foshan", "1.1", "10400", "19000"),
        ("luohe", "1.3", "8400", "32000"),
    ],
)
def test_a_high_case_below_a_normal_one_is_named(city, weight, mean, cost):
    """The written rule is kept where q's base and the tail do not match; the screening says so."""
    given = {
        "病组编码": "BR21", "机构编码": "甲", **group_of(city, weight), "稳定": "是", "基础病组": "否",
        "所有病组次均住院费用": mean, "医疗机构系数": "0.8", "病例费用": cost,
    }  # fmt: skip
    found = price(book(city), given, ["病例类型", "高倍率倒挂"])
    assert found == {"病例类型": "高倍率", "高倍率倒挂": "未命中" if city == "luohe" else "命中"}
