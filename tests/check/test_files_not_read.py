"""A file that nearly has the name or the place of a rule, a notice or an example is not passed over in silence."""

from __future__ import annotations

import pytest
from checked_city import REGION, TABLES
from click.testing import CliRunner

from engine.check import check_book
from engine.cli import main
from engine.rulebook.book import load

NOTICE = "名称: 通知\n修订: city\n施行: 2025-07-01\n"
EXAMPLE = "甲:\n  程序: 月结\n  期间: 2025-01\n  已知: {编号: 1}\n  应得: {补助: 1}\n"

NOT_READ = [
    ("第三章.yml", TABLES, "第三章.yaml"),
    ("第三章.yaml.txt", TABLES, "第三章.yaml"),
    ("第三章.YAML", TABLES, "第三章.yaml"),
    ("第三章。yaml", TABLES, "第三章.yaml"),
    ("第三章.yaml ", TABLES, "第三章.yaml"),
    ("章节/第三章.ymal", TABLES, "第三章.yaml"),
    ("tests/例子.yml", EXAMPLE, "例子.yaml"),
    ("test/例子.yaml", EXAMPLE, "tests"),
    ("Tests/例子.yaml", EXAMPLE, "tests"),
    ("amendment/通知/amendment.yaml", NOTICE, "amendments/通知/amendment.yaml"),
    ("Amendments/通知/amendment.yaml", NOTICE, "amendments/通知/amendment.yaml"),
    ("修订/通知/amendment.yaml", NOTICE, "amendments/通知/amendment.yaml"),
    ("amendments/amendment.yaml", NOTICE, "amendments/通知的名字/amendment.yaml"),
    ("amendments/通知.yaml", NOTICE, "amendments/通知的名字/通知.yaml"),
    ("amendments/2025/通知/amendment.yaml", NOTICE, "amendments/2025-通知/amendment.yaml"),
    ("amendments/通知/amendments.yaml", NOTICE, "把 amendments.yaml 改名为 amendment.yaml"),
    ("amendments/通知/Amendment.yaml", NOTICE, "改名为 amendment.yaml"),
    ("amendments/通知/第一条.yaml", "依据: 办法 第二条\n", "写一个 amendment.yaml"),
    ("区县/region.yaml", REGION, "移出来，和 city 并排放"),
    ("module.yaml", REGION, "留一个"),
]


@pytest.fixture
def city(tmp_path):
    folder = tmp_path / "regions" / "city"
    folder.mkdir(parents=True)
    (folder / "region.yaml").write_text(REGION, "utf-8")
    (folder / "rules.yaml").write_text(TABLES, "utf-8")
    return folder


@pytest.mark.parametrize("name, text, cure", NOT_READ, ids=[name for name, _, _ in NOT_READ])
def test_what_is_not_read_is_an_error_that_says_what_to_do(city, name, text, cure):
    path = city / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    found = check_book(load(city))
    assert [p.code for p in found] == ["E214", "I101"]
    assert cure in found[0].hint


def test_what_is_read_and_what_is_put_aside_is_passed_over(city):
    for name in ("第三章.yaml", "第一（一）.yaml", "tests/深/例子.yaml", "amendments/通知/amendment.yaml"):
        path = city / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            NOTICE if "amendment" in name else EXAMPLE if "tests" in name else "依据: 办法 第二条\n", "utf-8"
        )
    for name in ("README.md", "办法.docx", "第三章.yaml.bak", "数据/病例.csv", ".DS_Store"):
        (city / name).parent.mkdir(exist_ok=True)
        (city / name).write_text("甲", "utf-8")
    assert check_book(load(city)) == []


@pytest.mark.parametrize(
    "command",
    [
        ["check", "citty"],
        ["test", "citty"],
        ["show", "citty"],
        ["run", "citty", "月结", "--period", "2025-01", "--data", ".", "--out", "out"],
        ["sql", "citty", "月结", "--period", "2025-01", "--data", "."],
        ["synth", "citty", "--cases", "1", "--period", "2025-01", "--out", "out"],
    ],
    ids=lambda command: command[0],
)
def test_a_region_that_is_not_found_says_where_was_looked(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    outcome = CliRunner().invoke(main, command)
    assert outcome.exit_code == 1
    assert f"找过：{tmp_path}/regions/citty" in outcome.output
    assert f"当前文件夹 {tmp_path} 里没有 regions" in outcome.output


def test_a_head_of_another_name_is_named(city, monkeypatch):
    monkeypatch.chdir(city.parents[1])
    (city / "region.yaml").rename(city / "region.yml")
    outcome = CliRunner().invoke(main, ["check", "city"])
    assert outcome.exit_code == 1
    assert f"{city} 里没有 region.yaml" in outcome.output
    assert "把 region.yml 改名为 region.yaml" in outcome.output


@pytest.mark.parametrize("command", ["check", "test"])
def test_all_regions_of_a_folder_that_has_none(tmp_path, monkeypatch, command):
    (tmp_path / "regions").mkdir()
    monkeypatch.chdir(tmp_path)
    outcome = CliRunner().invoke(main, [command])
    assert (outcome.exit_code, outcome.stdout) == (1, "")
    assert f"{tmp_path}/regions 里没有地区" in outcome.stderr
