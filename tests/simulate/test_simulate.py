"""``casemix simulate``: two states of the rules over the same data, in one folder that stays explainable."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine import api
from engine.cli import main
from engine.drafts import Drafts, save
from engine.files.errors import DataError, RunStopped
from engine.session import Session
from engine.simulate.simulate import read_simulation

RULES = (
    "依据: 办法\n"
    "单子: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 店: 文本, 价: 元}}\n"
    "应付: {粒度: 单子, 单位: 元, 舍入: 2, 公式: 价 × 折}\n"
    "折: {单位: 比例, 取值: {2025-01-01: 50%}}\n"
    "应付表: {粒度: 单子, 列: [店, 应付]}\n"
    "月结: {期间: 月, 报表: [应付表]}\n"
)
CHEAPER = RULES.replace("50%", "40%")


def casemix(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="casemix")


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a region that inherits a module of its own, and three rows of March."""
    monkeypatch.setenv("CASEMIX_DRAFTS", str(tmp_path / "drafts"))
    monkeypatch.chdir(tmp_path)
    town, module = tmp_path / "regions" / "town", tmp_path / "rules" / "shared"
    for place in (town, module, tmp_path / "data"):
        place.mkdir(parents=True)
    (module / "module.yaml").write_text("名称: 共用\n文件:\n  办法: {题名: 办法}\n", "utf-8")
    (module / "规则.yaml").write_text(RULES, "utf-8")
    (town / "region.yaml").write_text(
        "名称: 试城\n沿用: [shared]\n施行: 2025-01-01\n文件:\n  通知: {题名: 通知}\n", "utf-8"
    )
    (town / "改.yaml").write_text("依据: 通知\n替换:\n  折: {单位: 比例, 取值: {2025-01-01: 50%}}\n", "utf-8")
    (tmp_path / "data" / "单子.csv").write_text(
        "编号,日期,店,价\n1,2025-03-01,甲,100\n2,2025-03-02,甲,50\n3,2025-03-03,乙,10\n", "utf-8"
    )
    return town


def drafted(town: Path, old: str = "50%", new: str = "40%") -> Drafts:
    drafts = Drafts(town)
    drafts.keep("改.yaml", drafts.on_disk("改.yaml").replace(old, new), 0)
    return drafts


def simulated(*more: str) -> Result:
    return casemix("simulate", "town", "月结", "--period", "2025-03", "--data", "data", "--out", "试算", *more)


def test_the_drafts_are_run_beside_what_is_saved_and_the_words_come_before_the_figures(town: Path) -> None:
    drafted(town)
    said = simulated("--drafts", "--by", "店")
    assert said.exit_code == 0, said.output
    lines = [" ".join(line.split()) for line in said.output.splitlines()]
    assert lines.index("折 · 取值 · 2025-01-01：50% → 40%") < lines.index("应付，按 店")
    assert "甲 75.00 60.00 -15.00 2 2" in lines and "乙 5.00 4.00 -1.00 1 1" in lines
    compared = casemix("compare", *(Path("试算", side).absolute() for side in ("before", "after")), "--by", "店")
    begun = said.output.index("A ")
    assert said.output[begun:].replace("\n试算：试算\n", "").split() == compared.output.split()


def test_both_sides_are_explained_after_the_drafts_and_the_module_have_changed(town: Path) -> None:
    drafts = drafted(town)
    assert simulated("--drafts").exit_code == 0
    save(drafts)
    module = town.parents[1] / "rules" / "shared" / "规则.yaml"
    module.write_text(CHEAPER.replace("舍入: 2", "舍入: 1"), "utf-8")
    for side, value in (("before", "应付 = 50 元"), ("after", "应付 = 40 元")):
        told = casemix("explain", f"试算/{side}", "单子", "1", "--value", "应付")
        assert told.exit_code == 0 and value in told.output, told.output


def test_errors_of_the_drafts_are_told_at_their_file_and_nothing_is_written(town: Path) -> None:
    drafted(town, "取值", "取直")
    said = simulated("--drafts")
    assert said.exit_code == 1 and "regions/town/改.yaml:3" in said.output
    assert not Path("试算").exists()


