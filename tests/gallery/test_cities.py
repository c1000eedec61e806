"""Twelve cities that are answers to the menu and nothing else: each passes the check, and its worked cases come out.

The project's own cases are worked out by hand below, in numbers of our own; the shared rows are read where they are.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from work_out import two

from engine.rulebook.book import Book
from engine.testing import price
from tests.menu.regions import answers_of, from_file, wrong

HERE = Path(__file__).parent
CITIES = {path.stem: path for path in sorted((HERE / "cities").glob("*.yaml"))}
SHARED = HERE.parents[2] / "shared" / "trial" / "cities.csv"
FOLDERS = {
    "滁州": "chuzhou", "盐城": "yancheng", "徐州": "xuzhou", "泰州": "taizhou-js", "柳州": "liuzhou", "贵港": "guigang",
    "达州": "dazhou", "巴中": "bazhong", "南昌2025": "nanchang2025", "阿坝": "aba", "金华": "jinhua",
    "台州": "taizhou-zj",
}  # fmt: skip
CLASSES = {"低倍率": "低倍率", "正常倍率": "正常", "高倍率": "高倍率"}
# Exact ties that the file's source printed downwards, and coefficients that it printed too short.
TIES = {"88": "13341.83", "89": "18932.69"}
LONGER = {"46": "1.43635013", "47": "1.43635013", "64": "1.09640498", "65": "1.09640498"}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Book]:
    folder = tmp_path_factory.mktemp("cities")
    return {name: from_file(folder / name, path) for name, path in CITIES.items()}


def settled(book: Book, given: dict[str, str]) -> tuple[str, str, str]:
    """Class, points and payment of one case, as shown: two decimals, half up."""
    usual = {"病例号": "1", "机构编码": "甲", "就医地": "本地", "稳定": "是", "基础病组": "否", "年龄": "40"}
    found = price(book, {**usual, **given}, ["病例类型", "病例点数", "病例支付金额"])
    return found["病例类型"], two(found["病例点数"]), two(found["病例支付金额"])


def test_there_are_twelve_cities():
    assert sorted(CITIES) == sorted(FOLDERS.values())


@pytest.mark.parametrize("city", CITIES)
def test_the_city_passes_the_check_and_its_examples(city, books):
    assert wrong(books[city]) == []


@pytest.mark.parametrize("city", CITIES)
def test_a_city_is_a_few_answers(city):
    """The head (name, text) and what is asked; none is written by hand after that."""
    said = [answer for answer in answers_of(CITIES[city]).chosen.values() if answer.said]
    assert 5 <= len(said) <= 12


def test_the_table_of_the_trial_has_their_lines():
    page = (HERE.parents[1] / "docs" / "trials.md").read_text("utf-8")
    for title, name in FOLDERS.items():
        lines = len(CITIES[name].read_text("utf-8").splitlines())
        assert re.search(rf"^\| {title} \| \d+ \| \d+ \| {lines} \|", page, re.MULTILINE), title


# What each paragraph says, on numbers of our own: weight, given besides, cost, class, points, payment.
OWN = [
    # 滁州, mean 6172.5656: below 0.3 times by cost; a supported group below 0.7 too, else 8000 ÷ mean × 100 × k more
    ("chuzhou", "1", {"病组编码": "AA11", "病组系数": "0.9"}, "1851.76", "低倍率", "30.00", "1588.49"),
    ("chuzhou", "1", {"病组编码": "AA11", "病组系数": "0.9"}, "1851.77", "正常", "90.00", "4765.50"),
    ("chuzhou", "2", {"病组编码": "EB11", "病组系数": "0.9"}, "8641.59", "低倍率", "140.00", "7413.00"),
    ("chuzhou", "2", {"病组编码": "EB11", "病组系数": "0.9"}, "8641.60", "正常", "296.65", "15707.36"),
    # a group with a fixed fee of 3042: 0.3 times is 912.60, whatever its weight
    ("chuzhou", "1", {"病组编码": "DS15", "病组系数": "1"}, "912.59", "低倍率", "14.78", "782.85"),
    ("chuzhou", "1", {"病组编码": "DS15", "病组系数": "1"}, "912.60", "正常", "100.00", "5295.00"),
    # 盐城, mean 7726.16: high above 2 times for a weight of 2, what is deducted is 2.5 − 1 = 1.5 times 200 × 1.1
    ("yancheng", "2", {"级别": "三级", "级别调整系数": "1.1"}, "38630.80", "高倍率", "170.00", "10078.89"),
    ("yancheng", "2", {"级别": "三级", "级别调整系数": "1", "单议病组": "是"}, "7726.16", "正常", "100.00", "5928.76"),
    # 徐州, mean 11700: the ratio is over 11700 × 0.8744, what is added over 11700
    ("xuzhou", "1", {"级别": "二级"}, "35100.00", "高倍率", "87.44", "8744.00"),
    ("xuzhou", "1", {"级别": "二级", "基础病组": "是"}, "35100.00", "正常", "100.00", "10000.00"),
    # 泰州: a low case by cost, times the coefficient
    ("taizhou-js", "1", {"病组系数": "0.8"}, "2000", "低倍率", "18.43", "1253.29"),
    # 柳州, 贵港: by cost, less (K − 1) × W × 100 × k; 贵港 basic groups 0.59
    ("liuzhou", "1", {"级别": "二级"}, "26849.75", "高倍率", "222.93", "14352.04"),
    ("guigang", "1", {"级别": "三级", "险种": "居民", "基础病组": "是"}, "13424.875", "高倍率", "82.00", "4497.24"),
    # 达州: W 6 has 1.3
    ("dazhou", "6", {"级别": "二级", "级别调整系数": "0.9"}, "38263.1094", "高倍率", "660.00", "26782.80"),
    # 巴中: below 0.6 of mean × W × k
    ("bazhong", "1", {"级别": "二级", "级别调整系数": "0.5"}, "1302.08", "低倍率", "30.00", "1302.08"),
    ("bazhong", "1", {"级别": "二级", "级别调整系数": "0.5"}, "1302.09", "正常", "50.00", "2170.14"),
    # 南昌: 1000 points a weight; above 1.5 × k, and what is added is negative
    ("nanchang2025", "1", {"医疗机构系数": "0.5"}, "12839.66", "高倍率", "0.00", "0.00"),
    # 阿坝: (1.5 − k) × 100 × W is deducted
    ("aba", "1", {"级别": "一级"}, "13516.77", "高倍率", "230.00", "10400.60"),
    ("aba", "1", {"级别": "二级"}, "13516.77", "正常", "100.00", "4522.00"),
    # 金华, 台州: the ratio with the coefficient, what is added without
    ("jinhua", "1", {"医疗机构系数": "1.2"}, "37708", "高倍率", "220.00", "18636.20"),
    ("taizhou-zj", "1", {"医疗机构系数": "1"}, "22601.76", "正常", "100.00", "9000.00"),
    ("taizhou-zj", "1", {"医疗机构系数": "1"}, "22601.77", "高倍率", "100.00", "9000.01"),
]  # fmt: skip


@pytest.mark.parametrize(("city", "weight", "given", "cost", "kind", "points", "paid"), OWN)
def test_an_own_case_comes_out(city, weight, given, cost, kind, points, paid, books):
    known = {"病组编码": "AA11", "险种": "职工", "权重": weight, "病例费用": cost, **given}
    assert settled(books[city], known) == (kind, points, paid)


def shared_rows() -> list[dict[str, str]]:
    if not SHARED.is_file():
        return []
    with SHARED.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.skipif(not SHARED.is_file(), reason=f"{SHARED} is not here, and not part of the repository")
def test_all_shared_cases_are_here():
    rows = shared_rows()
    assert len(rows) == 52 and {FOLDERS[row["city"]] for row in rows} == set(CITIES)


@pytest.mark.parametrize("row", shared_rows(), ids=lambda row: f"{row['id']}-{row['city']}")
def test_a_shared_case_comes_out(row, books):
    city = FOLDERS[row["city"]]
    given = {
        "病组编码": row["group"].strip("(.)").upper(), "险种": row["insurance"], "权重": row["weight"],
        "调节系数": LONGER.get(row["id"], row["coefficient"]), "病例费用": row["cost"],
        "级别": row["level"] if row["level"] in ("一级", "二级", "三级") else "二级",
        "基础病组": "是" if row["group_tag"] == "基础病组" else "否", "所有病组次均住院费用": row["mean_fee"],
        "点值": row["point_value"],
    }  # fmt: skip
    paid = TIES.get(row["id"], row["expected_payment"])
    assert settled(books[city], given) == (CLASSES[row["expected_class"]], row["expected_points"], paid)
    if row["id"] not in ("171", "172", "173", "174"):  # these have figures of their own
        published = {name: value for name, value in given.items() if name not in ("所有病组次均住院费用", "点值")}
        if city in ("xuzhou", "liuzhou", "aba", "guigang"):
            del published["调节系数"]
        assert settled(books[city], published) == (CLASSES[row["expected_class"]], row["expected_points"], paid)
