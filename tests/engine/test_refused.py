"""Rows that were refused: told by reason, bounded by 拒收上限, written where they can be mended, stop or no stop."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from city import City, city

from engine.databases.places import open_places
from engine.execute.period import parse_period
from engine.files.errors import DataError, RunStopped
from engine.settle import settle

RULES = """
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 50%}
太贵: {粒度: 行程, 拒收: 运费 > 9000, 说明: 运费写错了, 依据: 章程 第九条}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 月, 报表: [明细]}
"""
HEAD = "行程号,车队号,日期,里程,运费,班次\n"
GOOD = "1,东,2025-01-10,10,100.00,早\n2,东,2025-01-20,20,200.00,\n"
BAD_DATES = "3,西,2025/13/10,30,400.00,晚\n4,西,2025-01-32,40,800.00,早\n5,西,昨天,1,1.00,\n"
FEBRUARY = "6,西,2025-02-10,1,x,晚\n7,西,2025-02-10,1,y,晚\n8,西,2025-02-10,1,z,晚\n"


def limited(limit: str) -> str:
    return RULES.replace("报表: [明细]", f"拒收上限: {limit}, 报表: [明细]")


def rejects(folder: Path, kind: str = "parquet") -> list[tuple]:
    file = folder / "rejects" / f"行程.{kind}"
    return duckdb.sql(f"SELECT 主键::VARCHAR, 字段, 检查, 行号 FROM '{file}' ORDER BY 行号").fetchall()


# when a run stops


def test_a_table_of_which_nothing_is_left_is_no_success(tmp_path):
    said = city(tmp_path, RULES, 行程=HEAD + BAD_DATES).stopped(period="2025-01")
    assert "2025-01 拒收的行太多，不能当作结果" in said
    assert "表 行程：这次有 3 行，拒收 3 行，一行也没有留下" in said
    assert "日期（D101）：3 行，运费 1201.00 元，如" in said
    assert "行程.csv 第 2 行，主键 3：日期：“2025/13/10”" in said
    assert "写 拒收上限" in said


def test_one_reason_that_refuses_more_than_half_stops(tmp_path):
    said = city(tmp_path, RULES, 行程=HEAD + GOOD + BAD_DATES).stopped(period="2025-01")
    assert "表 行程：这次有 5 行，拒收 3 行，其中 3 行是同一个原因，超过了一半" in said


def test_half_by_one_reason_is_loud_and_no_stop(tmp_path):
    rows = HEAD + GOOD + BAD_DATES.partition("\n")[2]
    assert city(tmp_path, RULES, 行程=rows).run(period="2025-01").account().states == {"拒收": 2, "结算": 2}


def test_a_check_that_refuses_most_rows_names_article_and_values(tmp_path):
    rows = HEAD + GOOD.replace("100.00", "9100.00").replace("200.00", "9200.00")
    said = city(tmp_path, RULES, 行程=rows).stopped(period="2025-01")
    assert "太贵：2 行，运费 18300.00 元，如" in said
    assert "行程.csv 第 2 行，主键 1：运费写错了（章程 第九条），这一行 运费 = 9100" in said


def test_rows_that_cannot_be_read_and_are_of_another_month_do_not_stop_this_one(tmp_path):
    made = city(tmp_path, RULES, 行程=HEAD + GOOD + FEBRUARY)
    assert made.run(period="2025-01").account().states == {"拒收": 3, "结算": 2}
    assert "这次有 3 行，拒收 3 行，一行也没有留下" in made.stopped(period="2025-02")


def test_a_month_without_rows_is_no_stop(tmp_path):
    assert city(tmp_path, RULES, 行程=HEAD + GOOD).run(period="2025-03").account().states == {"期外": 2}


def test_a_side_table_of_which_nothing_is_left_stops_too(tmp_path):
    said = city(
        tmp_path, RULES.replace("公式: 运费 × 50%", "分情形: {等级 = 大: 运费, 否则: 0}"), 车队="车队号,等级\n东,特大\n"
    ).stopped(period="2025-01")
    assert "表 车队：这次有 1 行，拒收 1 行，一行也没有留下" in said


@pytest.mark.parametrize(("limit", "stops"), [("2", True), ("3", False), ("59%", True), ("60%", False)])
def test_the_limit_is_a_number_or_a_share(tmp_path, limit, stops):
    made = city(tmp_path, limited(limit), 行程=HEAD + GOOD + BAD_DATES)
    if stops:
        assert f"拒收上限是 {limit}" in made.stopped(period="2025-01")
    else:
        assert made.run(period="2025-01").account().states == {"拒收": 3, "结算": 2}


def test_only_a_limit_of_all_allows_a_table_of_which_nothing_is_left(tmp_path):
    said = city(tmp_path, limited("9"), 行程=HEAD + BAD_DATES).stopped(period="2025-01")
    assert "一行也没有留下" in said
    done = city(tmp_path, limited("100%"), 行程=HEAD + BAD_DATES).run(period="2025-01")
    assert done.account().states == {"拒收": 3}


# what is told of them


def test_every_reason_is_told_with_rows_yuan_and_the_first_row(tmp_path):
    rows = HEAD + GOOD + "3,西,2025-01-10,30,9400.00,晚\n4,西,2025-01-32,40,800.00,早\n5,西,昨天,1,1.00,\n"
    done = city(tmp_path, limited("100%"), 行程=rows).run(period="2025-01")
    told = [(r.table, r.by, r.code, r.rows, r.amounts, r.line, r.key) for r in done.result.refused]
    assert told == [
        ("行程", "日期", "D101", 2, {"运费": Fraction(801)}, 5, "4"),
        ("行程", "太贵", "拒收", 1, {"运费": Fraction(9400)}, 4, "3"),
    ]
    (dates, _) = done.record["refused"]
    assert dates["sums"] == {"运费": "801"} and "“2025-01-32”" in dates["example"]["reason"]
    by = done.account().sums_by
    assert by == {("拒收", "太贵"): {"运费": Fraction(9400)}, ("拒收", "数据格式"): {"运费": Fraction(801)}}


# where they are written


def test_the_formats_asked_for_hold_the_refused_rows_too(tmp_path):
    rows = HEAD + GOOD + "3,西,2025-01-32,30,=1+1,晚\n"
    done = city(tmp_path, RULES, 行程=rows).run(period="2025-01", formats=("parquet", "csv", "xlsx"))
    assert rejects(done.out) == [("3", "日期", "D101", 4)]
    with (done.out / "rejects" / "行程.csv").open(encoding="utf-8-sig") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["主键"], row["行号"], row["字段"]) == ("3", "4", "日期") and "“=1+1”" in row["原因"]
    assert (done.out / "rejects" / "行程.xlsx").is_file()


def test_a_stop_leaves_the_refused_rows_beside_the_place_of_the_result(tmp_path):
    made = city(tmp_path, RULES, 行程=HEAD + GOOD + BAD_DATES)
    with pytest.raises(RunStopped) as stop:
        made.run(period="2025-01", out=tmp_path / "结果", formats=("parquet", "csv"))
    left = tmp_path / "结果.拒收"
    assert not (tmp_path / "结果").exists()
    assert stop.value.left == f"拒收的 3 行写在 {left}"
    assert [key for key, *_ in rejects(left)] == [key for key, *_ in rejects(left, "csv")] == ["3", "4", "5"]
    said = json.loads((left / "拒收.json").read_text("utf-8"))
    assert (said["program"], said["period"], said["stopped"]) == ("结算", "2025-01", stop.value.message)
    with pytest.raises(DataError, match="一次停下的运行拒收的行，不是数据"):
        open_places([left])


def test_a_stop_for_another_reason_leaves_them_too(tmp_path):
    rules = RULES + "不够: {粒度: 行程, 必须: 补贴 ≥ 60, 依据: 章程 第八条}\n"
    rows = HEAD + GOOD + "3,西,2025-01-10,30,9400.00,晚\n"
    with pytest.raises(RunStopped, match="必须") as stop:
        city(tmp_path, rules, 行程=rows).run(period="2025-01", out=tmp_path / "结果")
    assert [(row.key, row.check) for row in stop.value.rejected] == [("3", "太贵")]
    assert rejects(tmp_path / "结果.拒收") == [("3", "太贵", "拒收", 4)]


def test_the_next_stop_replaces_them_and_the_next_result_clears_them(tmp_path):
    made = city(tmp_path, RULES, 行程=HEAD + GOOD + BAD_DATES)
    out, left = tmp_path / "结果", tmp_path / "结果.拒收"
    for rows, keys in ((BAD_DATES, ["3", "4", "5"]), (BAD_DATES + "9,西,x,1,1,\n", ["3", "4", "5", "9"])):
        made.data(行程=HEAD + GOOD + rows)
        with pytest.raises(RunStopped):
            made.run(period="2025-01", out=out)
        assert [key for key, *_ in rejects(left)] == keys
    made.data(行程=HEAD + GOOD)
    made.run(period="2025-01", out=out)
    assert out.is_dir() and not left.exists()


def test_what_somebody_else_put_there_stays_and_the_stop_is_said_all_the_same(tmp_path):
    made = city(tmp_path, RULES, 行程=HEAD + GOOD + BAD_DATES)
    (tmp_path / "结果.拒收").mkdir()
    (tmp_path / "结果.拒收" / "我的.txt").write_text("x")
    with pytest.raises(RunStopped, match="拒收的行太多") as stop:
        made.run(period="2025-01", out=tmp_path / "结果")
    assert "拒收的 3 行没有写出来" in stop.value.left
    assert [path.name for path in (tmp_path / "结果.拒收").iterdir()] == ["我的.txt"]


def test_several_months_leave_them_beside_the_folder_of_all(tmp_path):
    made: City = city(tmp_path, RULES, 行程=HEAD + GOOD + BAD_DATES)
    with pytest.raises(RunStopped):
        settle(
            made.book(), "结算", parse_period("2025-01"), [tmp_path / "data"], tmp_path / "年" / "2025-01",
            rejects=tmp_path / "年.拒收",
        )  # fmt: skip
    assert not (tmp_path / "年").exists()
    assert len(rejects(tmp_path / "年.拒收")) == 3
