"""Each fault that the random rulebooks found, by itself."""

import re
from fractions import Fraction

import pytest
from both import book_of, both
from family import Entry
from rulebooks import Case

from engine.rulebook.constants import read_constant

TABLES = """
店:
  主键: 店号
  字段:
    店号: 文本
    级别: [大, 小]
单据:
  主键: 单号
  归期: 日期
  字段:
    单号: 文本
    店号: → 店
    客人: 文本
    日期: 日期
    金额: 元
    数量: {类型: 整数, 范围: "≥ 0"}
    备注: {类型: 文本, 可空: 是}
明细:
  主键: [单号, 行号]
  字段:
    单号: → 单据
    行号: 整数
    价: 元
系数表:
  主键: 级别
  可缺行: 是
  字段:
    级别: [大, 小]
    系数: {类型: 倍, 可空: 是}
"""
SHOPS = "店号 级别\n甲 大\n乙 小"
SALES = """
单号 店号 客人 日期 金额 数量 备注
1 甲 张 2025-01-05 10 1 空
2 乙 李 2025-03-20 20 2 急
3 甲 张 2025-08-10 30.05 3 空
"""
LINES = "单号 行号 价\n1 1 3\n1 2 4\n3 1 5.55"
FACTORS = "级别 系数\n大 2"


def agreed(rules, period="2025", start="2024-01-01", columns="", grain="单据", program="", **tables):
    """What both engines come to: 同 (the same result) or 停 (the same sentence); anything else fails."""
    if columns:
        kind = "月" if "-" in period else "年"
        rules += f"报表一: {{粒度: {grain}, 列: [{columns}]}}\n算账: {{期间: {kind}, 报表: [报表一]{program}}}\n"
    case = Case([Entry("规则", TABLES + rules)], period, {}, start=start, keep_all=True)
    given = {"店": SHOPS, "单据": SALES, "明细": LINES, "系数表": FACTORS} | tables
    book = book_of(case)
    fields = {name: table.fields for name, table in book.at(book.epochs[-1]).tables.items()}
    for name, text in given.items():
        if text is None:
            continue
        head, *lines = [line.split() for line in text.strip().splitlines()]
        case.rows[name] = [
            {key: _typed(cell, fields[name][key].type) for key, cell in zip(head, line, strict=True)}
            for line in lines
        ]  # fmt: skip
    found = both(case, watched=True)
    assert found.kind in ("同", "停"), f"{found.kind}\n{found.detail}"
    return found


def _typed(cell, type_):
    if cell == "空":
        return None
    return Fraction(cell) if len(cell) > 30 else read_constant(cell, type_)


def lines(found):
    return [[str(cell) for cell in row] for row in found.result.statements[0].rows]


RATE = (
    "率: {单位: 倍, 取值: {2024-01-01: 2, 2025-07-01: 3, 2026-01-01: 5}}\n值: {粒度: 单据, 单位: 元, 公式: 金额 × 率}\n"
)


def test_rows_that_行_chooses_from_before_the_rules_are_rejected():
    old = SALES + "0 甲 张 2023-05-05 7 1 空\n"
    found = agreed(RATE, columns="值", program=", 行: {单据: '日期 ≥ 2023-01-01'}", 单据=old)
    assert lines(found) == [["1", "20"], ["2", "40"], ["3", "1803/20"]]
    assert [(row.key, row.check) for row in found.result.rejected] == [("0", "尚未施行")]


def test_rows_that_行_chooses_have_the_rules_of_their_own_day_outside_the_period_too():
    rows = SALES + "0 甲 张 2024-05-05 7 1 空\n9 甲 张 2026-05-05 7 1 空\n"
    found = agreed(RATE, columns="值", program=", 行: {单据: '日期 ≥ 2024-01-01'}", 单据=rows)
    assert lines(found) == [["0", "14"], ["1", "20"], ["2", "40"], ["3", "1803/20"], ["9", "35"]]


def test_why_the_row_before_cannot_be_known_is_said():
    rows = SALES.replace("30.05 3", "30.05 -3")
    found = agreed("值: {粒度: 单据, 公式: '上一条(级别, 按 数量)'}\n", columns="值", 单据=rows)
    assert found.kind == "停" and "数量 -3 超出范围" in found.stopped[1]


def test_why_a_needed_row_before_cannot_be_known_is_said():
    rows = SALES.replace("30.05 3", "30.05 -3")
    rules = "值: {粒度: 单据, 公式: '缺省(上一条(金额, 每 客人, 按 数量), 0)'}\n"
    found = agreed(rules, columns="值", program=", 需要: {单据: [值]}, 挂起上限: 9", 单据=rows)
    assert [held.cause for held in found.result.held] == ["超出范围", "超出范围"]


