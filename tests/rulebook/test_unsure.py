"""What is not 正式: entries, branches, rows, fields, and for how long; and the lists that READMEs have of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.rulebook.book import Book, load
from engine.rulebook.unsure import unsure

HEAD = "名称: 甲县\n施行: 2025-01-01\n文件:\n  办法: {题名: 甲县办法}\n"
RULES = """
依据: 办法 第一条
行程:
  主键: 编号
  归期: 日期
  字段:
    编号: 文本
    日期: 日期
    等级: {类型: [甲等, 乙等], 状态: 转述, 说明: 报纸上说的两等}
    费用: {类型: 元, 范围: ≥ 0}
封顶: {单位: 元, 状态: 待定, 说明: 没有写多少}
折扣: {单位: 比例, 取值: {2025-01-01: 90%}, 状态: 暂定, 说明: 读作九折}
打折: {类别: [不打折, 打折], 取值: {2025-01-01: 不打折}}
等级倍数:
  粒度: 行程
  表:
    - {等级: 甲等, 等级倍数: 1}
    - {等级: 乙等, 等级倍数: 待定, 说明: 乙等几倍没有写}
限额费用:
  粒度: 行程
  单位: 元
  分情形:
    费用 = 0: {则: 0, 状态: 暂定, 说明: 没有花钱的不补}
    否则: 较小(费用, 封顶)
补助:
  粒度: 行程
  单位: 元
  舍入: 2
  按: 打折
  分情形:
    不打折: 限额费用 × 等级倍数
    打折: 限额费用 × 等级倍数 × 折扣
加发: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 补助 + 0, 状态: 暂定}
评分: {粒度: 行程, 表: 待定, 列: [等级], 备查: 是}
明细: {粒度: 行程, 列: [加发]}
月结: {期间: 月, 报表: [明细]}
"""
NOTICE = "名称: 通知\n修订: 甲县\n施行: 2025-07-01\n文件:\n  通知: {题名: 通知}\n"
README = "# 甲县\n\n<!-- casemix lists: 待定 -->\n<!-- casemix lists 完 -->\n\n别的话。\n"


@pytest.fixture
def county(tmp_path: Path) -> Path:
    folder = tmp_path / "甲县"
    notice = folder / "amendments" / "通知"
    notice.mkdir(parents=True)
    (folder / "region.yaml").write_text(HEAD, "utf-8")
    (folder / "规则.yaml").write_text(RULES, "utf-8")
    (notice / "amendment.yaml").write_text(NOTICE, "utf-8")
    (notice / "通知.yaml").write_text("依据: 通知 一\n封顶: {取值: {施行: 100}}\n", "utf-8")
    return folder


def _listed(book: Book, status: str) -> list[tuple[str, str]]:
    return [(item.name, item.part) for item in unsure(book) if item.provenance.status == status]


def test_fields_branches_and_rows_are_listed_as_entries_are(county: Path) -> None:
    book = load(county)
    assert _listed(book, "转述") == [("行程", "字段 等级")]
    assert _listed(book, "暂定") == [("折扣", ""), ("限额费用", "情形 费用 = 0"), ("加发", "")]
    assert _listed(book, "待定") == [("封顶", ""), ("等级倍数", "第 2 行"), ("评分", "")]


def test_what_a_notice_gives_is_missing_only_before_it(county: Path) -> None:
    (cap,) = (item for item in unsure(load(county)) if item.name == "封顶")
    assert (cap.missing, cap.programs, cap.since, str(cap.until)) == ("取值", ("月结",), None, "2025-07-01")


def test_the_lists_say_what_is_missing_where_it_stops_and_until_when(county: Path) -> None:
    output = CliRunner().invoke(main, ["lists", str(county)]).output
    assert "| 封顶 | 办法 第一条 | 取值 | 月结〔2025-07-01 以前〕 | 没有写多少 |" in output
    assert "| 等级倍数（第 2 行） | 办法 第一条 | 值 | 月结 | 乙等几倍没有写 |" in output
    assert "| 评分 | 办法 第一条 | 表（列：等级） | 照现在的开关用不到 |  |" in output
    assert "| 限额费用（情形 费用 = 0） | 办法 第一条 | 暂定 | 没有花钱的不补 |" in output


def test_a_readme_is_changed_between_its_marks_only_and_known_to_be_behind(county: Path) -> None:
    readme = county / "README.md"
    readme.write_text(README, "utf-8")
    assert CliRunner().invoke(main, ["lists", str(county), "--check"]).exit_code == 1
    assert readme.read_text("utf-8") == README
    assert CliRunner().invoke(main, ["lists", str(county), "--write"]).exit_code == 0
    written = readme.read_text("utf-8")
    assert written.startswith("# 甲县\n\n<!-- casemix lists: 待定 -->\n\n| 名称 |")
    assert written.endswith("|\n\n<!-- casemix lists 完 -->\n\n别的话。\n")
    assert CliRunner().invoke(main, ["lists", str(county), "--check"]).exit_code == 0


def test_a_readme_without_marks_is_told_how_to_mark_it(county: Path) -> None:
    (county / "README.md").write_text("# 甲县\n", "utf-8")
    done = CliRunner().invoke(main, ["lists", str(county), "--write"])
    assert done.exit_code == 1
    assert "没有清单的标记：写 <!-- casemix lists: 待定|读法|暂定 --> 和 <!-- casemix lists 完 -->" in done.output
