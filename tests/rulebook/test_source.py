"""Reading YAML: text as written, places, and a sentence in Chinese for what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rulebook.problems import Place, Problem
from engine.rulebook.source import Mapping, Scalar, Sequence, read, read_text


def _read(text: str) -> tuple[Mapping | None, list[Problem]]:
    problems: list[Problem] = []
    return read_text(text, "rules.yaml", problems), problems


def _findings(text: str) -> list[tuple[str, int]]:
    return [(problem.code, problem.place.line) for problem in _read(text)[1]]


@pytest.mark.parametrize(
    "written", ["NO", "1:2:7", "012", "0.94117647058823529411764", "2025-01-01", "50%", "→ 行程", "-1", "+ 1"]
)
def test_scalars_stay_as_written(written):
    doc, problems = _read(f"值: {written}\n")
    assert not problems
    assert doc.get("值").text == written


def test_places_count_characters_from_one():
    doc, _ = _read('里程: {单位: 元, 公式: "甲, 乙"}\n')
    formula = doc.get("里程").get("公式")
    assert (formula.place.line, formula.place.column, formula.quoted) == (1, 17, True)
    assert doc.get("里程").key("公式").place.column == 13


def test_a_block_text_is_placed_at_its_first_line():
    doc, _ = _read("公式: >-\n\n    甲\n    + 乙\n")
    assert (doc.get("公式").text, doc.get("公式").place.line, doc.get("公式").place.column) == (
        "\n甲 + 乙",
        3,
        5,
    )


def test_mappings_lists_and_helpers():
    doc, _ = _read("表: [甲, 乙]\n说明: 好\n")
    assert doc.keys() == ("表", "说明") and "表" in doc and "列" not in doc and doc.get("列") is None
    assert isinstance(doc.get("表"), Sequence) and [item.text for item in doc.get("表").items] == ["甲", "乙"]
    assert [key.text for key, _ in doc] == ["表", "说明"] and len(doc) == 2


def test_an_empty_file_is_an_empty_mapping():
    assert _read("# 只有注释\n") == (Mapping((), Place("rules.yaml", 1, 1)), [])


def test_utf8_with_byte_order_mark_is_read(tmp_path: Path):
    (tmp_path / "a.yaml").write_bytes("名称: 例市\n".encode("utf-8-sig"))
    problems: list[Problem] = []
    assert read(tmp_path / "a.yaml", "a.yaml", problems).get("名称").text == "例市"
    assert not problems


@pytest.mark.parametrize("encoding, named", [("gb18030", "GB18030"), ("utf-16", "UTF-16")])
def test_other_encodings_are_named(tmp_path: Path, encoding: str, named: str):
    (tmp_path / "a.yaml").write_bytes("名称: 例市\n".encode(encoding))
    problems: list[Problem] = []
    assert read(tmp_path / "a.yaml", "a.yaml", problems) is None
    assert problems[0].code == "E101" and named in problems[0].message


def test_a_missing_file_and_a_folder_are_problems(tmp_path: Path):
    problems: list[Problem] = []
    assert read(tmp_path / "none.yaml", "none.yaml", problems) is None
    assert read(tmp_path, "folder", problems) is None
    assert [problem.code for problem in problems] == ["E101", "E101"]


def test_a_file_over_two_megabytes_is_refused_unread(tmp_path: Path):
    (tmp_path / "a.yaml").write_text("甲: 1\n" * 300_000, "utf-8")
    problems: list[Problem] = []
    assert read(tmp_path / "a.yaml", "a.yaml", problems) is None
    assert [problem.code for problem in problems] == ["E103"]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("甲:\n\t乙: 1\n", [("E105", 2)]),
        ("甲:\n  乙: 1\n\t丙: 2\n", [("E105", 3)]),
        ("甲:\n  单位: 元\n  公式： 乙\n  依据: 办法\n", [("E106", 3)]),
        ("依据：办法\n甲: {乙: 1}\n", [("E106", 1)]),
        ("甲:\n  公式: 乙\n    单位： 元\n", [("E106", 3)]),
        ("甲: {单位：元，公式：乙}\n", [("E106", 1)]),
        ("甲: [乙，丙]\n", [("E106", 1)]),
        ("甲:\n  单位:元\n  公式: 乙\n", [("E107", 2)]),
        ("甲: {单位:元, 公式:乙}\n", [("E107", 1), ("E107", 1)]),
        ('甲:\n  公式: "乙 + 1\n丙: 1\n', [("E108", 2)]),
        ("甲:\n  公式: 乙\n   依据: 丙\n", [("E109", 3)]),
        ("甲:\n   公式: 乙\n  依据: 丙\n", [("E109", 3)]),
        ("甲:\n  - 乙\n - 丙\n", [("E109", 3)]),
        ("甲: {公式: 较大(乙, 丙)}\n", [("E110", 1)]),
        ("甲: {公式: 若(有 乙, 较大(乙, 1), 0), 单位: 元}\n", [("E110", 1)]),
        ("甲: [较大(乙, 丙), 丁]\n", [("E110", 1)]),
        ("甲: {较大(乙, 丙): 1}\n", [("E110", 1), ("E110", 1)]),
        ("甲:\n乙: 1\n", [("E111", 1)]),
        ("甲: {乙}\n", [("E111", 1)]),
        ("甲: null\n", [("E111", 1)]),
        ("甲:\n  -\n  - 乙\n", [("E111", 2)]),
        ("甲: &x 1\n", [("E112", 1)]),
        ("甲: *x\n", [("E112", 1)]),
        ("甲:\n  <<: {乙: 1}\n", [("E112", 2)]),
        ("甲: \x01\n", [("E113", 1)]),
        ("甲:\n  \u3000乙: 1\n", [("E113", 2)]),
        ("甲: 乙\u200b丙\n", [("E113", 1)]),
        ("甲\n", [("E114", 1)]),
        ("- 甲\n", [("E114", 1)]),
        ("甲: > 5\n", [("E115", 1)]),
        ("甲: * 5\n", [("E115", 1)]),
        ("甲: %乙\n", [("E115", 1)]),
        ("甲: [0.5, 2)\n", [("E115", 1)]),
        ("甲: {乙: (0, 30], 丙: 2}\n", [("E115", 1)]),
        ("甲: [0.5, 2] 且 乙\n", [("E115", 1)]),
        ('甲: "乙" + 丙\n', [("E115", 1)]),
        ("甲: 乙: 丙\n", [("E115", 1)]),
        ("甲: {公式: 乙}}\n", [("E116", 1)]),
        ("甲: {公式: 较大(乙, 丙}\n", [("E116", 1)]),
        ("甲: [较大(乙, 丙]\n", [("E116", 1)]),
        ("甲: {公式: 乙\n丙: 1\n", [("E116", 1)]),
        ("甲: !!python/object:os.system 乙\n", [("E117", 1)]),
        ("甲: 1\n---\n乙: 2\n", [("E118", 2)]),
        ("? [甲]\n: 乙\n", [("E119", 1)]),
        (": 乙\n", [("E119", 1)]),
        ("甲: 1\n甲: 2\n", [("E102", 2)]),
        ("甲: " + "[" * 40 + "\n", [("E103", 1)]),
    ],
)
def test_common_mistakes_are_found_where_they_are(text, expected):
    assert _findings(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "甲: 较大(乙, 丙)\n",
        '甲: {公式: "较大(乙, 丙)", 单位: 元}\n',
        "甲:\n  分情形:\n    缺省(乙, 否): 丙\n    有 丁 且 (戊 或 己): 1\n",
        "甲: {分情形: {3: 1, (乙): 2}}\n",
        "甲: {说明: 暂定，待批, 单位: 元}\n",
        "甲: “文字”之后\n",
        "甲: |\n  一： 二\n  三:四\n乙: 1\n",
        "甲: 一行文字\n  接着的文字，其中：略\n",
        "甲: 'null'\n",
        '甲: ""\n',
        "--- # 开头\n甲: 1\n",
        "甲: 1\r\n乙: 2\r\n",
    ],
)
def test_what_is_right_is_not_complained_of(text):
    assert _findings(text) == []


def test_several_full_width_colons_are_all_reported():
    assert _findings("甲:\n  单位： 元\n  公式： 乙\n丙:\n  单位： 元\n  公式: 乙\n") == [
        ("E106", 2),
        ("E106", 3),
        ("E106", 5),
    ]


def test_a_cut_formula_is_put_together_and_quoted_in_the_hint():
    doc, problems = _read("甲: {公式: 若(有 乙, 1, 0), 单位: 元}\n")
    assert '公式: "若(有 乙, 1, 0)"' in problems[0].hint
    assert doc.get("甲").get("公式").text == "若(有 乙, 1, 0)"
    assert doc.get("甲").keys() == ("公式", "单位")


def test_a_problem_shows_the_line():
    _, problems = _read("甲:\n  单位:\n")
    assert problems[0].excerpt == "  单位:"


def test_an_alias_bomb_is_refused_at_once():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 25)]
    _, problems = _read("\n".join(lines))
    assert {problem.code for problem in problems[:200]} == {"E112"}


@pytest.mark.parametrize("opening", ["[", "{", "- ", "{甲: ", "? "])
def test_deep_nesting_is_refused_at_once(opening):
    assert _findings("甲:\n " + opening * 100_000)


@pytest.mark.slow
def test_too_many_items_are_refused():
    assert _findings("甲: [" + "x, " * 200_001 + "]\n")[0][0] == "E103"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "甲: {乙: (" + "x, " * 190_000 + "}\n",
        "甲: [(" + "x, " * 190_000 + "]\n",
        "甲: (" + "," * 1_900_000 + "\n 乙: : 丙: >\n",
        "甲: {" + "乙，" * 300_000 + ": 丙: 丁\n",
        "甲: " + "x" * 1_900_000 + "\n甲: 1\n",
        "甲:\n" + " - \n" * 190_000,
        "- " * 900_000,
        "甲: |\n" + " 乙： 丙\n" * 150_000 + "丁: : 戊\n",
    ],
    ids=range(8),
)
def test_hostile_files_are_refused_with_a_short_report(text):
    _, problems = _read(text)
    assert problems and len(problems) <= 201
    assert sum(len(problem.message + problem.hint + problem.excerpt) for problem in problems) < 200_000


def test_three_thousand_lines_are_read_quickly():
    text = "".join(f"名{n}: {{粒度: 行程, 单位: 元, 公式: 费用 × {n}}}\n" for n in range(3000))
    assert _read(text)[1] == []


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_mapping_or_problems(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    path.write_bytes(data)
    problems: list[Problem] = []
    doc = read(path, "fuzz.yaml", problems)
    assert isinstance(doc, Mapping) or problems


_PIECES = st.sampled_from(
    [*list("：:，,｛｝{}[]（）()“”\"'#&*!|>%@`?-~ \n\t\u3000.甲乙1"), "\n  ", ": ", "\n甲: ", "<<", "---\n"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=60).map("".join))
def test_any_heap_of_signs_gives_a_mapping_or_problems(text):
    doc, problems = _read(text)
    assert isinstance(doc, Mapping) or problems
    assert all(problem.code.startswith("E1") and problem.place.file for problem in problems)


def test_unreadable_values_can_be_told_from_empty_text():
    assert Scalar("", Place()).unreadable and not Scalar("", Place(), quoted=True).unreadable
