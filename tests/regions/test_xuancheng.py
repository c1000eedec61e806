"""Xuancheng in 2023 and in 2024: the same case, two exact amounts, and the article that an explanation shows.

The year 2023 stands on assumed rules, the notice in force from 2024-01-01 is official: each shows which it is.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from engine.check import check_book
from engine.execute.period import parse_period
from engine.explain import Step, explain
from engine.rulebook.book import Book, load
from engine.rulebook.history import history
from engine.settle import settle
from engine.testing import price, run_tests

REGIONS = Path(__file__).parents[2] / "regions"
BEFORE, AFTER = "2023-06-30", "2024-06-30"
ON_LEVEL_ONE = {
    "所有病组次均住院费用": "8000", "病组编码": "AA11", "机构编码": "甲", "级别": "一级", "稳定": "是",
    "病组基准点数": "125", "医疗机构系数": "0.9",
}  # fmt: skip
CITY_HOSPITAL = ON_LEVEL_ONE | {"级别": "三级", "病组基准点数": "200"}
BOTH_SIDES = {"双侧器官手术": "是", "次要手术不同部位": "否"}


@pytest.fixture(scope="module")
def demo() -> Book:
    return load(REGIONS / "xuancheng-demo")


@pytest.mark.parametrize("region", ["xuancheng", "xuancheng-demo"])
def test_the_region_has_no_problem_and_its_own_examples_hold(region: str) -> None:
    book = load(REGIONS / region)
    assert [f"{p.place} {p.code} {p.message}" for p in check_book(book)] == []
    assert [(outcome.name, outcome.failures) for outcome in run_tests(book) if outcome.failures] == []


@pytest.mark.parametrize(
    ("cost", "before", "after"),
    [
        # The group's mean is 10000. Low points are cost ÷ 8000 × 100, normal ones 125 × 0.9.
        ("2999.99", ("低倍率", "37.4999"), ("低倍率", "37.4999")),
        ("3000", ("低倍率", "37.5"), ("正常", "112.5")),
        ("3999.99", ("低倍率", "49.9999"), ("正常", "112.5")),
        ("4000", ("正常", "112.5"), ("正常", "112.5")),
    ],
)
def test_a_cheap_case_of_a_level_one_hospital(
    demo: Book, cost: str, before: tuple[str, str], after: tuple[str, str]
) -> None:
    for day, (kind, points) in ((BEFORE, before), (AFTER, after)):
        found = price(demo, ON_LEVEL_ONE | {"病例费用": cost}, ["病例类型", "结算点数"], day=day)
        assert (found["病例类型"], found["结算点数"]) == (kind, Fraction(points))


@pytest.mark.parametrize(("cost", "before", "after"), [("16000", "180", "270"), ("72000", "580", "670")])
def test_both_sides_operated_at_once(demo: Book, cost: str, before: str, after: str) -> None:
    """200 points × 0.9, half as much again from 2024; what is above 2.5 × 16000 adds 400 points in both years."""
    case = CITY_HOSPITAL | {"病例费用": cost}
    assert price(demo, case, ["结算点数"], day=BEFORE)["结算点数"] == Fraction(before)
    assert price(demo, case | BOTH_SIDES, ["结算点数"], day=AFTER)["结算点数"] == Fraction(after)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("级别系数占比", [("新写", "实施办法"), ("替换", "通知 二（一）")]),
        ("稳定例数界值", [("新写", "实施办法"), ("替换", "通知 一（二）")]),
        ("低倍率界值", [("新写", "各市公开口径"), ("替换", "通知 三")]),
        ("清算点数", [("新写", "实施办法"), ("替换", "通知 二（二）")]),
    ],
)
def test_the_history_tells_what_the_notice_changed(demo: Book, name: str, told: list[tuple[str, str]]) -> None:
    assert [(step.how, step.cite) for step in history(demo, name)] == told


def test_the_invented_figures_do_not_cover_those_of_the_notice(demo: Book) -> None:
    shares = [price(demo, {}, ["级别系数占比"], day=day)["级别系数占比"] for day in (BEFORE, AFTER)]
    assert shares == [Fraction(1, 2), Fraction(4, 5)]


CASES = """\
病例号,机构编码,患者标识,险种,入院日期,出院日期,结算日期,住院天数,年龄,性别,主要诊断,病组编码,住院总费用,统筹基金支出
C1,卫生院,P1,居民,{y}-06-01,{y}-06-05,{y}-06-05,4,60,女,J18.900,AA11,3500.00,2000.00
C2,市院,P2,居民,{y}-06-01,{y}-06-11,{y}-06-11,10,60,男,I63.900,AA11,9500.00,6000.00
"""
OTHERS = {
    "医疗机构": "机构编码,机构名称,级别,医疗机构系数\n卫生院,卫生院,一级,0.9\n市院,市院,三级,1.1\n",
    "病组": "病组编码,病组名称,病组基准点数,稳定\nAA11,某病组,125,是\n",
    "年度指标": "年度,所有病组次均住院费用\n{y},8000\n",
    "预算": "险种,就医地,月份,统筹基金预算\n居民,本地,{y}-06,9000.00\n",
}


@pytest.fixture(scope="module")
def june(demo: Book, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same two cases settled for June of each year."""
    outs = {}
    for year in ("2023", "2024"):
        folder = tmp_path_factory.mktemp(year)
        for table, text in (OTHERS | {"病例": CASES}).items():
            (folder / f"{table}.csv").write_text(text.format(y=year), "utf-8")
        settle(demo, "月度预结算", parse_period(f"{year}-06"), [folder], folder / "out")
        outs[year] = folder / "out"
    return outs


@pytest.mark.slow
@pytest.mark.parametrize(
    ("year", "points", "payment", "bound", "cite", "status", "file"),
    [
        # C2 has 125 × 1.1 = 137.5 points in both years; the pool is 13000 − 8000 + 9000 = 14000 yuan:
        # 43.75 × 14000 ÷ 181.25 before, 112.5 × 14000 ÷ 250 after.
        ("2023", "43.75", "3379.31", "0.4", "各市公开口径", "转述", "rules/drg-points/rules.yaml"),
        ("2024", "112.5", "6300", "0.3", "通知 三", "正式", "2024-三医协同/三-基层低倍率.yaml"),
    ],
)
def test_the_explanation_shows_the_article(
    june: dict[str, Path], year: str, points: str, payment: str, bound: str, cite: str, status: str, file: str
) -> None:
    (paid,) = explain(june[year], "付费病例", "C1", "病例支付金额")
    (counted,) = explain(june[year], "付费病例", "C1", "结算点数")
    assert (paid.value, counted.value) == (payment, points)
    low = next(step for step in below(paid) if step.name == "低倍率界值")
    assert (low.value, low.cite, low.status or "正式") == (bound, cite, status)
    assert file in low.place


def below(step: Step) -> list[Step]:
    """A step and all that it rests on, in the order in which they are told."""
    return [step, *(found for inner in step.steps for found in below(inner))]
