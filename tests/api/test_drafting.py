"""Drafts from Python and on the command line: a text, a cell, a row, an example; saved in one act and undone by one."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import changed_city
import pytest
from changed_city import CHAPTER, EXAMPLE, EXAMPLES
from click.testing import CliRunner

from engine import api
from engine.cli import main
from engine.drafts import ChangedMeanwhile, KeptMeanwhile
from engine.excel.computed import take, to_take
from engine.excel.example_files import example_file
from engine.excel.grid import Refused
from engine.excel.outdated_notes import outdated
from engine.pricing.as_example import FILE


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return changed_city.copied(tmp_path, monkeypatch)


def said(city: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["drafts", str(city), *words])
    return done.exit_code, done.output


def test_a_text_is_kept_told_saved_and_undone(city: Path) -> None:
    before = (city / CHAPTER).read_text("utf-8")
    api.keep(city, CHAPTER, before + "# 改过\n")
    draft = api.keep(city, CHAPTER, changed_city.at_40_percent(city))
    assert draft is not None and draft.revision == 2
    assert api.differences(draft)[0] == "次手术比例 · 取值 · 2025-01-01：50% → 40%"
    with pytest.raises(KeptMeanwhile):
        api.drafts(city).keep(CHAPTER, before, 1)
    assert api.save(city, ["别的.yaml"]).after == {} and (city / CHAPTER).read_text("utf-8") == before
    assert list(api.save(city).after) == [CHAPTER]
    assert "40%" in (city / CHAPTER).read_text("utf-8") and api.drafts(city).all() == []
    undone = api.undo(city)
    assert undone is not None and (city / CHAPTER).read_text("utf-8") == before
    assert api.undo(city) is None
    assert api.keep(city, CHAPTER, before) is None
    with pytest.raises(ValueError, match="region.yaml"):
        api.keep(city, "../region.yaml", before)


def test_what_was_changed_beside_the_draft_is_not_overwritten(city: Path) -> None:
    api.keep(city, CHAPTER, changed_city.at_40_percent(city))
    (city / CHAPTER).write_text("别人写的\n", "utf-8")
    with pytest.raises(ChangedMeanwhile, match=CHAPTER):
        api.save(city)
    assert (city / CHAPTER).read_text("utf-8") == "别人写的\n"


def test_the_command_keeps_the_text_of_a_file(city: Path, tmp_path: Path) -> None:
    (tmp_path / "新的.yaml").write_text(changed_city.at_40_percent(city), "utf-8")
    code, told = said(city, "--keep", str(tmp_path / "新的.yaml"), "--file", CHAPTER)
    assert code == 0 and "次手术比例 · 取值 · 2025-01-01：50% → 40%" in told
    assert "50%" in (city / CHAPTER).read_text("utf-8")
    assert "和存着的一样" in said(city, "--keep", str(city / CHAPTER), "--file", CHAPTER)[1]
    assert api.drafts(city).all() == []
    code, told = said(city, "--keep", str(city / CHAPTER), "--file", "../别处.yaml")
    assert code == 1 and "不是这个地区里的文件" in told
    assert said(city, "--keep", str(city / CHAPTER))[0] == 2


def test_cells_and_rows_of_an_example_are_changed_where_they_stand(city: Path) -> None:
    assert api.change_example(city, EXAMPLE, {"次手术点数": "32", "结算点数": "164"}, row=2) == EXAMPLES
    draft = api.drafts(city).of(EXAMPLES)
    assert draft is not None
    assert api.differences(draft) == [
        f"{EXAMPLE} · 分情形 · 第 2 行 · 次手术点数：40 → 32", f"{EXAMPLE} · 分情形 · 第 2 行 · 结算点数：172 → 164",
    ]  # fmt: skip
    api.change_example(city, "第七条 高倍率的三档", {"病组编码": "E", "病组基准点数": "300"})
    api.change_example(city, "第七条 高倍率的三档", row=1, remove=True)
    draft = api.drafts(city).of(EXAMPLES)
    assert draft is not None and "D        | 200.01       || 2\n    E        | 300          || 2\n" in draft.text
    assert "A        | 100          || 3" not in draft.text


def test_the_note_of_an_example_is_changed_and_taken_out_and_nothing_else_of_its_file(city: Path) -> None:
    before = (city / EXAMPLES).read_text("utf-8")
    note = before[before.index("  说明: |\n") : before.index("  已知:\n")]

    def drafted(text: str) -> bool:
        draft = api.drafts(city).of(EXAMPLES)
        return draft is not None and draft.text == before.replace(note, text, 1)

    code, told = said(city, "--example", EXAMPLE, "--note", "第一句\n  # 第二句: 不是注释\n")
    assert code == 0 and f"{EXAMPLE} · 说明 · 第 1 行：" in told
    assert drafted("  说明: |\n    第一句\n    # 第二句: 不是注释\n")
    assert api.change_note(city, EXAMPLE, "") == EXAMPLES
    assert drafted("")
    api.change_note(city, EXAMPLE, "一行: 要引号")
    assert drafted('  说明: "一行: 要引号"\n')
    api.change_note(city, EXAMPLE, "几行\n的")
    assert drafted("  说明: |-\n    几行\n    的\n")
    api.change_note(city, EXAMPLE, "")
    api.change_note(city, EXAMPLE, "")
    assert drafted("")
    assert said(city, "--note", "没有例子")[0] == 2
    code, told = said(city, "--example", EXAMPLE, "--note", "看不见的\u200b字")
    assert code == 1 and "看不见的字符" in told
    assert drafted("")


def test_all_that_came_out_otherwise_is_taken_over_and_a_note_that_says_an_old_figure_is_told(city: Path) -> None:
    api.keep(city, CHAPTER, changed_city.at_40_percent(city))
    before = [one for one in api.test(city, drafts=True).outcomes.values() if not one.passed]
    assert [one.name for one in before] == [EXAMPLE] and sum(not cell.right for cell in before[0].cells) == 8
    code, told = said(city, "--example", EXAMPLE, "--computed")
    assert code == 0 and "分情形 第 2 行 次手术点数：40 → 32" in told and "分情形 第 9 行 结算点数：232 → 224" in told
    assert f"{EXAMPLE}：说明里还写着 40，例子里已经没有了" in told
    assert all(one.passed for one in api.test(city, drafts=True).outcomes.values())
    draft = api.drafts(city).of(EXAMPLES)
    assert draft is not None and len(api.differences(draft)) == 8
    assert "    2      | 8400       | 0        | B2         || 正常     | 32         | 164\n" in draft.text
    assert f"{EXAMPLE}：说明里还写着 40" in said(city)[1]
    assert api.take_computed(city, EXAMPLE) == []
    api.keep(
        city, EXAMPLES, draft.text.replace("加 80 × 50% = 40。", "加 80 × 40% = 32。").replace("再加 40", "再加 32")
    )
    assert "说明里还写着" not in said(city)[1]
    assert said(city, "--example", EXAMPLE, "--computed", "--row", "1")[0] == 2
    assert "没有例子“没有的”" in said(city, "--example", "没有的", "--computed")[1]


def test_what_has_no_end_or_cannot_be_known_is_not_taken_over(city: Path) -> None:
    api.keep(city, CHAPTER, changed_city.at_40_percent(city))
    ran = next(one for one in api.test(city, drafts=True).outcomes.values() if not one.passed)
    first, second = (replace(cell, **other) for cell, other in zip(
        [cell for cell in ran.cells if not cell.right][:2], ({"got": "≈ 0.3333"}, {"why": "缺系数"}), strict=True
    ))  # fmt: skip
    example = example_file(api.drafts(city), EXAMPLES).example(EXAMPLE)
    assert example is not None and to_take(example, replace(ran, cells=(first, second))) == []
    assert len(to_take(example, ran)) == 8


def test_of_a_cell_that_says_another_text_by_now_nothing_is_taken_over(city: Path) -> None:
    api.keep(city, CHAPTER, changed_city.at_40_percent(city))
    ran = next(one for one in api.test(city, drafts=True).outcomes.values() if not one.passed)
    example = example_file(api.drafts(city), EXAMPLES).example(EXAMPLE)
    assert example is not None
    those = to_take(example, ran)
    api.change_example(city, EXAMPLE, {"次手术点数": "33"}, row=9)
    before = api.drafts(city).of(EXAMPLES)
    with pytest.raises(Refused, match="刚刚改过"):
        take(api.drafts(city), EXAMPLES, EXAMPLE, those)
    assert api.drafts(city).of(EXAMPLES) == before


@pytest.mark.parametrize(
    ("note", "gone", "there", "said"),
    [
        ("加 80 × 50% = 40。", ["40", "172"], ["32", "50%"], ["40"]),
        ("加 80 × 50% = 40。", ["40.00"], ["40"], []),
        ("比例 40%", ["40"], [], []),
        ("比例 40%", ["40%"], ["0.4"], ["40%"]),
        ("得 140，再 1.40", ["40"], [], []),
        ("得 −500.5", ["-500.5"], [], ["-500.5"]),
        ("病例正常", ["正常"], [], []),
    ],
)
def test_a_note_is_told_only_of_figures_that_it_says_and_the_example_has_no_more(
    note: str, gone: list[str], there: list[str], said: list[str]
) -> None:
    assert outdated(note, gone, there) == said


@pytest.mark.parametrize(
    ("example", "cells", "more", "why"),
    [
        ("没有的", {"甲": "1"}, {}, "这个地区 里没有例子“没有的”"),
        (EXAMPLE, {"甲": "1"}, {}, "分情形 没有列 甲：列是 病例号、"),
        (EXAMPLE, {"病例号": "1"}, {"row": 10}, "没有第 10 行：一共 9 行"),
        (EXAMPLE, {"病例号": "1"}, {"part": "应得"}, "没有 应得：有 已知、"),
        (EXAMPLE, {"病例号": "1"}, {"file": "tests/别的.yaml"}, "tests/别的.yaml 里没有例子"),
    ],
)
def test_what_is_no_cell_of_an_example_is_refused(
    city: Path, example: str, cells: dict[str, str], more: dict[str, object], why: str
) -> None:
    with pytest.raises(Refused) as refused:
        api.change_example(city, example, cells, **more)  # type: ignore[arg-type]
    assert why in str(refused.value)
    assert api.drafts(city).all() == []


def test_the_command_changes_an_example(city: Path) -> None:
    code, told = said(city, "--example", EXAMPLE, "--row", "2", "--set", "次手术点数=32")
    assert code == 0 and "第 2 行 · 次手术点数：40 → 32" in told
    code, told = said(city, "--example", EXAMPLE, "--part", "已知", "--row", "1", "--set", "医疗机构系数=1.2")
    assert code == 0 and "已知 · 医疗机构系数：1.1 → 1.2" in told
    code, told = said(city, "--example", EXAMPLE, "--row", "2")
    assert code == 2 and "--set 列=值" in told
    assert said(city, "--example", "没有的", "--set", "甲=1")[0] == 1


def test_a_table_is_changed_by_its_name(city: Path) -> None:
    assert api.change_table(city, "高倍率判定倍率", 1, {"高倍率判定倍率": "3.5"}) == []
    (draft,) = api.drafts(city).all()
    assert draft.file == CHAPTER and any("3 → 3.5" in line for line in api.differences(draft))
    told = api.change_table(city, "高倍率判定倍率", 1, {"病组基准点数": "≤ 90"})
    assert any("90" in one.message for one in told)  # nothing holds between 90 and 100
    with pytest.raises(Refused, match="没有第 9 行"):
        api.change_table(city, "高倍率判定倍率", 9, {"高倍率判定倍率": "3.5"})


def test_a_new_example_stands_behind_the_others_under_a_name_of_its_own(city: Path) -> None:
    case = {"病组基准点数": "50", "高倍率判定倍率": "3"}
    new = api.NewExample("第七条 高倍率的三档", "月度预结算", "2025-03", cases=[case], judged=["高倍率判定倍率"])
    assert api.keep_example(city, new, EXAMPLES) == "第七条 高倍率的三档（2）"
    assert all(one.passed for one in api.test(city, drafts=True).outcomes.values())
    assert len(api.test(city, drafts=True).outcomes) == len(api.test(city).outcomes) + 1


@pytest.mark.slow
def test_a_priced_case_becomes_an_example_that_holds(city: Path) -> None:
    data = city / "示例数据"
    with (data / "病例.csv").open(encoding="utf-8-sig") as file:
        case = next(row for row in csv.DictReader(file) if row["病例号"] == "202503023")
    region = api.load(city, "2025-03", data)
    new = api.as_example(region, case, "第二个手术的病例")
    assert new.expected["点数" if "点数" in new.expected else "结算点数"] == "315.0500"
    assert api.drafts(city).all() == []
    assert api.keep_example(city, new) == "第二个手术的病例"
    assert [one.file for one in api.drafts(city).all()] == [FILE]
    outcome = api.test(city, drafts=True).outcomes[Path(FILE).name, "第二个手术的病例"]
    assert outcome.passed and outcome.compared >= 1
    with pytest.raises(api.CannotPrice, match="没有结算"):
        api.as_example(region, case | {"出院日期": "2025-02-30"}, "不能")
