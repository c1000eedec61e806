"""A region's own examples: wrong ones fail, and coverage finds what none of them reaches."""

import pytest
from city import HEAD, TABLES, City

from engine.language.values import Unresolved
from engine.testing.coverage import coverage_of
from engine.testing.price import price
from engine.testing.runner import run_tests
from engine.testing.typed_text import TestProblem

RULES = """
长途里程: {单位: 个, 取值: {2024-01-01: 30}}
车次类:
  粒度: 行程
  类别: [长途, 普通]
  分情形:
    里程 ≥ 长途里程: 长途
    否则: 普通
折扣:
  粒度: 行程
  单位: 比例
  表:
    - {里程: "≤ 50", 折扣: 1}
    - {里程: "> 50", 折扣: 80%}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 折扣}
车队补贴: {粒度: 车队, 单位: 元, 公式: 合计(补贴)}
明细: {粒度: 行程, 列: [车次类, 补贴]}
结算: {期间: 年, 报表: [明细]}
"""
ALL_SIDES = """
每一边:
  分情形: |
    里程 | 运费 || 车次类 | 补贴
    29   | 10   || 普通   | 10
    30   | 10   || 长途   | 10
    31   | 10   || 长途   | 10
    50   | 10   || 长途   | 10
    51   | 10   || 长途   | 8
"""


def book(tmp_path, tests=""):
    made = City(tmp_path)
    made.write("jia/region.yaml", HEAD)
    made.write("jia/表.yaml", "依据: 章程 第一条\n" + TABLES)
    made.rules(RULES)
    if tests:
        made.write("jia/tests/例.yaml", tests)
    found = made.book()
    assert not found.problems
    return found


def outcome(tmp_path, tests):
    (one,) = run_tests(book(tmp_path, tests))
    return one


def test_a_right_example_passes_and_counts_its_values(tmp_path):
    one = outcome(tmp_path, ALL_SIDES)
    assert one.passed and one.compared == 10


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("已知: {里程: 60, 运费: 10}\n  应得: {补贴: 9}", "补贴：应得 9，得到 8"),
        ("已知: {里程: 60, 运费: 10}\n  应得: {补帖: 8}", "没有 补帖 这个名字"),
        ("已知: {里城: 60, 运费: 10}\n  应得: {补贴: 8}", "没有 里城 这个名字"),
        ("已知:\n    里程: 60\n    运费: 10\n    车对: [{车队号: 东}]\n  应得: {补贴: 8}", "没有 车对 这个名字"),
        ("已知:\n    里程: 60\n    运费: 10\n    折扣: [{车队号: 东}]\n  应得: {补贴: 8}", "折扣 不是表，也不是粒度"),
        ("已知: {里程: 60, 运费: 10}\n  应得:\n    车对: [{车队号: 东, 补贴: 8}]", "没有 车对 这个名字"),
        ("已知: {里程: 60, 运费: 10, 车队: 东}\n  应得: {补贴: 8}", "车队 是一张表：给它的行"),
        ("已知: {里程: 60, 运费: 10}", "什么也没有比较"),
        ("已知: {里程: 60}\n  应得: {补贴: 8}", "没有给出 运费。写一个值，或给表 行程 的行：小表、列表，或 {行: "),
        ("已知: {里程: 60, 运费: 10}\n  应得: {车次类: 短途}", "短途"),
        ("已知: {里程: 六十, 运费: 10}\n  应得: {补贴: 8}", "里程：“六十”不是数"),
        ("已知: {里程: 60, 运费: 10}\n  应得: {补贴: 无法确定}", "应得 无法确定，得到 8"),
        ("已知: {里程: 60, 运费: 10}\n  应得: {补贴: 空}", "应得 空，得到 8"),
        ("程序: 清算\n  已知: {里程: 60, 运费: 10}\n  应得: {补贴: 8}", "没有 清算 这个程序"),
        ("期间: 二月\n  已知: {里程: 60, 运费: 10}\n  应得: {补贴: 8}", "期间 二月 看不懂"),
        ("分情形: |\n    里程 | 运费 || 补贴\n    60 | 10 || 8\n    60 | 10 || 8.01",
         "第 2 行 补贴：应得 8.01，得到 8"),
        ("分情形: |\n    里程 | 运费 || 补贴\n    60 | 10", "没有 ||"),
        ("分情形: |\n    里程 | 运费 || 补贴\n    60 | 10 | 1 || 8", "有 4 格，表头有 3 格"),
    ],
)  # fmt: skip
def test_a_wrong_example_fails_and_says_why(tmp_path, body, said):
    found = list(run_tests(book(tmp_path, f"例一:\n  {body}\n")))
    failures = [failure for one in found for failure in one.failures]
    assert not all(one.passed for one in found) and said in "；".join(failures)


