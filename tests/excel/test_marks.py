"""What is told of a table is marked in the cells that it means, wherever its rows stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.excel.listing import sheets_of_entry, tables_in_files
from engine.excel.marks import marks, problems_of
from engine.session import Session

HEAD = "名称: 甲市\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n"
IN_PLACE = """  表:
    - {公里: "≤ 10", 级别: 一级, 倍数: 1}
    - {公里: "≤ 10", 级别: 二级, 倍数: 1.2}
    - {公里: "(10, 20]", 倍数: 1.5}
    - {公里: "> 20", 倍数: 2}
"""
IN_A_FILE = '公里,级别,倍数\n≤ 10,一级,1\n≤ 10,二级,1.2\n"(10, 20]",,1.5\n> 20,,2\n'
RULES = """依据: 办法 第一条
行程: {主键: 编号, 字段: {编号: 文本, 公里: 数, 级别: [一级, 二级]}}
线路: {主键: 线路, 字段: {线路: 文本, 系数: {类型: 倍, 小数: 2}}, 行: 线路.csv}
倍数:
  粒度: 行程
  单位: 倍
"""
LINES = "线路,系数\nA1,1.10\nB2,0.90\nC3,1\n"


def marked(folder: Path, name: str, in_place: bool, old: str = "", new: str = "") -> set[tuple[int, str]]:
    """Rows (from 0) and columns that are marked once ``old`` is ``new`` in all files."""
    files = {
        "region.yaml": HEAD, "规则.yaml": RULES + (IN_PLACE if in_place else "  表: 倍数.csv\n"), "线路.csv": LINES,
        "倍数.csv": IN_A_FILE,
    }  # fmt: skip
    for file, text in files.items():
        (folder / file).write_text(text.replace(old, new) if old else text, "utf-8")
    session = Session(folder)
    (sheet,), _ = sheets_of_entry(session.book, name)
    return set(marks(sheet, problems_of(sheet, session.problems())))


@pytest.mark.parametrize("in_place", [True, False])
@pytest.mark.parametrize(
    ("old", "new", "cells"),
    [
        ("", "", set()),
        ("(10, 20]", "(12, 20]", {(0, "公里"), (1, "公里"), (2, "公里")}),
        ("(10, 20]", "(8, 20]", {(row, title) for row in (0, 2) for title in ("公里", "级别")}),
        ("1.5", "没有的", {(2, "倍数")}),
        ("二级,1.2", "三级,1.2", {(1, "级别")}),
    ],
)
def test_a_decision_table_is_marked_alike_in_place_and_in_a_file(tmp_path, in_place, old, new, cells):
    if in_place:
        old, new = old.replace("二级,1.2", "二级, 倍数: 1.2"), new.replace("三级,1.2", "三级, 倍数: 1.2")
    assert marked(tmp_path, "倍数", in_place, old, new) == cells


@pytest.mark.parametrize(
    ("old", "new", "cells"),
    [
        ("0.90", "0.905", {(1, "系数")}),
        ("0.90", "约", {(1, "系数")}),
        ("1.10\nB2,0.90", "约\nB2,约", {(0, "系数"), (1, "系数")}),
        ("B2", "A1", {(1, "线路"), (1, "系数")}),
    ],
)
def test_rows_of_a_table_are_marked_in_their_file(tmp_path, old, new, cells):
    assert marked(tmp_path, "线路", True, old, new) == cells


def test_what_stands_in_no_grid_says_where_it_is(tmp_path):
    marked(tmp_path, "线路", False)
    assert tables_in_files(Session(tmp_path).book) == {"线路.csv": ["线路"], "倍数.csv": ["倍数"]}
    for text, why in (
        ("线路,线路\nA,1\n", "列名 线路 有两个"),
        ("线路,系数\nA\n", "第 2 行有 1 格"),
        ("线路,\nA,1\n", "第 2 列"),
    ):
        (tmp_path / "线路.csv").write_text(text, "utf-8")
        sheets, elsewhere = sheets_of_entry(Session(tmp_path).book, "线路")
        assert sheets == [] and "线路.csv 排不成格" in elsewhere[0] and why in elsewhere[0]
    (tmp_path / "线路.csv").write_text("线路,系数\n", "utf-8")
    (sheet,), _ = sheets_of_entry(Session(tmp_path).book, "线路")
    file, change = sheet.new_row({"线路": "007", "系数": "1"})
    assert file.changed([change]).decode() == "线路,系数\n007,1\n"
