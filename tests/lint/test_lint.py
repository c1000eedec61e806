"""What is right and yet hard to read: each kind on the page's own examples, and switched off by its word."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.check import check_book
from engine.cli import main
from engine.lint.all import lint
from engine.lint.findings import CODES
from engine.lint.numbers import numbers_in, units_in
from engine.rulebook.book import load
from engine.rulebook.locate import names_of_regions

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "lint.md").read_text("utf-8")
HEAD = """\
名称: 市
施行: 2025-01-01
文件: {办法: {题名: 市办法, 原文: 原文/办法.txt}}
"""
TEXT = "市办法\n第七条 住院满10天、满三十天的，按百分之五十计算。\n第八条 三级医院的支付比例为百分之五十。\n"
RULES = """\
依据: 办法 第七条
病例:
  主键: 编号
  归期: 日期
  字段: {编号: 文本, 日期: 日期, 费用: {类型: 元, 范围: ≥ 0}, 天数: 天, 住院天数: {类型: 天, 可空: 是}}
全市: {键: []}
起付线: {单位: 元, 取值: {2025-01-01: 100}, 状态: 暂定}
定额: {单位: 元, 取值: {2025-01-01: 500}, 状态: 暂定}
报销比例: {单位: 比例, 取值: {2025-01-01: 50%}, 状态: 暂定}
扣减比例: {单位: 比例, 取值: {2025-01-01: 10%}, 状态: 暂定}
救助比例: {单位: 比例, 取值: {2025-01-01: 20%}, 状态: 暂定}
自付比例: {单位: 比例, 取值: {2025-01-01: 10%}, 状态: 暂定}
"""
ENOUGH = "奖励: {粒度: 病例, 单位: 元, 舍入: 2, 公式: (费用 − 起付线) × 报销比例}\n"


def city(folder: Path, rules: str, example: str = "") -> Path:
    place = folder / "市"
    (place / "tests").mkdir(parents=True)
    (place / "原文").mkdir()
    (place / "region.yaml").write_text(HEAD, "utf-8")
    (place / "原文" / "办法.txt").write_text(TEXT, "utf-8")
    (place / "规则.yaml").write_text(RULES + rules, "utf-8")
    if example:
        (place / "tests" / "例.yaml").write_text(example, "utf-8")
    return place


def found(place: Path) -> list:
    book = load(place)
    assert [str(problem) for problem in check_book(book) if problem.is_error and problem.code != "E801"] == []
    return lint(book)


SECTIONS = dict(re.findall(r"^## (L\d+) \S+\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def blocks(code: str) -> tuple[str, str]:
    avoid, prefer = re.findall(r"```yaml\n(.*?)```", SECTIONS[code], re.DOTALL)
    return avoid, prefer


@pytest.mark.parametrize("code", sorted(CODES.values()))
def test_the_page_says_what_to_avoid_and_what_is_better(tmp_path, code):
    assert re.search(rf"^\| {code} \| {next(w for w, c in CODES.items() if c == code)} \|", PAGE, re.MULTILINE)
    for number, (text, wanted) in enumerate(zip(blocks(code), ([code], []), strict=True)):
        rules, example = (ENOUGH, text) if code == "L501" else (text, "")
        assert [one.code for one in found(city(tmp_path / str(number), rules, example))] == wanted
        assert "为什么：" in SECTIONS[code]


@pytest.mark.parametrize("code", sorted(set(CODES.values()) - {"L501"}))
def test_a_word_beside_the_entry_switches_it_off(tmp_path, code):
    kind = next(word for word, its in CODES.items() if its == code)
    avoid, _ = blocks(code)
    words = f"不提示: [{kind}]"
    name = {"L101": "奖励", "L401": "补助", "L201": "比例1", "L301": "三级支付比例", "L103": "重点", "L102": "奖励"}[
        code
    ]
    quiet = re.sub(rf"^{name}: \{{", f"{name}: {{{words}, ", avoid, flags=re.MULTILINE)
    quiet = re.sub(rf"^{name}:\n", f"{name}:\n  {words}\n", quiet, flags=re.MULTILINE)
    assert quiet != avoid
    assert found(city(tmp_path, quiet)) == []


def test_an_example_like_another_is_told_once_and_can_be_meant(tmp_path):
    same = "已知: {费用: 1000, 天数: 3}, 应得: {奖励: 450}"
    (one,) = found(city(tmp_path / "1", ENOUGH, f"甲: {{{same}}}\n乙: {{说明: 又一个, {same}}}\n"))
    assert (one.code, one.name, one.place.line) == ("L501", "乙", 2)
    assert "和例子 甲 一样" in one.message
    assert found(city(tmp_path / "2", ENOUGH, f"甲: {{{same}}}\n乙: {{不提示: 例子不检验, {same}}}\n")) == []


def test_brackets_round_one_side_are_asked_for_on_the_other_too(tmp_path):
    rule = "重点: {粒度: 病例, 公式: (费用 > 定额 且 天数 > 10) 或 费用 > 起付线 且 天数 > 30}\n"
    (one,) = found(city(tmp_path, rule))
    assert one.code == "L103" and "(费用 > 起付线 且 天数 > 30) 或 …" in one.better


def test_long_chains_of_short_terms_are_left_alone(tmp_path):
    terms = " + ".join(["费用", "起付线", "定额"] * 8)
    assert found(city(tmp_path, f"奖励: {{粒度: 病例, 单位: 元, 公式: {terms}}}\n")) == []


def test_what_is_said_to_be_assumed_is_not_held_against_the_article(tmp_path):
    rule = "三级支付比例: {单位: 比例, 取值: {2025-01-01: 60%}, 依据: 办法 第八条, 状态: 暂定}\n"
    assert found(city(tmp_path, rule)) == []


def test_numbers_of_branches_are_held_against_the_articles_of_all_branches(tmp_path):
    rule = (
        "奖励:\n  粒度: 病例\n  单位: 元\n  舍入: 2\n  分情形:\n"
        "    天数 > 30: {则: 费用 × 0.5, 依据: 办法 第八条}\n    否则: {则: 费用 × 0.7, 状态: 暂定}\n"
    )
    assert [one.code for one in found(city(tmp_path / "1", rule))] == []
    (one,) = found(city(tmp_path / "2", rule.replace("> 30", "> 31")))
    assert one.message.endswith("里没有 31（那里的数是 三、10、三十、百分之五十）")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("百分之五十", ["1/2"]), ("50%，1.5倍", ["1/2", "3/2"]), ("千分之三", ["3/1000"]), ("一点五倍", ["3/2"]),
        ("三分之二", ["2/3"]), ("五个工作日", ["5"]), ("1,500元", ["1500"]), ("2.5万元", ["25000"]),
        ("百分之零点五", ["1/200"]), ("二十一日", ["21"]), ("一半", ["1/2"]), ("没有数", []),
        ("第七条（一）1.", []), ("百分之１", ["1/100"]), ("两万元", ["20000"]), ("十二万五千元", ["125000"]),
        ("3千元", ["3000"]), ("5百万元", ["5000000"]), ("10 000元", ["10000"]), ("壹佰贰拾元", ["120"]),
        ("15—20%", ["3/20", "1/5"]), ("百分之十五至二十", ["3/20", "1/5"]), ("5至8个百分点", ["1/20", "2/25"]),
        ("六个百分点", ["3/50"]), ("½", ["1/2"]), ("1/3以上", ["1/3"]), ("两成", ["1/5"]),
        ("七五折", ["3/4"]), ("七折", ["7/10"]), ("双倍", ["2"]), ("一个半月", ["3/2"]), ("万分之五", ["1/2000"]),
        ("上浮20%", ["1/5", "6/5"]), ("支付标准下调 5%", ["1/20", "19/20"]), ("半年", ["6"]), ("两年内", ["24"]),
    ],
)  # fmt: skip
def test_numbers_of_a_text_in_digits_and_characters(text, numbers):
    assert set(map(Fraction, numbers)) <= set(numbers_in(text))
    assert bool(numbers) == bool(numbers_in(text))


@pytest.mark.parametrize(
    ("unit", "figure", "told"),
    [
        ("元", "10", True),
        ("元", "30", True),
        ("天", "10", False),
        ("天", "30", False),
        ("月", "30", True),
        ("倍", "10", True),
    ],
)
def test_a_figure_that_the_article_has_with_another_unit_is_told(tmp_path, unit, figure, told):
    rule = f"加价: {{单位: {unit}, 取值: {{2025-01-01: {figure}}}, 依据: 办法 第七条}}\n"
    assert [one.message for one in found(city(tmp_path, rule))] == (
        [f"办法 第七条 里没有 {figure} {unit}，写的是 {figure} 天"] if told else []
    )


def test_units_are_those_right_behind_a_number():
    units = units_in("满10天、三十个工作日的，按3万元，10至20天，5 家，50%，2025年7月1日，６５周岁")
    said = {int(number): units for number, units in units.items()}
    assert said == {
        10: {"天", ""}, 30: {"工作日"}, 30000: {"元"}, 20: {"天"}, 5: {""}, 50: {"%"}, 2025: {"年"}, 7: {"月"},
        1: {"日"}, 65: {"周岁"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "is_same"),
    [
        ("报销比例 × (费用 − 起付线)", True), ("(费用-起付线)*报销比例", True), ("(起付线 − 费用) × 报销比例", False),
        ("较大(0, 报销比例 × (费用 − 起付线))", False),
    ],
)  # fmt: skip
def test_two_rules_are_the_same_in_whatever_order_sums_and_products_are_written(tmp_path, formula, is_same):
    other = f'补助: {{粒度: 病例, 单位: 元, 舍入: 2, 公式: "{formula}"}}\n'
    assert [one.code for one in found(city(tmp_path, ENOUGH + other))] == (["L401"] if is_same else [])


def test_an_order_that_stands_within_a_call_does_not_matter_either(tmp_path):
    rules = [
        f'{name}: {{粒度: 病例, 单位: 元, 舍入: 2, 公式: "{formula}"}}\n'
        for name, formula in (
            ("甲", "较大(费用 + 定额, 起付线)"),
            ("乙", "较大(定额 + 费用, 起付线)"),
            ("丙", "较大(起付线, 费用 + 定额)"),
        )
    ]
    assert [(one.code, one.name) for one in found(city(tmp_path, "".join(rules)))] == [("L401", "乙")]


def test_an_example_that_compares_only_what_it_gives_is_told(tmp_path):
    given = "甲: {已知: {费用: 1000, 天数: 3, 奖励: 5}, 应得: {奖励: 5}}\n乙: {已知: {费用: 1000}, 应得: {奖励: 450}}\n"
    (one,) = found(city(tmp_path, ENOUGH, given))
    assert (one.code, one.name, one.message) == ("L501", "甲", "比较的 奖励 是例子自己给的：给了就不再算")


def test_days_are_no_shares():
    assert Fraction(2025, 3) not in numbers_in("2025/3/1") and Fraction(3) in numbers_in("2025/3/1")


def test_the_command_tells_place_kind_and_cure(tmp_path):
    avoid, _ = blocks("L103")
    place = city(tmp_path, avoid)
    done = CliRunner().invoke(main, ["lint", str(place), "--json", str(tmp_path / "l.json")])
    assert done.exit_code == 1
    assert "L103 且或混写 重点：" in done.output and "→ “且”先算" in done.output
    (row,) = json.loads((tmp_path / "l.json").read_text("utf-8"))
    assert (row["code"], row["name"], row["line"]) == ("L103", "重点", 13)
    (place / "坏.yaml").write_text("甲: {公式: 乙}\n", "utf-8")
    wrong = CliRunner().invoke(main, ["lint", str(place)])
    assert wrong.exit_code == 1 and "先改好" in wrong.output and "L103" not in wrong.output


SHIPPED = [*names_of_regions(), *sorted(str(path.parent) for path in (ROOT / "rules").glob("*/module.yaml"))]


@pytest.mark.parametrize("region", SHIPPED, ids=lambda name: Path(name).name)
def test_shipped_rules_draw_no_finding(region):
    assert [f"{one.place} {one.code} {one.message}" for one in lint(load(region))] == []


def test_the_words_that_switch_a_kind_off_are_those_of_the_kinds():
    schema = json.loads((ROOT / "engine/rulebook/schema/common.json").read_text("utf-8"))
    assert schema["$defs"]["hint"]["enum"] == list(CODES)