CARS = """
车型: {主键: 车型号, 行: tables/车型.csv, 字段: {车型号: 文本, 座位: {类型: 个, 范围: ≥ 1}}}
座位系数: {单位: 元, 取值: {2024-01-01: 2}}
座位补贴: {粒度: 租车, 单位: 元, 舍入: 2, 公式: 座位 × 座位系数}
租车: {主键: 租车号, 归期: 日期, 字段: {租车号: 文本, 日期: 日期, 车型号: → 车型}}
租车表: {粒度: 租车, 列: [座位补贴]}
租车结算: {期间: 年, 报表: [租车表]}
"""


@pytest.mark.parametrize(
    ("given", "paid"),
    [
        ("{车型号: 大}", "80"),  # the region's own row
        ("{车型号: 大, 座位: 9}", "18"),  # what the example says itself
        ("{车型号: 小}", "无法确定：表 车型 没有"),
        ("\n    车型号: 小\n    车型: [{车型号: 小, 座位: 7}]", "14"),
    ],
)
def test_an_example_reads_the_regions_own_rows_where_it_says_nothing_of_the_table(tmp_path, given, paid):
    made = City(tmp_path)
    made.write("jia/region.yaml", HEAD)
    made.write("jia/表.yaml", "依据: 章程 第一条\n" + CARS)
    made.write("jia/tables/车型.csv", "车型号,座位\n大,40\n中,20\n")
    made.write(
        "jia/tests/例.yaml", f"例一:\n  程序: 租车结算\n  期间: 2025\n  已知: {given}\n  应得: {{座位补贴: {paid}}}\n"
    )
    (one,) = run_tests(made.book())
    assert one.failures == ()


def test_rows_may_be_given_and_asked_for_by_key(tmp_path):
    one = outcome(tmp_path, """
例一:
  程序: 结算
  期间: 2025
  已知:
    车队: |
      车队号 | 等级
      东     | 大
      西     | 小
    行程: |
      行程号 | 车队号 | 里程 | 运费
      1      | 东     | 60   | 10
      2      | 东     | 10   | 10
      3      | 西     | 10   | 7
  应得:
    车队: |
      车队号 | 车队补贴
      东     | 18
      西     | 7
""")  # fmt: skip
    assert one.passed, one.failures
    assert one.compared == 2


def missing(tmp_path, tests):
    made = book(tmp_path, tests)
    reach = coverage_of(made)
    assert all(one.passed for one in run_tests(made, reach))
    return [f"{item.name}：{item.what}" for item in reach.unreached()]


def test_nothing_is_missing_where_every_side_has_an_example(tmp_path):
    assert missing(tmp_path, ALL_SIDES) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("29   | 10   || 普通   | 10", "情形“否则”没有例子"),
        ("51   | 10   || 长途   | 8", "表第 2 行（> 50）没有例子"),
        ("30   | 10   || 长途   | 10", "没有等于界值的例子"),
        ("50   | 10   || 长途   | 10", "没有等于界值的例子"),
    ],
)  # fmt: skip
def test_a_branch_row_or_side_without_an_example_is_found(tmp_path, line, found):
    assert any(found in item for item in missing(tmp_path, ALL_SIDES.replace(f"    {line}\n", "")))


def test_one_row_may_be_priced_by_hand(tmp_path):
    made = book(tmp_path)
    assert price(made, {"里程": "60", "运费": "10"}, ["补贴", "车次类"]) == {"补贴": 8, "车次类": "长途"}
    with pytest.raises(TestProblem, match="没有 补帖 这个名字"):
        price(made, {"里程": "60", "运费": "10"}, ["补帖"])
    with pytest.raises(Unresolved, match="没有给出 运费"):
        price(made, {"里程": "60"}, ["补贴"])


