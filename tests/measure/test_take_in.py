"""``casemix text``: a file into the folder of a region, and one line in its head."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli import main
from engine.measure.registered import CannotRegister, with_text
from engine.measure.stored import read
from engine.rulebook.book import load
from tests.measure.city import MEASURE, city
from tests.measure.made_files import docx, paragraph

HEAD = "名称: 甲市  # 名称\n施行: 2024-01-01\n文件:\n  办法:\n    题名: 某市行程补贴办法   # 全名\n\n# 最后一行\n"


def text(place: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["text", str(place), *arguments])


@pytest.fixture
def measure(tmp_path: Path) -> Path:
    path = tmp_path / "来文.docx"
    path.write_bytes(docx("".join(map(paragraph, MEASURE.splitlines()))))
    return path


def test_the_text_is_written_with_where_it_comes_from_and_the_head_gets_one_line(tmp_path: Path, measure: Path) -> None:
    place = city(tmp_path, measure=None, head=HEAD)
    done = text(place, str(measure))
    assert done.exit_code == 0, done.output
    assert "11 段，6 条" in done.output
    written = (place / "原文" / "办法.txt").read_text("utf-8").splitlines()
    assert written[0] == f"# 录自 来文.docx，SHA-256 {hashlib.sha256(measure.read_bytes()).hexdigest()}"
    assert written[3:] == MEASURE.splitlines()
    head = (place / "region.yaml").read_text("utf-8")
    assert head == HEAD.replace("# 全名\n", "# 全名\n    原文: 原文/办法.txt\n")
    assert not read(place / "原文" / "办法.txt").edited


def test_the_same_file_again_changes_nothing_and_another_one_needs_replace(tmp_path: Path, measure: Path) -> None:
    place = city(tmp_path, measure=None, head=HEAD)
    text(place, str(measure))
    before = (place / "原文" / "办法.txt").read_bytes()
    assert "没有变" in text(place, str(measure)).output
    other = tmp_path / "新.txt"
    other.write_text(MEASURE.replace("2 元", "3 元"), "utf-8")
    refused = text(place, str(other))
    assert (refused.exit_code, (place / "原文" / "办法.txt").read_bytes()) == (1, before)
    assert "--replace" in refused.output
    done = text(place, str(other), "--replace")
    assert "多 1 段、少 1 段" in done.output
    assert "3 元" in (place / "原文" / "办法.txt").read_text("utf-8")


def test_a_text_that_people_changed_says_so(tmp_path: Path, measure: Path) -> None:
    place = city(tmp_path, measure=None, head=HEAD)
    text(place, str(measure))
    path = place / "原文" / "办法.txt"
    path.write_text(path.read_text("utf-8").replace("2 元", "3 元"), "utf-8")
    assert "录入以后改过" in text(place, str(measure)).output
    assert "录入以后改过" in text(place).output


def test_a_new_document_is_added_with_its_title(tmp_path: Path, measure: Path) -> None:
    place = city(tmp_path, head="名称: 甲市\n施行: 2024-01-01\n")
    (place / "原文" / "办法.txt").unlink()
    assert "加 --as 简称" in text(place, str(measure)).output
    done = text(place, str(measure), "--as", "办法")
    assert done.exit_code == 0, done.output
    assert load(str(place)).own.documents["办法"].title == "某市行程补贴办法"
    assert CliRunner().invoke(main, ["articles", str(place)]).exit_code == 0


@pytest.mark.parametrize("name", ["../外", "a/b", "办 法", "办:法", "x" * 41])
def test_a_name_that_would_be_a_path_is_refused(tmp_path: Path, measure: Path, name: str) -> None:
    place = city(tmp_path, measure=None, head=HEAD)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    assert text(place, str(measure), "--as", name).exit_code == 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path, measure: Path) -> None:
    place = city(tmp_path, measure=None, head=HEAD)
    (place / "原文").rmdir()
    (tmp_path / "外").mkdir()
    (place / "原文").symlink_to(tmp_path / "外")
    done = text(place, str(measure))
    assert (done.exit_code, list((tmp_path / "外").iterdir())) == (1, [])
    assert "不在地区的文件夹里" in done.output


@pytest.mark.parametrize("path", ["/etc/passwd.txt", "../a.txt", "a\\b.txt", "C:a.txt", "办法.docx", "办法"])
def test_a_path_that_leads_out_or_is_no_text_is_an_error_of_the_head(tmp_path: Path, path: str) -> None:
    place = city(tmp_path, measure=None, head=HEAD.replace("# 全名", f"\n    原文: {path}"))
    done = CliRunner().invoke(main, ["check", str(place)])
    assert "E123" in done.output


def test_a_file_that_cannot_be_read_leaves_everything_as_it_was(tmp_path: Path) -> None:
    place = city(tmp_path, measure=None, head=HEAD)
    (tmp_path / "坏.docx").write_bytes(b"PK\x03\x04")
    assert text(place, str(tmp_path / "坏.docx")).exit_code == 1
    assert text(place, str(tmp_path / "没有.docx")).exit_code == 1
    assert (place / "region.yaml").read_text("utf-8") == HEAD
    assert list((place / "原文").iterdir()) == []


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("名称: 甲\n文件: {办法: {题名: 甲}}\n", "名称: 甲\n文件: {办法: {题名: 甲, 原文: 原文/a.txt}}\n"),
        ("名称: 甲\n文件: {办法: {题名: 甲, 原文: b.txt}}\n", "名称: 甲\n文件: {办法: {题名: 甲, 原文: 原文/a.txt}}\n"),
        (
            "文件: {细则: {题名: 甲}}\n名称: 甲",
            '文件: {细则: {题名: 甲}, 办法: {题名: "新", 原文: 原文/a.txt}}\n名称: 甲',
        ),
        ("名称: 甲", '名称: 甲\n文件:\n  办法:\n    题名: "新"\n    原文: 原文/a.txt\n'),
        (
            "文件:\n  细则:\n    题名: 甲  # 注\n名称: 甲\n",
            '文件:\n  细则:\n    题名: 甲  # 注\n  办法:\n    题名: "新"\n    原文: 原文/a.txt\n名称: 甲\n',
        ),
        (
            "文件:\r\n  办法:\r\n    题名: >-\r\n      甲\r\n      乙\r\n名称: 甲\r\n",
            "文件:\r\n  办法:\r\n    题名: >-\r\n      甲\r\n      乙\r\n    原文: 原文/a.txt\r\n名称: 甲\r\n",
        ),
    ],
)
def test_the_line_is_added_wherever_the_head_has_the_document(head: str, expected: str) -> None:
    assert with_text(head, "办法", "原文/a.txt", "新") == expected


def test_a_head_that_is_broken_is_not_touched() -> None:
    with pytest.raises(CannotRegister):
        with_text("名称: [甲\n", "办法", "原文/a.txt", "新")
