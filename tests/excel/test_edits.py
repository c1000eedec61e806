"""What is typed in the workbook, back in the files: only its lines, what was typed, all comments."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import pytest

from tests.excel.city import EXAMPLES, LINES, RULES, brought, city, contents, edited, tables, workbook

pytestmark = pytest.mark.slow

P, T, L, E = "参数", "倍数", "线路", "例子"


def test_a_round_trip_without_an_edit_changes_no_byte(tmp_path: Path) -> None:
    place = city(tmp_path)
    before = contents(place)
    done = tables(str(place), "--from", str(workbook(place)), "--yes")
    assert (done.exit_code, "没有改动" in done.output) == (0, True)
    assert contents(place) == before


@pytest.mark.parametrize(
    ("edit", "file", "old", "new"),
    [
        ((P, 2, "值", "55%"), "规则.yaml", "2024-01-01: 50%,", "2024-01-01: 55%,"),
        ((P, 2, "值", 0.55), "规则.yaml", "2024-01-01: 50%,", "2024-01-01: 55%,"),
        ((P, 3, "起始日期", "2025-07-01"), "规则.yaml", "2025-01-01: 40%}", "2025-07-01: 40%}"),
        ((P, 3, "起始日期", datetime.date(2025, 7, 1)), "规则.yaml", "2025-01-01: 40%}", "2025-07-01: 40%}"),
        ((P, 4, "值", "3"), "规则.yaml", "2024-01-01: 2  ", "2024-01-01: 3  "),
        ((P, 4, "值", 3), "规则.yaml", "2024-01-01: 2  ", "2024-01-01: 3  "),
        ((P, 6, "值", "实施"), "规则.yaml", "{2024-01-01: 不实施}", "{2024-01-01: 实施}"),
        ((T, 5, "倍数", "2.25"), "规则.yaml", "倍数: 2, 说明", "倍数: 2.25, 说明"),
        ((T, 5, "说明", "很远"), "规则.yaml", '"远: 的"', '"很远"'),
        ((T, 2, "依据", "办法 第三条 1"), "规则.yaml", "办法 第三条}", "办法 第三条 1}"),
        ((T, 3, "说明", "a: b # c"), "规则.yaml", "倍数: 1.2}", '倍数: 1.2, 说明: "a: b # c"}'),
        ((T, 5, "说明", None), "规则.yaml", '倍数: 2, 说明: "远: 的"}', "倍数: 2}"),
        ((L, 3, "系数", "0.95"), "线路.csv", "环线,0.90", "环线,0.95"),
        ((L, 3, "名称", "环,线"), "线路.csv", "B2,环线,", 'B2,"环,线",'),
        ((L, 2, "名称", "东门"), "线路.csv", '"东门, 西门"', '"东门"'),
        ((E, 6, "第3列", "1.0"), "tests/例子.yaml", "10   || 1    | 25", "10   || 1.0  | 25"),
        ((E, 3, "第2列", "是"), "tests/例子.yaml", "残疾: 否}", "残疾: 是}"),
    ],
)
def test_an_edit_changes_its_line_only_and_to_what_was_typed(
    tmp_path: Path, edit: tuple[str, int, str, object], file: str, old: str, new: str
) -> None:
    place = city(tmp_path)
    before = contents(place)
    assert before[file].count(old) == 1
    done = brought(place, edit)
    assert done.exit_code == 0, done.output
    assert contents(place) == {**before, file: before[file].replace(old, new)}


def test_a_class_of_a_row_that_had_none_is_added_to_it(tmp_path: Path) -> None:
    place = city(tmp_path)
    line = '- {公里: "(10, 20]", 倍数: 1.5}'
    done = brought(
        place, (T, 4, "级别", "一级、二级"), (T, 6, "公里", "(10, 20]"), (T, 6, "级别", "三级"), (T, 6, "倍数", "1.6")
    )
    assert done.exit_code == 0, done.output
    text = contents(place)["规则.yaml"]
    assert '- {公里: "(10, 20]", 级别: 一级、二级, 倍数: 1.5}' in text and line not in text
    last = '    - {公里: "> 20",     倍数: 2, 说明: "远: 的"}\n'
    assert f'{last}    - {{公里: "(10, 20]", 级别: 三级, 倍数: 1.6}}\n补贴:' in text


def test_a_further_date_is_added_behind_the_last(tmp_path: Path) -> None:
    place = city(tmp_path)
    added = [(P, 7, "名称", "加成"), (P, 7, "起始日期", "2026-01-01"), (P, 7, "值", "30%")]
    added += [(P, 8, "名称", "单价"), (P, 8, "起始日期", "2026-01-01"), (P, 8, "值", "3")]
    done = brought(place, *added)
    assert done.exit_code == 0, done.output
    expected = RULES.replace("2025-01-01: 40%}", "2025-01-01: 40%, 2026-01-01: 30%}")
    expected = expected.replace("    2025-01-01: 2.5\n", "    2025-01-01: 2.5\n    2026-01-01: 3\n")
    assert contents(place)["规则.yaml"] == expected


def test_rows_are_added_below_and_go_when_they_are_emptied(tmp_path: Path) -> None:
    place = city(tmp_path)
    rows = {4: ("C3", "=东", "1"), 5: ("D4", "西", "1")}
    titles = ("线路", "名称", "系数")
    new = [(L, n, title, text) for n, row in rows.items() for title, text in zip(titles, row, strict=True)]
    gone = [(L, 2, title, None) for title in titles]
    examples = [(E, 8, f"第{n}列", text) for n, text in enumerate(("3", "30", "2", "150"), 1)]
    assert brought(place, *new, *gone, *examples).exit_code == 0
    assert contents(place)["线路.csv"] == "线路,名称,系数\nB2,环线,0.90\nC3,=东,1\nD4,西,1\n"
    assert contents(place)["tests/例子.yaml"] == EXAMPLES + "    3    | 30   || 2    | 150\n"


def test_a_file_of_the_old_encoding_stays_in_it(tmp_path: Path) -> None:
    place = city(tmp_path)
    (place / "线路.csv").write_bytes(LINES.replace("\n", "\r\n").encode("gb18030"))
    assert brought(place, (L, 3, "名称", "外环")).exit_code == 0
    expected = LINES.replace("环线", "外环").replace("\n", "\r\n")
    assert (place / "线路.csv").read_bytes() == expected.encode("gb18030")


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([(T, 4, "公里", "(12, 20]")], "工作表“倍数” B4 E701"),
        ([(T, 4, "公里", "(5, 20]")], "工作表“倍数” B4 E7"),
        ([(P, 4, "值", "2 元")], "工作表“参数” E4 E301"),
        ([(P, 3, "起始日期", "2025-02-30")], "工作表“参数” D3 E126"),
        ([(P, 3, "起始日期", "明年")], "工作表“参数” D3 E126"),
        ([(P, 2, "值", "150%")], "工作表“参数” E2 E"),
        ([(P, 6, "值", "也许")], "工作表“参数” E6 E"),
        ([(T, 3, "级别", "四级")], "工作表“倍数” C3 E"),
        ([(L, 3, "系数", "0.955")], "工作表“线路” D3 E314"),
        ([(P, 2, "值", None)], "工作表“参数” E2 不行"),
        ([(P, 2, "单位", "元")], "工作表“参数” C2 不行"),
        ([(E, 2, "第1列", "里程")], "工作表“例子” D2 不行"),
        ([(E, 6, "第1列", "a|b")], "工作表“例子” D6 不行"),
        ([(P, 7, "名称", "没有的"), (P, 7, "起始日期", "2026-01-01"), (P, 7, "值", "1")], "工作表“参数” 第 7 行 不行"),
        ([(P, 7, "名称", "加成"), (P, 7, "值", "1")], "新加的一行要写 起始日期"),
        ([(P, 7, "名称", "加成"), (P, 7, "起始日期", "2025-01-01"), (P, 7, "值", "1")], "已经有 2025-01-01 起的值"),
        ([(E, 8, "第1列", "3")], "新加的一行要写满 4 列"),
    ],
)
def test_what_is_wrong_comes_back_at_its_cell_and_nothing_is_written(
    tmp_path: Path, edits: list[tuple[str, int, str, object]], said: str
) -> None:
    place = city(tmp_path)
    before = contents(place)
    done = brought(place, *edits, (L, 3, "名称", "外环"))
    assert done.exit_code == 1
    assert said in done.output
    assert contents(place) == before


def test_the_difference_is_told_in_words_and_lines_and_not_written_unasked(tmp_path: Path) -> None:
    place = city(tmp_path)
    before = contents(place)
    done = tables(str(place), "--from", str(edited(place, (P, 2, "值", "55%"))))
    assert done.exit_code == 0
    assert "工作表“参数” E2：参数 加成（2024-01-01 起） 值：50% → 55%" in done.output
    assert "  规则.yaml\n  第 8 行\n  - 加成: {单位: 比例, 取值: {2024-01-01: 50%" in done.output
    assert "加 --yes" in done.output
    assert contents(place) == before


def test_examples_that_would_fail_are_told_and_do_not_hold_it_up(tmp_path: Path) -> None:
    place = city(tmp_path)
    done = brought(place, (P, 5, "值", "3"))
    assert done.exit_code == 0
    assert "工作表“例子” G6 例子不符 补贴按档" in done.output
    assert "2025-01-01: 3\n" in contents(place)["规则.yaml"]


def test_a_workbook_of_other_files_is_refused(tmp_path: Path) -> None:
    place = city(tmp_path)
    path = edited(place, (P, 2, "值", "55%"))
    (place / "规则.yaml").write_text(RULES + "# 改过\n", "utf-8")
    done = tables(str(place), "--from", str(path), "--yes")
    assert done.exit_code == 1
    assert "重新导出" in done.output
    assert contents(place)["规则.yaml"] == RULES + "# 改过\n"


def test_files_are_written_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = city(tmp_path)
    before = contents(place)
    path = edited(place, (P, 2, "值", "55%"), (L, 3, "名称", "外环"))
    replace, seen = os.replace, []

    def full(source: object, target: Path) -> None:
        seen.append(target)
        if len(seen) == 2:
            raise OSError(28, "no space")
        replace(source, target)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "replace", full)
    done = tables(str(place), "--from", str(path), "--yes")
    assert (done.exit_code, "磁盘空间不够" in done.output) == (1, True)
    monkeypatch.undo()
    assert contents(place) == before


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"plain"])
def test_what_is_no_workbook_is_told(tmp_path: Path, data: bytes) -> None:
    place = city(tmp_path)
    (tmp_path / "a.xlsx").write_bytes(data)
    assert tables(str(place), "--from", str(tmp_path / "a.xlsx")).exit_code == 1


def test_another_workbook_is_told(tmp_path: Path) -> None:
    import openpyxl

    place = city(tmp_path)
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    done = tables(str(place), "--from", str(tmp_path / "a.xlsx"))
    assert "不是 casemix tables 写出的工作簿" in done.output
