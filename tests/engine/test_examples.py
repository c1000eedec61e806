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
        ("已知: {里程: 60, 运费: 10}", "什么也没有比较"),
        ("已知: {里程: 60}\n  应得: {补贴: 8}", "没有给出 运费"),
        ("已知: {里程: 60, 运费: 10}\n  应得: {车次类: 短途}", "短途"),
        ("已知: {里程: 六十, 运费: 10}\n  应得: {补贴: 8}", "里程：六十 不是数"),
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
    assert all(one.passed for one in run_tests(made, reach.observe))
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
