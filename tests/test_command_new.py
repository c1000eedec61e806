"""``casemix new`` and ``casemix schema``: a new region is sound at once, nothing is overwritten, editors are helped."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from jsonschema import Draft7Validator

from engine.check import check_book
from engine.cli import main
from engine.commands import new, schema
from engine.menu.region import schemes
from engine.rulebook.book import load

ROOT = Path(__file__).parents[1]
SCHEMES = sorted(path.parent.name for path in (ROOT / "templates").glob("*/region.yaml"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
HEAD = "名称: 新城示例\n沿用: [新城]\n施行: 2019-01-01\n示例: 是\n文件:\n  示例: {题名: 试算用的虚拟数}\n"
COMMON_FIGURES = "预算预留比例: {取值: {2019-01-01: 2%}}\n质量保证金比例: {取值: {2019-01-01: 5%}}\n"
FIGURES = {
    "blank": (
        "病例付费金额: {粒度: 病例, 单位: 元, 舍入: 2, 公式: 住院总费用 × 支付比例}\n"
        "支付比例: {单位: 比例, 取值: {2019-01-01: 0.6}}\n"
    ),
    "drg-points": "",
    "drg-rate": "费率: {表: [{级别: 任何, 险种: 任何, 费率: 8000}]}\n",
    "bed-day": "床日费用标准: {表: [{床日分类: 任何, 级别: 任何, 住院天数: 任何, 床日费用标准: 300}]}\n",
    "dip": (
        "中医加成比例: {取值: {2019-01-01: 5%}}\n低偏差界值: {取值: {2019-01-01: 0.5}}\n"
        "高偏差界值: {取值: {2019-01-01: 2}}\n基本系数: {表: [{系数分类: 任何, 基本系数: 1}]}\n"
    ),
}
"""What a locality has to fill in before it settles, made up."""


def casemix(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="casemix", input="")


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(params=SCHEMES)
def made(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """A region of every scheme, in force long before the figures of the shared modules were written down."""
    done = casemix("new", "新城", "--scheme", request.param, "--start", "2019-01-01")
    assert done.exit_code == 0, done.output
    return request.param, Path("regions/新城")


# -- a new region ------------------------------------------------------------------------------------------------


def test_there_are_schemes_and_all_have_their_modules() -> None:
    assert {"drg-points", "drg-rate"} <= set(SCHEMES)
    assert schemes(ROOT / "templates") == SCHEMES


def test_it_passes_check_without_a_warning(made: tuple[str, Path]) -> None:
    assert [str(problem) for problem in check_book(load("新城"))] == []
    done = casemix("check", "新城")
    assert done.exit_code == 0 and "✓ 新城（新城）" in done.output
    open_figure = "病例付费金额：缺 公式或表" if made[0] == "blank" else "质量保证金比例：缺 取值（规程 第二十六条）"
    assert open_figure in done.output


def test_its_examples_pass_and_reach_everything(made: tuple[str, Path]) -> None:
    done = casemix("test", "新城", "--coverage")
    assert done.exit_code == 0, done.output
    assert "0 个不符" in done.output and "没有例子 0 处" in done.output


@pytest.mark.slow
def test_it_refuses_to_settle_until_the_figures_are_given_and_then_settles(made: tuple[str, Path]) -> None:
    scheme, folder = made
    overlay = folder.parent / "新城-demo"
    overlay.mkdir()
    (overlay / "region.yaml").write_text(HEAD, "utf-8")
    figures = "" if scheme == "blank" else COMMON_FIGURES
    (overlay / "示例.yaml").write_text("依据: 示例\n状态: 暂定\n" + figures + FIGURES[scheme], "utf-8")
    done = casemix("synth", "新城-demo", "--cases", 200, "--period", "2019", "--out", "数据", "--all")
    assert done.exit_code == 0, done.output
    run = ("结算", "--period", "2019", "--data", "数据", "--out")
    refused = casemix("run", "新城", *run, "结果")
    assert refused.exit_code == 1 and "待定" in refused.output and not Path("结果").exists()
    done = casemix("run", "新城-demo", *run, "结果")
    assert done.exit_code == 0, done.output
    record = json.loads(Path("结果/run.json").read_text("utf-8"))
    (cases,) = (account for account in record["accounting"] if account["table"] == "病例")
    assert cases["rows"] == 200 and cases["states"]["结算"] > 0
    assert sum(cases["states"].values()) == 200


def test_every_file_speaks_chinese_and_names_its_schema(made: tuple[str, Path]) -> None:
    _, folder = made
    for path in folder.rglob("*.yaml"):
        first, second = path.read_text("utf-8").splitlines()[:2]
        assert (path.parent / first.removeprefix("# yaml-language-server: $schema=")).is_file(), path
        assert path.parent.name == "tests" or (second.startswith("# ") and CHINESE.search(second)), path
    assert {path.stem for path in folder.glob("*.yaml")} >= {"region", "报表", "程序"}
    assert "casemix check 新城" in (folder / "README.md").read_text("utf-8")


def test_every_file_is_valid_to_an_editor(made: tuple[str, Path]) -> None:
    _, folder = made
    for path in folder.rglob("*.yaml"):
        text = path.read_text("utf-8")
        which = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
        rules = json.loads((path.parent / which).read_text("utf-8"))
        assert [e.message for e in Draft7Validator(rules).iter_errors(yaml.load(text, yaml.BaseLoader))] == [], path
        assert "{{" not in text, path


def test_it_says_what_it_wrote_and_what_comes_next() -> None:
    done = casemix("new", "abc", "--title", "甲乙市")
    assert done.exit_code == 0
    assert "regions/abc（drg-points）" in done.output
    assert "  程序.yaml\n" in done.output and "casemix check abc" in done.output
    assert load("abc").title == "甲乙市"


@pytest.mark.parametrize("title", ["甲市: 乙区 #1", "2025", "是", "[甲]", "- 甲", "甲（试行）·乙", "*甲", "甲 市"])
def test_a_title_stays_as_it_is_written(title: str) -> None:
    assert casemix("new", "abc", "--title", title).exit_code == 0
    assert load("abc").title == title
    assert casemix("check", "abc", "--quiet").exit_code == 0


def test_a_path_is_a_place_too() -> None:
    done = casemix("new", "work/甲", "--start", "2027-07-01")
    assert done.exit_code == 0, done.output
    assert str(load("work/甲").start) == "2027-07-01"
    assert casemix("test", "work/甲").exit_code == 0


def test_the_readme_of_a_path_names_the_path() -> None:
    assert casemix("new", "work/甲").exit_code == 0
    assert "casemix check work/甲" in Path("work/甲/README.md").read_text("utf-8")


def test_a_name_of_this_folder_is_taken_too(working_folder: Path) -> None:
    assert casemix("new", "甲").exit_code == 0
    done = casemix("new", "work/甲")
    assert done.exit_code == 1 and "这个名字已经有了" in done.output
    assert not (working_folder / "work").exists()


def test_without_a_start_it_is_in_force_from_this_year() -> None:
    assert casemix("new", "甲").exit_code == 0
    start = load("甲").start
    assert start is not None and (start.month, start.day) == (1, 1)


# -- what is refused ---------------------------------------------------------------------------------------------


def test_nothing_is_overwritten(working_folder: Path) -> None:
    assert casemix("new", "甲").exit_code == 0
    (working_folder / "regions/甲/程序.yaml").write_text("# 改过\n", "utf-8")
    before = content(working_folder)
    done = casemix("new", "甲", "--scheme", "drg-rate")
    assert done.exit_code == 1 and "已经有了，不覆盖" in done.output
    assert content(working_folder) == before


@pytest.mark.parametrize("kind", ["empty folder", "file", "dangling link"])
def test_whatever_stands_there_stays(working_folder: Path, kind: str) -> None:
    place = working_folder / "regions" / "甲"
    place.parent.mkdir()
    if kind == "file":
        place.write_text("x", "utf-8")
    elif kind == "empty folder":
        place.mkdir()
    else:
        place.symlink_to("nowhere")
    assert casemix("new", "甲").exit_code == 1
    assert os.listdir(place.parent) == ["甲"]


@pytest.mark.parametrize(
    "name", ["jiyuan", "drg-points", "a b", ".x", "-x", "a@b", "_a", "长" * 41, "a.b", "x/a b", "", "..", "x/.."]
)
def test_a_name_that_cannot_be_or_is_taken_is_refused(working_folder: Path, name: str) -> None:
    done = casemix("new", "--", name)
    assert done.exit_code == 1 and "停止" in done.output
    assert list(working_folder.iterdir()) == []


@pytest.mark.parametrize("title", ['甲"乙', "甲\\乙", "甲\n乙", "长" * 61, "\t"])
def test_a_title_that_cannot_be_is_refused(working_folder: Path, title: str) -> None:
    assert casemix("new", "甲", "--title", title).exit_code == 1
    assert list(working_folder.iterdir()) == []


def test_an_unknown_scheme_is_refused_with_those_there_are() -> None:
    done = casemix("new", "甲", "--scheme", "drg")
    assert done.exit_code == 2
    assert all(scheme in done.output for scheme in SCHEMES)


def test_a_scheme_without_its_modules_is_not_offered(working_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = working_folder / "templates"
    for name, module in (("one", "standard"), ("two", "nowhere")):
        (folder / name).mkdir(parents=True)
        (folder / name / "region.yaml").write_text(f"名称: 甲\n沿用: [{module}]\n", "utf-8")
    assert schemes(folder) == ["one"]


def test_a_failure_leaves_nothing_behind(working_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(new, "write_schemas", fails)
    assert casemix("new", "甲").exit_code == 1
    assert list((working_folder / "regions").iterdir()) == []


# -- the schemas -------------------------------------------------------------------------------------------------


def properties(part: Any, where: str = "") -> Iterator[tuple[str, dict]]:
    """Every property that a schema names."""
    if isinstance(part, list):
        for item in part:
            yield from properties(item, where)
    elif isinstance(part, dict):
        for name, of in part.get("properties", {}).items():
            yield f"{where}.{name}", of
        for key, inner in part.items():
            yield from properties(inner, f"{where}.{key}" if key != "properties" else where)


FILES = sorted((ROOT / "engine" / "rulebook" / "schema").glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_property_is_described_in_chinese(path: Path) -> None:
    found = list(properties(json.loads(path.read_text("utf-8"))))
    assert found
    assert [where for where, of in found if not CHINESE.search(of.get("description", ""))] == []


@pytest.mark.parametrize("name", schema.SCHEMAS)
def test_a_schema_in_one_piece_is_sound(name: str) -> None:
    whole = schema.bundled(name)
    Draft7Validator.check_schema(whole)
    assert "$ref" not in json.dumps(whole) and "$defs" not in json.dumps(whole)
    assert all(CHINESE.search(of.get("description", "")) for _, of in properties(whole))


def test_the_command_writes_them(working_folder: Path) -> None:
    done = casemix("schema", "here/there")
    assert done.exit_code == 0 and "rules-file.json" in done.output
    assert sorted(content(working_folder / "here/there")) == sorted(f"{name}.json" for name in schema.SCHEMAS)


def test_those_of_the_editor_are_up_to_date(working_folder: Path) -> None:
    """Else: ``python -m engine schema .vscode/casemix``."""
    schema.write_schemas(working_folder / "new")
    assert content(working_folder / "new") == content(ROOT / ".vscode" / "casemix")


def chosen(path: str) -> list[str]:
    """The schemas that the editor's settings choose for a file."""
    settings = json.loads((ROOT / ".vscode" / "settings.json").read_text("utf-8"))["yaml.schemas"]
    found = []
    for name, globs in settings.items():
        wanted = any(fits(path, glob) for glob in globs if not glob.startswith("!"))
        if wanted and not any(fits(path, glob[1:]) for glob in globs if glob.startswith("!")):
            found.append(name.rpartition("/")[2])
    return found


