"""Drafts outlive whoever wrote them, are saved as one act and undone by one, and never overwrite somebody silently."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.drafts import ChangedMeanwhile, Drafts, KeptMeanwhile, last_saved, save, undo
from engine.drafts.words import in_lines, in_words
from engine.files.errors import RunStopped

OLD = "依据: 办法 第一条\n起步价: {单位: 元, 取值: {2025-01-01: 8}}\n车费: {公式: 起步价 × 2}\n"
NEW = "依据: 办法 第一条\n起步价: {单位: 元, 取值: {2025-01-01: 9}}\n折扣: {公式: 1}\n"


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CASEMIX_DRAFTS", str(tmp_path / "drafts"))
    place = tmp_path / "市"
    place.mkdir()
    (place / "region.yaml").write_text("名称: 市\n施行: 2025-01-01\n", "utf-8")
    (place / "规则.yaml").write_text(OLD, "utf-8")
    return place


def test_a_text_is_kept_outside_the_region_and_found_again(city):
    kept = Drafts(city).keep("规则.yaml", NEW, 0)
    assert Drafts(city).of("规则.yaml") == kept and Drafts(city).all() == [kept]
    assert (city / "规则.yaml").read_text("utf-8") == OLD
    assert {path.name for path in city.iterdir()} == {"region.yaml", "规则.yaml"}


def test_of_two_windows_the_one_that_is_behind_is_told_and_overwrites_nothing(city):
    first, second = Drafts(city), Drafts(city)
    kept = first.keep("规则.yaml", NEW, 0)
    with pytest.raises(KeptMeanwhile) as told:
        second.keep("规则.yaml", "别的", 0)
    assert told.value.draft == kept and first.of("规则.yaml").text == NEW
    assert first.keep("规则.yaml", NEW + "#\n", kept.revision).revision == 2


def test_drafts_are_saved_together_and_undone_by_one(city):
    drafts = Drafts(city)
    drafts.keep("规则.yaml", NEW, 0)
    drafts.keep("新/文件.yaml", "甲: {公式: 1}\n", 0)
    saved = save(drafts)
    assert (city / "规则.yaml").read_text("utf-8") == NEW and (city / "新/文件.yaml").is_file()
    assert drafts.all() == [] and last_saved(drafts) == saved
    assert undo(drafts) == saved
    assert (city / "规则.yaml").read_text("utf-8") == OLD and not (city / "新/文件.yaml").exists()
    assert undo(drafts) is None


def test_what_somebody_changed_meanwhile_is_not_overwritten(city):
    drafts = Drafts(city)
    drafts.keep("规则.yaml", NEW, 0)
    drafts.keep("另.yaml", "甲: {公式: 1}\n", 0)
    (city / "规则.yaml").write_text(OLD + "# 别人\n", "utf-8")
    with pytest.raises(ChangedMeanwhile, match="规则.yaml"):
        save(drafts)
    assert (city / "规则.yaml").read_text("utf-8").endswith("别人\n") and not (city / "另.yaml").exists()
    assert len(drafts.all()) == 2
    (city / "规则.yaml").write_text(OLD, "utf-8")
    save(drafts)
    (city / "规则.yaml").write_text(NEW + "# 别人\n", "utf-8")
    with pytest.raises(ChangedMeanwhile):
        undo(drafts)
    assert (city / "规则.yaml").read_text("utf-8").endswith("别人\n")


@pytest.mark.parametrize("name", ["../外.yaml", "/etc/passwd", "新/../../外.yaml", "."])
def test_no_path_leaves_the_region(city, name):
    with pytest.raises(ValueError):
        Drafts(city).keep(name, "", 0)


def test_a_difference_is_told_in_words_and_in_lines():
    told = [str(one) for one in in_words(OLD, NEW)]
    assert told == ["起步价 · 取值 · 2025-01-01：8 → 9", "删去 车费：{公式: 起步价 × 2}", "新写 折扣：{公式: 1}"]
    assert in_words(OLD, OLD.replace("{公式: 起步价 × 2}", "\n  公式: 起步价 × 2")) == []
    assert in_words(OLD, "甲: {") is None
    assert [line for line in in_lines(OLD, NEW, "规则.yaml") if line[:1] in "+-"][2:4] == [
        "-起步价: {单位: 元, 取值: {2025-01-01: 8}}", "-车费: {公式: 起步价 × 2}",
    ]  # fmt: skip


def test_the_command_shows_saves_and_undoes(city):
    Drafts(city).keep("规则.yaml", NEW, 0)

    def said(*options: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["drafts", str(city), *options])
        return done.exit_code, done.output

    assert "起步价 · 取值 · 2025-01-01：8 → 9" in said()[1]
    assert "-起步价: {单位: 元" in said("--lines")[1]
    assert "✓ 存了 1 个文件" in said("--save")[1] and "没有草稿" in said()[1]
    assert "✓ 撤销了" in said("--undo")[1] and (city / "规则.yaml").read_text("utf-8") == OLD
    Drafts(city).keep("规则.yaml", NEW, 0)
    (city / "规则.yaml").write_text("别人\n", "utf-8")
    code, told = said("--save")
    assert code == 1 and "文件在别处改过：规则.yaml" in told
    assert "草稿不要了" in said("--drop")[1]


def test_line_ends_and_the_mark_of_a_file_stay(city):
    (city / "规则.yaml").write_bytes(("\ufeff" + OLD.replace("\n", "\r\n")).encode())
    drafts = Drafts(city)
    drafts.keep("规则.yaml", NEW, 0)
    save(drafts)
    assert (city / "规则.yaml").read_bytes() == ("\ufeff" + NEW.replace("\n", "\r\n")).encode()


def test_a_file_in_another_encoding_is_not_taken(city):
    (city / "旧.yaml").write_bytes("甲: 乙".encode("gb18030"))
    with pytest.raises(RunStopped, match="旧.yaml 不是 UTF-8"):
        Drafts(city).keep("旧.yaml", "甲: 丙", 0)


def test_a_draft_that_cannot_be_read_is_told_and_stays(city):
    drafts = Drafts(city)
    drafts.keep("规则.yaml", NEW, 0)
    (path,) = drafts.place.glob("*.draft")
    path.write_text('{"file": "规则', "utf-8")
    for asked in (drafts.all, lambda: drafts.of("规则.yaml"), lambda: drafts.keep("规则.yaml", OLD, 0)):
        with pytest.raises(RunStopped, match="坏了"):
            asked()
    assert path.read_text("utf-8") == '{"file": "规则'
    assert CliRunner().invoke(main, ["drafts", str(city)]).exit_code == 1


def test_saving_nothing_forgets_nothing_of_what_was_saved_before(city):
    drafts = Drafts(city)
    drafts.keep("规则.yaml", NEW, 0)
    saved = save(drafts)
    assert save(drafts).after == {} and last_saved(drafts) == saved
