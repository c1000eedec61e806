"""A plan says before a row is read what a run will do: columns with what they read, strata, steps."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from sqlglot import exp

from engine.cli import main
from engine.execute.period import parse_period
from engine.execute.plan.passes import plan_of
from engine.execute.plan.reads import How
from engine.execute.plan.steps import ACCEPTED, SETTLED, CoarseStep, DataStep, HoldStep, OutputStep, SortStep
from engine.execute.reference.execution import Execution
from engine.execute.sql import groups
from engine.settle import settle
from tests.engine.city import city

RULES = """
每趟定额: {粒度: 车队, 单位: 元, 分情形: {等级 = 大: 70, 否则: 30}}
定额: {粒度: 行程, 单位: 元, 公式: 每趟定额}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: "较小(运费, 定额)"}
车队补贴: {粒度: 车队, 单位: 元, 公式: 合计(补贴)}
车队运费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}
平均补贴: {粒度: 车队, 舍入: 2, 公式: "若(车队运费 > 0, 车队补贴 ÷ 车队运费, 0)"}
占比: {粒度: 行程, 舍入: 4, 公式: "若(车队补贴 > 0, 补贴 ÷ 车队补贴, 0)"}
占比合计: {粒度: 车队, 公式: 合计(占比)}
里程名次: {粒度: 行程, 公式: "名次(里程, 从大到小, 每 车队号)"}
太远: {粒度: 行程, 拒收: 里程 > 1000}
表一: {粒度: 行程, 列: [占比, 里程名次]}
表二: {粒度: 车队, 列: [平均补贴, 占比合计]}
结算: {期间: 年, 报表: [表一, 表二], 需要: {行程: [补贴]}}
"""


@pytest.fixture
def plan(tmp_path):
    book = city(tmp_path, RULES).book()
    period = parse_period("2025")
    return plan_of(book, book.at(period.end).programs["结算"], period)


def column(plan, name, phase=SETTLED):
    (found,) = [one for one in plan.columns if (one.name, one.phase) == (name, phase)]
    return found


def test_what_is_gathered_from_data_rows_stands_one_above_them(plan):
    strata = {one.name: one.stratum for one in plan.columns}
    assert (strata["补贴"], strata["车队补贴"], strata["平均补贴"], strata["占比"]) == (0, 1, 1, 1)
    assert (strata["占比合计"], strata["里程名次"], strata["车队运费"], strata["每趟定额"]) == (2, 1, 1, 0)


def test_a_read_says_how_it_comes_to_its_rows(plan):
    reads = {(read.name, read.grain): read.how for read in column(plan, "占比").reads}
    assert reads[("补贴", "行程")] is How.ROW and reads[("车队补贴", "车队")] is How.ELSEWHERE
    assert {(read.name, read.how) for read in column(plan, "车队补贴").reads} == {
        ("", How.BELOW), ("补贴", How.BELOW), ("车队号", How.BELOW),
    }  # fmt: skip
    assert ("里程", How.GROUP) in {(read.name, read.how) for read in column(plan, "里程名次").reads}


def test_what_needs_rest_on_is_worked_out_before_rows_are_held_and_not_again(plan):
    names = {(one.name, one.phase) for one in plan.columns}
    assert {("每趟定额", ACCEPTED), ("定额", ACCEPTED), ("补贴", ACCEPTED)} <= names
    assert ("补贴", SETTLED) not in names and ("车队补贴", SETTLED) in names


def test_steps_sort_hold_work_out_and_state_in_this_order(plan):
    kinds = [type(step) for step in plan.steps]
    assert kinds.index(HoldStep) > max(place for place, kind in enumerate(kinds) if kind is SortStep)
    assert kinds[-2:] == [OutputStep, OutputStep]
    (trips,) = [step for step in plan.steps if isinstance(step, SortStep) and step.table == "行程"]
    assert (trips.by, trips.checks) == ("归期 日期", ("太远",))
    passes = [(step.phase, step.stratum) for step in plan.steps if isinstance(step, DataStep)]
    assert passes == [(ACCEPTED, 0), (SETTLED, 1)] and plan.passes == 2


def test_every_column_stands_behind_all_that_it_reads(plan):
    there = set()
    for step in plan.steps:
        for one in step.columns if isinstance(step, (DataStep, CoarseStep)) else ():
            rules = {(c.name, c.grain) for c in plan.columns}
            assert {(r.name, r.grain) for r in one.reads} & rules <= there
            there.add((one.name, one.grain))


def test_a_key_changes_with_what_is_read_and_not_with_where_it_stands(tmp_path, plan):
    def keys(rules):
        book = city(tmp_path / str(len(rules)), rules).book()
        period = parse_period("2025")
        return {c.name: c.key for c in plan_of(book, book.at(period.end).programs["结算"], period).columns}

    moved = keys("# 一行说明\n" + RULES.replace('公式: "较小', '公式:   "较小'))
    changed = keys(RULES.replace("大: 70", "大: 71"))
    assert moved == {one.name: one.key for one in plan.columns}
    different = {name for name, key in changed.items() if key != moved[name]}
    assert different == {"每趟定额", "定额", "补贴", "车队补贴", "平均补贴", "占比", "占比合计"}


def test_a_notice_within_the_period_makes_another_version(tmp_path):
    made = city(tmp_path, RULES)
    made.notice("通知", "2025-07-01", "替换:\n  定额: {粒度: 行程, 单位: 元, 公式: 每趟定额 × 2}\n")
    book, period = made.book(), parse_period("2025")
    found = column(plan_of(book, book.at(period.end).programs["结算"], period), "定额", ACCEPTED)
    assert [(str(one.day), one.said) for one in found.versions] == [
        ("2024-01-01", ("每趟定额",)), ("2025-07-01", ("每趟定额 × 2",)),
    ]  # fmt: skip
    assert found.versions[1].cite.startswith("通知")


GRAINS = """
各月: {键: [月份]}
各班: {键: [车队号, 班次]}
全市: {键: []}
月份: {粒度: 行程, 公式: 年月(日期)}
当月运费: {粒度: 各月, 单位: 元, 公式: 合计(运费)}
当月长途: {粒度: 各月, 公式: "计数(行程, 当 里程 > 20)"}
每班里程: {粒度: 各班, 公式: 合计(里程)}
全部补贴: {粒度: 全市, 单位: 元, 公式: 合计(补贴)}
表三: {粒度: 各月, 列: [当月运费, 当月长途]}
表四: {粒度: 各班, 列: [每班里程]}
表五: {粒度: 全市, 列: [全部补贴]}
"""


def test_a_stratum_asks_its_rows_once_whatever_the_grains(tmp_path, monkeypatch):
    asked = []
    answers = groups.answers

    def noted(database, questions):
        sums = [question for question in questions if question.query.find(exp.Sum)]
        asked.extend([len(sums)] if sums else [])
        return answers(database, questions)

    monkeypatch.setattr("engine.execute.sql.groups.answers", noted)
    rules = (RULES + GRAINS).replace("表一, 表二]", "表一, 表二, 表三, 表四, 表五]")
    done = city(tmp_path, rules).run()
    # 补贴: 东 70, 70; 西 30, 30; trip 2 has no 班次
    assert done.lines("表二") == ["东 0.47 1", "西 0.05 1"]
    assert done.lines("表三") == ["2025-01 300 0", "2025-02 400 1", "2025-03 800 1"]
    assert done.lines("表四") == ["东 早 10", "西 早 40", "西 晚 30"] and done.lines("表五") == ["200"]
    # by fleet, month, fleet and shift, and over all at once; then the one that needs the sums before
    assert asked and asked == [4, 1] * (len(asked) // 2)  # on each engine in turn


def test_rows_of_which_a_key_is_not_known_are_seen_in_the_same_query(tmp_path):
    """A sum by a key that cannot be known of one row stops with that row, and what needs it not is worked out."""
    rules = """
