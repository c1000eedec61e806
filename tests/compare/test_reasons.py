"""Two trees of reasons side by side: every line that differs is marked, and where it begins is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.compare.reasons import beginnings, in_words, marked, paired
from engine.explain.steps import SEEN, Step, Tried
from engine.files.errors import RunStopped
from tests.engine.city import city


def rule(name: str, value: str, *steps: Step, formula: str = "", **more: object) -> Step:
    return Step(name, "rule", "行程", "1", value, formula=formula, steps=list(steps), **more)  # type: ignore[arg-type]


def field(name: str, value: str) -> Step:
    return Step(name, "field", "行程", "1", value)


def begin(one: Step, other: Step) -> list[str]:
    return [pair.step.name for pair in beginnings(paired([one], [other]))]


def test_what_differs_is_named_at_each_line_and_the_way_down_is_marked() -> None:
    one = rule("甲", "6", rule("乙", "3", field("运费", "3"), formula="运费"), field("里程", "2"), formula="乙 × 里程")
    other = rule(
        "甲", "8", rule("乙", "4", field("运费", "4"), formula="运费"), field("里程", "2"), formula="乙 × 里程"
    )
    (pair,) = paired([one], [other])
    assert in_words(pair) == "值不同"
    said = [(step.name, step.value, in_words(at)) for step, at in marked([pair])]
    assert said == [
        ("甲", "6", "值不同"), ("甲", "8", "值不同"), ("乙", "3", "值不同"), ("乙", "4", "值不同"),
        ("运费", "3", "值不同"), ("运费", "4", "值不同"),
    ]  # fmt: skip
    assert begin(one, other) == ["运费"]


def test_a_formula_or_an_article_that_differs_is_a_beginning_though_the_value_is_the_same() -> None:
    one = rule("甲", "6", field("运费", "6"), formula="运费", cite="章程 第一条")
    other = rule("甲", "6", field("运费", "6"), formula="运费 × 1", cite="章程 第二条")
    (pair,) = paired([one], [other])
    assert (in_words(pair), pair.begins) == ("公式、依据不同", True)
    above = paired([rule("丙", "6", one)], [rule("丙", "6", other)])[0]
    assert (in_words(above), above.begins, above.is_same) == ("下面有不同", False, False)


def test_another_branch_that_applies_follows_from_what_it_asks() -> None:
    def chosen(value: str, applied: bool) -> Step:
        tried = [Tried("运费 > 5", value, applied), Tried("否则", "", not applied)]
        formula, cite = ("9", "章程 第一条") if applied else ("1", "章程 第二条")
        return rule("甲", formula, field("运费", value), formula=formula, cite=cite, tried=tried)

    (pair,) = paired([chosen("6", True)], [chosen("4", False)])
    assert in_words(pair) == "值、公式、适用的情形、依据不同"
    assert begin(chosen("6", True), chosen("4", False)) == ["运费"]
    moved = chosen("6", True)
    moved.tried[0] = Tried("运费 > 4", "6", True)
    assert begin(chosen("6", True), moved) == ["甲"]


def test_a_step_of_one_side_is_a_beginning_unless_the_formula_asks_for_it() -> None:
    more = rule("合计", "5", field("二", "2"), field("三", "3"), formula="合计(运费)")
    less = rule("合计", "2", field("二", "2"), formula="合计(运费)")
    (pair,) = paired([more], [less])
    assert [(one.step.name, in_words(one), one.other) for one in pair.steps if not one.is_same] == [
        ("三", "只在一边", None)
    ]
    assert begin(more, less) == begin(less, more) == ["三"]
    other = rule("合计", "5", field("二", "2"), field("三", "3"), formula="二 + 三")
    assert begin(less, other) == ["合计"]


def test_a_value_that_was_told_above_is_compared_where_it_was_taken_apart() -> None:
    def twice(value: str) -> list[Step]:
        whole = rule("乙", "1", field("运费", value), formula="运费 > 0")
        return [rule("甲", "1", whole), rule("乙", "1", formula="", remark=SEEN)]

    first, second = paired(twice("3"), twice("4"))
    assert in_words(first) == in_words(second) == "下面有不同"
    assert second.again and second.steps == ()
    (reversed_,) = paired(twice("3")[:1], [rule("甲", "1", rule("乙", "1", field("运费", "4"), formula="运费 > 0"))])
    assert [pair.step.name for pair in beginnings([reversed_])] == ["运费"]


def test_equal_trees_have_no_mark() -> None:
    tree = [rule("甲", "6", field("运费", "6"), formula="运费")]
    (pair,) = paired(tree, tree)
    assert pair.is_same and in_words(pair) == "" and list(marked([pair])) == [] and list(beginnings([pair])) == []


RULES = """
补贴率: {单位: 比例, 取值: {2024-01-01: 50%}}
折扣: {单位: 比例, 取值: {2024-01-01: 100%}}
实收: {粒度: 行程, 单位: 元, 公式: 运费 × 折扣}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 实收 × 补贴率}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [明细]}
"""


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    one = city(tmp_path / "one", RULES).run().out
    return one, city(tmp_path / "other", RULES.replace("50%", "40%")).run().out


def explained(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["explain", *map(str, arguments)])
    assert not isinstance(done.exception, Exception) or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_the_command_says_where_it_begins_and_marks_each_line(two: tuple[Path, Path]) -> None:
    code, said = explained(two[0], "行程", "4", "--against", two[1])
    assert code == 0
    begins, _, tree = said.partition("\n补贴 = ")
    assert "不同从这里开始：\n  补贴率 = 50% → 40% ≠ 值不同" in begins and "章程 第一条" in begins
    assert tree.startswith("400 → 320 元 〔行程 4〕 ≠ 值不同")
    assert "实收 = 800 元 〔行程 4〕 相同" in tree and "运费 = 800" not in tree  # what is the same is one line
    code, said = explained(two[0], "行程", "4", "--against", two[0])
    assert (code, "两边的理由完全一样" in said) == (0, True)


def test_the_command_gives_other_programs_the_same(two: tuple[Path, Path]) -> None:
    code, said = explained(two[0], "行程", "4", "--against", two[1], "--json")
    told = json.loads(said)
    assert code == 0
    (begins,) = told["begins"]
    assert (begins["name"], begins["differs"], begins["before"]["value"], begins["after"]["value"]) == (
        "补贴率", ["值"], "0.5", "0.4",
    )  # fmt: skip
    assert [one["name"] for one in told["steps"][0]["steps"]] == ["实收", "补贴率"]


def test_a_row_of_one_result_alone_is_told_as_such(tmp_path: Path, two: tuple[Path, Path]) -> None:
    short = "\n行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,10,100.00,早\n"
    other = city(tmp_path / "short", RULES, 行程=short).run().out
    code, said = explained(two[0], "行程", "4", "--against", other)
    assert code == 1 and "B 行程 里没有“4”这一行" in said and "补贴 = 400" in said and "只在一边（A）" in said
    with pytest.raises(RunStopped, match="没有“77”这一行"):
        from engine.compare.both_reasons import both_reasons

        both_reasons(two[0], other, "行程", "77")
