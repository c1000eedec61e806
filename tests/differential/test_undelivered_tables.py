"""Tables that were not delivered, in whatever way a row of data reads them: every engine says what the reference says,
and what that is for a few that were worked out by hand.
"""

import datetime
from fractions import Fraction

import pytest
from both import both
from family import Entry
from rulebooks import Case

from tests.databases import chosen

pytestmark = pytest.mark.slow

WAYS = {"要交": "", "可空": "可空: 是, ", "可缺行": "可缺行: 是, "}
TABLES = """
病例: {主键: 病例号, 归期: 出院, 字段: {病例号: 文本, 出院: 日期, 费用: 元, 医院: 文本, 级: 数}}
明细: {主键: [病例号, 序号], WAY字段: {病例号: → 病例, 序号: 整数, 额: 元, 有无: {类型: 元, 可空: 是}}}
分段: {主键: [病例号, 段], WAY字段: {病例号: → 病例, 段: 区间, 段额: 元}}
附页: {主键: 病例号, WAY字段: {病例号: → 病例, 附额: 元}}
单价: {主键: 医院, WAY字段: {医院: 文本, 价: 元}}
门诊: {主键: 门诊号, 归期: 就诊, WAY字段: {门诊号: 文本, 就诊: 日期, 医院: 文本, 诊费: 元}}
大额明细: {行: 明细, 条件: 额 > 5}
全市: {键: []}
各院: {键: [医院]}
"""
AGGREGATES = [
    "计数(SOURCE)", "计数(SOURCE, 当 VALUE > 3)", "合计(VALUE)", "合计(VALUE, 当 VALUE > 3)", "合计(VALUE × 费用)",
    "均值(VALUE)", "最大(VALUE)", "最小(VALUE)", "去重计数(VALUE)", "中位数(VALUE)", "分位数(VALUE, 0.25)",
    "分位数(VALUE, 1.25)", "缺省(均值(VALUE), 7)", "合计(VALUE) + 费用",
]  # fmt: skip
DEVIATIONS = ["标准差(VALUE)", "样本标准差(VALUE)", "变异系数(VALUE)", "样本变异系数(VALUE)"]
BELOW = {"明细": "额", "分段": "段额"}
OTHERS = {
    "病例": [
        "合计(额, 自 大额明细)", "计数(大额明细)", "合计(有无, 当 有 有无)", "附额", "缺省(附额, 1)",
        "附额 + 费用", "价", "价 × 2", "取(价, 医院 = “丙”)", "缺省(取(价, 医院 = “丙”), 4)", "取(附额, 病例号 = “2”)",
        "上一条(附额, 每 医院, 按 出院)", "累计(缺省(附额, 0) + 费用, 每 医院, 按 出院)",
        "名次(缺省(价, 0) + 费用, 从大到小)", "名次(费用, 从大到小, 每 医院, 当 计数(明细) = 0)",
    ],
    "各院": ["计数(明细)", "合计(额)", "均值(额)", "中位数(额)", "最大(附额)",
             "计数(门诊)", "合计(诊费)", "价", "名次(合计(诊费), 从大到小)"],
    "全市": ["计数(明细)", "合计(额)", "均值(额)", "合计(附额)", "计数(门诊)", "最小(诊费)", "合计(价)"],
    "门诊": ["诊费", "名次(诊费, 从大到小)", "累计(诊费, 每 医院, 按 就诊)", "上一条(诊费, 每 医院, 按 就诊)", "价"],
}  # fmt: skip
CASES = [("1", 3, 10, "甲"), ("2", 9, 20, "甲"), ("3", 12, 30, "乙")]


def formulas() -> list[tuple[str, str]]:
    """(grain, formula) of each way to read."""
    below = [a.replace("SOURCE", s).replace("VALUE", v) for s, v in BELOW.items() for a in [*AGGREGATES, *DEVIATIONS]]
    return [("病例", formula) for formula in below] + [(g, f) for g, listed in OTHERS.items() for f in listed]