各里程: {键: [段]}
每段: {粒度: 行程, 公式: 运费 ÷ (里程 - 30), 舍入: 0}
段: {粒度: 行程, 公式: "若(每段 > 0, 每段, 0)"}
段运费: {粒度: 各里程, 单位: 元, 公式: 合计(运费)}
段表: {粒度: 各里程, 列: [段运费]}
结算: {期间: 年, 报表: [段表]}
"""
    stopped = city(tmp_path, rules).stopped()
    assert "除以零" in stopped and "每段" in stopped


def test_coarse_values_are_worked_out_in_the_order_of_the_plan(tmp_path, monkeypatch):
    """A chain of sums and shares is not asked for from its end: no value waits for another that waits."""
    waiting = []
    work_out = Execution._work_out

    def noted(self, key, *rest):
        waiting.append(len(self._busy))
        return work_out(self, key, *rest)

    monkeypatch.setattr(Execution, "_work_out", noted)
    links = "".join(
        f"每趟{n}: {{粒度: 行程, 公式: 合计{n - 1} × 2}}\n合计{n}: {{粒度: 车队, 舍入: 2, 公式: 合计(每趟{n})}}\n"
        for n in range(1, 6)
    )
    rules = "合计0: {粒度: 车队, 公式: 计数(行程)}\n" + links
    made = city(tmp_path, rules + "表一: {粒度: 车队, 列: [合计5]}\n结算: {期间: 年, 报表: [表一]}\n")
    period = parse_period("2025")
    settle(made.book(), "结算", period, [made.folder / "data"], made.folder / "judged", engine="reference")
    deepest, waiting[:] = max(waiting), []
    settle(made.book(), "结算", period, [made.folder / "data"], made.folder / "out")
    assert deepest > 5 and max(waiting) == 0


def command(made, *options):
    return CliRunner().invoke(main, ["plan", str(made.region), "结算", "--period", "2025", *options])


def test_the_command_prints_steps_columns_articles_and_reads(tmp_path):
    made = city(tmp_path, RULES)
    text = command(made).output
    assert "分拣 行程：归期 日期\n   检查 太远" in text
    assert "车队 在内存里，第 1 层" in text and "行程 的数据行，第 1 层，2 列" in text
    assert "   补贴（章程 第一条） = 较小(运费, 定额)，舍入 2 位（四舍五入）\n      读 本行 运费、定额\n" in text
    assert "      等级 = 大 → 70\n      否则 → 30\n" in text
    assert "报表 表二（每车队一行）：平均补贴、占比合计" in text


def test_the_command_shows_only_what_leads_to_a_name(tmp_path):
    made = city(tmp_path, RULES)
    found = json.loads(command(made, "--json", "--name", "车队补贴").output)
    assert [c["name"] for step in found["steps"] for c in step["columns"]] == ["每趟定额", "定额", "补贴", "车队补贴"]
    assert found["data_tables"] == ["行程"] and found["steps"][-1]["columns"][0]["reads"][0]["how"] == "汇总"
    wrong = command(made, "--name", "没有的")
    assert wrong.exit_code == 1 and "结算 不算 没有的" in wrong.output


def test_a_table_that_did_not_come_is_told(tmp_path):
    made = city(tmp_path, RULES)
    (made.folder / "data" / "车队.csv").unlink()
    assert "分拣 车队：全部（没有交来）" in command(made, "--data", str(made.folder / "data")).output


def test_cells_say_which_column_they_are_about(tmp_path):
    rules = """
档: {粒度: 行程, 表: [{班次: 没有, 档: 0}, {班次: 早, 档: 1}, {班次: 其余, 档: 2}]}
表一: {粒度: 行程, 列: [档]}
结算: {期间: 年, 报表: [表一]}
"""
    book, period = city(tmp_path, rules).book(), parse_period("2025")
    found = column(plan_of(book, book.at(period.end).programs["结算"], period), "档")
    assert found.versions[0].said == ("班次 没有 → 0", "班次 早 → 1", "班次 其余 → 2")
