"""From which day a notice holds: its 施行, earlier by 追溯; what ``show`` says is what a run reads, on every day."""

from __future__ import annotations

import datetime
import json
import random

import pytest
from city import HEAD, city
from click.testing import CliRunner

from engine.check import check_book
from engine.cli import main
from engine.explain import explain
from engine.rulebook.history import standing

RULES = """
折扣: {单位: 比例, 取值: {施行: 50%}}
封顶: {单位: 元, 取值: {2024-01-01: 1000}}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: "较小(运费 × 折扣, 封顶)"}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: [年, 月], 报表: [明细]}
"""
MONTHS = [datetime.date(year, month, 1) for year in (2024, 2025) for month in range(1, 13)]
TRIPS = "行程号,车队号,日期,里程,运费,班次\n" + "".join(
    f"{day:%y%m}{part},东,{day + datetime.timedelta(days=after)},1,1000,\n"
    for day in MONTHS
    for part, after in (("a", 0), ("b", 27))
)


@pytest.fixture
def made(tmp_path):
    return city(tmp_path, RULES, 行程=TRIPS)


def paid(made, period="2025", **more):
    """Yuan of each trip of the period, by its number."""
    return dict(line.split() for line in made.run(period=period, **more).lines("明细"))


def codes(made):
    return [problem.code for problem in errors(made.book())]


def errors(book):
    return [problem for problem in check_book(book) if problem.is_error]


def test_a_figure_before_its_notice_is_an_error_with_both_cures(made):
    made.notice("七月", "2025-07-01", "替换:\n  折扣: {单位: 比例, 取值: {2025-01-01: 40%}}\n")
    (problem,) = errors(made.book())
    assert problem.code == "E215" and problem.place.line == 3
    assert "日期写 2025-07-01" in problem.hint and "追溯: 是" in problem.hint


def test_without_a_word_a_notice_holds_from_its_own_day(made):
    made.notice("七月", "2025-07-01", "替换:\n  折扣: {单位: 比例, 取值: {施行: 40%}}\n")
    found = paid(made)
    assert (found["2506b"], found["2507a"]) == ("500", "400")


def test_a_figure_of_a_later_day_leaves_the_old_one_until_then(made):
    made.notice("七月", "2025-07-01", "替换:\n  折扣: {单位: 比例, 取值: {2025-09-01: 40%}}\n")
    found = paid(made)
    assert (found["2508b"], found["2509a"]) == ("500", "400")


def test_a_retroactive_figure_holds_from_the_day_it_says(made):
    made.notice(
        "七月", "2025-07-01", "替换:\n  折扣: {单位: 比例, 追溯: 是, 取值: {2025-03-01: 40%, 2025-08-01: 30%}}\n"
    )
    found = paid(made)
    assert [found[trip] for trip in ("2502b", "2503a", "2507b", "2508a")] == ["500", "400", "400", "300"]


def test_a_retroactive_rule_holds_from_the_day_it_says(made):
    rule = "替换:\n  补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 原规定 ÷ 2, 追溯: 2025-03-01}\n"
    made.notice("七月", "2025-07-01", rule)
    found = paid(made)
    assert [found[trip] for trip in ("2502b", "2503a", "2507a")] == ["500", "250", "250"]


def test_what_was_known_on_a_day_goes_by_the_day_of_the_notice(made):
    made.notice("七月", "2025-07-01", "替换:\n  折扣: {单位: 比例, 追溯: 是, 取值: {2025-03-01: 40%}}\n")
    assert paid(made, "2025-03", as_of="2025-06-30") == {"2503a": "500", "2503b": "500"}
    assert paid(made, "2025-03", as_of="2025-07-01") == {"2503a": "400", "2503b": "400"}


def test_a_run_and_an_explanation_name_what_is_retroactive(made):
    made.notice("七月", "2025-07-01", "替换:\n  折扣: {单位: 比例, 追溯: 是, 取值: {2025-03-01: 40%}}\n")
    done = made.run(period="2025-03")
    assert json.loads((done.out / "run.json").read_text("utf-8"))["retroactive"] == [
        {
            "name": "折扣",
            "holds_from": "2025-03-01",
            "in_force_from": "2025-07-01",
            "cite": "七月 第一条",
            "layer": "七月",
        }
    ]
    (step,) = explain(done.out, "行程", "2503a", "补贴")
    told = {inner.name: inner.retroactive for inner in step.steps}
    assert told == {"运费": "", "折扣": "通知自 2025-07-01 施行，这一条追溯到 2025-03-01", "封顶": ""}
    assert made.run(period="2025-07").record["retroactive"] == []
    assert made.run(period="2025-02").record["retroactive"] == []


@pytest.mark.parametrize(
    "rules, code",
    [
        ("替换:\n  折扣: {单位: 比例, 追溯: 是, 取值: {2023-12-01: 40%}}\n", "E216"),
        ("替换:\n  折扣: {单位: 比例, 追溯: 是, 取值: {2025-08-01: 40%}}\n", "E216"),
        ("替换:\n  补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费, 追溯: 2025-07-01}\n", "E216"),
        ("替换:\n  补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费, 追溯: 是}\n", "E126"),
    ],
    ids=["before the region", "not before the notice", "a rule not before the notice", "a rule without a day"],
)
def test_what_cannot_be_retroactive_is_an_error(made, rules, code):
    made.notice("七月", "2025-07-01", rules)
    assert codes(made) == [code]


