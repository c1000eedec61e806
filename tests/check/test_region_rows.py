"""The rows that live in a region are read by check as a run reads them; equal faults are one."""

from __future__ import annotations

import pytest
from checked_city import REGION
from click.testing import CliRunner

from engine.check import check_book
from engine.cli import main
from engine.rulebook.book import load

HEADING = "级别,金额,比,生效,月,公布"
RULES = """\
依据: 办法 第一条
定额:
  主键: 级别
  行: tables/定额.csv
  字段:
    级别: 文本
    金额: 元
    比: {类型: 比例, 范围: "[0, 1]"}
    生效: 日期
    月: 年月
    公布: {类型: 是否, 可空: 是}
折算: {粒度: 定额, 单位: 元, 公式: 金额 × 比, 舍入: 2}
定额表: {粒度: 定额, 列: [折算]}
公布表: {期间: 年, 报表: [定额表]}
"""
FAULTS = {
    "甲,1.001,1,2025-01-01,2025-01,": "金额：“1.001”小数位数超过 2 位",
    "甲,50%,1,2025-01-01,2025-01,": "金额：“50%”：只有单位是比例的字段可以写 %",
    "甲,约一百,1,2025-01-01,2025-01,": "金额：“约一百”不是数",
    "甲,1,1.5,2025-01-01,2025-01,": "比 1.5 超出范围 [0, 1]",
    "甲,1,1,2025-02-30,2025-01,": "生效：“2025-02-30”：没有这一天",
    "甲,1,1,2025-01-01,2025-13,": "月：“2025-13”：没有这个月",
    "甲,1,1,2025-01-01,2025-01,对": "公布：“对”",
    "甲,,1,2025-01-01,2025-01,": "金额：必填，单元格是空的",
}


@pytest.fixture
def city(tmp_path, monkeypatch):
    folder = tmp_path / "regions" / "city"
    (folder / "tables").mkdir(parents=True)
    (folder / "region.yaml").write_text(REGION, "utf-8")
    (folder / "rules.yaml").write_text(RULES, "utf-8")
    monkeypatch.chdir(tmp_path)

    def with_rows(*lines: str):
        (folder / "tables" / "定额.csv").write_text("\n".join([*lines, ""]), "utf-8")
        return folder

    return with_rows


@pytest.mark.parametrize("row, told", FAULTS.items(), ids=list(FAULTS.values()))
def test_what_a_run_refuses_check_refuses_in_the_same_words(city, row, told):
    (problem,) = check_book(load(city(HEADING, row)))
    assert problem.code == "E314" and problem.place.line == 2
    assert problem.message.startswith(told)


def test_equal_faults_are_one_with_their_number_and_lines(city):
    rows = [f"第{n},{n}.001,1,2025-01-01,2025-01," for n in range(605)]
    (problem,) = check_book(load(city(HEADING, *rows)))
    assert problem.message.endswith("（同样的共 605 行：第 2、3、4、5、6、7、8、9 行……）")


def test_a_title_above_the_heading_is_one_fault(city):
    rows = [f"第{n},{n},1,2025-01-01,2025-01," for n in range(600)]
    (problem,) = check_book(load(city("例市定额表,,,,,", "单位：元", HEADING, *rows)))
    assert problem.message == "定额.csv 的第 1 行不是字段名，第 3 行才是"
    assert problem.hint == ("删去上面 2 行标题，让字段名在第一行；或写 行: {文件: …, 表头行: 3}，照公布的原样用")


def test_a_title_above_the_heading_of_a_decision_table(city):
    folder = city(HEADING, "甲,1,1,2025-01-01,2025-01,")
    (folder / "rules.yaml").write_text(RULES + "档: {粒度: 定额, 单位: 倍, 表: tables/档.csv}\n", "utf-8")
    (folder / "tables" / "档.csv").write_text("各级分档\n级别,档\n任何,1\n", "utf-8")
    (problem,) = check_book(load(folder))
    assert problem.message == "tables/档.csv 的第 1 行不是字段名，第 2 行才是"


def test_remarks_beside_the_fields_are_no_columns(city):
    assert check_book(load(city(HEADING + ",说明,依据", "甲,1,1,2025-01-01,2025-01,,看,三"))) == []


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_a_program_that_reads_only_the_region_s_own_rows_needs_no_data(city, engine):
    city(HEADING, "甲,100,50%,2025-01-01,2025-01,是")
    run = ["run", "city", "公布表", "--period", "2025", "--out", "out", "--engine", engine, "--format", "csv"]
    done = CliRunner().invoke(main, run)
    assert done.exit_code == 0, done.output
    assert "甲     50.00" in done.output


def test_a_program_that_reads_data_says_so_where_there_is_none(city):
    folder = city(HEADING, "甲,1,1,2025-01-01,2025-01,")
    trips = "行程: {主键: 编号, 归期: 日子, 字段: {编号: 文本, 日子: 日期}}\n明细: {粒度: 行程, 列: [日子]}\n"
    (folder / "rules.yaml").write_text(RULES + trips + "月结: {期间: 年, 报表: [明细]}\n", "utf-8")
    done = CliRunner().invoke(main, ["run", "city", "月结", "--period", "2025", "--out", "out"])
    assert done.exit_code == 1
    assert "没有写 --data" in done.output