SMALL = """
就诊:
  主键: 就诊号
  归期: 结算日期
  字段: {就诊号: 文本, 结算日期: 日期, 费用: {类型: 元, 范围: "≥ 0"}, 级: [高, 低]}
名册: {主键: 院, 字段: {院: 文本, 床位: 整数}}
各级: {键: [级]}
界: {单位: 元, 取值: {2024-01-01: 100}}
费率: {粒度: 各级, 单位: 元, 表: [{级: 高, 费率: 10}, {级: 低, 费率: 7}]}
低级费率: {粒度: 就诊, 单位: 元, 公式: "取(费率, 级 = 低)"}
份额: {粒度: 就诊, 单位: 元, 公式: 费用 ÷ 3}
倒数: {粒度: 就诊, 公式: 界 ÷ 费用}
折半: {粒度: 就诊, 公式: 倒数 ÷ 2}
档:
  粒度: 就诊
  类别: [低, 高]
  分情形:
    费用 < 界: 低
    否则: 高
明细: {粒度: 就诊, 列: [低级费率, 档]}
月结: {期间: 月, 需要: {就诊: [档]}, 报表: [明细]}
"""


def small(tmp_path, tests, more=""):
    made = City(tmp_path)
    made.write("jia/region.yaml", HEAD)
    made.rules(SMALL + more)
    made.write("jia/tests/例.yaml", tests)
    found = made.book()
    assert not found.problems
    return found


def only(tmp_path, tests, **how):
    (one,) = run_tests(small(tmp_path, tests), **how)
    return one


def visits(rows, expected, columns="档"):
    given = "".join(f"\n      {row}" for row in rows)
    out = "".join(f"\n      {row}" for row in expected)
    return (
        "例:\n  程序: 月结\n  期间: 2025-03\n  已知:\n    就诊: |\n      就诊号 | 结算日期 | 费用 | 级" + given
        + f"\n  应得:\n    就诊: |\n      就诊号 | {columns}" + out + "\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    "example",
    [
        "例:\n  程序: 月结\n  期间: 2025-03\n  已知: {就诊号: 1, 级: 高}\n  应得: {低级费率: 7}\n",
        "例:\n  程序: 月结\n  期间: 2025-03\n  已知: {就诊号: 1}\n  分情形: |\n    级 || 低级费率\n    高 || 7\n",
        visits(["1 | 2025-03-01 | 5 | 高"], ["1 | 7"], "低级费率"),
    ],
)
def test_a_key_that_a_formula_writes_is_read_whatever_the_example_gives(tmp_path, example):
    one = only(tmp_path, example)
    assert one.passed, one.failures


def test_what_is_worked_out_to_sort_rows_counts_as_reached(tmp_path):
    rows = ["1 | 2025-03-01 | 99.99 | 高", "2 | 2025-03-01 | 100 | 低", "3 | 2025-03-01 | 101 | 低"]
    book = small(tmp_path, visits(rows, ["1 | 低", "2 | 高", "3 | 高"]))
    reach = coverage_of(book)
    assert all(one.passed for one in run_tests(book, reach))
    assert not [item for item in reach.unreached() if item.name == "档"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{就诊号: 1, 费用: 1.001}", "费用：“1.001”小数位数超过 2 位"),
        ("{就诊号: 1, 费用: '1,000'}", "费用：“1,000”不是数：不要写千分位逗号"),
        ("{就诊号: 1, 费用: 50%}", "只有单位是比例的字段可以写 %"),
        ("{就诊号: 1, 费用: -5}", "费用 -5 超出范围 ≥ 0"),
        ("{就诊号: 1, 费用: 1, 级: 中}", "“中”"),
    ],
)
def test_an_example_reads_a_field_as_a_run_reads_its_cell(tmp_path, given, said):
    one = only(tmp_path, f"例:\n  程序: 月结\n  期间: 2025-03\n  已知: {given}\n  应得: {{份额: 1}}\n")
    assert not one.passed and said in "；".join(one.failures)


def test_a_cell_that_cannot_be_read_names_its_row(tmp_path):
    one = only(tmp_path, visits(["1 | 2025-03-01 | 1 | 高", "# 注", "2 | 2025-03-01 | 1.001 | 高"], ["1 | 低"]))
    assert one.failures == ("已知 的 就诊 第 2 行 费用：“1.001”小数位数超过 2 位；运行时交来这样的格子也不收",)


@pytest.mark.parametrize(
    ("written", "right"),
    [("33.3333", True), ("33.33", True), ("100/3", True), ("33.34", False), ("33.3334", False), ("33.33330", False)],
)
def test_a_number_without_end_is_compared_at_the_digits_written(tmp_path, written, right):
    one = only(
        tmp_path, f"例:\n  程序: 月结\n  期间: 2025-03\n  已知: {{就诊号: 1, 费用: 100}}\n  应得: {{份额: {written}}}\n"
    )
    assert one.passed is right
    assert len(one.at_digits) == (right and "/" not in written)


