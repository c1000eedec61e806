"""Every mistake of a region that can mean nothing else, mended at once: shown, then written whole."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine import api
from engine.assist.mend import diff_lines, mend, write
from engine.cli import main
from engine.files.errors import RunStopped

HEAD = "名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 市办法}}\n"
TRIPS = "依据: 办法 第一条\n行程：{主键：编号，归期：日，字段：{编号：文本，日：日期，里程：数，单价：元}}\n"
RIGHT = TRIPS.replace("：", ": ").replace("，", ", ")
RULE = "甲：{粒度：行程，舍入：2，单位：元，公式：里程 乘以 单价。}\n"
MENDED = "甲: {粒度: 行程, 舍入: 2, 单位: 元, 公式: 里程 × 单价}\n"


@pytest.fixture
def city(tmp_path) -> Path:
    place = tmp_path / "市"
    place.mkdir()
    (place / "region.yaml").write_text(HEAD, "utf-8")
    (place / "数据.yaml").write_bytes(("\ufeff" + TRIPS.replace("\n", "\r\n")).encode())
    (place / "规则.yaml").write_text(f"依据: 办法 第一条\n{RULE}率: {{单位: 比例, 取值: {{2025/1/1: 50}}}}\n", "utf-8")
    return place


def files(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.iterdir()}


def test_files_that_hide_each_other_are_mended_together_and_stay_as_they_are_until_written(city):
    before = files(city)
    made = mend(city)
    assert [one.file for one in made] == ["数据.yaml", "规则.yaml"]
    assert files(city) == before
    write(made)
    assert (city / "数据.yaml").read_bytes() == ("\ufeff" + RIGHT.replace("\n", "\r\n")).encode()
    left = "率: {单位: 比例, 取值: {2025-01-01: 50}}\n"  # perhaps 50 times: a person says
    assert (city / "规则.yaml").read_text("utf-8") == f"依据: 办法 第一条\n{MENDED}{left}"
    assert mend(city) == []


def test_heads_of_full_width_are_mended_though_more_comes_to_light_behind_them_than_was_told(city):
    heads = "依据： 办法 第一条\n甲： {粒度：行程,单位：元, 公式: 里程}\n乙: {取值： {2025年1月1日： 5}, 单位: 元}\n"
    (city / "规则.yaml").write_text(heads, "utf-8")
    write(mend(city))
    right = "依据: 办法 第一条\n甲: {粒度: 行程,单位: 元, 公式: 里程}\n乙: {取值: {2025-01-01: 5}, 单位: 元}\n"
    assert (city / "规则.yaml").read_text("utf-8") == right


def test_only_lines_that_change_are_shown(city):
    (rules,) = (one for one in mend(city) if one.file == "规则.yaml")
    said = list(diff_lines(rules))
    assert said == [
        ("-", RULE.strip()),
        ("-", "率: {单位: 比例, 取值: {2025/1/1: 50}}"),
        ("+", MENDED.strip()),
        ("+", "率: {单位: 比例, 取值: {2025-01-01: 50}}"),
    ]


def test_one_kind_alone(city):
    assert mend(city, "E106") and mend(city, "E105") == []
    assert {title for one in mend(city, "E106") for title in one.mended.done} <= {
        "这一行的全角标点换成半角",
        "全角冒号换成半角",
    }


def test_nothing_is_written_where_one_file_changed_meanwhile_or_cannot_be_written(city, monkeypatch):
    made = mend(city)
    (city / "规则.yaml").write_text("依据: 办法 第二条\n", "utf-8")
    before = files(city)
    with pytest.raises(RunStopped, match="规则.yaml 刚刚变了"):
        write(made)
    assert files(city) == before
    made = mend(city)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError):
        write(made)
    assert files(city) == before


def test_what_is_not_the_region_s_own_is_left(city, tmp_path):
    outside = tmp_path / "外.yaml"
    outside.write_text(f"依据: 办法 第一条\n{RULE.replace('甲', '乙')}", "utf-8")
    (city / "连.yaml").symlink_to(outside)
    (city / "规则.yaml").chmod(0o444)
    assert [one.file for one in mend(city)] == ["数据.yaml"]


def test_a_head_that_cannot_be_read_is_mended_too(city):
    (city / "region.yaml").write_text(HEAD.replace(": ", "："), "utf-8")
    assert [one.file for one in mend(city)] == ["region.yaml", "数据.yaml", "规则.yaml"]


def test_the_command_shows_and_writes_only_with_a_word(city):
    before = files(city)
    shown = CliRunner().invoke(main, ["check", str(city), "--fix"])
    assert shown.exit_code == 1 and files(city) == before
    assert "可以改好" in shown.output and f"+{MENDED.strip()}" in shown.output and "什么也没有写" in shown.output
    done = CliRunner().invoke(main, ["check", str(city), "--fix", "--write"])
    assert done.exit_code == 0 and "写了 2 个文件" in done.output
    again = CliRunner().invoke(main, ["check", str(city), "--fix", "--write"])
    assert again.exit_code == 0 and "没有只有一种改法的错误" in again.output


@pytest.mark.parametrize("words", [["--write"], ["--code", "E106"], ["--fix", "--drafts"]])
def test_words_that_do_not_go_together_are_refused(city, words):
    assert CliRunner().invoke(main, ["check", str(city), *words]).exit_code == 2


def test_python_does_the_same(city):
    assert [one.file for one in api.mend(city)] == ["数据.yaml", "规则.yaml"]
    api.mend(city, write=True)
    assert api.mend(city) == []


def spoiled(text: str) -> str:
    """Marks as an input method for Chinese gives them: behind every key, and before the next key of a line."""
    out = []
    for line in text.split("\n"):
        match = re.match(r"^(\s*[^\s:#{}\[\]\"'“-][^:#{}\"']*): (.*)$", line)
        if match and '"' not in line and "#" not in line:
            body = re.sub(r", (?=[^,{}\[\]:\s]+: )", "，", match[2]) if match[2].startswith("{") else match[2]
            body = re.sub(r"\b(20\d\d)-(\d\d)-(\d\d)(?=: )", r"\1年\2月\3日", body)
            line = f"{match[1]}：{body}"
        out.append(line)
    return "\n".join(out)


@pytest.mark.slow
@pytest.mark.parametrize("region", ["yunxi-demo", "guangxi"])
def test_a_region_typed_in_full_width_comes_back_word_by_word(tmp_path, region):
    place = tmp_path / region
    shutil.copytree(Path(__file__).parents[2] / "regions" / region, place)
    before = {path: path.read_text("utf-8") for path in place.rglob("*.yaml")}
    for path, text in before.items():
        path.write_text(spoiled(text), "utf-8")
    changed = [path for path, text in before.items() if path.read_text("utf-8") != text]
    assert len(changed) > 5
    write(mend(place))
    assert [path.name for path, text in before.items() if path.read_text("utf-8") != text] == []