def test_without_a_difference_nothing_is_run(town: Path) -> None:
    assert "没有草稿" in simulated("--drafts").output
    said = simulated("--against", "town")
    assert said.exit_code == 1 and "完全一样" in said.output and not Path("试算").exists()


def test_another_folder_is_the_other_side_and_the_module_that_it_inherits_is_told(town: Path) -> None:
    other = town.parent / "other"
    other.mkdir()
    (other / "region.yaml").write_text((town / "region.yaml").read_text("utf-8"), "utf-8")
    (other / "改.yaml").write_text((town / "改.yaml").read_text("utf-8").replace("50%", "60%"), "utf-8")
    said = simulated("--against", "regions/other")
    assert said.exit_code == 0 and "折 · 取值 · 2025-01-01：50% → 60%" in said.output, said.output
    assert read_simulation(Path("试算")).against == "regions/other"


def test_a_run_that_stops_leaves_no_folder_and_one_that_is_there_is_kept(town: Path) -> None:
    drafted(town)
    Path("data/单子.csv").unlink()
    assert simulated("--drafts").exit_code == 1 and not Path("试算").exists()
    Path("试算").mkdir()
    Path("试算/我的.txt").write_text("在", "utf-8")
    said = simulated("--drafts")
    assert said.exit_code == 1 and "已经有了" in said.output and Path("试算/我的.txt").is_file()


def test_one_side_has_to_be_named_and_one_period(town: Path) -> None:
    assert simulated().exit_code == 2
    drafted(town)
    said = casemix("simulate", "town", "月结", "--period", "2025-01..2025-03", "--out", "试算", "--drafts")
    assert said.exit_code == 1 and "一次只算一个期间" in said.output


def test_of_a_simulation_that_lacks_a_side_nothing_is_shown(town: Path) -> None:
    drafted(town)
    assert simulated("--drafts").exit_code == 0
    shutil.rmtree("试算/after")
    with pytest.raises(DataError, match="没有算完"):
        read_simulation(Path("试算"))


def test_the_rows_of_one_value_are_listed_those_that_change_most_first(town: Path) -> None:
    drafted(town)
    assert simulated("--drafts").exit_code == 0
    said = casemix("compare", "试算/before", "试算/after", "--by", "店", "--of", "甲").output
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert lines[-2:] == ["1 应付 50.00 40.00", "2 应付 25.00 20.00"]
    assert casemix("compare", "试算/before", "试算/after", "--of", "甲").exit_code == 2


def test_from_python_it_is_the_same_and_a_row_of_both_is_explained(town: Path) -> None:
    drafted(town)
    made = api.simulate("town", "月结", "2025-03", "data", "试算")
    assert (made.before, made.after) == (Path("试算/before").absolute(), Path("试算/after").absolute())
    assert [(one.file, one.said) for one in made.changed] == [("改.yaml", ("折 · 取值 · 2025-01-01：50% → 40%",))]
    both = api.explain_both(made.before, made.after, "单子", "1")
    told = [(pair.step.name, pair.differs, pair.one.written, pair.other.written) for pair in both.beginnings]  # type: ignore[union-attr]
    assert told == [("折", ("值",), "50%", "40%")]
    other = town.parent / "other"
    shutil.copytree(town, other)
    (other / "改.yaml").write_text((town / "改.yaml").read_text("utf-8").replace("50%", "60%"), "utf-8")
    assert api.simulate("town", "月结", "2025-03", ["data"], "别处", against=other).against == str(other)
    assert api.check("town") == Session("town").problems()


def test_from_python_what_stops_it_is_raised_and_leaves_nothing(town: Path) -> None:
    with pytest.raises(RunStopped, match="没有草稿"):
        api.simulate("town", "月结", "2025-03", "data", "试算")
    drafted(town)
    with pytest.raises(ValueError, match="只算一个期间"):
        api.simulate("town", "月结", "2025-01..2025-03", "data", "试算")
    stopped = api.Cancel()
    stopped.set()
    with pytest.raises(api.Cancelled):
        api.simulate("town", "月结", "2025-03", "data", "试算", cancel=stopped)
    assert not Path("试算").exists()
