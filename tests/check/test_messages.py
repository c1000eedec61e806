"""Ordinary mistakes: the message names the line that caused it, once, and a cure that can be carried out there."""

from __future__ import annotations

import pytest

from engine.check import check_book
from engine.rulebook.book import load

HEAD = "名称: 例市\n施行: 2025-01-01\n文件:\n  办法: {题名: 例市交通补助办法}\n"
TABLES = """
行程:
  主键: 编号
  归期: 出行日期
  字段:
    编号: 文本
    出行日期: 日期
    车号: → 车辆
    等级: [甲等, 乙等]
    里程: {类型: 数, 范围: "≥ 0", 小数: 1}
    费用: {类型: 元, 范围: "≥ 0"}
车辆: {主键: 车号, 字段: {车号: 文本, 折旧: 元}}
行程补助: {粒度: 行程, 单位: 元, 公式: 费用 × 1}
明细: {粒度: 行程, 列: [行程补助]}
月结: {期间: 月, 报表: [明细]}
"""
SHARED = """
依据: 规范 第一条
补助率: {单位: 比例, 取值: {2025-01-01: 50%}}
补助类: {粒度: 行程, 类别: [长途, 短途], 分情形: {里程 > 50: 长途, 否则: 短途}}
补助: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 费用 × 补助率}
加补: {粒度: 行程, 单位: 元, 按: 补助类, 分情形: {长途: 2, 短途: 1}}
不用的: {粒度: 行程, 单位: 元, 公式: 补助 + 加补}
"""


@pytest.fixture
def said(tmp_path, monkeypatch):
    """What the check says of rules beside a table of trips: "code line message → hint" by file."""

    def say(rules: str, shared: bool = False, head: str = HEAD) -> list[str]:
        (tmp_path / "city").mkdir()
        (tmp_path / "city" / "region.yaml").write_text(head + ("沿用: [base]\n" if shared else ""), "utf-8")
        if shared:
            (tmp_path / "rules" / "base").mkdir(parents=True)
            (tmp_path / "rules" / "base" / "module.yaml").write_text(
                "名称: 共用\n文件: {规范: {题名: 规范}}\n", "utf-8"
            )
            (tmp_path / "rules" / "base" / "rules.yaml").write_text(SHARED, "utf-8")
        (tmp_path / "city" / "表.yaml").write_text("依据: 办法 第一条\n" + TABLES, "utf-8")
        (tmp_path / "city" / "规则.yaml").write_text(rules, "utf-8")
        monkeypatch.chdir(tmp_path)
        return [
            f"{p.place.file.removeprefix('city/')}:{p.place.line} {p.code} {p.message} → {p.hint}"
            for p in check_book(load(tmp_path / "city"))
            if p.is_error
        ]

    return say