def case_of(way: str, listed: list[tuple[str, str]], extra: dict | None = None) -> Case:
    entries, columns = [], {}
    for line in TABLES.replace("WAY", WAYS[way]).strip().splitlines():
        entries.append(Entry(line.partition(":")[0], line))
    for number, (grain, formula) in enumerate(listed):
        rounding = ", 舍入: 2" if "差" in formula or "系数" in formula else ""
        entries.append(Entry(f"数{number}", f"数{number}: {{粒度: {grain}, 公式: '{formula}'{rounding}}}"))
        entries.append(Entry(f"查{number}", f"查{number}: {{粒度: {grain}, 筛查: 数{number} ≥ 1}}"))
        columns.setdefault(grain, []).append(f"查{number}")
    for grain, names in columns.items():
        entries.append(Entry(f"报{grain}", f"报{grain}: {{粒度: {grain}, 列: [{', '.join(names)}]}}"))
    entries.append(Entry("算账", f"算账: {{期间: 年, 报表: [{', '.join(f'报{grain}' for grain in columns)}]}}"))
    rows = [
        {"病例号": key, "出院": datetime.date(2025, 3, day), "费用": Fraction(fee), "医院": place, "级": Fraction(1)}
        for key, day, fee, place in CASES
    ]
    return Case(entries, "2025", {"病例": rows, **(extra or {})}, keep_all=True)


@pytest.mark.parametrize("way", WAYS)
def test_every_engine_says_what_the_reference_says_of_tables_that_were_not_delivered(way):
    listed = formulas()
    found = both(case_of(way, [(grain, formula) for grain, formula in listed if grain == "病例"]))
    assert found.kind == "同", found.detail
    above = both(case_of(way, [(grain, formula) for grain, formula in listed if grain != "病例"]))
    assert above.kind == ("同" if way == "可空" else "停"), above.detail  # the same sentence where a table is missing


@pytest.mark.slow
def test_spark_says_so_too():
    from tests.databases import spark_session

    if spark_session.why_not():
        pytest.skip(spark_session.why_not())
    found = both(case_of("可空", formulas()), engines=["spark"])
    assert found.kind == "同", found.detail


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("table", ["明细", "附页", "单价", "门诊"])
def test_one_table_that_comes_beside_others_that_do_not(way, table):
    rows = {
        "明细": [{"病例号": "1", "序号": Fraction(1), "额": Fraction(9), "有无": None}],
        "附页": [{"病例号": "2", "附额": Fraction(9)}],
        "单价": [{"医院": "甲", "价": Fraction(2)}],
        "门诊": [{"门诊号": "m", "就诊": datetime.date(2025, 3, 1), "医院": "乙", "诊费": Fraction(5)}],
    }
    listed = [(grain, formula) for grain, formula in formulas() if not any(word in formula for word in MEDIAN)]
    found = both(case_of(way, listed, {table: rows[table]}), engines=chosen()[:1])
    assert found.kind in ("同", "停"), found.detail
    assert found.kind == "同" or way != "可空"


MEDIAN = ("位数", "差(", "系数(")
"""What no database works out on rows of data over rows that are there."""


def test_what_it_comes_to():
    """Undelivered where it may be: sums and counts over no rows are 0, all else is absent and is not judged."""
    listed = [
        ("病例", "计数(明细) + 1"),
        ("病例", "合计(额)"),
        ("病例", "均值(额)"),
        ("病例", "附额"),
        ("病例", "缺省(附额, 1)"),
    ]
    found = both(case_of("可空", listed))
    assert found.kind == "同", found.detail
    assert [row[1:] for row in found.result.statements[0].rows] == [["命中", "未命中", "不适用", "不适用", "命中"]] * 3
    asked = both(case_of("要交", listed))
    assert asked.kind == "同", asked.detail
    assert [row[1:] for row in asked.result.statements[0].rows] == [["不适用"] * 5] * 3