def test_a_value_of_a_coarse_grain_that_is_absent_or_unresolved_and_nothing_else():
    rules = (
        "各级别: {键: [级别]}\n"
        "半: {粒度: 各级别, 舍入: 1, 公式: '若(级别 = 大, 空, 无法确定(“不明”)) × 2'}\n"
        "值: {粒度: 单据, 公式: '可算 半'}\n汇: {粒度: 店, 舍入: 0, 公式: '合计(半, 当 有 半, 自 单据)'}\n"
        "知: {粒度: 店, 公式: 可算 汇}\n"
    )
    agreed(rules, columns="知", grain="店")
    agreed(rules, columns="值")


@pytest.mark.parametrize("columns, grain", [("值", "单据"), ("店额", "店")])
def test_rows_from_before_the_rules_stop_the_run_with_the_same_sentence(columns, grain):
    rules = RATE.replace("2024-01-01", "2025-02-01") + "店额: {粒度: 店, 单位: 元, 公式: 合计(金额)}\n"
    found = agreed(rules, columns=columns, grain=grain, start="2025-02-01")
    assert found.kind == "停" and "还没有" in found.stopped[0] + "".join(found.stopped[1:2])


def test_kept_values_of_rows_from_before_the_rules_stop_the_run_too():
    rules = RATE.replace("2024-01-01", "2025-02-01")
    rules += "店额: {粒度: 店, 单位: 元, 公式: 合计(值)}\n知: {粒度: 店, 公式: 可算 店额}\n"
    found = agreed(rules, columns="知", grain="店", start="2025-02-01")
    assert found.kind == "停" and "还没有" in found.stopped[1]


@pytest.mark.parametrize("function", ["最大", "最小", "合计", "均值", "去重计数"])
def test_an_aggregate_below_data_rows_of_what_is_never_there(function):
    rules = f"值: {{粒度: 单据, 公式: '{function}(系数 × 2, 当 有 系数 且 (价 ÷ (价 − 5.55) > 0), 自 明细)'}}\n"
    rules += "可: {粒度: 单据, 公式: 可算 值}\n"
    agreed(rules, columns="可", 系数表="级别 系数")
    agreed(rules, columns="可", 系数表="级别 系数", 单据="单号 店号 客人 日期 金额 数量 备注", 明细="单号 行号 价")


def test_two_states_of_an_aggregate_of_what_is_never_there():
    for function in ("最小", "合计"):
        rules = f"汇: {{粒度: 单据, 公式: '{function}(系数 × 2, 当 价 > 3 ÷ (价 − 3), 自 明细)'}}\n"
        rules += "可: {粒度: 单据, 公式: 可算 汇}\n"
        agreed(rules, columns="可", program=", 行: {单据: 日期 ≥ 2024-01-01}", 系数表="级别 系数")


STRAY = LINES + "\n8 1 1\n7 1 2\n7 2 2"


def test_rows_below_that_belong_to_no_row_are_refused_by_a_check():
    rules = "项价: {粒度: 单据, 单位: 元, 公式: 合计(价)}\n超: {粒度: 单据, 拒收: 项价 > 金额}\n"
    found = agreed(rules, columns="金额", 明细=STRAY)
    (reason,) = {row.reason for row in found.result.rejected}
    assert "表 单据 没有 单号 = 7 的行，明细 有 2 行（如 7,1）归不到它" in reason


def test_the_first_of_several_rows_that_belong_nowhere_is_named():
    rows = SALES + "4 丁 张 2025-02-01 1 1 空\n0 丙 张 2025-02-01 1 1 空\n5 丁 张 2025-02-01 1 1 空\n"
    for function in ("合计(金额)", "中位数(金额)", "计数(单据)"):
        found = agreed(f"店额: {{粒度: 店, 公式: '{function}'}}\n", columns="店额", grain="店", 单据=rows)
        assert found.kind == "停" and re.search("店号 = 丙 的行，单据 有 1 行（如 0）", "".join(found.stopped))


def test_a_window_that_nothing_wants_does_not_change_which_rows_are_seen():
    rules = "前: {粒度: 单据, 公式: '上一条(客人, 按 日期)'}\n店额: {粒度: 店, 单位: 元, 公式: 合计(金额)}\n"
    rules += "知: {粒度: 店, 公式: 可算 店额}\n"
    agreed(rules, columns="知", grain="店", start="2025-02-01")


def test_a_row_that_is_left_out_by_what_stood_before_it():
    rules = "前: {粒度: 单据, 公式: '上一条(金额, 每 客人, 按 日期)'}\n又来: {粒度: 单据, 公式: 有 前}\n"
    rows = SALES + "01 甲 张 2024-06-05 7 1 空\n02 甲 张 2024-07-05 8 1 空\n03 甲 王 2025-07-05 8 1 空\n"
    found = agreed(rules, columns="又来", program=", 排除: {单据: [又来]}", 单据=rows)
    assert found.kind == "同"


