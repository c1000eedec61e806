"""What is right and yet hard to read: each kind on the page's own examples, and switched off by its word."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.lint.all import lint
from engine.lint.findings import CODES
from engine.rulebook.book import load
from engine.rulebook.locate import names_of_regions
from tests.lint.city import ENOUGH, city, found, of_code

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "lint.md").read_text("utf-8")
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
    name = {
        "L103": "重点", "L105": "重点", "L201": "比例1", "L202": "三倍封顶线", "L301": "三级支付比例", "L401": "补助",
    }.get(code, "奖励")  # fmt: skip
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
    rule = "重点: {粒度: 病例, 公式: (费用 > 定额 且 天数 > 长住院界值) 或 费用 > 起付线 且 天数 > 超长住院界值}\n"
    (one,) = found(city(tmp_path, rule))
    assert one.code == "L103" and "(费用 > 起付线 且 天数 > 超长住院界值) 或 …" in one.better


def test_long_chains_of_short_terms_are_left_alone(tmp_path):
    terms = " + ".join(["费用", "起付线", "定额"] * 8)
    assert found(city(tmp_path, f"奖励: {{粒度: 病例, 单位: 元, 公式: {terms}}}\n")) == []


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("费用 × 50%", "50%"),
        ("费用 × 0.5", "0.5"),
        ("费用 × 3", "3"),
        ("较小(费用, 5000)", "5000"),
        ("费用 ÷ 100", ""),
        ("若(天数 > 30, 费用, 0)", "30"),
        ("若(天数 属于 [10, 30), 费用, 0)", "10、30"),
        ("若(天数 = 30, 费用, 0)", ""),
        ("若(季(日期) ≤ 2, 费用, 0)", ""),
        ("费用 ÷ 12 × 2", ""),
        ("四舍五入(费用, 2)", ""),
        ("较大(费用 − 起付线, 0)", ""),
    ],
)
def test_a_figure_in_a_formula_is_told_and_what_only_turns_measures_is_not(tmp_path, formula, told):
    rule = f'奖励: {{粒度: 病例, 单位: 元, 舍入: 2, 状态: 暂定, 公式: "{formula}"}}\n'
    messages = [one.message for one in of_code("L104", city(tmp_path, rule))]
    assert [message.split()[1] for message in messages] == ([told] if told else [])


@pytest.mark.parametrize(
    ("formula", "better"),
    [
        ("非 (费用 = 定额)", "费用 ≠ 定额"),
        ("非 (费用 < 定额 + 起付线)", "费用 ≥ 定额 + 起付线"),
        ("非 没有 住院天数", "有 住院天数"),
        ("非 有 住院天数", "没有 住院天数"),
        ("非 非 异地", "异地"),
        ("异地 = 是", "异地"),
        ("异地 = 否", "非 异地"),
        ("是 ≠ 异地", "非 异地"),
        ("若(费用 > 定额, 是, 否)", "费用 > 定额"),
        ("若(费用 > 定额, 否, 是)", "非 (费用 > 定额)"),
        ("非 (天数 属于 [长住院界值, 超长住院界值))", "天数 不属于 …"),
        ("非 (异地 且 费用 > 定额)", ""),
        ("非 异地", ""),
    ],
)
def test_what_is_said_roundabout_is_told_with_fewer_words(tmp_path, formula, better):
    rules = f'异地: {{粒度: 病例, 公式: 天数 > 长住院界值}}\n重点: {{粒度: 病例, 公式: "{formula}"}}\n'
    assert [one.better for one in of_code("L105", city(tmp_path, rules))] == ([f"写成 {better}"] if better else [])


def test_choices_within_choices_are_told(tmp_path):
    rule = '奖励: {粒度: 病例, 单位: 元, 公式: "若(费用 > 定额, 若(天数 > 长住院界值, 费用, 定额), 起付线)"}\n'
    (one,) = found(city(tmp_path, rule))
    assert (one.code, one.better) == ("L102", "改成 分情形，一行一种情形")


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("系数a: {单位: 倍, 取值: {2025-01-01: 3}}", "L201"),
        ("新参数: {单位: 倍, 取值: {2025-01-01: 3}}", "L201"),
        ("tmp: {粒度: 病例, 单位: 元, 公式: 费用 + 定额}", "L201"),
        ("中间值2: {粒度: 病例, 单位: 元, 公式: 费用 + 定额}", "L201"),
        ("报销的比例: {单位: 比例, 取值: {2025-01-01: 3%}}", "L201"),
        ("CMI: {粒度: 病例, 单位: 倍, 公式: 费用 ÷ 定额}", ""),
        ("加成比例: {单位: 元, 取值: {2025-01-01: 3}}", "L202"),
        ("加成金额: {单位: 天, 取值: {2025-01-01: 3}}", "L202"),
        ("住院天数上限: {单位: 天, 取值: {2025-01-01: 3}}", ""),
        ("加成率: {单位: 元, 取值: {2025-01-01: 3}}", "L202"),
        ("基础费率: {单位: 元, 取值: {2025-01-01: 3}}", ""),
        ("激励名额: {单位: 例, 取值: {2025-01-01: 3}}", ""),
        ("市场份额: {单位: 比例, 取值: {2025-01-01: 3}}", ""),
        ("平均天数: {粒度: 病例, 单位: 元, 公式: 费用 + 定额}", "L202"),
        ("三倍上限: {单位: 倍, 取值: {2025-01-01: 2.5}}", "L202"),
        ("三倍上限: {单位: 倍, 取值: {2025-01-01: 3}}", ""),
        ("前三年权重: {单位: 倍, 取值: {2025-01-01: 7}}", ""),
    ],
)
def test_names_that_say_nothing_or_something_else_are_told(tmp_path, entry, code):
    rules = entry.replace("{", "{状态: 暂定, ", 1) + "\n"
    assert [one.code for one in found(city(tmp_path, rules))] == ([code] if code else [])


def test_an_example_that_compares_only_what_it_gives_is_told(tmp_path):
    given = "甲: {已知: {费用: 1000, 天数: 3, 奖励: 5}, 应得: {奖励: 5}}\n乙: {已知: {费用: 1000}, 应得: {奖励: 450}}\n"
    (one,) = found(city(tmp_path, ENOUGH, given))
    assert (one.code, one.name, one.message) == ("L501", "甲", "比较的 奖励 是例子自己给的：给了就不再算")


def test_the_command_tells_place_kind_and_cure(tmp_path):
    avoid, _ = blocks("L103")
    place = city(tmp_path, avoid)
    done = CliRunner().invoke(main, ["lint", str(place), "--json", str(tmp_path / "l.json")])
    assert done.exit_code == 1
    assert "L103 且或混写 重点：" in done.output and "→ “且”先算" in done.output
    (row,) = json.loads((tmp_path / "l.json").read_text("utf-8"))["findings"]
    assert (row["code"], row["name"], row["line"]) == ("L103", "重点", 15)
    (place / "坏.yaml").write_text("甲: {公式: 乙}\n", "utf-8")
    wrong = CliRunner().invoke(main, ["lint", str(place)])
    assert wrong.exit_code == 1 and "先改好" in wrong.output and "L103" not in wrong.output


def told_of(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["lint", *map(str, arguments)])
    return done.exit_code, done.output


def test_one_file_or_all_regions_of_a_folder_can_be_looked_at(tmp_path):
    mixed, named = blocks("L103")[0], blocks("L201")[0]
    place = city(tmp_path, mixed)
    (place / "别的.yaml").write_text("依据: 办法 第七条\n" + named, "utf-8")
    (place / "空.yaml").write_text("依据: 办法 第七条\n月数: {单位: 月, 取值: {2025-01-01: 0}}\n", "utf-8")
    code, said = told_of(tmp_path)
    assert code == 1 and "L103" in said and "L201" in said
    code, said = told_of(place / "别的.yaml")
    assert code == 1 and "L103" not in said and "L201" in said and "别的.yaml）：1 处提示" in said
    assert told_of(place / "空.yaml")[0] == 0
    code, said = told_of(tmp_path / "市" / "原文" / ".." / ".." / "没有")
    assert code == 1 and "E201" in said


def test_regions_that_are_not_looked_at_are_told_in_the_data_too(tmp_path):
    place = city(tmp_path, "坏: {公式: 没有的}\n")
    assert told_of(place, "--json", tmp_path / "l.json")[0] == 1
    (left,) = json.loads((tmp_path / "l.json").read_text("utf-8"))["not_looked_at"]
    assert left["region"] == str(place) and left["errors"] > 0


SHIPPED = [*names_of_regions(), *sorted(str(path.parent) for path in (ROOT / "rules").glob("*/module.yaml"))]


@pytest.mark.parametrize("region", SHIPPED, ids=lambda name: Path(name).name)
def test_shipped_rules_draw_no_finding(region):
    assert [f"{one.place} {one.code} {one.message}" for one in lint(load(region))] == []


def test_the_words_that_switch_a_kind_off_are_those_of_the_kinds():
    schema = json.loads((ROOT / "engine/rulebook/schema/common.json").read_text("utf-8"))
    assert schema["$defs"]["hint"]["enum"] == list(CODES)
