"""A name changed in files of rows too: headings, cells of decision tables, rows of examples; or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from engine.assist.find import MADE, found_in
from engine.assist.rename import NotRenamed, rename
from engine.check import check_book
from engine.drafts import is_rules
from engine.files.named_files import DISK, Buffers
from engine.files.whole import write_together
from engine.rulebook.book import Book, load
from engine.rulebook.locate import Located
from engine.session import Session
from engine.testing.runner import run_tests
from engine.workbench.desk import Desk
from tests.docs.test_language import town

RULES = """\
依据: 办法 第一条
航次:
  主键: 航次号
  归期: 日
  字段: {航次号: 文本, 渡口: → 渡口, 日: 日期, 人数: {类型: 人, 范围: ≥ 0}, 船型: {类型: [人数, 车辆]}}
渡口: {主键: 渡口, 字段: {渡口: 文本, 等: {类型: [甲, 乙]}}, 行: 表/渡口.csv}
满员: {单位: 人, 取值: {2025-01-01: 40}}
档: {粒度: 航次, 单位: 倍, 表: 表/档.csv}
计法: {类别: [人数, 车辆], 取值: {2025-01-01: 人数}}
补: {粒度: 航次, 单位: 倍, 按: 船型, 分情形: {人数: 1, 车辆: 2}}
类: {粒度: 航次, 类别: [人数, 车辆], 分情形: {人数 > 满员: 车辆, 否则: 人数}}
多: {粒度: 航次, 单位: 人, 舍入: 0, 公式: "若(船型 = 人数 且 计法 ≠ 车辆, 人数 × 档 × 补, 0 × 人数)"}
表一: {粒度: 航次, 列: [档, 补, 类, 多, 等]}
算: {期间: 月, 报表: [表一]}
"""
EXAMPLE = """\
列成几行:
  程序: 算
  期间: 2025-03
  已知:
    渡口: {行: 表/渡口.csv}
    航次:
      - {航次号: 1, 渡口: 东, 日: 2025-03-01, 人数: 10, 船型: 人数}
      - {航次号: 2, 渡口: 东, 日: 2025-03-02, 人数: 50, 船型: 人数}
  应得:
    航次: [{航次号: 1, 档: 1, 类: 人数, 多: 10, 等: 甲}, {航次号: 2, 档: 2, 类: 车辆, 多: 100, 等: 甲}]
小表:
  程序: 算
  期间: 2025-03
  已知: {渡口: 东}
  分情形: |
    人数 | 船型 || 补
    10   | 人数 || 1