def test_parts_of_a_date_that_is_never_there():
    rules = (
        "首日: {粒度: 店, 公式: '最小(日期)'}\n年份: {粒度: 单据, 公式: 年(首日)}\n"
        "月份: {粒度: 单据, 公式: 年月(首日)}\n"
        "年可: {粒度: 单据, 公式: 可算 年份}\n月可: {粒度: 单据, 公式: 可算 月份}\n"
    )
    agreed(rules, columns="年可, 月可", 店="店号 级别")


@pytest.mark.parametrize("number", ["999999999999999999", "1000000000000000000", "9223372036854775808", "1" + "0" * 35])
def test_numbers_that_64_or_128_bits_just_hold(number):
    rows = SALES.replace(" 20 2 急", f" {number} 2 急").replace(" 30.05 ", f" -{number} ")
    rules = (
        "大: {粒度: 单据, 单位: 元, 公式: 金额 × 2}\n半: {粒度: 单据, 单位: 元, 舍入: 2, 公式: 大 ÷ 7}\n"
        "店额: {粒度: 店, 单位: 元, 公式: 合计(大)}\n"
    )
    agreed(rules, columns="大, 半", 单据=rows)
    agreed(rules, columns="店额", grain="店", 单据=rows)


def test_a_number_that_no_column_holds_stops_with_a_sentence():
    rows = SALES.replace(" 20 2 急", " 1" + "0" * 35 + " 2 急")
    text = "值: {粒度: 单据, 舍入: 0, 公式: '数量 × 100 × 金额 × 金额 ÷ 费'}\n费: {单位: 元, 取值: {2024-01-01: 1}}\n"
    with pytest.raises(AssertionError, match="^不会"):
        agreed(text.replace("舍入: 0", "单位: 元, 舍入: 0"), columns="值", 单据=rows)


def test_上期_of_a_key_of_the_rows():
    rules = "年份: {粒度: 单据, 公式: 年(日期)}\n各年份: {键: [年份]}\n值: {粒度: 单据, 公式: '缺省(上期(年份), 0)'}\n"
    rows = SALES + "0 甲 张 2025-02-01 1 1 空\n"
    found = agreed(rules, "2025-03", columns="值", program=", 行: {单据: 日期 ≤ 期末}", 单据=rows)
    assert lines(found) == [["0", "2025"], ["1", "2025"], ["2", "0"]]


def test_the_highest_of_known_values_and_one_that_cannot_be_known():
    rules = "值: {粒度: 单据, 公式: '取高(1, 2, 系数 ÷ (数量 − 数量))'}\n可: {粒度: 单据, 公式: 可算 值}\n"
    found = agreed(rules, columns="可", 单据=SALES.replace(" 乙 ", " 甲 "))
    assert {line[1] for line in lines(found)} == {"False"}
    short = "值: {粒度: 单据, 公式: '取高(1, 2, 无法确定(“不明”))'}\n可: {粒度: 单据, 公式: 可算 值}\n"
    assert {line[1] for line in lines(agreed(short, columns="可"))} == {"False"}


def test_a_query_made_before_the_host_worked_out_more_for_the_same_keys_still_runs():
    rules = (
        "档: {粒度: 明细, 类别: [大, 小], 公式: '若(价 > 3, 大, 小)'}\n"
        "倍系数: {粒度: 系数表, 单位: 倍, 公式: 系数 × 2}\n"
        "甲值: {粒度: 单据, 单位: 元, 公式: '合计(价, 当 缺省(取(系数, 级别 = 档), 1) > 1, 自 明细)'}\n"
        "乙值: {粒度: 单据, 单位: 元, 公式: '合计(价, 当 缺省(取(倍系数, 级别 = 档), 1) > 1, 自 明细)'}\n"
    )
    found = agreed(rules, columns="甲值, 乙值")
    assert lines(found) == [["1", "4", "4"], ["2", "0", "0"], ["3", "111/20", "111/20"]]


def test_a_check_of_a_small_table_reads_the_period_before_while_rows_are_still_sorted():
    rules = (
        "全市: {键: []}\n和: {粒度: 全市, 单位: 元, 公式: 合计(金额)}\n"
        "上月和: {粒度: 全市, 单位: 元, 公式: '上期(和, 0)'}\n"
        "满了: {粒度: 店, 拒收: '上月和 > 99'}\n"
        "值: {粒度: 单据, 单位: 元, 公式: 金额 + 上月和}\n"
    )
    rows = SALES.replace("2025-08-10", "2025-02-10")
    assert lines(agreed(rules, "2025-03", columns="值", 单据=rows)) == [["2", "1001/20"]]  # 20 and 30.05


def test_rows_that_read_one_value_which_cannot_be_known_are_told_together():
    rules = (
        "全市: {键: []}\n零: {单位: 元, 取值: {2024-01-01: 0}}\n"
        "池: {粒度: 全市, 单位: 倍, 舍入: 2, 公式: 零 ÷ 零}\n值: {粒度: 店, 单位: 倍, 舍入: 2, 公式: 池 + 1}\n"
    )
    found = agreed(rules, columns="值", grain="店")
    assert found.stopped[1] == "报表一 乙；甲 的 值：池：除以零"
