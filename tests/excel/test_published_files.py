"""Published files in the workbook of a region: a text file from its headings on; a workbook stays where it is."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from engine.cli import main

RULES = """\
依据: 办法 第一条
车型:
  主键: 车型编码
  行: {文件: 原件/目录.csv, 表头行: 2, 末行: 4, 列: {车型编码: 编码, 系数: 系数（公布）}}
  字段: {车型编码: 文本, 系数: {类型: 倍, 小数: 4}}
公布标准:
  主键: [等级, 车型编码]
  行: {文件: 原件/目录.csv, 表头行: 2, 末行: 4, 列: {车型编码: 编码}, 展开: [{等级: 甲等, 列: {标准: 甲等(元)}}]}
  字段: {等级: [甲等, 乙等], 车型编码: → 车型, 标准: 元}
里程: {主键: 车型编码, 行: 原件/里程.xlsx, 字段: {车型编码: → 车型, 里程: 数}}
折算: {粒度: 公布标准, 单位: 元, 公式: 标准 × 系数, 舍入: 2}
折算表: {粒度: 公布标准, 列: [折算]}
里程表: {粒度: 里程, 列: {里程: {标题: 里程, 小数: 0}}}
公布表: {期间: 年, 报表: [折算表, 里程表]}
"""
PUBLISHED = "例市车型标准（虚构）,,\n编码,系数（公布）,甲等(元)\nA1,1.5,100\nB2,0.5,200\n注,,\n"


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "regions" / "city"
    (folder / "原件").mkdir(parents=True)
    (folder / "region.yaml").write_text("名称: 例市\n施行: 2025-01-01\n文件: {办法: {题名: 例市办法}}\n", "utf-8")
    (folder / "rules.yaml").write_text(RULES, "utf-8")
    (folder / "原件" / "目录.csv").write_text(PUBLISHED, "utf-8")
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["车型编码", "里程"], ["A1", 12]):
        book.active.append(row)
    book.save(folder / "原件" / "里程.xlsx")
    monkeypatch.chdir(tmp_path)
    return folder


def casemix(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, arguments, prog_name="casemix")
    return done.exit_code, done.output


def brought_back(address: str, text: str) -> tuple[int, str]:
    """Written out, one cell of the sheet 车型 typed, brought back."""
    code, said = casemix("tables", "city", "--out", "规则.xlsx", "--replace")
    assert code == 0 and "里程：行在 原件/里程.xlsx，就在那个工作簿里改" in said
    book = openpyxl.load_workbook("规则.xlsx")
    assert [sheet for sheet in book.sheetnames if sheet in ("车型", "公布标准", "里程")] == ["车型"]
    book["车型"][address].value = text
    book.save("规则.xlsx")
    return casemix("tables", "city", "--from", "规则.xlsx", "--yes")


def test_an_edit_changes_its_cell_below_the_headings_and_nothing_else(city: Path) -> None:
    code, said = brought_back("C3", "0.75")
    assert code == 0, said
    assert (city / "原件" / "目录.csv").read_text("utf-8") == PUBLISHED.replace("B2,0.5,", "B2,0.75,")


def test_a_wrong_figure_is_told_at_its_cell_of_the_workbook(city: Path) -> None:
    code, said = brought_back("C3", "约半")
    assert code == 1
    assert "工作表“车型” C3 E314 系数：“约半”不是数" in said
    assert (city / "原件" / "目录.csv").read_text("utf-8") == PUBLISHED


def test_no_row_is_put_in_or_taken_out_where_the_last_line_is_declared(city: Path, monkeypatch, tmp_path) -> None:
    """The line below, a note, would have become a row."""
    monkeypatch.setenv("CASEMIX_DRAFTS", str(tmp_path / "drafts"))
    for words in (("--row", "1", "--remove"), ("--set", "编码=C3")):
        code, said = casemix("drafts", "city", "--table", "车型", *words)
        assert code == 1 and "写定了 末行" in said
    code, said = casemix("drafts", "city", "--table", "里程", "--set", "里程=1")
    assert code == 1 and "行在 原件/里程.xlsx：就在那个工作簿里改" in said
    code, said = casemix("drafts", "city", "--table", "公布标准", "--row", "2", "--set", "系数（公布）=0.75")
    assert code == 0 and "第 4 行 B2 · 系数（公布）：0.5 → 0.75" in said
    assert (city / "原件" / "目录.csv").read_text("utf-8") == PUBLISHED