"""
CELLS = '人数,说明,档\n≤ 满员,满员 以内,1\n"> 满员",,2\n'


@pytest.fixture
def city(tmp_path: Path) -> Path:
    place = tmp_path / "市"
    for name, text in {
        "region.yaml": "名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n",
        "章/规则.yaml": RULES, "tests/例.yaml": EXAMPLE, "表/渡口.csv": "渡口,等\n东,甲\n", "表/档.csv": CELLS,
    }.items():  # fmt: skip
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, "utf-8")
    return place


def sound(place: Path, files: Buffers) -> Book:
    """The region in ``files``, without an error, its examples all as they should be."""
    book = load(Located(place, None), files)
    assert [str(problem) for problem in check_book(book) if problem.is_error] == []
    assert [one.failures for one in run_tests(book) if not one.passed] == []
    return book


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_headings_and_cells_of_files_change_and_stay_in_their_encoding(city, encoding, end):
    for name, text in (("渡口.csv", "渡口,等\n东,甲\n"), ("档.csv", CELLS)):
        (city / "表" / name).write_bytes(text.replace("\n", end).encode(encoding))
    sound(city, Buffers({}, DISK))
    for old, new, file, said in (
        ("等", "等级", "渡口.csv", "渡口,等级\n东,甲\n"), ("档", "档次", "档.csv", CELLS.replace(",档\n", ",档次\n")),
        ("满员", "定员", "档.csv", '人数,说明,档\n≤ 定员,满员 以内,1\n"> 定员",,2\n'),
    ):  # fmt: skip
        made = rename(Session(city), old, new)
        assert made.data[city / "表" / file] == said.replace("\n", end).encode(encoding)
        sound(city, Buffers(made.data, DISK))


def test_rows_of_examples_change_and_classes_of_the_same_word_stay(city):
    made = rename(Session(city), "人数", "乘客")
    text = made.texts[city / "章" / "规则.yaml"]
    assert [line for line in text.split("\n") if "乘客" in line] == [
        "  字段: {航次号: 文本, 渡口: → 渡口, 日: 日期, 乘客: {类型: 人, 范围: ≥ 0}, 船型: {类型: [人数, 车辆]}}",
        "类: {粒度: 航次, 类别: [人数, 车辆], 分情形: {乘客 > 满员: 车辆, 否则: 人数}}",
        '多: {粒度: 航次, 单位: 人, 舍入: 0, 公式: "若(船型 = 人数 且 计法 ≠ 车辆, 乘客 × 档 × 补, 0 × 乘客)"}',
    ]
    assert made.texts[city / "tests" / "例.yaml"] == EXAMPLE.replace("人数: ", "乘客: ").replace(
        "人数 | 船型", "乘客 | 船型"
    )
    sound(city, Buffers(made.data, DISK))


def test_a_warning_that_mentions_the_name_does_not_keep_it(city):
    rules = city / "章" / "规则.yaml"
    rules.write_text(RULES + "闲: {单位: 人, 取值: {2025-01-01: 4}}\n闲二: {粒度: 航次, 公式: 闲 × 档}\n", "utf-8")
    assert {one.code for one in Session(city).problems()} == {"W322"}
    for old, new in (("闲", "闲置"), ("闲二", "闲"), ("闲二", "另")):
        if old == "闲二" and new == "闲":
            with pytest.raises(NotRenamed, match="闲 已经是一个名字"):
                rename(Session(city), old, new)
        else:
            assert rename(Session(city), old, new).places == (2 if old == "闲" else 1)


def test_a_file_that_may_have_the_name_and_is_no_text_is_told_with_its_cure(city):
    (city / "表" / "渡口.csv").write_bytes("渡口,等\n东,甲\n".encode("utf-16"))
    with pytest.raises(NotRenamed, match="渡口.csv 读不出来，不知道里面的 等 要不要跟着改") as refused:
        rename(Session(city), "等", "等级")
    assert refused.value.hint == "先把它另存为 UTF-8（带 BOM）的 CSV，再改名"


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("spec", ["{类型: 元, 可空: 是}", "元"])
def test_headings_of_workbooks_and_of_published_files_stay_and_are_asked_for(city, kind, spec):
    rows = [["级", "价"], ["一", "5"]]
    if kind == "xlsx":
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(city / "表" / "价.xlsx")
    else:
        (city / "表" / "价.csv").write_text("\n".join(",".join(row) for row in rows), "utf-8")
    named = f"{{文件: 表/价.{kind}, 列: {{级: 级}}}}"
    table = f"价目: {{主键: 级, 字段: {{级: 文本, 价: {spec}}}, 行: {named}}}\n"
    rules = city / "章" / "规则.yaml"
    rules.write_text(RULES + table, "utf-8")
    with pytest.raises(NotRenamed, match=f"价.{kind} 的表头写着 价") as refused:
        rename(Session(city), "价", "价钱")
    assert refused.value.hint == "在 价目 的 行 里写 列: {价: 价}，再改名，表头就不用动"
    rules.write_text(RULES + table.replace("{级: 级}", "{级: 级, 价: 价}"), "utf-8")
    made = rename(Session(city), "价", "价钱")
    assert "列: {级: 级, 价钱: 价}" in made.texts[rules]
    sound(city, Buffers(made.data, DISK))


def test_a_name_made_in_two_tables_that_is_a_key_is_one_thing_and_any_other_is_not(city):
    assert rename(Session(city), "渡口", "码头").texts[city / "表" / "渡口.csv"] == "码头,等\n东,甲\n"
    rules = city / "章" / "规则.yaml"
    rules.write_text(RULES + "船: {主键: 船号, 字段: {船号: 文本, 人数: 人}}\n", "utf-8")
    with pytest.raises(NotRenamed, match="人数 在几处各有一个：航次、船，不知道改哪一个"):
        rename(Session(city), "人数", "乘客")


def test_a_rename_on_the_desk_keeps_drafts_of_rows_too(city, tmp_path, monkeypatch):
    monkeypatch.setenv("CASEMIX_DRAFTS", str(tmp_path / "drafts"))
    before = "渡口,等\r\n东,甲\r\n".encode("gb18030")
    (city / "表" / "渡口.csv").write_bytes(before)
    desk = Desk.of(city)
    desk.rename("等", "等级")
    assert {one.file for one in desk.drafts.all()} == {"章/规则.yaml", "tests/例.yaml", "表/渡口.csv"}
    assert [is_rules(one.file) for one in desk.drafts.all()].count(False) == 1
    assert [one for one in desk.look().problems if one.is_error] == []
    saved = desk.save(desk.drafts.all())
    assert (city / "表" / "渡口.csv").read_bytes() == "渡口,等级\r\n东,甲\r\n".encode("gb18030")
    sound(city, Buffers({}, DISK))
    desk.undo(saved)
    assert (city / "表" / "渡口.csv").read_bytes() == before


@pytest.mark.slow
def test_every_name_of_the_manuals_region_can_be_changed(town):
    """All that the language has, in one region: whatever names a name has to be known."""
    session = Session(town.folder)
    snapshot = town.at(town.epochs[-1])
    outcomes = [(one.name, one.passed) for one in run_tests(town)]
    tried = 0
    for name in sorted({*snapshot.entries, *snapshot.columns}):
        if any(one.role == MADE and one.own for one in found_in(town, name)):
            made = rename(session, name, f"{name}改")
            renamed = load(Located(town.folder, None), Buffers(made.data, DISK))
            assert [(one.name.replace(f"{name}改", name), one.passed) for one in run_tests(renamed)] == outcomes
            assert found_in(renamed, name) == []
            tried += 1
    assert tried > 80


def test_what_was_renamed_can_be_written(city):
    made = rename(Session(city), "等", "等级")
    write_together(made.data)
    sound(city, Buffers({}, DISK))


__all__ = ["town"]
