"""docs/readings-upgrade.md: its table is what the rules say, old readings can be chosen, commands do as shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.check import check_book
from engine.rulebook.book import load
from engine.rulebook.open_points import open_points
from tests.docs.handbook import Change, Desk, steps
from tests.docs.pages import ROOT, Command, dead_links

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "readings-upgrade.md"
OTHERS = re.findall(r"^\| ([a-z]+) \| (\S+) \| [^|]* \| (\S+) \| (\S+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
ROWS = re.findall(r"^\| (\S+) \| 第[^|]* \| (\S+) \| (\S+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)


def test_every_default_is_the_one_that_stands_in_the_rules_and_the_old_one_is_a_reading_too():
    declared = {point.name: point for point in open_points(load("jiyuan"))}
    assert len(ROWS) == 11
    for name, now, before in ROWS:
        assert declared[name].default == now, name
        assert before in {option for option, _ in declared[name].reading.options} - {now}, name


def test_one_line_each_goes_back_to_all_old_readings(tmp_path: Path):
    lines = "".join(f"  {name}: {{取值: {{施行: {before}}}}}\n" for name, _, before in ROWS)
    head = "名称: 旧\n沿用: [jiyuan]\n施行: 2025-01-01\n文件:\n  试算: {题名: 试算}\n"
    (tmp_path / "region.yaml").write_text(head, "utf-8")
    (tmp_path / "读法.yaml").write_text(f"依据: 试算\n状态: 暂定\n替换:\n{lines}", "utf-8")
    book = load(str(tmp_path))
    assert [problem for problem in check_book(book) if problem.is_error] == []
    held = {point.name: point.held for point in open_points(book)}
    assert {name: held[name] for name, _, _ in ROWS} == {name: before for name, _, before in ROWS}


@pytest.mark.parametrize(("region", "name", "now", "before"), OTHERS)
def test_so_it_is_in_the_other_regions(tmp_path: Path, region: str, name: str, now: str, before: str):
    head = f"名称: 旧\n沿用: [{region}]\n施行: 2025-01-01\n文件:\n  试算: {{题名: 试算}}\n"
    (tmp_path / "region.yaml").write_text(head, "utf-8")
    line = f"依据: 试算\n状态: 暂定\n替换:\n  {name}: {{取值: {{施行: {before}}}}}\n"
    (tmp_path / "读法.yaml").write_text(line, "utf-8")
    book = load(str(tmp_path))
    assert [problem for problem in check_book(book) if problem.is_error] == []
    [point] = [point for point in open_points(book) if point.name == name]
    assert (point.default, point.held) == (now, before)


def test_its_commands_give_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "示例数据").symlink_to(ROOT / "regions" / "jiyuan-demo" / "示例数据")
    desk = Desk(tmp_path)
    for step in steps(PAGE):
        if isinstance(step, Change):
            desk.does(step)
            continue
        assert isinstance(step, Command)
        code, printed = step.printed(monkeypatch)
        assert code == int(step.line.startswith("compare")), step.line  # 1: the two differ
        assert step.not_printed(printed) == [], step.line


def test_its_links_lead_somewhere():
    assert dead_links(PAGE) == []
