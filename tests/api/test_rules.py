"""Rules from Python: what their examples say, why, what none reaches, a name changed; with drafts or without."""

from __future__ import annotations

from pathlib import Path

import changed_city
import pytest
from changed_city import CHAPTER, EXAMPLE, EXAMPLES
from click.testing import CliRunner

from engine import api
from engine.assist.rename import NotRenamed
from engine.cli import main
from engine.rulebook.problems import RulebookError


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return changed_city.copied(tmp_path, monkeypatch)


def said(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(words))
    return done.exit_code, done.output


def test_examples_run_on_what_is_saved_or_on_the_drafts_and_a_value_has_its_reasons(city: Path) -> None:
    saved = api.test(city)
    assert {one.passed for one in saved.outcomes.values()} == {True} and saved.coverage.unreached() == []
    api.keep(city, CHAPTER, changed_city.at_40_percent(city))
    assert all(one.passed for one in api.test(city).outcomes.values())
    drafted = api.test(city, drafts=True)
    wrong = [one for one in drafted.outcomes.values() if not one.passed]
    assert [one.name for one in wrong] == [EXAMPLE]
    first = next(cell for cell in wrong[0].cells if not cell.right)
    assert (first.name, first.row, first.wanted, first.got) == ("次手术点数", 2, "40", "32")  # 80 × 40 %
    why = api.reasons(city, EXAMPLES, EXAMPLE, first.name, first.grain, first.row, drafts=True)
    assert why is not None and (why.value, why.cite) == ("32", "办法 第八条、第八条（三）")
    before = api.reasons(city, EXAMPLES, EXAMPLE, first.name, first.grain, first.row)
    assert before is not None and before.value == "40"
    assert api.reasons(city, EXAMPLES, EXAMPLE, "没有的名字") is None


def test_the_command_runs_them_on_the_drafts_too_and_prints_the_reasons(city: Path) -> None:
    api.keep(city, CHAPTER, changed_city.at_40_percent(city))
    assert said("test", str(city))[0] == 0
    code, told = said("test", str(city), "--drafts", "--why")
    assert code == 1 and "第 2 行 次手术点数：应得 40，得到 32" in told
    assert "缺省(80, 0) × 0.4" in told and "次手术比例 = 0.4（40%）" in told


def test_problems_are_those_of_the_drafts_where_they_are_asked_for(city: Path) -> None:
    text = (city / CHAPTER).read_text("utf-8")
    api.keep(city, CHAPTER, text + "\n新的点数: {粒度: 病例, 单位: 点, 公式: 结算点 × 2}\n")
    assert [one.code for one in api.check(city) if one.is_error] == []
    assert "E303" in [one.code for one in api.check(city, drafts=True)]
    assert said("check", str(city), "--quiet")[0] == 0
    code, told = said("check", str(city), "--drafts", "--quiet")
    assert code == 1 and "是不是 结算点数？" in told
    for asked in (api.test, api.lint):
        with pytest.raises(RulebookError) as raised:
            asked(city, drafts=True)
        assert "E303" in [one.code for one in raised.value.problems]


def test_what_no_example_reaches_gets_a_row_that_goes_into_the_drafts(city: Path) -> None:
    """The fourth row of the table of 高倍率的三档 goes: nothing is above 200 points any more."""
    api.change_example(city, "第七条 高倍率的三档", row=4, remove=True)
    api.save(city)
    missing = api.test(city).coverage.unreached()
    assert missing and {one.name for one in missing} == {"高倍率判定倍率"}
    found = api.new_rows(city, "高倍率判定倍率", keep=True)
    assert [one for one, _ in found] == missing
    reaching = [row for _, row in found if row is not None and row.reaches]
    assert reaching and {row.cells["高倍率判定倍率"] for row in reaching} == {"2"}
    assert api.new_rows(city, "次手术点数") == []
    assert [one.file for one in api.drafts(city).all()] == [EXAMPLES]
    again = api.test(city, drafts=True)
    assert len(again.coverage.unreached()) < len(missing) and all(one.passed for one in again.outcomes.values())


def test_the_command_puts_such_rows_into_the_drafts(city: Path) -> None:
    api.change_example(city, "第七条 高倍率的三档", row=4, remove=True)
    api.save(city)
    code, told = said("test", str(city), "--new-rows", "--keep")
    assert code == 1 and "加了一行，留成草稿" in told
    assert [one.file for one in api.drafts(city).all()] == [EXAMPLES]


def test_a_name_is_changed_in_the_files_or_in_the_drafts_or_only_told(city: Path) -> None:
    told = api.rename(city, "次手术比例", "第二手术比例", write=False)
    assert told.places == 2 and "第二手术比例" not in (city / CHAPTER).read_text("utf-8")
    api.keep(city, CHAPTER, changed_city.at_40_percent(city))
    api.rename(city, "次手术比例", "第二手术比例", drafts=True)
    draft = api.drafts(city).of(CHAPTER)
    assert draft is not None and "第二手术比例" in draft.text and "40%" in draft.text
    assert "第二手术比例" not in (city / CHAPTER).read_text("utf-8")
    with pytest.raises(NotRenamed, match="已经是一个名字"):
        api.rename(city, "次手术比例", "结算点数")
    api.drafts(city).drop(CHAPTER)
    code, said_ = said("rename", str(city), "次手术比例", "第二手术比例", "--drafts")
    assert code == 0 and "草稿里改了" in said_ and api.drafts(city).of(CHAPTER) is not None
    api.drafts(city).drop(CHAPTER)
    api.rename(city, "次手术比例", "第二手术比例")
    assert (city / CHAPTER).read_text("utf-8").count("第二手术比例") == 2


def test_headings_of_rows_go_with_a_name_in_the_drafts_too(city: Path) -> None:
    table = "线路: {依据: 办法 第一条, 主键: 线路, 字段: {线路: 文本, 远近: {类型: 倍, 小数: 2}}, 行: 线路.csv}\n"
    (city / "线路.yaml").write_text(table, "utf-8")
    (city / "线路.csv").write_text("线路,远近\n甲,1.5\n", "utf-8")
    api.rename(city, "远近", "远不远", drafts=True)
    assert {one.file for one in api.drafts(city).all()} == {"线路.yaml", "线路.csv"}
    assert (city / "线路.csv").read_text("utf-8") == "线路,远近\n甲,1.5\n"
    api.save(city)
    assert (city / "线路.csv").read_text("utf-8") == "线路,远不远\n甲,1.5\n"


def test_articles_lints_and_the_layout_are_told(city: Path) -> None:
    (measure,) = api.articles(city).compared
    assert any(unit.stated for unit in measure.units) and api.articles(city).amiss == []
    assert all(one.better for one in api.lint(city))
    figures = api.compared_figures(city)
    assert figures.official == figures.compared > 0 and not figures.without
    assert api.laid_out("甲:   {公式:  1+2}\n") == "甲: {公式: 1 + 2}\n"