def test_the_region_itself_has_nothing_to_be_retroactive_to(made):
    made.rules("单价: {单位: 元, 追溯: 是, 取值: {2024-01-01: 3}}\n", "多.yaml")
    assert "E216" in codes(made)


def test_two_notices_of_one_day_on_one_name_collide(made):
    made.notice("甲", "2025-07-01", "替换:\n  折扣: {单位: 比例, 取值: {施行: 40%}}\n")
    made.notice("乙", "2025-07-01", "替换:\n  折扣: {单位: 比例, 取值: {施行: 30%}}\n")
    (problem,) = errors(made.book())
    assert problem.code == "E217"
    assert {"乙" in problem.message, "甲" in problem.place.file} == {True}


def test_two_notices_of_one_day_on_different_names_do_not(made):
    made.notice("甲", "2025-07-01", "替换:\n  折扣: {单位: 比例, 取值: {施行: 40%}}\n")
    made.notice("乙", "2025-07-01", "替换:\n  封顶: {单位: 元, 取值: {施行: 300}}\n")
    assert codes(made) == []
    assert paid(made, "2025-07")["2507a"] == "300"


def test_a_notice_of_the_city_may_be_of_the_day_of_one_of_its_province(made):
    made.notice("甲", "2025-07-01", "替换:\n  折扣: {单位: 比例, 取值: {施行: 40%}}\n")
    made.write("yi/region.yaml", HEAD.replace("甲市", "乙市") + "沿用: [jia]\n")
    head = "名称: 区\n修订: yi\n施行: 2025-07-01\n文件:\n  区: {题名: 区}\n"
    made.write("yi/amendments/区/amendment.yaml", head)
    made.write("yi/amendments/区/规则.yaml", "依据: 区 一\n替换:\n  折扣: {单位: 比例, 取值: {施行: 30%}}\n")
    assert errors(made.book("yi")) == []
    assert paid(made, "2025-07", region="yi")["2507a"] == "300"


def test_a_notice_older_than_its_region_is_an_error(made):
    made.notice("早", "2023-07-01", "替换:\n  折扣: {单位: 比例, 取值: {施行: 40%}}\n")
    assert codes(made) == ["E218"]


def test_show_tells_the_days_and_which_figures_never_hold(made):
    made.notice("七月", "2025-07-01", "替换:\n  折扣: {单位: 比例, 追溯: 是, 取值: {2024-01-01: 40%}}\n")
    made.notice("九月", "2025-09-01", "替换:\n  折扣: {单位: 比例, 取值: {施行: 30%}}\n")
    shown = CliRunner().invoke(main, ["show", str(made.region), "折扣"]).stdout
    first, second = shown.split("各日算数的\n")[1].splitlines()[:2]
    assert first.strip() == "自 2024-01-01 起 40% 七月 第一条 〔七月〕；通知自 2025-07-01 施行，这一条追溯到 2024-01-01"
    assert second.strip() == "自 2025-09-01 起 30% 九月 第一条 〔九月〕"
    assert shown.count("没有一天算数") == 1


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8))])
def test_show_and_run_never_differ(tmp_path, seed):
    """Random notices: the reading below, the days of ``show`` and what a run pays are the same on every day."""
    draw = random.Random(seed)
    made = city(tmp_path, RULES, 行程=TRIPS)
    notices = []
    for number, start in enumerate(sorted(draw.sample(MONTHS[1:], draw.randrange(5)))):
        percent = iter(draw.sample(range(10, 100), 3))
        retroactive = draw.random() < 0.5
        possible = [day for day in MONTHS if retroactive or day >= start]
        days = draw.sample(possible, min(len(possible), draw.randrange(1, 4)))
        retroactive = retroactive and min(days) < start
        dated = {day: next(percent) for day in sorted(days)}
        figures = ", ".join(f"{day}: {value}%" for day, value in dated.items())
        word = "追溯: 是, " if retroactive else ""
        made.notice(f"第{number}号", str(start), f"替换:\n  折扣: {{单位: 比例, {word}取值: {{{figures}}}}}\n")
        notices.append((start, dated))
    known = draw.choice([None, *MONTHS])
    book = made.book(as_of=str(known) if known else "")
    assert errors(book) == []

    def meant(day):
        """The last notice, of those known, that says anything of the day; else the region."""
        for start, dated in reversed(notices):
            said = [value for first, value in dated.items() if first <= day]
            if said and (known is None or start <= known):
                return said[-1] * 10
        return 500

    def shown(day):
        text = [item.text for item in standing(book, "折扣") if item.day <= day][-1]
        return int(text.removesuffix("%")) * 10

    for year in ("2024", "2025"):
        for trip, yuan in paid(made, year, as_of=str(known) if known else "").items():
            day = datetime.date(2000 + int(trip[:2]), int(trip[2:4]), 1 if trip[4] == "a" else 28)
            assert int(yuan) == meant(day) == shown(day), (seed, day)
