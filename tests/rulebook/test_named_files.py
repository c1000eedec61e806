"""Rules are read through one interface from names to bytes: what a buffer says counts as if it stood on the disk."""

import os
from pathlib import Path

import pytest

from engine.check import check_book
from engine.files.named_files import DISK, FILE, FOLDER, NOTHING, OTHER, Buffers
from engine.rulebook.book import load
from engine.rulebook.locate import Located
from engine.testing.runner import run_tests

REGION = """\
名称: 例市
施行: 2025-01-01
文件: {办法: {题名: 例市办法}}
"""
RULES = """\
依据: 办法 第一条

航次:
  主键: 航次号
  归期: 月份
  字段: {航次号: 文本, 月份: 年月, 级别: [甲, 乙]}
单价: {单位: 元, 取值: {施行: 10}}
系数:
  粒度: 航次
  表: tables/系数.csv
船费:
  粒度: 航次
  公式: 单价 × 系数
  舍入: 2
航次表: {粒度: 航次, 列: {航次号: 航次号, 船费: 船费}}
月结: {期间: 月, 报表: [航次表]}
"""
ROWS = "级别,系数\n甲,2\n乙,1\n"
EXAMPLE = """\
甲级加倍:
  程序: 月结
  期间: 2025-03
  已知: {级别: 甲}
  应得: {船费: 20}
"""


@pytest.fixture()
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "regions" / "li"
    for name, text in {
        "region.yaml": REGION, "船.yaml": RULES, "tables/系数.csv": ROWS, "tests/例子.yaml": EXAMPLE
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def told(folder: Path, buffers: Buffers) -> list[tuple[str, str, int]]:
    found = check_book(load(Located(folder), buffers))
    return [(p.code, Path(p.place.file).name, p.place.line) for p in found if p.is_error]


def buffers(folder: Path, **texts: str | None) -> Buffers:
    names = {"rules": "船.yaml", "rows": "tables/系数.csv", "example": "tests/例子.yaml", "new": "新.yaml"}
    return Buffers({folder / names[key]: None if t is None else t.encode() for key, t in texts.items()}, DISK)


def test_a_region_whose_files_are_sound_has_no_errors(city):
    assert told(city, buffers(city)) == []


def test_what_a_buffer_says_is_checked_and_the_file_on_the_disk_is_not(city):
    assert told(city, buffers(city, rules=RULES.replace("单价 × 系数", "单价 × 吨位"))) == [("E303", "船.yaml", 13)]
    (city / "船.yaml").write_text("不是规则", "utf-8")
    assert told(city, buffers(city, rules=RULES)) == []


def test_rows_of_a_decision_table_come_from_a_buffer_too(city):
    assert told(city, buffers(city, rows="级别,系数\n甲,2\n")) == [("E701", "船.yaml", 8)]


def test_an_example_is_run_as_the_buffers_have_it(city):
    new = EXAMPLE.replace("船费: 20", "船费: 30")
    book = load(Located(city), buffers(city, rules=RULES.replace("施行: 10", "施行: 15"), example=new))
    assert [outcome.failures for outcome in run_tests(book)] == [()]


def test_a_file_that_is_only_a_buffer_is_read_and_one_that_is_to_be_gone_is_not(city):
    assert told(city, buffers(city, new="吨价: {单位: 元, 取值: {施行: x}}")) != []
    assert ("E314", "船.yaml", 10) in told(city, buffers(city, rows=None))


def test_the_fingerprint_is_of_what_was_read(city):
    saved = load(Located(city)).fingerprint()
    new = RULES.replace("施行: 10", "施行: 11")
    unsaved = load(Located(city), buffers(city, rules=new)).fingerprint()
    (city / "船.yaml").write_text(new, "utf-8")
    assert unsaved != saved
    assert load(Located(city)).fingerprint() == unsaved


def test_buffers_say_of_folders_what_a_disk_with_these_files_would(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "old.yaml").write_text("", "utf-8")
    over = Buffers({tmp_path / "a" / "old.yaml": None, tmp_path / "b" / "c" / "new.yaml": b"x"}, DISK)
    assert over.names(tmp_path) == ("a", "b")
    assert over.names(tmp_path / "a") == ()
    assert dict(over.below(tmp_path)) == {
        tmp_path / "a": FOLDER, tmp_path / "b": FOLDER, tmp_path / "b" / "c": FOLDER,
        tmp_path / "b" / "c" / "new.yaml": FILE,
    }  # fmt: skip
    assert over.kind(tmp_path / "b") == FOLDER
    assert over.kind(tmp_path / "a" / "old.yaml") == NOTHING
    with pytest.raises(FileNotFoundError):
        over.read(tmp_path / "a" / "old.yaml")
    assert over.seen(tmp_path / "b" / "c" / "new.yaml")[0] == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_disk_tells_pipes_and_links_to_nothing_from_files(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "ring").symlink_to(tmp_path / "ring")
    (tmp_path / "file").write_bytes(b"")
    assert {path.name: kind for path, kind in DISK.below(tmp_path).items()} == {
        "pipe": OTHER, "link": OTHER, "ring": OTHER, "file": FILE
    }  # fmt: skip
    assert [DISK.kind(tmp_path / name) for name in ("pipe", "link", "file", "none")] == [OTHER, OTHER, FILE, NOTHING]


def test_files_of_rules_that_come_go_or_change_are_seen_and_those_of_examples_are_not(city):
    book = load(Located(city))
    assert book.changed_files() == []
    (city / "tests" / "例子.yaml").write_text("", "utf-8")
    assert book.changed_files() == []
    (city / "新.yaml").write_text("", "utf-8")
    (city / "tables" / "系数.csv").unlink()
    assert book.changed_files() == [city / "tables" / "系数.csv", city / "新.yaml"]
