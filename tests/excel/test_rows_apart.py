"""Rows of examples that are written as lists, or stand in a file of the region, are grids like the small tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.excel.examples_apart import Apart, examples_apart
from engine.excel.files import TextFile
from engine.excel.grid import Refused

LISTS = """甲:
  已知:
    公里: 3
    在括号里: [{编号: 1, 级别: 一级}, {编号: "02", 说明: "a, b"}]
    一行一个:
      - {编号: 1}   # 第一个
      - {编号: 2, 级别: 二级}
    不用括号:
      - 编号: 1
        级别: 一级
      - 编号: 2
    文件里的: {行: 表/行程.csv}
    只有一个: {编号: 7}
  应得:
    行程: [{补贴: 3}]
"""
CSV = '编号,公里\r\n007,"1,5"\r\nB2,=1+1\n'


def apart(text: str = LISTS, csv: str = CSV) -> Apart:
    file = TextFile(Path("/市/tests/例子.yaml"), "tests/例子.yaml", text.encode())

    def beside(path: str) -> TextFile:
        if path != "表/行程.csv":
            raise Refused("没有这个文件")
        return TextFile(Path("/市") / path, path, csv.encode())

    (one,) = examples_apart(file, beside)
    return one


def test_each_list_and_file_is_a_grid_in_the_order_in_which_they_are_written():
    one = apart()
    assert [(grid.part, grid.titles, len(grid.rows), grid.judged) for grid in one.grids] == [
        ("已知", ["公里"], 1, 1),
        ("已知 在括号里", ["编号", "级别", "说明"], 2, 3),
        ("已知 一行一个", ["编号", "级别"], 2, 2),
        ("已知 不用括号", ["编号", "级别"], 2, 2),
        ("已知 文件里的", ["编号", "公里"], 2, 2),
        ("已知 只有一个", ["编号"], 1, 1),
        ("应得 行程", ["补贴"], 1, 0),
    ]
    assert one.elsewhere == []
    grid = one.grid("已知 在括号里")
    assert [[grid.cell(row, column).text for column in range(3)] for row in range(2)] == [
        ["1", "一级", ""], ["02", "", "a, b"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "row", "column", "typed", "old", "new"),
    [
        ("在括号里", 0, 1, "二级", "{编号: 1, 级别: 一级}", "{编号: 1, 级别: 二级}"),
        ("在括号里", 0, 2, "新", "级别: 一级}", "级别: 一级, 说明: 新}"),
        ("在括号里", 1, 0, "003", '"02"', '"003"'),
        ("在括号里", 1, 2, "", '"02", 说明: "a, b"}', '"02"}'),
        ("一行一个", 0, 1, "一级", "{编号: 1}   # 第一个", "{编号: 1, 级别: 一级}   # 第一个"),
        ("不用括号", 0, 1, "二级", "        级别: 一级\n", "        级别: 二级\n"),
        ("不用括号", 1, 1, "二级", "      - 编号: 2\n    文件", "      - 编号: 2\n        级别: 二级\n    文件"),
        ("只有一个", 0, 0, "8", "{编号: 7}", "{编号: 8}"),
        ("文件里的", 0, 0, "0012", "007,", "0012,"),
        ("文件里的", 1, 1, "x", "=1+1", "x"),
    ],
)
def test_a_cell_is_changed_where_it_stands_and_nothing_else(part, row, column, typed, old, new):
    grid = apart().grid(f"已知 {part}")
    slot = grid.cell(row, column).slot
    text = CSV if grid.beside else LISTS
    assert text.count(old) == 1
    assert grid.rows[row].file.changed([slot.change(typed)]).decode() == text.replace(old, new)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("在括号里", '说明: "a, b"}]', '说明: "a, b"}, {编号: "02", 说明: "a, b"}]'),
        ("一行一个", "级别: 二级}\n", "级别: 二级}\n      - {编号: 2, 级别: 二级}\n"),
        ("不用括号", "      - 编号: 2\n    文件", "      - 编号: 2\n      - {编号: 2}\n    文件"),
        ("文件里的", "B2,=1+1\n", "B2,=1+1\nB2,=1+1\r\n"),
    ],
)
def test_a_row_more_is_like_the_last_one_and_can_be_taken_out_again(part, old, new):
    grid = apart().grid(f"已知 {part}")
    text = CSV if grid.beside else LISTS
    file, change = grid.one_more()
    more = file.changed([change]).decode()
    assert more == text.replace(old, new)
    longer = apart(csv=more) if grid.beside else apart(more)
    file, change = longer.grid(f"已知 {part}").without(2)
    assert file.changed([change]).decode() == text


def test_what_cannot_be_a_grid_says_why():
    one = apart("甲:\n  已知:\n    乙: {行: 没有.csv}\n    丙: [1, 2]\n    丁: {行: 表/行程.csv}\n", "编号,编号\n1,2\n")
    assert one.grids == [] and one.elsewhere == [
        "已知 乙：没有.csv 排不成格（没有这个文件）", "已知 丙：一行写成 {名: 值, …} 才能排成格",
        "已知 丁：表/行程.csv 排不成格（列名 编号 有两个）",
    ]  # fmt: skip
    (single,) = apart("甲:\n  已知:\n    乙: {编号: 1}\n").grids
    with pytest.raises(Refused, match="加不了行"):
        single.one_more()
