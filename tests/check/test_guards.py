"""What counts as a guard, and what does not: never is something accepted that can be absent."""

import pytest
from checked_city import problems

HEAD = """
程: {期间: 年, 排除: {行程: [未称重]}, 报表: [明细表]}
未称重: {粒度: 行程, 公式: 没有 载重}
明细表: {粒度: 行程, 列: [重]}
"""
MORE = """
车费: {粒度: 车号, 单位: 元, 舍入: 2, 公式: "均值(费用)"}
贵车费: {粒度: 车号, 单位: 元, 舍入: 2, 公式: "均值(费用, 当 等级 = 甲等)"}
偏差: {粒度: 车号, 单位: 元, 舍入: 2, 公式: "样本标准差(费用)"}
趟数: {粒度: 车号, 单位: 个, 公式: 计数(行程)}
甲等行程: {行: 行程, 条件: 等级 = 甲等}
称重行程: {行: 行程, 条件: 有 载重}
重载行程: {行: 称重行程, 条件: 载重 > 3}
类: {粒度: 行程, 类别: [没称, 轻, 重载], 分情形: {没有 载重: 没称, 载重 < 3: 轻, 否则: 重载}}
"""
DAYS = """
日历: {主键: 日期, 字段: {日期: 日期, 工作日: {类型: 是否, 可空: 是}}}
结束: {主键: 编号, 可缺行: 是, 字段: {编号: 文本, 结束日期: 日期}}
等候: {粒度: 行程, 单位: 天, 公式: "工作日数(出行日期, 结束日期, 工作日)"}
"""
ACCEPTED = {
    "the program leaves such rows out": HEAD + "重: {粒度: 行程, 公式: 载重 > 3}\n",
    "it leaves them out by another way to say it": HEAD.replace("没有 载重", "非 称过")
    + "称过: {粒度: 行程, 公式: 有 载重}\n重: {粒度: 行程, 公式: 载重 > 3}\n",
    "a sum over rows left in": HEAD.replace("行程, 列: [重]", "车号, 列: [总重]")
    + "总重: {粒度: 车号, 公式: 合计(载重)}\n",
    "the condition of the grain above": MORE,
    "a group that has the row itself": MORE + "高: {粒度: 行程, 公式: 费用 > 车费}\n",
    "a group of the narrower grain itself": MORE
    + "甲均: {粒度: 车号, 单位: 元, 舍入: 2, 公式: '均值(费用, 自 甲等行程)'}\n"
    "高: {粒度: 甲等行程, 公式: 费用 > 甲均}\n",
    "an earlier ≠": MORE + "乙: {粒度: 行程, 分情形: {类 ≠ 轻: 是, 否则: 载重 > 1}}\n",
    "two classes ruled out": MORE + "乙: {粒度: 行程, 分情形: {类 = 没称: 是, 类 = 轻: 否, 否则: 载重 > 1}}\n",
    "a class ruled out": MORE + "乙: {粒度: 行程, 公式: 类 ≠ 没称 且 载重 > 1}\n",
    "not of the others": MORE + "乙: {粒度: 行程, 分情形: {类 不属于 轻、重载: 是, 否则: 载重 > 1}}\n",
    "two rows are enough": MORE + "乙: {粒度: 车号, 公式: 趟数 ≥ 2 且 偏差 > 3}\n",
    "a count on the right": MORE + "乙: {粒度: 车号, 公式: 0 < 趟数 且 车费 > 3}\n",
    "the later day is there": DAYS
    + "慢: {粒度: 行程, 公式: '若(有 结束日期, 工作日数(出行日期, 结束日期, 工作日) > 3, 否)'}\n",
    "so many working days are days": DAYS + "慢: {粒度: 行程, 公式: '若(有 等候, 天数(出行日期, 结束日期) > 3, 否)'}\n",
    "an exact count": MORE + "乙: {粒度: 车号, 公式: 趟数 = 3 且 车费 > 3}\n",
}
REFUSED = {
    "another program does not leave them out": (
        HEAD + "重: {粒度: 行程, 公式: 载重 > 3}\n另: {期间: 年, 报表: [明细表]}\n", "E601"),
    "what leaves rows out is worked out before": (
        HEAD.replace("没有 载重", "重") + "重: {粒度: 行程, 公式: 载重 > 3}\n", "E601"),
    "a check sees rows that are left out later": (
        HEAD + "太重: {粒度: 行程, 提醒: 载重 > 9}\n重: {粒度: 行程, 公式: 费用 > 3}\n", "E601"),
    "left out only where more holds": (
        HEAD.replace("没有 载重", "没有 载重 且 费用 > 3") + "重: {粒度: 行程, 公式: 载重 > 3}\n", "E601"),
    "a sum before the exclusion": (
        HEAD.replace("没有 载重", "没有 载重 或 趟 > 3")
        + "趟: {粒度: 车号, 单位: 个, 公式: 计数(行程)}\n重: {粒度: 行程, 公式: 载重 > 3}\n", "E601"),
    "a group of some of the rows": (MORE + "高: {粒度: 行程, 公式: 费用 > 贵车费}\n", "E601"),
    "a group of a narrower grain": (
        MORE + "甲均: {粒度: 车号, 单位: 元, 舍入: 2, 公式: '均值(费用, 自 甲等行程)'}\n"
        "高: {粒度: 行程, 公式: 费用 > 甲均}\n", "E601"),
    "one row has no deviation": (MORE + "高: {粒度: 行程, 公式: 费用 > 偏差}\n", "E601"),
    "one row is not enough": (MORE + "乙: {粒度: 车号, 公式: 趟数 ≥ 1 且 偏差 > 3}\n", "E601"),
    "only one class ruled out": (MORE + "乙: {粒度: 行程, 公式: 类 ≠ 轻 且 载重 > 1}\n", "E601"),
    "≠ the class that has it": (MORE + "乙: {粒度: 行程, 分情形: {类 ≠ 没称: 是, 否则: 载重 > 1}}\n", "E601"),
    "working days up to a day that may be empty": (
        DAYS + "慢: {粒度: 行程, 公式: '工作日数(出行日期, 结束日期, 工作日) > 3'}\n", "E601"),
    "a count that may be none": (MORE + "乙: {粒度: 车号, 公式: 趟数 < 3 且 车费 > 3}\n", "E601"),
}  # fmt: skip


def errors(folder, rules):
    return [problem.code for problem in problems(folder, rules) if problem.is_error]


@pytest.mark.parametrize("rules", ACCEPTED.values(), ids=ACCEPTED)
def test_a_guard(tmp_path, rules):
    assert errors(tmp_path, rules) == []


@pytest.mark.parametrize("rules, code", REFUSED.values(), ids=REFUSED)
def test_no_guard(tmp_path, rules, code):
    assert set(errors(tmp_path, rules)) == {code}


def test_what_is_said_of_a_value_written_back_clears_it(tmp_path):
    rules = """
存: {主键: 编号, 字段: {编号: 文本, 存重: 数}}
轻重: {粒度: 行程, 公式: 载重}
回: {粒度: 行程, 回填: 存, 列: {轻重: 存重}CONDITION}
程: {期间: 年, 报表: [回]}
"""
    (problem,) = [p for p in problems(tmp_path, rules.replace("CONDITION", "")) if p.is_error]
    assert problem.code == "E604" and "条件: 有 轻重" in problem.hint
    assert errors(tmp_path, rules.replace("CONDITION", ", 条件: 有 轻重")) == []
