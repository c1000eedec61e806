"""The rows of a result by page: what is asked for, in the order asked for, counted, exact, and as files for people."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest

from engine.files.errors import DataError
from engine.results.called import values_called
from engine.results.conditions import Condition, parse_condition
from engine.results.files import write_rows
from engine.results.opened import OpenResult, open_result
from tests.engine.city import city

ROOT = Path(__file__).parents[2]
DAYS = ("2025-01-10", "2025-01-20", "2025-02-10", "2025-03-15")
RULES = """
全市: {键: []}
班次名: {粒度: 行程, 类型: 文本, 公式: '缺省(班次, "=没有")'}
车费: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 2}
太贵: {粒度: 行程, 拒收: 运费 > 1000}
车队费: {粒度: 车队, 单位: 元, 公式: 合计(车费)}
车队表: {粒度: 车队, 列: [车队费]}
行程表: {粒度: 行程, 列: [车队号, 日期, 班次, 班次名, 车费], 合计行: 全市}
结算: {期间: 年, 报表: [车队表, 行程表]}
"""
TRIPS = """
行程号,车队号,日期,里程,运费,班次
1,东,2025-01-10,10,100.00,早
2,东,2025-01-20,20,200.00,
3,西,2025-02-10,30,400.00,晚
4,西,2025-03-15,40,800.05,早
5,西,2025-03-15,40,800000.05,早
6,西,2025-03-16,10,x,早
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = city(
        tmp_path_factory.mktemp("rows"),
        RULES,
        行程=TRIPS,
    )
    return made.run().out


@pytest.fixture
def result(out: Path) -> OpenResult:
    return open_result(out)


def numbers(result: OpenResult, *where: str, sort: tuple[tuple[str, bool], ...] = (), **more: int) -> list[str]:
    headings = [column.heading for column in result.table("行程表").columns]
    page = result.page("行程表", [parse_condition(one, headings) for one in where], sort, **more)
    return [row[0] for row in page.texts]


def test_codes_are_called_as_a_statement_calls_them_and_not_where_two_rows_differ(result, out):
    beside = {"行程表": {"行程号": "日期", "车队号": "班次名", "日期": "没有的"}, "没有的": {"甲": "乙"}}
    called = values_called(out, result.tables, beside)
    assert called["行程号"] == ("日期", {n: day for n, day in zip("1234", DAYS, strict=True)})
    assert called["车队号"] == ("班次名", {})  # two names each
    assert set(called) == {"行程号", "车队号"}


def test_what_can_be_read_stands_with_its_rows(result):
    assert [(t.title, t.kind, t.rows) for t in result.tables] == [
        ("车队表", "报表", 2), ("行程表", "报表", 4), ("拒收 行程", "拒收", 2),
    ]  # fmt: skip
    kinds = {column.heading: column.kind for column in result.table("行程表").columns}
    assert kinds == {"行程号": "文字", "车队号": "文字", "日期": "日期", "班次": "文字", "班次名": "文字", "车费": "数"}


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ([], ["1", "2", "3", "4"]),
        (["车队号=西"], ["3", "4"]),
        (["车队号!=西"], ["1", "2"]),
        (["车费>=800"], ["3", "4"]),
        (["车费=1600.10"], ["4"]),
        (["车费 < 1,600.1"], ["1", "2", "3"]),
        (["日期>2025-01-10", "日期<=2025-02-10"], ["2", "3"]),
        (["日期^2025-01"], ["1", "2"]),
        (["班次="], ["2"]),
        (["班次!="], ["1", "3", "4"]),
        (["班次!~早"], ["3"]),
        (["班次名~=没"], ["2"]),
        (["车费~.1"], ["4"]),
        (["车队号=' OR 1=1 --"], []),
    ],
)
def test_conditions_mean_what_they_say(result, where, found):
    assert numbers(result, *where) == found


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("车费=多", "要和数比"), ("车费=1e999", "要和数比"), ("日期>三月", "要和日期比"), ("没有的=1", "没有列 没有的"),
        ("车费", "看不懂条件"), ("车费>", "后面要写值"),
    ],
)  # fmt: skip
def test_what_is_no_condition_is_refused(result, where, said):
    with pytest.raises(DataError, match=said):
        numbers(result, where)


def test_rows_stand_as_they_are_sorted_and_equal_ones_as_in_the_result(result):
    assert numbers(result, sort=(("车费", True),)) == ["4", "3", "2", "1"]
    assert numbers(result, sort=(("车队号", True), ("日期", True))) == ["4", "3", "2", "1"]
    assert numbers(result, sort=(("班次", False),)) == ["1", "4", "3", "2"]
    assert numbers(result, sort=(("班次", True),)) == ["3", "1", "4", "2"]
    with pytest.raises(DataError, match="没有列"):
        numbers(result, sort=(("没有的", False),))


