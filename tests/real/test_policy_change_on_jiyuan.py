"""A change of policy in YAML alone: from 2026-01-01 the low bound is 40 %, and groups up to 100 points get 3.5 times.

The case is that of article 19's own example: 65.16 points, coefficient 0.9, 4105.08 yuan a case on its level.
"""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from engine.check import check_book
from engine.execute.period import parse_period
from engine.rulebook.book import Book, load
from engine.rulebook.history import history
from engine.settle import settle
from engine.testing import price, run_tests

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HEAD = """\
名称: 关于调整费用异常病例界值的通知
修订: jiyuan
施行: 2026-01-01
文件:
  通知: {题名: 关于调整费用异常病例界值的通知（虚构）}
"""
CHANGES = """\
依据: 通知 一
替换:
  低倍率界值: {单位: 比例, 取值: {2026-01-01: 40%}, 依据: 通知 一}
  高倍率判定倍率:
    粒度: 病组
    单位: 倍
    依据: 通知 二
    表:
      - {病组基准点数: "≤ 100",      高倍率判定倍率: 3.5}
      - {病组基准点数: "(100, 200]", 高倍率判定倍率: 3}
      - {病组基准点数: "(200, 300]", 高倍率判定倍率: 2.5}
      - {病组基准点数: "(300, 500]", 高倍率判定倍率: 2}
      - {病组基准点数: "> 500",      高倍率判定倍率: 1.5}
"""
CASE = {
    "所有病组次均住院费用": "7000", "病组编码": "BT15", "机构编码": "甲", "级别": "三级", "稳定": "是",
    "基础病组": "否", "整组单议": "否", "机构点数上浮": "0", "疗效价值付费": "否",
    "病组基准点数": "65.16", "调节系数": "0.9", "级别次均费用": "4105.08",
}  # fmt: skip
BEFORE, AFTER = "2025-06-30", "2026-06-30"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The regions and modules as they stand, with the notice beside them."""
    top = tmp_path_factory.mktemp("policy")
    shutil.copytree(ROOT / "rules", top / "rules")
    for region in sorted((ROOT / "regions").glob("jiyuan*")):
        shutil.copytree(region, top / "regions" / region.name)
    notice = top / "regions" / "jiyuan" / "amendments" / "界值通知"
    notice.mkdir(parents=True)
    (notice / "amendment.yaml").write_text(HEAD, "utf-8")
    (notice / "界值.yaml").write_text(CHANGES, "utf-8")
    return top


@pytest.fixture(scope="module")
def demo(folder: Path) -> Book:
    return load(folder / "regions" / "jiyuan-demo")


def on(book: Book, day: str, cost: str) -> tuple[object, object]:
    """Class and points of the case with this cost."""
    found = price(book, {**CASE, "病例费用": cost}, ["病例类型", "病例点数"], day=day)
    return found["病例类型"], found["病例点数"]


@pytest.mark.parametrize("region", ["jiyuan", "jiyuan-demo"])
def test_the_changed_rules_have_no_problem_and_pass_the_region_s_own_examples(folder: Path, region: str) -> None:
    book = load(folder / "regions" / region)
    assert [f"{p.place} {p.code} {p.message}" for p in check_book(book) if p.is_error] == []
    assert [layer.name for layer in book.layers][-1 if region == "jiyuan" else -2] == "界值通知"
    assert [(outcome.name, outcome.failures) for outcome in run_tests(book) if outcome.failures] == []


def test_the_history_tells_both_values_with_their_articles(demo: Book) -> None:
    told = [(step.how, str(step.start), step.cite) for step in history(demo, "低倍率界值")]
    assert told == [("新写", "2025-01-01", "办法 第十九条（一）2"), ("替换", "2026-01-01", "通知 一")]


@pytest.mark.parametrize(
    ("cost", "before", "after"),
    [
        # 40 % of 4105.08 is 1642.032, 50 % is 2052.54; low points are cost ÷ 7000 × 100, normal ones 65.16 × 0.9.
        ("1642.03", ("低倍率", "23.4576"), ("低倍率", "23.4576")),
        ("1642.04", ("低倍率", "23.4577"), ("正常", "58.644")),
        ("2052.54", ("低倍率", "29.322"), ("正常", "58.644")),
        ("2052.55", ("正常", "58.644"), ("正常", "58.644")),
        # 3 times is 12315.24, 3.5 times 14367.78; high points are normal ones × (1 + cost ÷ 4105.08 − bound).
        ("12315.24", ("正常", "58.644"), ("正常", "58.644")),
        ("12315.25", ("高倍率", "58.6441"), ("正常", "58.644")),
        ("14367.78", ("高倍率", "87.966"), ("正常", "58.644")),
        ("15579.20", ("高倍率", "105.272"), ("高倍率", "75.95")),
    ],
)
def test_the_same_case_in_both_years(demo: Book, cost: str, before: tuple[str, str], after: tuple[str, str]) -> None:
    assert on(demo, BEFORE, cost) == (before[0], Fraction(before[1]))
    assert on(demo, AFTER, cost) == (after[0], Fraction(after[1]))


@pytest.mark.parametrize(
    ("case", "before", "after"),
    [
        (("189.9882", "1.1909", "53599.2382", "26657.54"), ("低倍率", "112.5303"), ("正常", "226.2569")),
        (("81.152", "0.9095", "17485.1932", "54940.49"), ("高倍率", "84.2969"), ("正常", "73.8077")),
    ],
)
def test_two_public_discharges_in_both_years(
    demo: Book, case: tuple[str, ...], before: tuple[str, str], after: tuple[str, str]
) -> None:
    """Those that docs/trials.md shows: base points, coefficient, mean of the level, cost."""
    names = ("病组基准点数", "调节系数", "级别次均费用", "病例费用")
    given = CASE | {"所有病组次均住院费用": "23689.2089"} | dict(zip(names, case, strict=True))
    for day, expected in ((BEFORE, before), (AFTER, after)):
        found = price(demo, given, ["病例类型", "病例点数"], day=day)
        assert (found["病例类型"], found["病例点数"]) == (expected[0], Fraction(expected[1]))


def test_the_page_on_trials_shows_this_change() -> None:
    page = (ROOT / "docs" / "trials.md").read_text("utf-8")
    assert f"# amendment.yaml\n{HEAD}```" in page
    assert f"# 界值.yaml\n{CHANGES}```" in page


def test_the_last_day_before_and_the_first_day_of_the_notice(demo: Book) -> None:
    assert on(demo, "2025-12-31", "2052.54")[0] == "低倍率"
    assert on(demo, "2026-01-01", "2052.54")[0] == "正常"


def test_a_month_of_data_is_settled_by_the_rules_of_its_own_year(demo: Book, folder: Path) -> None:
    """March of the set worked out by hand, and the same deliveries a year later."""
    classes = {}
    for year in ("2025", "2026"):
        data = folder / f"data{year}"
        shutil.copytree(ROOT / "tests" / "worked" / "data", data)
        for path in data.glob("*.csv"):
            path.write_text(path.read_text("utf-8-sig").replace("2025", year), "utf-8-sig")
        result, _ = settle(demo, "月度预结算", parse_period(f"{year}-03"), [data], folder / f"out{year}",
                           previous=_two_months(demo, year, data, folder))  # fmt: skip
        sheet = next(s for s in result.statements if s.name == "月度病例明细")
        names = [column.name for column in sheet.columns]
        classes[year] = {row[names.index("病例号")]: row[names.index("病例类型")] for row in sheet.rows}
    assert classes["2025"] == {"C1": "正常", "C2": "低倍率", "C3": "高倍率", "C4": "正常"}
    assert classes["2026"] == classes["2025"] | {"C2": "正常"}


def _two_months(book: Book, year: str, data: Path, folder: Path) -> Path:
    """The results of January and February; the folder of February."""
    previous = None
    for month in ("01", "02"):
        out = folder / f"{year}-{month}"
        settle(book, "月度预结算", parse_period(f"{year}-{month}"), [data], out, previous=previous)
        previous = out
    assert previous is not None
    return previous