def test_a_number_that_ends_is_compared_exactly(tmp_path):
    one = only(tmp_path, "例:\n  程序: 月结\n  期间: 2025-03\n  已知: {就诊号: 1, 费用: 0.75}\n  应得: {份额: 0.3}\n")
    assert one.failures == ("份额：应得 0.3，得到 0.25",)


@pytest.mark.parametrize(("fractions", "said"), [(False, "≈ 33.3333"), (True, "100/3")])
def test_results_are_shown_as_decimals_or_as_fractions_where_asked(tmp_path, fractions, said):
    example = "例:\n  程序: 月结\n  期间: 2025-03\n  已知: {就诊号: 1, 费用: 100}\n  应得: {份额: 34}\n"
    assert only(tmp_path, example, fractions=fractions).failures == (f"份额：应得 34，得到 {said}",)


def test_one_cause_is_said_once(tmp_path):
    example = (
        "例:\n  程序: 月结\n  期间: 2025-03\n  已知: {就诊号: 1}\n  分情形: |\n"
        "    费用 || 倒数 | 折半\n    0 || 1 | 1\n    4 || 25 | 12.5\n    0.00 || 1 | 1\n"
    )
    assert only(tmp_path, example).failures == ("第 1 行、第 3 行的 倒数、折半（共 4 个值）都无法确定：倒数：除以零",)


@pytest.mark.parametrize("written", ["{行: 例/名册.csv}", "[{院: 甲, 床位: 3}, {院: 乙, 床位: 4}]"])
def test_rows_may_come_from_a_file_of_the_region_or_a_list(tmp_path, written):
    example = (
        f"例:\n  程序: 月结\n  期间: 2025-03\n  已知: {{名册: {written}}}\n  应得: {{名册: {{院: 乙, 加床: 5}}}}\n"
    )
    book = small(tmp_path, example, "加床: {粒度: 名册, 公式: 床位 + 1}\n")
    (book.folder / "例").mkdir()
    (book.folder / "例" / "名册.csv").write_text("院,床位\n甲,3\n乙,4\n", "utf-8")
    (one,) = run_tests(book)
    assert one.passed, one.failures


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("没有.csv", "没有 没有.csv"),
        ("../外.csv", "不是地区文件夹里的文件"),
        ("/etc/hostname", "不是地区文件夹里的文件"),
    ],
)
def test_a_file_outside_the_region_or_missing_is_refused(tmp_path, path, said):
    one = only(tmp_path, f"例:\n  程序: 月结\n  期间: 2025-03\n  已知: {{名册: {{行: {path}}}}}\n  应得: {{界: 100}}\n")
    assert said in "；".join(one.failures)


@pytest.mark.parametrize(
    "body, said",
    [
        ("已知: {里程: 5, 运费: 10}\n  应得: {运费: 10}", "应得 的 运费 就是 已知 里给的，没有算"),
        ("已知: {补贴: 10}\n  分情形: |\n    里程 || 补贴\n    5 || 10", "应得 的 补贴 就是 已知 里给的，没有算"),
        (
            "已知:\n    车队: |\n      车队号 | 车队补贴\n      甲 | 3\n"
            "  应得:\n    车队: |\n      车队号 | 车队补贴\n      甲 | 3",
            "应得 的 车队补贴 就是 已知 的 车队 里给的，没有算",
        ),
        (
            "已知:\n    车队: |\n      车队号 | 车队补贴\n      甲 | 3\n      甲 | 4\n  应得: {车队补贴: 4}",
            "车队 有两行的 车队号 都是 甲：同一个键只写一行",
        ),
        (
            "已知:\n    车队: |\n      车队号 | 等级\n      甲 | 大\n"
            "  应得:\n    车队: |\n      车队号 | 车队补贴\n      乙 | 3",
            "车队 没有 车队号 = 乙 这一行",
        ),
        ("分情形: |\n    里程 ｜ 运费 ｜｜ 补贴\n    5 ｜ 10 ｜｜ 10", "小表的表头有全角的“｜”：换成半角的竖线 |"),
    ],
    ids=["given field", "given rule", "given in rows", "key twice", "row that is not there", "full-width bars"],
)
def test_an_example_that_proves_nothing_or_names_a_row_twice_is_told(tmp_path, body, said):
    one = outcome(tmp_path, f"例:\n  程序: 结算\n  {body}\n")
    assert not one.passed
    assert said in one.failures[0]