def fits(path: str, glob: str) -> bool:
    pattern = re.escape(glob).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
    return re.fullmatch(pattern, path) is not None


def expected(path: Path) -> str:
    if path.name in ("region.yaml", "module.yaml", "amendment.yaml"):
        return f"{path.stem}.json"
    return "test-file.json" if path.parent.name == "tests" else "rules-file.json"


ANSWERS = ROOT / "tests" / "gallery" / "cities"


@pytest.mark.slow
def test_every_file_has_its_schema_in_the_editor_and_is_valid() -> None:
    paths = [
        path
        for top in ("rules", "regions", "tests/gallery")
        for path in sorted((ROOT / top).rglob("*.yaml"))
        if path.parent != ANSWERS
    ]
    validators = {f"{name}.json": Draft7Validator(schema.bundled(name)) for name in schema.SCHEMAS}
    assert len(paths) > 100
    for path in paths:
        assert chosen(path.relative_to(ROOT).as_posix()) == [expected(path)], path
        document = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
        if document:
            assert [e.message for e in validators[expected(path)].iter_errors(document)] == [], path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rules-file", "应付: {粒度: 人, 公试: 1}"),
        ("rules-file", "状态: 随便"),
        ("rules-file", "月结: {期限: 月, 报表: [表]}"),
        ("region", "名程: 甲"),
        ("test-file", "甲: {已知: {乙: 1}, 情形: 丙}"),
        ("amendment", "修订: 甲"),
    ],
)
def test_the_editor_sees_a_mistake(name: str, text: str) -> None:
    assert list(Draft7Validator(schema.bundled(name)).iter_errors(yaml.load(text, yaml.BaseLoader)))