def test_a_page_is_a_part_with_the_count_and_the_exact_sums_of_all(result):
    page = result.page("行程表", [Condition("车队号", "=", "西")], [("车费", True)], 1, 1)
    assert page.texts == [["3", "西", "2025-02-10", "晚", "晚", "800.00"]]
    assert (page.matching, page.total, page.sums) == (2, 4, {"车费": Decimal("2400.10")})
    assert result.page("行程表", start=10, count=5).rows == []


def test_refused_rows_come_with_their_reasons(result):
    page = result.page("拒收 行程", sort=[("主键", False)])
    assert [(row[0], row[2]) for row in page.texts] == [("5", "拒收"), ("6", "D101")]
    assert all("行程.csv" in row[4] and row[3] for row in page.texts)


def test_a_file_that_was_changed_is_not_shown(out, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(out, copy)
    duckdb.execute(f"copy (select 1 as 车费) to '{copy}/statements/行程表.parquet' (format parquet)")
    with pytest.raises(DataError, match="改动过"):
        open_result(copy).page("行程表")


def test_csv_and_workbook_have_the_same_rows_the_total_and_no_formula(result, tmp_path):
    assert write_rows(result, "行程表", tmp_path / "a.csv") == 4
    rows = list(csv.reader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["行程号", "车队号", "日期", "班次", "班次名", "车费"]
    assert rows[2] == ["2", "东", "2025-01-20", "", "'=没有", "400.00"] and rows[-1][-1] == "3000.10"
    write_rows(result, "行程表", tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet["E3"].value == "=没有" and sheet["E3"].data_type == "s" and sheet["E3"].quotePrefix
    assert sheet["F3"].value == 400 and sheet.max_row == 6


def test_what_is_filtered_has_no_total_of_all(result, tmp_path):
    assert write_rows(result, "行程表", tmp_path / "a.csv", [Condition("车队号", "=", "东")], [("车费", True)]) == 2
    rows = list(csv.reader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()))
    assert [row[0] for row in rows] == ["行程号", "2", "1"]


def casemix(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "engine", "rows", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True
    )


@pytest.mark.slow
def test_the_command_line_says_the_same(out, tmp_path):
    assert "行程表" in casemix(out).stdout
    told = json.loads(casemix(out, "行程表", "--where", "车费>=800", "--sort", "-车费", "--size", "1", "--json").stdout)
    assert (told["rows"][0][0], told["matching"], told["total"], told["sums"]) == ("4", 2, 4, {"车费": "2400.10"})
    shown = casemix(out, "行程表", "--page", "2", "--size", "3").stdout
    assert "第 2/2 页，符合条件 4 行" in shown and "合计 车费 3000.10" in shown
    written = casemix(out, "拒收 行程", "--out", tmp_path / "r.csv")
    assert written.returncode == 0 and len((tmp_path / "r.csv").read_text("utf-8-sig").splitlines()) == 3
    assert casemix(out, "没有的").returncode == 1


@pytest.mark.slow
def test_pages_of_a_million_rows_are_in_order_wherever_they_begin(tmp_path):
    made = city(tmp_path, RULES)
    source = "select i::varchar as 行程号, if(i % 2 = 0, '东', '西') as 车队号, "
    source += "date '2025-01-01' + (i % 300)::int as 日期, 10::decimal(9,2) as 里程, "
    source += "(i * 7919 % 100000 / 100)::decimal(9,2) as 运费, '早' as 班次 from range(1000000) t(i)"
    (made.folder / "data" / "行程.csv").unlink()
    duckdb.execute(f"copy ({source}) to '{made.folder}/data/行程.parquet' (format parquet)")
    from engine.api import run

    run(made.region, "结算", "2025", made.folder / "data", made.folder / "out")
    result = open_result(made.folder / "out")
    fees = []
    for start in (0, 5_000, 400_000, 450_000):
        page = result.page("行程表", [Condition("车队号", "=", "东")], [("车费", True), ("日期", False)], start, 100)
        at = [column.heading for column in page.table.columns].index("车费")
        assert (len(page.rows), page.matching, page.total) == (100, 500_000, 1_000_000)
        fees += [row[at] for row in page.rows]
    assert fees == sorted(fees, reverse=True) and fees[0] > fees[-1]
