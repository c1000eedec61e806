"""Drafts outlive whoever wrote them, are saved as one act and undone by one, and never overwrite somebody silently."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.drafts import (
    ChangedMeanwhile,
    Draft,
    Drafts,
    KeptMeanwhile,
    changed_since,
    is_something_saved,
    last_saved,
    save,
    undo,
)  # fmt: skip
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


def test_rules_are_told_before_examples(city):
    drafts = Drafts(city)
    for file in ("tests/甲.yaml", "规则.yaml", "表/甲.csv"):
        drafts.keep(file, "# 草稿\n", 0)
    assert [one.file for one in drafts.all()] == ["表/甲.csv", "规则.yaml", "tests/甲.yaml"]


def test_only_what_was_shown_is_undone_and_what_was_typed_since_stays_a_draft_that_can_be_saved(city):
    drafts = Drafts(city)
    assert not is_something_saved(drafts)
    drafts.keep("规则.yaml", NEW, 0)
    first = save(drafts)
    drafts.keep("规则.yaml", NEW + "# 二\n", 0)
    second = save(drafts)
    with pytest.raises(ChangedMeanwhile, match="规则.yaml"):
        undo(drafts, first)
    typed = drafts.keep("规则.yaml", NEW + "# 三\n", 0)
    assert is_something_saved(drafts) and changed_since(drafts, second) == []
    assert list(second.to_undo()) == [("规则.yaml", NEW + "# 二\n", NEW)]
    assert undo(drafts, second) == second and drafts.all() == [replace(typed, was=NEW)]
    save(drafts)
    assert (city / "规则.yaml").read_text("utf-8") == NEW + "# 三\n"
    (city / "规则.yaml").write_text("别人\n", "utf-8")
    assert changed_since(drafts, last_saved(drafts)) == ["规则.yaml"]


def test_what_is_kept_while_somebody_looks_at_the_difference_stays_a_draft_over_what_is_saved(city):
    drafts = Drafts(city)
    kept = drafts.keep("规则.yaml", NEW, 0)
    drafts.keep("另.yaml", "甲: {公式: 1}\n", 0)
    shown = drafts.all()
    drafts.drop("另.yaml")
    newer = drafts.keep("规则.yaml", NEW + "# 又打了字\n", kept.revision)
    assert save(drafts, shown).after == {"规则.yaml": NEW}
    assert (city / "规则.yaml").read_text("utf-8") == NEW and not (city / "另.yaml").exists()
    assert drafts.all() == [replace(newer, was=NEW)]
    save(drafts)
    assert (city / "规则.yaml").read_text("utf-8") == newer.text and drafts.all() == []


def test_of_many_who_keep_at_once_each_keeps_over_the_one_before_or_is_told(city):
    def keep(number: int) -> Draft | None:
        try:
            return Drafts(city).keep("规则.yaml", f"{OLD}# {number}\n", 0)
        except KeptMeanwhile:
            return None

    with ThreadPoolExecutor(8) as threads:
        kept = [one for one in threads.map(keep, range(40)) if one is not None]
    assert kept == Drafts(city).all()


def test_nothing_is_saved_while_another_program_keeps_drafts(city, monkeypatch):
    monkeypatch.setattr("engine.files.locked._PATIENCE", 0.05)
    drafts = Drafts(city)
    drafts.keep("规则.yaml", NEW, 0)
    with drafts.alone(), pytest.raises(TimeoutError, match="一直被占着"):
        save(drafts)
    assert (city / "规则.yaml").read_text("utf-8") == OLD and len(drafts.all()) == 1


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
    told = [str(one) for one in in_words("规则.yaml", OLD, NEW)]
    assert told == ["起步价 · 取值 · 2025-01-01：8 → 9", "删去 车费：{公式: 起步价 × 2}", "新写 折扣：{公式: 1}"]
    assert in_words("规则.yaml", OLD, OLD.replace("{公式: 起步价 × 2}", "\n  公式: 起步价 × 2")) == []
    assert in_words("规则.yaml", OLD, "甲: {") is None
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
    undone = said("--undo")[1]
    assert "起步价 · 取值 · 2025-01-01：9 → 8" in undone and "✓ 撤销了" in undone
    assert "没有可撤销的" in said("--undo")[1] and (city / "规则.yaml").read_text("utf-8") == OLD
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


TABLE = '\ufeff线路,名称,系数\r\nA1,"东门,\n西门",1.10\r\nB2,环线,0.90\nC3, x ,"007"\r\n'
"""As a spreadsheet writes it: a mark, both line ends, quotes where they need not be."""


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_of_a_table_every_byte_stays_that_nobody_changed(city, encoding):
    text = TABLE if encoding == "utf-8" else TABLE.removeprefix("\ufeff")
    (city / "线路.csv").write_bytes(text.encode(encoding))
    drafts = Drafts(city)
    before, revision = drafts.now("线路.csv")
    assert before.text == text and revision == 0
    changed = text.replace("0.90", "0.95")
    assert drafts.keep_unless_same("线路.csv", changed, 0).data == changed.encode(encoding)
    save(drafts)
    assert (city / "线路.csv").read_bytes() == changed.encode(encoding)
    undo(drafts)
    assert (city / "线路.csv").read_bytes() == text.encode(encoding)
    kept = drafts.keep_unless_same("线路.csv", changed, 0)
    assert drafts.keep_unless_same("线路.csv", text, kept.revision) is None and drafts.all() == []


def test_the_encoding_of_a_table_is_remembered_where_its_new_text_no_longer_shows_it(city):
    (city / "线路.csv").write_bytes("a,b\n1,环\n".encode("gb18030"))
    drafts = Drafts(city)
    save_of = drafts.keep("线路.csv", "a,b\n1,x\n", 0)
    assert save_of.encoding == "gb18030"
    save(drafts)
    undo(drafts)
    assert (city / "线路.csv").read_bytes() == "a,b\n1,环\n".encode("gb18030")


def test_a_table_whose_encoding_could_no_longer_be_told_is_not_kept(city):
    (city / "线路.csv").write_bytes("a\n中文\n".encode("gb18030"))
    with pytest.raises(RunStopped, match="编码"):
        Drafts(city).keep("线路.csv", "a\n膧膩\n", 0)  # these bytes are Latin letters in UTF-8
    assert Drafts(city).all() == []


@pytest.mark.parametrize("data", [b"\xff\xfea\x00", b"a\x00b", b"\xff\xff\xff"])
def test_what_is_no_text_is_no_draft(city, data):
    (city / "表.csv").write_bytes(data)
    with pytest.raises(RunStopped, match="表.csv"):
        Drafts(city).keep("表.csv", "a\n", 0)


def test_rows_of_a_table_are_told_by_line_and_column():
    new = '线路,名称,系数\nA1,"东门,\n西门",1.10\nD4,新线,=1+1\nB2,环线,0.95\nC3,x,7\n'
    assert [str(one) for one in in_words("表/线路.csv", TABLE, new)] == [
        "新写 第 4 行 D4：线路 D4，名称 新线，系数 =1+1",
        "第 5 行 B2 · 系数：0.90 → 0.95",
        "第 6 行 C3 · 系数：007 → 7",
    ]
    assert [str(one) for one in in_words("线路.csv", new, "线路,名称,系数\nB2,环线,\n")] == [
        "删去 第 2 行 A1：线路 A1，名称 东门, 西门，系数 1.10",
        "删去 第 4 行 D4：线路 D4，名称 新线，系数 =1+1",
        "删去 第 6 行 C3：线路 C3，名称 x，系数 7",
        "第 2 行 B2 · 系数：0.95 → （空）",
    ]
    assert in_words("线路.csv", TABLE, TABLE.replace("\r\n", "\n")) == []
    assert in_words("线路.csv", TABLE, 'a,"b\n') is None


TABLES = """依据: 办法 第一条
线路: {主键: 线路, 字段: {线路: 文本, 名称: 文本, 系数: {类型: 倍, 小数: 2}}, 行: 表/线路.csv}
倍数: {粒度: 线路, 单位: 倍, 表: 表/倍数.csv}
"""


@pytest.fixture
def tables(city: Path) -> Path:
    """The city with rows of a table, and of a decision table, in files."""
    (city / "规则.yaml").write_text(TABLES, "utf-8")
    (city / "表").mkdir()
    (city / "表/线路.csv").write_bytes(TABLE.encode())
    (city / "表/倍数.csv").write_text('系数,倍数\n≤ 1,1\n"(1, 2]",1.5\n> 2,2\n', "utf-8")
    return city


def test_a_cell_of_a_table_in_a_file_is_changed_by_the_command_as_a_draft(tables):
    def said(*options: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["drafts", str(tables), *options])
        return done.exit_code, done.output

    code, told = said("--table", "线路", "--row", "2", "--set", "系数=0.95", "--set", "名称==1+1")
    assert code == 0 and "第 4 行 B2 · 系数：0.90 → 0.95" in told and "· 名称：环线 → =1+1" in told
    assert (tables / "表/线路.csv").read_bytes() == TABLE.encode()
    code, told = said("--table", "线路", "--row", "3", "--set", "线路=B2")
    assert code == 0 and "E314 主键 B2 和第 4 行相同" in told
    assert said("--table", "线路", "--row", "3", "--remove")[0] == 0
    told = said("--table", "线路", "--set", "线路=0012", "--set", "名称=新", "--set", "系数=1.00")[1]
    assert "删去 第 5 行 C3" in told and "新写 第 5 行 0012：线路 0012，名称 新，系数 1.00" in told
    code, told = said("--table", "倍数", "--row", "2", "--set", "系数=(1.2, 2]")
    assert "E701 倍数 的表有空缺：系数 在 1 和 1.2 之间" in told
    assert said("--save")[0] == 0
    wanted = TABLE.replace("环线,0.90", "=1+1,0.95").replace('C3, x ,"007"', "0012,新,1.00")
    assert (tables / "表/线路.csv").read_bytes() == wanted.encode()
    assert said("--undo")[0] == 0 and (tables / "表/线路.csv").read_bytes() == TABLE.encode()
    for wrong in (
        ("--table", "线路", "--row", "9", "--remove"), ("--table", "没有的", "--set", "甲=1"),
        ("--table", "线路", "--row", "1", "--set", "没有=1"), ("--table", "线路", "--set", "没有=1"),
    ):  # fmt: skip
        assert said(*wrong)[0] == 1
    for wrong in (
        ("--row", "1"),
        ("--table", "线路"),
        ("--table", "线路", "--set", "系数"),
        ("--save", "--table", "甲"),
    ):
        assert said(*wrong)[0] == 2
    assert "没有草稿" in said()[1]


def test_a_table_whose_file_is_missing_is_begun_with_its_first_row(tables):
    (tables / "表/线路.csv").unlink()
    (tables / "表/倍数.csv").unlink()

    def said(*options: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["drafts", str(tables), *options])
        return done.exit_code, done.output

    code, told = said("--table", "线路", "--set", "线路=A1", "--set", "系数=1.20", "--set", "名称=一,二")
    assert code == 0 and "新写 第 2 行 A1" in told
    assert said("--table", "线路", "--set", "线路=B2", "--set", "系数=0.90")[0] == 0
    code, told = said("--table", "线路", "--set", "没有=1")
    assert code == 1 and "没有列 没有：列是 线路、名称、系数" in told
    code, told = said("--table", "倍数", "--set", "倍数=1")
    assert code == 1 and "行在 表/倍数.csv，还没有这个文件" in told  # nobody knows its columns
    assert said("--save")[0] == 0
    assert (tables / "表/线路.csv").read_text("utf-8") == '线路,名称,系数\nA1,"一,二",1.20\nB2,,0.90\n'
    assert said("--undo")[0] == 0 and not (tables / "表/线路.csv").exists()


def test_a_decision_table_whose_file_is_missing_is_begun_under_the_columns_that_its_rule_declares(tables):
    (tables / "表/倍数.csv").unlink()
    rules = next(path for path in tables.glob("*.yaml") if "表/倍数.csv" in path.read_text("utf-8"))
    text = rules.read_text("utf-8")
    rules.write_text(text.replace("表: 表/倍数.csv", "表: 表/倍数.csv, 列: [系数]"), "utf-8")
    done = CliRunner().invoke(main, ["drafts", str(tables), "--table", "倍数", "--set", "系数=≤ 1", "--set", "倍数=2"])
    assert done.exit_code == 0, done.output
    assert "E701 倍数 的表有空缺" in done.output
    draft = Drafts(tables).of("表/倍数.csv")
    assert draft is not None and draft.text == "系数,倍数\n≤ 1,2\n"


def test_a_small_table_in_a_text_is_told_by_row_and_column_and_other_texts_by_line():
    def told(old: str, new: str) -> list[str]:
        wrapped = ("例:\n  分情形: |\n" + "".join(f"    {line}\n" for line in text.splitlines()) for text in (old, new))
        return [str(one) for one in in_words("tests/例.yaml", *wrapped) or ()]

    table = "运费 | 等级 || 补贴\n100  | 甲   || 50\n200  | 乙   || 空\n"
    assert told(table, table.replace("甲   || 50", "丙 || 60")) == [
        "例 · 分情形 · 第 1 行 · 等级：甲 → 丙", "例 · 分情形 · 第 1 行 · 补贴：50 → 60",
    ]  # fmt: skip
    assert told(table, table + "300 | 丙 || 150\n") == ["例 · 分情形 · 第 3 行：（没有） → 300 | 丙 || 150"]
    assert told(table, table.replace("100  | 甲   || 50\n", "")) == ["例 · 分情形 · 第 1 行：100 | 甲 || 50 → （删去）"]
    assert told(table, table.replace("100  | 甲  ", "100 | 甲")) == []  # another layout says the same
    renamed = told(table, table.replace("等级", "级别").replace("乙", "丁"))
    assert renamed == [
        "例 · 分情形 · 列名：运费 | 等级 || 补贴 → 运费 | 级别 || 补贴",
        "例 · 分情形 · 第 2 行：200 | 乙 || 空 → 200 | 丁 || 空",
    ]
    assert told("第一句\n第二句\n", "第一句\n另一句\n第三句\n") == [
        "例 · 分情形 · 第 2 行：第二句 → 另一句", "例 · 分情形 · 第 3 行：（没有） → 第三句",
    ]  # fmt: skip
