"""A command that shows a region whose rules could not all be read shows the rest, and says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main

RULES = """\
依据: 办法
人: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 费用: 元}}
应付: {粒度: 人, 单位: 元, 公式: 费用 × 2}
应付表: {粒度: 人, 列: [应付]}
月结: {期间: 月, 报表: [应付表]}
"""


def shown(place: Path, *words: str, more: str = ""):
    (place / "region.yaml").write_text("名称: 试城\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n", "utf-8")
    (place / "rules.yaml").write_text(RULES + more, "utf-8")
    first, *rest = words
    return CliRunner().invoke(main, [first, str(place), *rest])


@pytest.mark.parametrize(
    "words", [["show"], ["show", "应付"], ["show", "--names"], ["show", "--names", "--json"], ["readings"], ["lists"]]
)
def test_what_could_not_be_read_is_told_and_the_exit_code_says_so(tmp_path, words):
    assert shown(tmp_path, *words).exit_code == 0
    done = shown(tmp_path, *words, more="另付: {粒度: 人, 公市: 费用}\n")
    assert done.exit_code == 1
    assert "试城 有 1 处没有读懂" in done.stderr and "rules.yaml:6:13 E120" in done.stderr
    if "--json" in words:
        assert "应付" in [entry["name"] for entry in json.loads(done.stdout)]


def test_an_entry_that_only_a_later_day_has_counts_too(tmp_path):
    folder = tmp_path / "amendments" / "通知"
    folder.mkdir(parents=True)
    (folder / "amendment.yaml").write_text("题名: 通知\n施行: 2025-07-01\n文件: {通知: {题名: 通知}}\n", "utf-8")
    (folder / "rules.yaml").write_text("依据: 通知\n另付: {粒度: 人, 公市: 费用}\n", "utf-8")
    assert shown(tmp_path, "show", "应付").exit_code == 1


def test_lists_of_half_a_region_are_not_written(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("<!-- casemix lists: 暂定 -->\n旧\n<!-- casemix lists 完 -->\n", "utf-8")
    done = shown(tmp_path, "lists", "--write", more="另付: {粒度: 人, 公市: 费用}\n")
    assert done.exit_code == 1 and "E120" in done.stderr and "旧" in readme.read_text("utf-8")
    assert shown(tmp_path, "lists", "--write").exit_code == 0 and "旧" not in readme.read_text("utf-8")
