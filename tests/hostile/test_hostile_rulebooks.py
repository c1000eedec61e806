"""Rulebooks that mean harm: each is refused with a sentence and its place, or harmless; none hangs or crashes."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from engine.check import check_book
from engine.rulebook.book import load
from engine.rulebook.problems import Problem, RulebookError
from tests.check.checked_city import TABLES, problems
from tests.fuzz.bounds import bounded

LINE = TABLES.count("\n") + 1


def found(folder: Path, rules: str) -> list[Problem]:
    """What the check says, within a bounded time, each with a sentence and a place."""
    with bounded(120):
        try:
            said = problems(folder, rules)
        except RulebookError as error:
            said = error.problems
    for problem in said:
        assert re.search("[\u4e00-\u9fff]", problem.message) and problem.place.file
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", problem.message)
    return said


def codes(folder: Path, rules: str) -> set[str]:
    return {problem.code for problem in found(folder, rules)}


BIDI = ["\u061c", "\u200e", "\u200f", "\u202a", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"]


@pytest.mark.parametrize("mark", BIDI, ids=lambda mark: f"U+{ord(mark):04X}")
@pytest.mark.parametrize(
    "rules",
    ["# 说明{}\n", "甲{}乙: {{取值: {{2025-01-01: 1}}}}\n", "甲: {{取值: {{2025-01-01: 1}}, 说明: |\n  文{}字\n  }}\n",
     "甲: {{粒度: 行程, 公式: 费用, 说明: '文{}字'}}\n"],
    ids=["comment", "name", "block", "quoted"],
)  # fmt: skip
def test_what_turns_the_direction_of_writing_is_refused_wherever_it_stands(tmp_path, mark, rules):
    said = [p for p in found(tmp_path, rules.format(mark)) if p.code == "E113"]
    assert len(said) == 1 and f"U+{ord(mark):04X}" in said[0].message and said[0].place.line >= LINE


def test_escaped_control_characters_are_refused(tmp_path):
    assert "E113" in codes(tmp_path, '甲: {粒度: 行程, 公式: 费用, 说明: "\\e[2J\\u202e"}\n')


@pytest.mark.parametrize(
    "name, usual",
    [("\u2f06级", "二"), ("\u2f49份", "月"), ("\uf90a额", "金"), ("\u2ed3度", ""), ("\U0002f804品", "你")],
    ids=["kangxi", "kangxi month", "compatibility", "radical without a usual one", "supplement"],
)
def test_a_character_that_looks_like_the_usual_one_is_no_name(tmp_path, name, usual):
    said = [p for p in found(tmp_path, f"{name}: {{取值: {{2025-01-01: 1}}}}\n") if p.code == "E127"]
    assert said and f"U+{ord(name[0]):04X}" in said[0].message and (not usual or f"不是“{usual}”" in said[0].message)
    assert said[0].place.line == LINE


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "a/b", "a\\b", "..", ".", "~", "C:", "甲.", "甲 ", "甲\n乙", "a'b", 'a"b',
     "a`b", "a;b", "a--b", "a%sb", "$1", "{}", "{0}", "a b", "=cmd", "@x", "+1", "-1", "a|b", "a*", "a?", "<a>",
     "甲" * 41, "甲" * 300, "x" * 5000, "\u2028", "\xa0"],
    ids=lambda name: repr(name)[:24],
)  # fmt: skip
@pytest.mark.parametrize(
    "rules",
    ["{}: {{主键: 键, 字段: {{键: 文本}}}}\n", "表甲: {{主键: 键, 字段: {{键: 文本, {}: 元}}}}\n",
     "{}: {{粒度: 行程, 公式: 费用}}\n", "{}: {{粒度: 行程, 列: [费用]}}\n", "{}: {{期间: 月, 报表: []}}\n",
     "甲: {{键: [{}]}}\n"],
    ids=["table", "field", "rule", "statement", "program", "key"],
)  # fmt: skip
def test_no_name_is_a_path_or_a_piece_of_another_language(tmp_path, name, rules):
    written = '"' + "".join(f"\\u{ord(c):04x}" if not c.isprintable() else f"\\{c}" if c in '"\\' else c for c in name)
    assert any(problem.is_error for problem in found(tmp_path, rules.format(written + '"')))


@pytest.mark.parametrize("name", ["CON", "nul", "aux", "COM1", "lpt9", "select", "__proto__", "constructor", "rowid"])
def test_names_that_mean_something_elsewhere_are_plain_names(tmp_path, name):
    assert not any(p.is_error for p in found(tmp_path, f"{name}: {{粒度: 行程, 公式: 费用}}\n"))


@pytest.mark.parametrize(
    "layers",
    ["[../../../etc]", "[/etc]", "['..']", "[~]", "['a\\b']", "[.git]", f"[{'x' * 5000}]", '["a\\0b"]', "['']"],
)
def test_a_layer_is_never_a_path(tmp_path, layers):
    folder = tmp_path / "shi"
    folder.mkdir()
    (tmp_path / "etc").mkdir()
    (folder / "region.yaml").write_text(f"名称: 市\n施行: 2025-01-01\n沿用: {layers}\n文件: {{办法: {{题名: 办}}}}\n")
    with bounded():
        said = check_book(load(folder))
    assert any(p.is_error for p in said) and all(p.place.file for p in said)


def test_layers_that_inherit_each_other_by_the_hundred_end(tmp_path):
    for number in range(200):
        folder = tmp_path / f"s{number}"
        folder.mkdir()
        others = ", ".join(f"s{n}" for n in random.Random(number).sample(range(200), 6))
        (folder / "region.yaml").write_text(f"名称: 市\n施行: 2025-01-01\n沿用: [{others}]\n", "utf-8")
    with bounded(120):
        try:
            said = check_book(load(tmp_path / "s0"))
        except RulebookError as error:
            said = error.problems
    assert "E203" in {p.code for p in said}


@pytest.mark.parametrize(
    "file", ["../secret.csv", "/etc/passwd", "a/../../secret.csv", "..\\secret.csv", "link.csv", "\\0"]
)
@pytest.mark.parametrize(
    "rules", ['院: {{主键: 键, 字段: {{键: 文本}}, 行: "{}"}}\n', '值: {{粒度: 行程, 表: "{}"}}\n']
)
def test_rows_never_come_from_outside_the_region(tmp_path, file, rules):
    folder = tmp_path / "shi"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text("键,值\nroot,1\n", "utf-8")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    assert any(p.is_error for p in found(folder, rules.format(file.replace("\\", "\\\\").replace("\\\\0", "\\0"))))


@pytest.mark.parametrize(
    "text, code",
    [
        ("a: &a [x]\nb: *a\n", "E112"),
        ("a: {<<: {x: 1}}\n", "E112"),
        ("a: !!python/object/apply:os.system ['touch x']\n", "E117"),
        ("a: !!python/name:os.system x\n", "E117"),
        ("a: !<tag:yaml.org,2002:python/module:os> x\n", "E117"),
        ("%TAG ! tag:x,2000:\n---\na: !b x\n", "E104"),
        ("a: 1\na: 2\n", "E102"),
        ("? [a, b]\n: c\n", "E119"),
        ("- a\n- b\n", "E104"),
    ],
)
def test_what_yaml_can_do_beyond_text_is_refused(tmp_path, text, code):
    (tmp_path / "region.yaml").write_text("名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 办}}\n", "utf-8")
    (tmp_path / "rules.yaml").write_text(text, "utf-8")
    with bounded():
        said = check_book(load(tmp_path))
    assert any(p.is_error for p in said)
    assert code in {p.code for p in said} or code == "E104"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "gb18030", "big5", "shift_jis", "latin-1"])
def test_other_encodings_are_refused_with_their_place(tmp_path, encoding):
    (tmp_path / "region.yaml").write_text("名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 办}}\n", "utf-8")
    (tmp_path / "rules.yaml").write_bytes("依据: 办法\né: 中\n".encode(encoding, "replace"))
    assert any(p.is_error and p.place.file.endswith("rules.yaml") for p in check_book(load(tmp_path)))


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe\xfa", b"a: \xed\xa0\x80\n", b"a: \xc0\x80\n", b"\xef\xbb\xbf\xef\xbb\xbfa: b\n", b"a: \x00\n",
     b"\x1f\x8b\x08"],
)  # fmt: skip
def test_bytes_that_are_no_text_are_refused(tmp_path, data):
    (tmp_path / "region.yaml").write_text("名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 办}}\n", "utf-8")
    (tmp_path / "rules.yaml").write_bytes(data)
    assert any(p.is_error and p.place.file.endswith("rules.yaml") for p in check_book(load(tmp_path)))


SOME = "粒度: 行程, 公式: "


@pytest.mark.parametrize(
    "formula",
    [
        "1" * 200_000, f"费用 × {'9' * 31}", "费用 × 0." + "0" * 5000 + "1", "10" * 5000 + "%", "费用 × 1e10000",
        "(" * 3000 + "费用" + ")" * 3000, "非 " * 500 + "急", "−" * 2000 + "费用", "费用" + " + 费用" * 250_000,
        "较大(" * 200 + "费用" + ")" * 200, "若(" * 60 + "里程 > 1" + ", 1, 2)" * 60, "费" * 1_000_000,
        "“" + "a" * 5000,
        "费用 属于 " + "、".join(str(n) for n in range(3000)), "a" * 50 + "!" + "a" * 50, "\\" * 3000,
        "合计(" * 30 + "费用" + ")" * 30, "取(" * 50 + "费用" + ", 车号 = 车号)" * 50, "2025-01-01" * 500,
        "0000-00-00",
        "2025-02-30", "9999-99-99", "'; drop table t0; --", "$(touch stray)", "__import__('os')",
        "费用.__class__", "费用[0]", "lambda: 0", "{{费用}}", "%(费用)s", "费用 ** 99999999", "费用 ^ 9999",
        "9 " * 2000,
    ],
    ids=lambda formula: f"{formula[:12]}… {len(formula)}",
)  # fmt: skip
def test_hostile_formulas_are_refused_soon(tmp_path, formula):
    written = formula.replace("'", "''")
    said = found(tmp_path, f"甲: {{{SOME}'{written}'}}\n")
    assert any(p.is_error for p in said)
    assert all(p.place.line for p in said if p.code not in ("I101", "E103"))
    assert all(len(p.message) <= 1500 for p in said)


@pytest.mark.parametrize(
    "rules, allowed",
    [
        ("甲: {单位: 元, 取值: {0000-00-00: 1}}\n", {"E126"}),
        ("甲: {单位: 元, 取值: {9999-12-31: 1}}\n", {"W707", ""}),
        ("甲: {单位: 元, 取值: {2025-01-01: " + "9" * 200_000 + "}}\n", {"E302", "E405", "E301"}),
        ("甲: {取值: {2025-01-01: 1" + "0" * 10_000 + "%}}\n", {"E302", "E405", "E301"}),
        ("甲: {粒度: 行程, 公式: 费用, 舍入: 99999999999}\n", {"E125", "E123"}),
        ("甲: {粒度: 行程, 公式: 费用, 舍入: -3}\n", {"E125", "E123", ""}),
        ("甲: {粒度: 行程, 列: {费用: {小数: 400}}}\n", {"E125", "E123", "E124", "E121", "E120"}),
        ("表甲: {主键: 键, 字段: {键: 文本, 数: {类型: 数, 小数: 999999}}}\n", {"E125", "E123"}),
    ],
    ids=["year 0", "last year", "digits", "percent", "rounding", "negative rounding", "column", "field"],
)
def test_figures_beyond_reason_are_refused_or_harmless(tmp_path, rules, allowed):
    said = {p.code for p in found(tmp_path, rules) if p.is_error}
    assert (said & allowed) or (not said and "" in allowed), said


@pytest.mark.slow
def test_ten_thousand_rules_in_a_circle_are_told(tmp_path):
    rules = "".join(f"值{n}: {{粒度: 行程, 单位: 元, 公式: 值{(n + 1) % 10_000} + 费用}}\n" for n in range(10_000))
    assert "E308" in codes(tmp_path, rules)


def _decision_table(rows: int) -> str:
    lines = "".join(f'"[{n}, {n + 1})",{n % 97}\n' for n in range(rows))
    return f"里程,补贴\n{lines}≥ {rows},0\n"


@pytest.mark.parametrize(
    "rows, code",
    [
        pytest.param(100_000, "E103", marks=pytest.mark.slow),
        pytest.param(4000, "W702", marks=pytest.mark.slow),
        (300, ""),
    ],
)
def test_a_large_decision_table_is_proved_or_told_that_it_is_not(tmp_path, rows, code):
    (tmp_path / "补贴.csv").write_text(_decision_table(rows), "utf-8")
    said = codes(tmp_path, "补贴: {粒度: 行程, 表: 补贴.csv}\n")
    assert code in said if code else not said & {"E103", "E701", "E702", "W702"}


@pytest.mark.slow
def test_a_decision_table_of_hundreds_of_overlapping_rows_is_refused_soon(tmp_path):
    (tmp_path / "补贴.csv").write_text("里程,补贴\n" + "".join(f'"[0, {n + 1})",{n}\n' for n in range(500)), "utf-8")
    assert "E702" in codes(tmp_path, "补贴: {粒度: 行程, 表: 补贴.csv}\n")


@pytest.mark.parametrize(
    "cell",
    ["\x1b[31m", "\u202e", "[0, 1", "“", "9" * 5000, "(" * 300, "任何任何", "+", "'; drop", "≤ ≤ 3"],
)
def test_hostile_cells_of_a_decision_table_are_refused(tmp_path, cell):
    (tmp_path / "补贴.csv").write_text(f'里程,补贴\n"{cell}",1\n', "utf-8")
    assert any(p.is_error for p in found(tmp_path, "补贴: {粒度: 行程, 表: 补贴.csv}\n"))
