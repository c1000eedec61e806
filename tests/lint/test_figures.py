"""Figures that are 正式 held against the text of a measure, however it writes them; what could not be held is said."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.lint.all import linted
from engine.lint.numbers import numbers_in, units_in
from engine.rulebook.book import load
from tests.lint.city import HEAD, city, found, of_code


def test_what_is_said_to_be_assumed_is_not_held_against_the_article(tmp_path):
    rule = "三级支付比例: {单位: 比例, 取值: {2025-01-01: 60%}, 依据: 办法 第八条, 状态: 暂定}\n"
    assert found(city(tmp_path, rule)) == []


def test_numbers_of_a_branch_are_held_against_its_own_article_and_that_of_the_rule(tmp_path):
    rule = (
        "奖励:\n  粒度: 病例\n  单位: 元\n  舍入: 2\n  分情形:\n"
        "    天数 > 30: {则: 费用 × 0.5, 依据: 办法 第八条}\n    否则: {则: 费用 × 0.7, 状态: 暂定}\n"
    )
    assert of_code("L301", city(tmp_path / "1", rule)) == []
    (one,) = of_code("L301", city(tmp_path / "2", rule.replace("> 30", "> 31")))
    assert one.message == "办法 第七条、办法 第八条 里没有 31（那里的数是 10、三十、百分之五十）"


def test_numbers_of_a_branch_are_not_looked_for_in_the_articles_of_other_branches(tmp_path):
    rule = (
        "奖励:\n  粒度: 病例\n  单位: 天\n  依据: 办法 第八条\n  分情形:\n"
        "    费用 > 定额: {则: 10, 依据: 办法 第七条}\n    否则: 30\n"
    )
    (one,) = of_code("L301", city(tmp_path, rule))
    assert one.message == "办法 第八条 里没有 30（那里的数是 百分之五十）"


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("奖励: {粒度: 病例, 筛查: 天数 > 10}", []),
        ("奖励: {粒度: 病例, 筛查: 天数 > 11}", ["11"]),
        ("长住: {行: 病例, 条件: 天数 > 31}", ["31"]),
        ("系数: {单位: 倍, 取值: {2025-01-01: 1}}", ["1"]),
        ("机构: {主键: 甲, 字段: {甲: 文本, 系数: {类型: 倍, 范围: “≥ 0.5”, 依据: 办法 第七条}}}", []),
        ("机构: {主键: 甲, 字段: {甲: 文本, 系数: {类型: 倍, 范围: “≥ 0.6”, 依据: 办法 第七条}}}", ["0.6"]),
        (
            "机构: {不提示: 条款里没有, 主键: 甲, 字段: {甲: 文本, 系数: {类型: 倍, 范围: ≥ 6, 依据: 办法 第七条}}}",
            [],
        ),
        ("机构: {主键: 甲, 字段: {甲: 文本, 系数: {类型: 倍, 范围: “≥ 0.6”}}}", []),
        ("奖励: {粒度: 病例, 单位: 元, 公式: “四舍五入(费用 ÷ 100, 2)”}", []),
        ("系数: {粒度: 病例, 单位: 倍, 表: [{天数: ≤ 100, 系数: 0.5}, {天数: “> 100”, 系数: 10}]}", ["100"]),
    ],
)
def test_figures_of_every_kind_of_entry_are_held_against_the_article(tmp_path, entry, told):
    messages = [
        one.message for one in of_code("L301", city(tmp_path, entry.replace("“", '"').replace("”", '"') + "\n"))
    ]
    assert [message.split("里没有 ")[1].split("（")[0] for message in messages] == told


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("{取值: {2025-01-01: 50%}, 原句: 支付比例为百分之五十, 依据: 通知}", []),
        (
            "{取值: {2025-01-01: 60%}, 原句: 支付比例为百分之五十, 依据: 通知}",
            ["通知 里没有 60%（那里的数是 百分之五十）"],
        ),
        ("{取值: {2025-01-01: 60%}, 原句: 支付比例按规定, 依据: 通知}", []),
        ("{取值: {2025-01-01: 60%}, 依据: 通知}", []),
    ],
)
def test_without_the_text_a_figure_is_held_against_the_words_beside_it(tmp_path, rule, told):
    place = city(tmp_path, f"三级支付比例: {rule.replace('{取值', '{单位: 比例, 取值')}\n")
    (place / "region.yaml").write_text(HEAD.replace("办法.txt}}", "办法.txt}, 通知: {题名: 市通知}}"), "utf-8")
    assert [one.message for one in found(place)] == told
    without = linted(load(place)).figures.without
    assert dict(without) == ({} if "百分之" in rule else {"通知 没有录入原文": 1})


def test_a_figure_of_a_notice_is_held_against_the_notice(tmp_path):
    place = city(tmp_path, "三级支付比例: {单位: 比例, 取值: {2025-01-01: 50%}, 依据: 办法 第八条}\n")
    (place / "region.yaml").write_text(
        HEAD.replace("办法.txt}}", "办法.txt}, 通知: {题名: 市通知, 原文: 原文/通知.txt}}"), "utf-8"
    )
    (place / "原文" / "通知.txt").write_text("市通知\n一、三级医院的支付比例调整为55%。\n", "utf-8")
    notice = place / "amendments" / "2026"
    notice.mkdir(parents=True)
    (notice / "amendment.yaml").write_text(f"名称: 通知\n修订: {place.name}\n施行: 2026-01-01\n", "utf-8")
    for figure, told in (("55%", []), ("50%", ["通知 一 里没有 50%（那里的数是 55%）"])):
        rule = f"替换:\n  三级支付比例: {{单位: 比例, 取值: {{2026-01-01: {figure}}}, 依据: 通知 一}}\n"
        (notice / "规则.yaml").write_text(rule, "utf-8")
        assert [one.message for one in found(place)] == told


def test_figures_that_a_region_fills_in_are_held_against_its_own_text_not_that_of_the_module():
    figures = linted(load("yunxi-demo")).figures
    assert figures.official == figures.compared > 10


@pytest.mark.slow
def test_figures_of_one_file_are_counted_alone():
    book = load("jiyuan")
    files = sorted(book.folder.rglob("*.yaml"))
    counts = [linted(book, file).figures for file in files]
    assert sum(one.official for one in counts) == linted(book).figures.official > max(one.official for one in counts)


def test_figures_that_were_not_compared_are_counted_with_the_reason(tmp_path):
    done = CliRunner().invoke(main, ["lint", "jiyuan", "--json", str(tmp_path / "l.json")])
    (figures,) = json.loads((tmp_path / "l.json").read_text("utf-8"))["figures"]
    assert figures["compared"] == 0 and figures["not_compared"] == {"办法 没有录入原文": figures["official"]}
    assert f"正式的数 {figures['official']} 个，和原文核对了 0 个" in done.output and "casemix text" in done.output
    assert done.exit_code == 0


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
        ("第31天起", ["30", "31"]), ("自第三十一日起", ["30"]), ("按 7:3 分担", ["7/10", "3/10"]),
        ("1:2:7", ["1/10", "7/10"]),
        ("1:1.2", ["1", "6/5"]), ("提高一倍", ["2"]), ("上浮百分之二十", ["6/5"]), ("下浮两成", ["4/5"]),
        ("三级、二级医疗机构", []), ("一、二级医院", []), ("三四级手术", []), ("①甲②乙", []),
        ("国医保发〔2024〕9号", []),
        ("附件2、见表3", []), ("分组方案2.0版", []), ("1、甲", []), ("前三年", ["3"]), ("三个级别", ["3"]),
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
    text = (
        "满10天、三十个工作日的，按3万元，10至20天，5 家，50%，2025年7月1日，６５周岁，千分之三，2个百分点，三级7:3分担"
    )
    said = {str(number): units for number, units in units_in(text).items()}
    assert said == {
        "10": {"天", ""}, "30": {"工作日"}, "30000": {"元"}, "20": {"天"}, "5": {"家"}, "1/2": {"%"}, "2025": {"年"},
        "7": {"月", ""}, "1": {"日"}, "65": {"周岁"}, "3/1000": {"%"}, "1/50": {"百分点"}, "3": {""},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "figure", "told"),
    [("比例", "50%", False), ("倍", "0.5", False), ("天", "0.5", True), ("元", "50%", True), ("例", "30", True)],
)
def test_a_share_is_no_amount_and_days_are_no_cases(tmp_path, unit, figure, told):
    rule = f"加价: {{单位: {unit}, 取值: {{2025-01-01: {figure}}}, 依据: 办法 第七条}}\n"
    assert bool(of_code("L301", city(tmp_path, rule))) == told


def test_days_are_no_shares():
    assert Fraction(2025, 3) not in numbers_in("2025/3/1") and Fraction(3) in numbers_in("2025/3/1")