CITE = "依据: 办法 第一条\n"
USED = """
用到: {粒度: 行程, 单位: 元, 公式: 补助 + 加补}
明细二: {粒度: 行程, 列: [用到]}
月结二: {期间: 月, 报表: [明细二]}
"""
TABLE = "  粒度: 行程\n  单位: 倍\n  表:\n"


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("甲: {单位: 元, 取值: {2025-01-01: 1,000}}", ["E110", "1,000", "写 1000"]),
        ("甲:\n  单位: 元\n  取值:\n    2025-01-01: 1,000", ["E301", "不写千分位的逗号", "1000"]),
        ("甲:\n  粒度: 行程\n  单位: 元\n  公式: 较小(费用, 1,500)", ["E301", "“1,500”", "逗号后面空一格"]),
        ("甲:\n  粒度: 行程\n  单位: 元\n  公式:　费用 + 1", ["E107", "全角空格", "U+3000", "半角空格"]),
        ("甲: {粒度: 行程, 单位:　元, 公式: 费用}", ["E107", "全角空格"]),
        (f"甲:\n{TABLE}    - {{里程: “≤ 200”, 甲: 3}}\n    - {{里程: \"> 200\", 甲: 2}}",
         ["E303", "删去 “ ”", '"≤ 200"']),
        (f"甲:\n{TABLE}    - {{里程: ≤ 200, 甲: 3}}\n    - {{里程: 大于200, 甲: 2}}", ["E303", "写成“> 200”"]),
        (f"甲:\n{TABLE}    - {{里程: 不超过100, 甲: 3}}\n    - {{里程: \"> 100\", 甲: 2}}", ["E303", "写成“≤ 100”"]),
        (f"甲:\n{TABLE}    - {{里程: 在100到200之间, 甲: 3}}\n    - {{里程: \"> 200\", 甲: 2}}",
         ["E303", "“在100到200之间”写成区间 [100, 200]"]),
        (f"甲:\n{TABLE}    - {{里程: 大于100小于200, 甲: 3}}\n    - {{里程: \"≥ 200\", 甲: 2}}",
         ["写成区间 (100, 200)"]),
        (f"甲:\n{TABLE}    - {{里程: 200天以下, 甲: 3}}\n    - {{里程: \"> 200\", 甲: 2}}", ["含 200 写 ≤ 200"]),
        (f"甲:\n{TABLE}    - {{里程: 200以下, 甲: 3}}\n    - {{里程: \"> 200\", 甲: 2}}",
         ["含 200 写 ≤ 200，不含写 < 200"]),
        (f"甲:\n{TABLE}    - {{里程: 200（含）以上, 甲: 3}}\n    - {{里程: < 200, 甲: 2}}", ["写 ≥ 200"]),
        ("甲: {粒度: 行程, 单位: 元, 公式: (费用 + 1}", ["E116", "没有闭合"]),
        ("甲: {粒度: 等级, 单位: 元, 公式: 1}\n乙: {粒度: 行程, 公式: 甲}", ["E306", "{键: [等级]}"]),
        ("折旧: {单位: 元, 取值: {2025-01-01: 5}}", ["E309", "{粒度: 车辆, 公式: …}", "测算"]),
        ("替换:\n  折旧: {粒度: 车辆, 单位: 元, 公式: 5}", ["E207", "表 车辆 的字段", "测算", "车辆.折旧"]),
        ("甲:\n  单位: 元\n  取值:{2025-01-01: 3}", ["E107", "“取值:”后面没有空格"]),
        ("甲: {粒度: 车辆, 单位: 元, 公式: 行程补肋 × 2}",
         ["是不是 行程补助？", "每个 行程 各有一个", "合计(行程补助)"]),
        (f"甲:\n{TABLE}    - {{等级: 甲等, 甲: 3}}", ["E701", "无法确定(“没有公布”)"]),
        (f"甲:\n{TABLE}    - {{里程: < 100, 甲: 3}}\n    - {{里程: \"≥ 150\", 甲: 2}}",
         ["E701", "里程 在 100 和 150 之间 时没有一行适用 →"]),
        (f"甲:\n{TABLE}    - {{里程: \"(100, 150)\", 甲: 3}}\n    - {{里程: \"≥ 200\", 甲: 2}}",
         ["E701", "里程 在 0 和 100 之间 时没有一行适用，还有别的空缺"]),
        ("试: {期间: 月, 挂起上限: 5%, 报表: [明细]}", ["E125", "是几行", "如 挂起上限: 10", "5%"]),
        ("甲: {单位: 元, 取值:{2025-01-01: 3}}", ["E107", "“取值:”后面没有空格", "“取值: {”"]),
        ("甲: {粒度: 车辆, 单位: 元, 公式: 合计(行程补肋)}", ["E303", "→ 是不是 行程补助？"]),
        ("甲: {粒度: 车辆, 公式: 等极 = 甲等}", ["E303", "是不是 等级？", "计数(行程, 当 等级 = 甲等)"]),
        ("甲: {粒度: 行程, 拒收: 费用}", ["E401", "写一个条件"]),
        ("甲:\n  单位: 比例\n  限: ≤ 1\n  取值: {2025-01-01: 50}", ["E706", "是不是 50%？"]),
        ("甲: {单位: 元, 取值: {2025-13-01: 3}}", ["E126", "写的是“2025-13-01”，应是日期"]),
        ("甲的数 在办法里待定\n甲: {单位: 元, 取值: {2025-01-01: 3}}", ["规则.yaml:2 E114", "少了冒号", "行首加 #"]),
        (f"甲:\n{TABLE}    - {{里程: ≤ 200, 甲: 3}}\n    - {{里程: \"> 200\", 甲: }}", ["E111", "写 待定"]),
    ],
)  # fmt: skip
def test_a_mistake_is_told_once_with_its_cure(said, rules, told):
    (problem,) = said(CITE + rules + "\n")
    assert all(words in problem for words in told), problem


@pytest.mark.parametrize(
    ("rules", "line", "told"),
    [
        ("替换:\n  补助率: {单位: 元, 取值: {2025-01-01: 3}}", 3, ["E402", "补助率 原来的单位是 比例", "替换", "补助"]),
        ("替换:\n  补助类: {粒度: 行程, 类别: [远, 近], 分情形: {里程 > 5: 远, 否则: 近}}", 3,
         ["E307", "同样的还有 1 处", "原来的类别是 长途、短途"]),
        ("删除: [补助率]", 2, ["E303", "不要删除 补助率"]),
    ],
)  # fmt: skip
def test_what_goes_wrong_in_a_shared_file_is_told_at_the_line_that_caused_it(said, rules, line, told):
    (problem,) = said(f"{CITE}{rules}\n{USED}", shared=True)
    assert problem.startswith(f"规则.yaml:{line} ") and "rules/base/rules.yaml 第" in problem
    assert all(words in problem for words in told), problem


