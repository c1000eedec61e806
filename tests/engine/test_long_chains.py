"""Rules that use each other, one after the other, further than Python lets calls stand inside each other."""

import datetime
import sys
from dataclasses import replace

import pytest
from city import city

from engine.api import load
from engine.execute.period import parse_period
from engine.execute.plan.passes import plan_of
from engine.rulebook.bind import Binder
from engine.rulebook.book import load as load_book
from engine.rulebook.digits import digits_of
from engine.rulebook.scope import Scope

LONG, LONGER = 100, 1200
RULES = "\n".join(
    [
        "步0: {粒度: 行程, 舍入: 2, 公式: 里程 + 1}",
        *(f"步{n}: {{粒度: 行程, 舍入: 2, 公式: 步{n - 1} + 1}}" for n in range(1, LONG)),
        f"队0: {{粒度: 车队, 舍入: 2, 公式: 合计(步{LONG - 1})}}",
        *(f"队{n}: {{粒度: 车队, 公式: 队{n - 1} + 1}}" for n in range(1, LONG)),
        f"行程表: {{粒度: 行程, 列: [步{LONG - 1}]}}",
        f"车队表: {{粒度: 车队, 列: [队{LONG - 1}]}}",
        "结算: {期间: 月, 需要: {行程: [步0]}, 报表: [行程表, 车队表]}\n",
    ]
)
STEPS = f"步{LONG - 1}"
LIMIT = sys.getrecursionlimit()


@pytest.mark.slow
def test_a_chain_of_rules_is_worked_out_however_long_it_is(tmp_path):
    done = city(tmp_path, RULES).run(period="2025-01")
    assert done.lines("行程表") == [f"1 {10 + LONG}", f"2 {20 + LONG}"]
    assert done.lines("车队表") == [f"东 {30 + 2 * LONG + LONG - 1}", f"西 {LONG - 1}"]
    assert sys.getrecursionlimit() == LIMIT


def test_one_case_at_the_end_of_a_long_chain_has_a_price_and_an_explanation(tmp_path):
    made = city(tmp_path, RULES)
    trip = {"行程号": "9", "车队号": "东", "日期": "2025-01-05", "里程": 5, "运费": 1}
    priced = load(made.region, "2025-01", made.folder / "data").price(trip)
    assert priced[STEPS] == 5 + LONG
    step, deep = priced.explain(STEPS).steps[0], 0
    while step.steps:
        step, deep = step.steps[0], deep + 1
    assert (deep, step.remark) == (60, "一步里套一步超过 60 层，没有展开")


def test_the_decimals_of_a_long_chain_that_rounds_nothing_are_known(tmp_path):
    made = city(tmp_path, RULES)
    chain = "".join(f"链{n}: {{粒度: 车队, 单位: 元, 公式: 较大(链{n - 1}, 定额) + 定额}}\n" for n in range(1, 600))
    (made.region / "chain.yaml").write_text(
        "依据: 办法 第一条\n定额: {单位: 元, 取值: {2024-01-01: 1.5}}\n"
        "链0: {粒度: 车队, 单位: 元, 公式: 合计(运费)}\n" + chain, "utf-8"
    )  # fmt: skip
    scope = Scope(load_book(made.region).at(datetime.date(2025, 1, 31)))
    assert digits_of(scope, Binder(scope), "链599") == 2


def test_what_stands_at_the_end_of_a_very_long_chain_may_be_needed_on_every_row(tmp_path):
    rules = RULES.replace("步", "步子")
    made = city(tmp_path, rules)
    longer = "".join(f"步子{n}: {{粒度: 行程, 公式: 步子{n - 1} + 1}}\n" for n in range(LONG, LONGER))
    (made.region / "chain.yaml").write_text("依据: 办法 第一条\n" + longer, "utf-8")
    book = load_book(made.region)
    program = book.at(datetime.date(2025, 1, 31)).programs["结算"]
    needed = replace(program, need={"行程": (f"步子{LONGER - 1}",)})
    planned = [column.name for column in plan_of(book, needed, parse_period("2025-01")).columns]
    assert [name for name in planned if name.startswith("步子")] == [f"步子{n}" for n in range(LONGER)]


MONTHS = "结余: {粒度: 车队, 单位: 元, 公式: '上期(结余, 0) + 合计(运费)'}\n结余表: {粒度: 车队, 列: [结余]}\n"


def test_a_value_is_carried_from_month_to_month_to_the_end_of_the_year(tmp_path):
    trips = "行程号,车队号,日期,里程,运费,班次\n" + "".join(f"{m},东,2025-{m:02}-10,1,{m},\n" for m in range(1, 13))
    made = city(tmp_path, MONTHS + "结算: {期间: 月, 连续: 年, 报表: [结余表]}\n", 行程=trips)
    assert made.run(period="2025-12").lines("结余表") == ["东 78", "西 0"]
