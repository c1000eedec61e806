"""A file as it was published is a table of the region: what stands in it is read, and what is wrong is told by cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from checked_city import REGION
from click.testing import CliRunner
from openpyxl.worksheet.worksheet import Worksheet

from engine.check import check_book
from engine.cli import main
from engine.rulebook.book import load

RULES = """\
依据: 办法 第一条
车型:
  主键: 车型编码
  行:
    文件: 原件/目录.xlsx
    工作表: 标准
    表头行: 2
    末行: 5
    列: {车型编码: 编码, 系数: 系数 （公布）, 起用: 起用日期}
  字段: {车型编码: 文本, 系数: {类型: 倍, 小数: 8}, 起用: 日期}
公布标准:
  主键: [等级, 车型编码]
  行:
    文件: 原件/目录.xlsx
    工作表: 标准
    表头行: 2
    末行: 5
    列: {车型编码: 编码}
    展开:
      - {等级: 甲等, 列: {标准: 甲等(元)}}
      - {等级: 乙等, 列: {标准: 乙等(元)}}
  字段: {等级: [甲等, 乙等], 车型编码: → 车型, 标准: {类型: 元, 可空: 是, 范围: "≥ 0"}}
折算: {粒度: 公布标准, 单位: 元, 公式: "缺省(标准, 0) × 系数", 舍入: 2}
折算表: {粒度: 公布标准, 列: [标准, 折算]}
公布表: {期间: 年, 报表: [折算表]}
"""
HEADINGS = ["序号", "编码", "系数\n（公布）", "起用日期", "甲等(元)", "乙等(元)", "备注"]
ROWS = [
    [1, "A1", "1.12345678", "2025-01-01", 100, 80, "附注"],
    [2, "B2", 0.5, 45658, 200, None, None],
    [3, "C3", 2, "2025-01-01", 30.5, 20, None],
]  # fmt: skip
EXPECTED = [
    ("甲等", "A1", "100.00", "112.35"), ("甲等", "B2", "200.00", "100.00"), ("甲等", "C3", "30.50", "61.00"),
    ("乙等", "A1", "80.00", "89.88"), ("乙等", "B2", "", "0.00"), ("乙等", "C3", "20.00", "40.00"),
]  # fmt: skip

City = Callable[..., Path]


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> City:
    folder = tmp_path / "regions" / "city"
    (folder / "原件").mkdir(parents=True)
    (folder / "region.yaml").write_text(REGION, "utf-8")
    monkeypatch.chdir(tmp_path)

    def published(rules: str = RULES, edit: Callable[[Worksheet], object] | None = None) -> Path:
        (folder / "rules.yaml").write_text(rules, "utf-8")
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "标准"
        sheet.append(["例市车型标准（虚构）"])
        sheet.merge_cells("A1:G1")
        for row in (HEADINGS, *ROWS, ["注：乙等没有公布的不补", "合计", 3, None, 330.5, 100]):
            sheet.append(row)
        book.create_sheet("说明").append(["第一页"])
        if edit is not None:
            edit(sheet)
        book.save(folder / "原件" / "目录.xlsx")
        return folder

    return published


def some_data(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "别的.csv").write_text("甲\n1\n", "utf-8")


def told(folder: Path) -> list[str]:
    return [f"{p.place} {p.code} {p.message}" for p in check_book(load(folder))]


def casemix(*arguments: str) -> str:
    done = CliRunner().invoke(main, arguments, prog_name="casemix")
    assert done.exit_code == 0, done.output
    return done.output


def test_a_workbook_with_title_notes_and_levels_in_columns_is_read_as_it_is(city: City, tmp_path: Path) -> None:
    folder = city()
    assert told(folder) == []
    some_data(tmp_path)
    casemix("run", "city", "公布表", "--period", "2025", "--data", "data", "--out", "out", "--format", "csv")
    lines = (tmp_path / "out" / "statements" / "折算表.csv").read_text("utf-8-sig").splitlines()
    assert sorted(tuple(line.split(",")) for line in lines[1:]) == sorted(EXPECTED)
    told_of = casemix("explain", "out", "公布标准", "甲等,A1")
    assert "目录.xlsx 工作表“标准” 第 3 行" in told_of


def test_a_text_file_is_read_as_it_is_too(city: City, tmp_path: Path) -> None:
    folder = city(RULES.replace("    工作表: 标准\n", "").replace(".xlsx", ".csv"))
    text = ["例市车型标准（虚构）,,,,,,", "序号,编码,系数（公布）,起用日期,甲等(元),乙等(元),备注"]
    text += [
        "1,A1,1.12345678,2025-01-01,100,80,",
        "2,B2,0.5,2025-01-01,200,,",
        "3,C3,2,2025-01-01,30.5,20,",
        "注,,,,,,",
    ]
    (folder / "原件" / "目录.csv").write_text("\n".join([*text, ""]), "gb18030")
    assert told(folder) == []
    (folder / "原件" / "目录.csv").write_text("\n".join([*text, ""]).replace(",0.5,", ",约半,"), "utf-8")
    assert told(folder) == ["regions/city/原件/目录.csv:4:1 E314 系数：“约半”不是数"]


def test_the_workbook_is_part_of_what_makes_the_rules(city: City) -> None:
    before = load(city())
    first = before.fingerprint()
    assert before.changed_files() == []
    city(edit=lambda sheet: sheet.__setitem__("E3", 101))
    assert "目录.xlsx" in [path.name for path in before.changed_files()]
    assert load(before.folder).fingerprint() != first


@pytest.mark.parametrize(
    ("edit", "place", "message"),
    [
        (lambda s: s.__setitem__("E4", "200元"), "E4", "标准：“200元”不是数：不要带单位或货币符号"),
        (lambda s: s.__setitem__("C5", "1.123456789"), "C5", "系数：“1.123456789”小数位数超过 8 位"),
        (lambda s: s.__setitem__("D3", "2025-02-30"), "D3", "起用：“2025-02-30”：没有这一天"),
        (lambda s: s.__setitem__("F5", -1), "F5", "标准 -1 超出范围 [0, …)"),
    ],
    ids=["no number", "digits", "no day", "out of range"],
)
def test_a_bad_cell_is_told_by_sheet_and_address(city: City, edit, place: str, message: str) -> None:
    (found,) = told(city(edit=edit))
    assert found.startswith(f"regions/city/原件/目录.xlsx 工作表“标准” {place} E314 ")
    assert message.split("[")[0] in found


def test_an_empty_key_and_one_that_stands_twice_are_told_at_their_cell(city: City) -> None:
    def both(sheet: Worksheet) -> None:
        sheet["B3"], sheet["B5"] = None, "B2"

    found = told(city(edit=both))
    assert {line.split(" E314 ")[0].split("”")[1].strip() for line in found} == {"B3", "B5"}


@pytest.mark.parametrize(
    ("merge", "told_of"), [("E3:E4", True), ("C2:D2", True), ("G3:G5", False), ("A6:G6", False), ("A1:G1", False)]
)
def test_merged_cells_are_told_by_address_where_they_are_read(city: City, merge: str, told_of: bool) -> None:
    found = told(city(edit=lambda sheet: sheet.merge_cells(merge)))
    assert any(f"有合并单元格 {merge}" in line or "没有列" in line for line in found) == told_of
    assert bool(found) == told_of


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("甲等(元)", "甲等（元）", "第 2 行没有列 甲等（元）（字段 标准）"),
        ("表头行: 2", "表头行: 1", "的第 1 行不是列名，第 2 行才是"),
        ("工作表: 标准", "工作表: 表一", "没有工作表“表一”"),
        ("    工作表: 标准\n", "", "有多张工作表（标准、说明），没有一张叫“公布标准”"),
        ("末行: 5", "末行: 2", "末行 2 不在 表头行 2 下面"),
        ("列: {标准: 乙等(元)}", "列: {标淮: 乙等(元)}", "行 写了 标淮，表没有这个字段"),
        ("{等级: 乙等, 列", "{等级: 丙等, 列", "展开 的 等级：“丙等”不在取值 甲等、乙等 之内"),
        ("{等级: 乙等, 列", "{等级: 甲等, 列", "主键 甲等、A1 和第 3 行相同"),
        ("列: {标准: 乙等(元)}", "列: {标准: 乙等(元), 等级: 编码}", "都说了 等级 从哪里来"),
        ("系数: 系数 （公布）", "系数: 编码", "字段 车型编码 和 系数 都取列 编码"),
        ("文件: 原件/目录.xlsx", "文件: ../city/原件/目录.xlsx", "不是本文件夹里的文件"),
        ("文件: 原件/目录.xlsx", "文件: 原件/没有.xlsx", "没有这个文件"),
        ("末行: 5", "尾行: 5", "“尾行”不是关键字"),
    ],
)  # fmt: skip
def test_what_is_written_wrong_is_told(city: City, old: str, new: str, message: str) -> None:
    assert old in RULES
    assert any(message in line for line in told(city(RULES.replace(old, new))))


def test_marks_that_mean_nothing_are_said(city: City) -> None:
    def marked(sheet: Worksheet) -> None:
        sheet["F4"] = " — "

    assert told(city(edit=marked)) == [
        "regions/city/原件/目录.xlsx 工作表“标准” F4 E314 标准：“—”不是数"
    ]  # fmt: skip
    assert told(city(RULES.replace("    末行: 5\n", "    末行: 5\n    空值: [—, /]\n"), marked)) == []


def test_what_is_no_workbook_is_told(city: City) -> None:
    folder = city()
    (folder / "原件" / "目录.xlsx").write_bytes(b"<html>")
    assert all("不是可读的 XLSX 工作簿" in line for line in told(folder)) and told(folder)


def test_a_plain_path_may_be_a_workbook(city: City) -> None:
    rules = (
        "依据: 办法 第一条\n车型: {主键: 车型编码, 行: 原件/目录.xlsx, 字段: {车型编码: 文本, 系数: 倍}}\n"
        "系数表: {粒度: 车型, 列: {系数: {标题: 系数, 小数: 8}}}\n公布表: {期间: 年, 报表: [系数表]}\n"
    )
    folder = city(rules)
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["车型编码", "系数"], ["A1", 1.5]):
        book.active.append(row)
    book.save(folder / "原件" / "目录.xlsx")
    assert told(folder) == []


def test_the_record_of_a_run_has_the_hash_of_the_file(city: City, tmp_path: Path) -> None:
    city()
    some_data(tmp_path)
    casemix("run", "city", "公布表", "--period", "2025", "--data", "data", "--out", "out")
    first = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    city(edit=lambda sheet: sheet.__setitem__("E3", 101))
    again = CliRunner().invoke(main, ["explain", "out", "公布标准", "甲等,A1"], prog_name="casemix")
    assert again.exit_code != 0 and "规则" in again.output
    assert "rules" in json.dumps(first)