def test_a_shared_rule_that_no_program_runs_is_not_told(said):
    assert said(f"{CITE}替换:\n  补助率: {{单位: 元, 取值: {{2025-01-01: 3}}}}\n", shared=True) == []


def test_a_rule_of_the_region_that_reads_what_it_deleted_is_told_where(said):
    (told,) = said(f"{CITE}删除: [补助率]\n多补: {{粒度: 行程, 单位: 元, 舍入: 2, 公式: 费用 × 补助率}}\n", True)
    assert told.startswith("规则.yaml:3 E303 多补：没有 补助率 这个名字")
    assert "补助率 在 city/规则.yaml 第 2 行 删除了：不要删除它" in told


def test_what_is_wrong_here_is_told_and_not_what_it_makes_wrong_in_shared_files(said):
    (problem,) = said(f"{CITE}替换:\n  补助率: {{粒度: 行程, 单位: 元, 公式: 费用 ÷ 费用}}\n{USED}", shared=True)
    assert problem.startswith("规则.yaml:3 E402 补助率：公式的单位是") and "rules/base" not in problem


TICKETS = "票: {主键: 票号, 归期: 出票日, 字段: {票号: 文本, 出票日: 日期, 车号: → 车辆, 票价: {类型: 元, 可空: 是}}}\n"


def test_a_value_that_may_be_absent_is_told_where_that_begins(said):
    """甲 compares what may be absent, so may be absent; what reads it is not told, only that it is."""
    rules = '甲: {粒度: 票, 单位: 元, 公式: "若(票价 > 5, 1, 2) × 票价"}\n乙: {粒度: 车辆, 单位: 元, 公式: 合计(甲)}\n'
    (problem,) = said(CITE + TICKETS + rules)
    assert problem.startswith("规则.yaml:3 E601") and problem.endswith("读它的还有 1 处也因此没有值，先改这里")


def test_an_aggregate_of_a_field_that_may_be_empty_names_the_default(said):
    (problem,) = said(CITE + TICKETS + "乙: {粒度: 车辆, 单位: 元, 公式: 合计(票价)}\n")
    assert problem.startswith("规则.yaml:3 E602") and problem.endswith("；或给字段 票价 写 默认")


def test_rows_of_a_file_and_an_empty_citation_are_told_as_without_one_and_break_nothing_off(tmp_path):
    (tmp_path / "系数.csv").write_text("等级,系数\n甲等,1.5\n乙等,1\n", "utf-8")
    rules = "系数: {粒度: 行程, 表: 系数.csv}\n单价: {单位: 元, 取值: {施行: 1}, 依据: ' '}\n"
    (tmp_path / "region.yaml").write_text(HEAD, "utf-8")
    (tmp_path / "rules.yaml").write_text(TABLES + rules, "utf-8")
    told = [problem.message for problem in check_book(load(tmp_path)) if problem.code in ("E310", "E311")]
    assert told == [f"{name} 没有写 依据" for name in ("行程", "车辆", "行程补助", "系数", "单价")]


@pytest.mark.parametrize("formula", ["查无(费用)", "四舍五入()", "费用 + 四舍五入(费用, 里程, 1)"])
@pytest.mark.parametrize("program", ["", "页: {粒度: 行程, 列: [甲]}\n页结: {期间: 月, 报表: [页]}\n"])
def test_what_reads_a_rule_whose_formula_is_wrong_tells_only_that(tmp_path, formula, program):
    rules = f"""{program}
比率: {{单位: 倍, 取值: {{2025-01-01: 1, 2025-07-01: 2}}, 依据: 办法 第一条}}
甲: {{粒度: 行程, 单位: 元, 公式: "{formula}", 依据: 办法 第一条}}
丁: {{粒度: 行程, 单位: 元, 公式: 甲 × 比率, 依据: 办法 第一条}}
乙: {{粒度: 行程, 类别: [高, 低], 分情形: {{甲 > 10: 高, 甲 < 10: 低}}, 依据: 办法 第一条}}
丙: {{粒度: 行程, 表: [{{甲: "> 10", 丙: 1}}, {{甲: "< 10", 丙: 2}}], 依据: 办法 第一条}}
"""
    (tmp_path / "region.yaml").write_text(HEAD, "utf-8")
    (tmp_path / "rules.yaml").write_text("依据: 办法 第一条\n" + TABLES + rules, "utf-8")
    (told,) = [problem for problem in check_book(load(tmp_path)) if problem.is_error]
    assert told.message.startswith("甲：")
