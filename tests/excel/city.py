"""A city that pays for trips, with figures in each of the ways in which they can be written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
from click.testing import CliRunner, Result

from engine.cli import main

HEAD = "名称: 甲市\n施行: 2024-01-01\n文件: {办法: {题名: 办法}}\n"
RULES = """# 补贴办法
依据: 办法 第二章
行程:
  主键: 编号
  字段: {编号: 文本, 公里: 数, 级别: [一级, 二级, 三级], 残疾: {类型: 是否, 默认: 否}, 线路: {类型: → 线路}}
线路: {主键: 线路, 字段: {线路: 文本, 名称: 文本, 系数: {类型: 倍, 小数: 2}}, 行: 线路.csv}

加成: {单位: 比例, 取值: {2024-01-01: 50%, 2025-01-01: 40%}, 限: "[0, 1]"}  # 见会议纪要
单价:
  单位: 元
  取值:
    2024-01-01: 2       # 两元
    2025-01-01: 2.5
  说明: 每公里
方式: {类别: [实施, 不实施], 取值: {2024-01-01: 不实施}}

# 分档
倍数:
  粒度: 行程
  单位: 倍
  表:
    # 近的
    - {公里: "≤ 10",     级别: 一级、二级, 倍数: 1,   依据: 办法 第三条}   # 起步
    - {公里: "≤ 10",     级别: 三级,       倍数: 1.2}
    - {公里: "(10, 20]", 倍数: 1.5}

    - {公里: "> 20",     倍数: 2, 说明: "远: 的"}
补贴:
  粒度: 行程
  单位: 元
  分情形:
    残疾: 公里 × 单价 × 倍数 × (1 + 加成)
    否则: 公里 × 单价 × 倍数
结算: {期间: 月, 报表: [行程表]}
行程表: {粒度: 行程, 列: [补贴]}
"""
LINES = '线路,名称,系数\nA1,"东门, 西门",1.10\nB2,环线,0.90\n'
EXAMPLES = """补贴按档:
  程序: 结算
  期间: 2025-03
  已知: {级别: 一级, 残疾: 否}   # 都是一级
  分情形: |
    编号 | 公里 || 倍数 | 补贴
    1    | 10   || 1    | 25
    # 过了十公里
    2    | 20   || 1.5  | 75
"""


def city(folder: Path) -> Path:
    place = folder / "regions" / "jia"
    (place / "tests").mkdir(parents=True)
    (place / "region.yaml").write_text(HEAD, "utf-8")
    (place / "规则.yaml").write_text(RULES, "utf-8")
    (place / "线路.csv").write_text(LINES, "utf-8")
    (place / "tests" / "例子.yaml").write_text(EXAMPLES, "utf-8")
    return place


def contents(place: Path) -> dict[str, str]:
    """All files of the region but workbooks, by name."""
    files = (path for path in sorted(place.rglob("*")) if path.is_file() and path.suffix != ".xlsx")
    return {path.relative_to(place).as_posix(): path.read_bytes().decode("utf-8") for path in files}


def tables(*words: str) -> Result:
    return CliRunner().invoke(main, ["tables", *words])


def workbook(place: Path) -> Path:
    out = place.parent / "规则.xlsx"
    done = tables(str(place), "--out", str(out), "--replace")
    assert done.exit_code == 0, done.output
    return out


def row_of(sheet: Any, **wanted: str) -> int:
    """The line in which the columns have these texts."""
    titles = [cell.value for cell in sheet[1]]
    for line in range(2, sheet.max_row + 1):
        if all(sheet.cell(line, titles.index(title) + 1).value == text for title, text in wanted.items()):
            return line
    raise AssertionError(f"{sheet.title} has no row with {wanted}")


def edited(place: Path, *edits: tuple[str, int, str, object]) -> Path:
    """The workbook with cells changed: sheet, line, title (or letter) and what is typed."""
    path = workbook(place)
    book = openpyxl.load_workbook(path)
    for sheet, line, title, typed in edits:
        titles = [cell.value for cell in book[sheet][1]]
        cell = book[sheet].cell(line, titles.index(title) + 1)
        cell.value = typed
        if isinstance(typed, str):
            cell.data_type = "s"
    book.save(path)
    return path


def brought(place: Path, *edits: tuple[str, int, str, object]) -> Result:
    return tables(str(place), "--from", str(edited(place, *edits)), "--yes")
