"""A city of one table with the text of its measure, and what lint finds there."""

from __future__ import annotations

from pathlib import Path

from engine.check import check_book
from engine.lint.all import lint
from engine.lint.findings import Finding
from engine.rulebook.book import load

HEAD = """\
名称: 市
施行: 2025-01-01
文件: {办法: {题名: 市办法, 原文: 原文/办法.txt}}
"""
TEXT = "市办法\n第七条 住院满10天、满三十天的，按百分之五十计算。\n第八条 三级医院的支付比例为百分之五十。\n"
RULES = """\
依据: 办法 第七条
病例:
  主键: 编号
  归期: 日期
  字段: {编号: 文本, 日期: 日期, 费用: {类型: 元, 范围: ≥ 0}, 天数: 天, 住院天数: {类型: 天, 可空: 是}}
全市: {键: []}
起付线: {单位: 元, 取值: {2025-01-01: 100}, 状态: 暂定}
定额: {单位: 元, 取值: {2025-01-01: 500}, 状态: 暂定}
报销比例: {单位: 比例, 取值: {2025-01-01: 50%}, 状态: 暂定}
扣减比例: {单位: 比例, 取值: {2025-01-01: 10%}, 状态: 暂定}
救助比例: {单位: 比例, 取值: {2025-01-01: 20%}, 状态: 暂定}
自付比例: {单位: 比例, 取值: {2025-01-01: 10%}, 状态: 暂定}
长住院界值: {单位: 天, 取值: {2025-01-01: 10}}
超长住院界值: {单位: 天, 取值: {2025-01-01: 30}}
"""
ENOUGH = "奖励: {粒度: 病例, 单位: 元, 舍入: 2, 公式: (费用 − 起付线) × 报销比例}\n"


def city(folder: Path, rules: str, example: str = "") -> Path:
    place = folder / "市"
    (place / "tests").mkdir(parents=True)
    (place / "原文").mkdir()
    (place / "region.yaml").write_text(HEAD, "utf-8")
    (place / "原文" / "办法.txt").write_text(TEXT, "utf-8")
    (place / "规则.yaml").write_text(RULES + rules, "utf-8")
    if example:
        (place / "tests" / "例.yaml").write_text(example, "utf-8")
    return place


def found(place: Path) -> list[Finding]:
    book = load(place)
    assert [str(problem) for problem in check_book(book) if problem.is_error and problem.code != "E801"] == []
    return lint(book)


def of_code(code: str, place: Path) -> list[Finding]:
    return [one for one in found(place) if one.code == code]
