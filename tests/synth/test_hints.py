"""Hints are read, merged over layers, and refused where they are not understood."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from engine.check import check_book
from engine.rulebook.book import load
from engine.synth.hints import Path as Column
from engine.synth.hints import Rows, Span, number, span
from engine.synth.read_hints import read_hints


@pytest.mark.parametrize("text, value", [("6%", 0.06), ("0.5", 0.5), ("-3", -3), ("甲", None), ("1e3", None)])
def test_numbers(text, value):
    assert number(text) == value


def test_spans():
    assert span("1~20") == Span(1, 20, True)
    assert span("45%~75%") == Span(0.45, 0.75, False)
    assert span("20~1") is None


def test_rows_of_a_share_of_the_cases():
    hints, complaints = read_hints({"行数": {"每例": "0.01", "最少": "30"}})
    assert (hints.rows, complaints) == (Rows(None, 0.01, None, 30, None), [])


def test_a_column_through_a_reference():
    hints, _ = read_hints({"字段": {"费用": {"列": "车号.平常费用", "乘": ["2", "0.5~1"]}}})
    assert hints.fields["费用"].detail == Column("平常费用", "车号")
    assert hints.fields["费用"].times == (2.0, Span(0.5, 1, False))


@pytest.mark.parametrize(
    "hints, text",
    [
        ({"行": "3"}, "行"),
        ({"行数": "很多"}, "很多"),
        ({"概率": "120%"}, "120%"),
        ({"字段": {"甲": {"整树": "1~2"}}}, "整树"),
        ({"字段": {"甲": {"整数": "9~2"}}}, "9~2"),
        ({"字段": {"甲": {"选择": {"乙": "多"}}}}, "乙"),
        ({"字段": {"甲": {"对数正态": {"中位": "1"}}}}, "对数正态"),
        ({"字段": {"甲": {"平日": "日期", "假日": ["13-01"]}}}, "13-01"),
        ({"再次": {"比例": "5%"}}, "再次"),
    ],
)
def test_what_cannot_be_understood_is_complained_of_where_it_stands(hints, text):
    _, complaints = read_hints(hints)
    assert text in [complaint.text for complaint in complaints]
    assert {complaint.code for complaint in complaints} == {"E821"}


def test_a_region_changes_single_hints_of_a_module_and_hints_may_stand_in_a_file_of_their_own(tmp_path: Path):
    (tmp_path / "rules" / "base").mkdir(parents=True)
    (tmp_path / "regions" / "town").mkdir(parents=True)
    (tmp_path / "rules" / "base" / "module.yaml").write_text("名称: 底\n文件: {办法: {题名: 办法}}\n", "utf-8")
    (tmp_path / "rules" / "base" / "tables.yaml").write_text(
        "依据: 办法\n车辆: {主键: 车号, 字段: {车号: 文本, 车龄: 数, 座位: 数}}\n", "utf-8"
    )
    (tmp_path / "rules" / "base" / "hints.yaml").write_text(
        "车辆: {合成: {行数: 5, 字段: {车龄: 1, 座位: 4}}}\n", "utf-8"
    )
    (tmp_path / "regions" / "town" / "region.yaml").write_text("名称: 城\n沿用: [base]\n施行: 2025-01-01\n", "utf-8")
    (tmp_path / "regions" / "town" / "hints.yaml").write_text("车辆: {合成: {字段: {座位: 7}}}\n", "utf-8")
    book = load(tmp_path / "regions" / "town")
    assert [str(problem) for problem in check_book(book)] == []
    table = book.at(datetime.date(2025, 1, 1)).tables["车辆"]
    assert table.synthesis == {"行数": "5", "字段": {"车龄": "1", "座位": "7"}}
