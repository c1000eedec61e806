"""Absent is not wrong; unresolved passes through everything, and the first cause is kept."""

import pytest
from city import city

from engine.execute.period import parse_period
from engine.execute.reference.run import MemoryTables, execute
from engine.language.values import Unresolved, render

BASE = """
坏: {粒度: 行程, 公式: 运费 ÷ 里程}
队合计: {粒度: 车队, 公式: 合计(坏)}
队计数: {粒度: 车队, 公式: '计数(行程, 当 坏 > 0)'}
队好: {粒度: 车队, 公式: '合计(坏, 当 里程 > 0)'}
队空: {粒度: 车队, 公式: '合计(附加, 自 行程)'}
附加表: {主键: [行程号], 可缺行: 是, 字段: {行程号: → 行程, 附加: {类型: 数, 可空: 是}}}
逐级: {粒度: 行程, 表: [{附加: "< 5", 逐级: 1}, {附加: "≥ 5", 逐级: 2}]}
档: {粒度: 行程, 表: [{里程: "≤ 5", 档: 1}, {里程: "> 5", 档: 坏}]}
值: {粒度: 行程, %s}
表一: {粒度: 行程, 列: [值]}
结算: {期间: 年, 报表: [表一]}
"""
ROW = {"行程号": "1", "车队号": "东", "运费": 100, "里程": 0, "班次": None}


def value(tmp_path, body):
    """值 of a row whose 里程 is 0 (坏 is a division by zero) and whose 附加 is absent."""
    import datetime
    from fractions import Fraction

    made = city(tmp_path, BASE % body)
    book = made.book()
    program = book.at(book.start).programs["结算"]
    row = {k: Fraction(v) if isinstance(v, int) else v for k, v in ROW.items()}
    rows = {"行程": [row | {"日期": datetime.date(2025, 1, 1)}], "附加表": [], "车队": [{"车队号": "东", "等级": "大"}]}
    run = execute(book, program, parse_period("2025"), MemoryTables(rows))
    assert not book.problems, book.problems
    (row,) = run.rows_of("行程")
    try:
        return render(run.value("值", row, run.own_day(row))) or "空"
    except Unresolved as error:
        return f"?{error.name} {error.cause}"


ABSENT = [
    ("公式: 附加 + 1", "空"), ("公式: −附加", "空"), ("公式: 附加 × 0", "空"), ("公式: '较大(附加, 1)'", "空"),
    ("公式: '取高(附加, 1)'", "1"), ("公式: '缺省(附加, 7)'", "7"), ("公式: '若(有 附加, 附加, 3)'", "3"),
    ("公式: 四舍五入(附加)", "空"), ("公式: 有 附加", "否"), ("公式: 没有 附加", "是"), ("公式: 可算 附加", "是"),
    ("公式: 逐级", "空"), ("公式: 附加 > 1", "?值 比较用到空值"), ("公式: 没有 附加 或 附加 > 1", "是"),
    ("公式: 有 附加 且 附加 > 1", "否"), ("公式: 附加 属于 1、2", "?值 比较用到空值"),
    ("分情形: {附加 > 1: 1, 否则: 2}", "?值 比较用到空值"), ("公式: 取(附加)", "空"), ("公式: 合计(附加)", "0"),
    ("公式: 队空", "?队空 汇总用到空值"),
    ("舍入: 2, 公式: 附加 + 1", "空"),
]  # fmt: skip
UNRESOLVED = [
    "公式: 坏 + 1", "公式: 0 × 坏", "公式: '缺省(坏, 7)'", "公式: '取高(坏, 7)'", "公式: '若(坏 > 0, 1, 1)'",
    "公式: 坏 > 0 且 运费 > 0", "公式: 有 坏", "公式: 没有 坏", "公式: 坏 属于 1、2", "公式: '运费 属于 [坏, 9)'",
    "分情形: {坏 > 0: 1, 否则: 2}", "公式: 队合计", "公式: 队计数",
    "公式: '名次(坏, 从大到小)'", "公式: 非 (坏 > 0)", "舍入: 2, 公式: 坏", "公式: '限定(1, 0, 坏)'",
    "公式: 四舍五入(坏)",
]  # fmt: skip
SETTLED = [
    ("公式: 坏 > 0 且 运费 < 0", "否"), ("公式: 运费 > 0 或 坏 > 0", "是"), ("公式: 坏 > 0 或 运费 > 0", "是"),
    ("公式: 可算 坏", "否"), ("公式: '若(运费 > 0, 1, 坏)'", "1"), ("分情形: {运费 > 0: 1, 否则: 坏}", "1"),
    ("公式: '缺省(7, 坏)'", "7"), ("公式: 队好", "0"), ("公式: 档", "1"),
    ("公式: '合计(附加, 当 有 附加)'", "0"), ("公式: '均值(附加, 当 有 附加)'", "空"),
    ("公式: '最大(附加, 当 有 附加)'", "空"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), ABSENT)
def test_absent(tmp_path, body, expected):
    assert value(tmp_path, body) == expected


@pytest.mark.parametrize("body", UNRESOLVED)
def test_unresolved_passes_through_and_keeps_its_first_cause(tmp_path, body):
    assert value(tmp_path, body) == "?坏 除以零"


@pytest.mark.parametrize(("body", "expected"), SETTLED)
def test_what_is_not_needed_does_no_harm(tmp_path, body, expected):
    assert value(tmp_path, body) == expected


def test_no_branch_that_applies_is_unresolved(tmp_path):
    assert value(tmp_path, "分情形: {运费 < 0: 1, 运费 > 1000: 2}") == "?值 没有适用的情形"


def test_a_reason_given_by_the_policy_is_the_cause(tmp_path):
    assert value(tmp_path, "分情形: {运费 > 0: 无法确定(“章程没有写”), 否则: 1}") == "?值 章程没有写"
