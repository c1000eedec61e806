"""Chapters and entries of a file, what can be folded, and what is told of a name at the cursor."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import pytest

from engine.assist.hover import hover
from engine.assist.outline import folds, made_in, outline
from engine.assist.reached import reached, reaching
from engine.rulebook.book import load
from engine.rulebook.unread_files import is_example

TEXT = """\
依据: 办法 第一条

# 第一句是说明，不是章节

# ───── 参数 ─────
定额: {单位: 元, 取值: {2025-01-01: 500, 2026-01-01: 600}, 又名: 每例定额, 说明: 每例最多}
病例:
  主键: 编号
  归期: 日期
  字段: {编号: 文本, 日期: 日期, 费用: {类型: 元, 范围: ≥ 0}, 类型: {类型: [门诊, 住院]}}

# ───── 规则 ─────
奖励:
  粒度: 病例
  单位: 元
  分情形:
    类型 = 住院: "较小(费用, 定额)"
    否则: 0
# 后面的注释
奖励表: {粒度: 病例, 列: [奖励]}
结算: {期间: 月, 报表: [奖励表]}
替换:
  甲: {公式: 1}
  乙:
    公式: 2
"""
EXAMPLE = "例: {程序: 结算, 期间: 2025-01, 已知: {类型: 住院, 费用: 900}, 应得: {奖励: 500}}\n"
DAY = datetime.date(2025, 6, 1)


def test_chapters_hold_their_entries():
    shown = [
        (item.name, item.kind, item.line, item.last, [(inner.name, inner.kind) for inner in item.below])
        for item in outline(TEXT)
    ]
    assert shown == [
        ("依据", "", 1, 1, []),
        ("参数", "章节", 5, 10, [("定额", "参数"), ("病例", "表")]),
        ("规则", "章节", 12, 25, [("奖励", "规则"), ("奖励表", "报表"), ("结算", "程序"), ("替换", "")]),
    ]
    replaced = outline(TEXT)[-1].below[-1]
    assert [(item.name, item.line, item.last) for item in replaced.below] == [("甲", 23, 23), ("乙", 24, 25)]


def test_chapters_below_what_is_replaced_hold_their_entries_too():
    below = (
        "替换:\n  甲: 1\n\n  # ───── 第二章 ─────\n  乙:\n    公式: 2\n    # 说\n  # 后面\n\n  # ───── 第三章 ─────\n"
    )
    (replaced,) = outline(below)
    first, second, third = replaced.below
    assert [(one.name, one.kind, one.line, one.last) for one in (first, second, third)] == [
        ("甲", "", 2, 2),
        ("第二章", "章节", 4, 7),
        ("第三章", "章节", 10, 10),
    ]
    assert [(one.name, one.line, one.last) for one in second.below] == [("乙", 5, 7)]
    assert [name for name, _ in made_in(below)] == ["替换", "甲", "乙"]


def test_what_has_more_than_a_line_can_be_folded():
    assert folds(TEXT) == [(5, 10), (7, 10), (12, 25), (13, 18), (22, 25), (24, 25)]


def test_a_file_that_is_no_yaml_has_an_outline():
    assert [item.name for item in outline("甲: {公式: 1\n乙:\n  公式: [\n丙: 1\n")] == ["甲", "乙", "丙"]


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    place = tmp_path_factory.mktemp("hover") / "市"
    (place / "tests").mkdir(parents=True)
    (place / "tests" / "例.yaml").write_text(EXAMPLE, "utf-8")
    (place / "region.yaml").write_text("名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 市办法}}\n", "utf-8")
    (place / "规则.yaml").write_text(TEXT.split("替换:")[0], "utf-8")
    return load(place)


def told(city, written: str, reached=None) -> tuple[str, ...]:
    offset = TEXT.index(written.replace("‸", "")) + written.index("‸")
    found = hover(city, Path(city.folder) / "规则.yaml", TEXT.split("替换:")[0], offset, DAY, reached)
    return () if found is None else found.lines


def test_a_name_in_a_formula_tells_what_it_is(city):
    lines = told(city, "较小(费用, 定‸额)")
    assert lines[:3] == ("定额：参数 元", "每例最多", "现在的数：500（自 2025-01-01 起）")
    assert {"自 2026-01-01 起：600", "依据：办法 第一条", "又名：每例定额", "用到它的：奖励"} <= set(lines)
    assert lines[-1].endswith("规则.yaml:6:1〔市〕")


def test_a_rule_tells_its_branches_and_classes_are_listed(city):
    lines = told(city, "列: [奖‸励]")
    assert lines[0] == "奖励：规则 病例 元" and "  类型 = 住院：较小(费用, 定额)" in lines
    assert "类别：门诊、住院" in told(city, "类‸型 = 住院")


def test_functions_and_keywords_are_told_and_comments_are_not(city):
    assert told(city, '"较‸小(费用')[0].startswith("较小(")
    text = '新: {粒度: 病例, 公式: "沿(费用, 前值, 按 日期)"}'
    found = hover(city, Path(city.folder) / "规则.yaml", text, text.index("值"), DAY)
    assert found is not None and found.lines[0].startswith("前值") and "前面一行推出的结果" in found.lines[-1]
    assert told(city, "  粒‸度: 病例\n  单位")[0] == "粒度：规则的关键字"
    assert told(city, "# 后面的注‸释") == ()
    assert told(city, "类型 = 住‸院") == ("住院：类别", "类型 的一种：门诊、住院")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("单位: ‸元, 取值", ["元：单位", "用它的：定额、费用、奖励"]),
        ("否‸则: 0", ["否则：词", "前面的条件都不成立时"]),
        ("期间: ‸月", ["月：词", "年、季 或 月；几种都行时写列表"]),
        ("{2025-01‸-01: 500", ["2025-01-01：日期", "从这天起施行的：市"]),
    ],
)
def test_what_is_no_name_is_told_too(city, written, said):
    lines = "\n".join(told(city, written))
    assert [line for line in said if line not in lines] == []


def test_a_heading_of_rows_is_a_name(city):
    text = "编号,类型\n1,住院\n"
    file = Path(city.folder) / "示例数据" / "病例.csv"
    file.parent.mkdir()
    file.write_text(text, "utf-8")
    heading, cell = (hover(city, file, text, text.index(word) + 1, DAY) for word in ("类型", "住院"))
    assert heading is not None and heading.lines[0] == "类型：字段 病例 类别" and (heading.start, heading.end) == (3, 5)
    assert cell is not None and cell.lines[0] == "住院：类别（类型）"


def test_a_region_may_lie_below_a_folder_of_tests():
    region = Path("/somewhere/tests/市")
    assert not is_example(region / "规则.yaml", region)
    assert is_example(region / "tests" / "例.yaml", region)
    assert is_example(region / "amendments" / "通知" / "tests" / "例.yaml", region)


def test_a_rule_tells_which_branches_the_examples_reach(city):
    lines = told(city, "列: [奖‸励]", reached(city))
    at = lines.index("例子走到：情形、表行和界值 2 处里的 1 处")
    assert lines[at - 1] == "例子：1 个提到它，1 个比较它算出的值"
    assert lines[at + 1] == "  没有走到：情形“否则”没有例子"
    half = next(reaching(city))
    assert not half.whole and half.lines("奖励") == []
    assert half.outcome(Path(city.folder) / "tests" / "例.yaml", "例").passed


@pytest.mark.slow
def test_a_file_of_twenty_thousand_entries_has_its_outline_soon():
    text = "".join(f"# ───── 章{n} ─────\n" + f"甲{n}: {{公式: 1}}\n" * 100 for n in range(200))
    begun = time.process_time()
    found = outline(text)
    assert (len(found), len(found[-1].below), found[-1].last) == (200, 100, 20_200)
    assert len(made_in(text)) == 20_000
    assert time.process_time() - begun < 10
