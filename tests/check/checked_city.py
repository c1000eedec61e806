"""An invented city with two tables, to which a test adds rules."""

from __future__ import annotations

from pathlib import Path

from engine.check import check_book
from engine.rulebook.book import Book, load
from engine.rulebook.problems import Problem

REGION = "名称: 例市\n施行: 2025-01-01\n文件:\n  办法: {题名: 例市交通补助办法}\n"
TABLES = """\
依据: 办法 第一条
行程:
  主键: 编号
  归期: 出行日期
  字段:
    编号: 文本
    出行日期: 日期
    车号: → 车辆
    等级: [甲等, 乙等]
    里程: {类型: 数, 范围: "≥ 0", 小数: 1}
    费用: 元
    载重: {类型: 数, 可空: 是}
车辆: {主键: 车号, 字段: {车号: 文本, 车队: 文本, 折旧: 元, 保险: {类型: 元, 可空: 是}}}
"""
FIRST_LINE = TABLES.count("\n") + 1


def problems(folder: Path, rules: str) -> list[Problem]:
    """What the check says of the city with ``rules``, which begin at :data:`FIRST_LINE`."""
    return check_book(written(folder, rules))


def written(folder: Path, rules: str) -> Book:
    """The city with ``rules``, read and not yet checked."""
    (folder / "region.yaml").write_text(REGION, "utf-8")
    (folder / "rules.yaml").write_text(TABLES + rules, "utf-8")
    return load(folder)


def codes(folder: Path, rules: str) -> list[str]:
    return [problem.code for problem in problems(folder, rules)]
