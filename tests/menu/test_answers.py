"""Answers files: what was meant is taken, everything wrong is told at once with its place and its cure."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli import main
from engine.menu.answers import Answers, chosen
from engine.menu.bands import BandProblem, read_bands
from engine.menu.blocks import TwoTexts, together
from engine.rulebook.source import read_text
from tests.menu.regions import menu


def answered(text: str) -> Answers:
    return chosen(menu("drg-points"), read_text(text, "答案.yaml", []))


def new(folder: Path, text: str) -> Result:
    (folder / "答案.yaml").write_text(text, "utf-8")
    arguments = ["new", str(folder / "甲"), "--answers", str(folder / "答案.yaml")]
    return CliRunner().invoke(main, arguments, prog_name="casemix", input="")


@pytest.mark.parametrize(
    ("written", "question", "option", "text"),
    [
        ("低倍率界值: 0.3", "低倍率界值", "倍数", "0.3"),
        ("低倍率界值: 30%", "低倍率界值", "倍数", "30%"),
        ("低倍率界值: {倍数: 0.3}", "低倍率界值", "倍数", "0.3"),
        ("高倍率界值: 1.5", "高倍率界值", "不分档", "1.5"),
        ("高倍率界值: {≤ 1: 3, 其余: 2}", "高倍率界值", "按权重", "≤ 1 3，> 1 2"),
        (
            "高倍率界值: {权重不超过 1: 3, 权重不超过2: 2.5, 其余: 2}",
            "高倍率界值",
            "按权重",
            "≤ 1 3，(1, 2] 2.5，> 2 2",
        ),
        ("高倍率界值: {< 4: 2, ≥ 4: 1.5}", "高倍率界值", "按权重", "< 4 2，≥ 4 1.5"),
        ("高倍率界值: {三级: 3, 二级、一级: 2}", "高倍率界值", "按级别", "三级 3，二级 2，一级 2"),
        ("点值: {职工: 52.95}", "点值", "公布", "职工 52.95"),
        ("点值: 100", "点值", "公布", "100"),
        ("扶持病组: {EB11、GB21: 8000}", "扶持病组", "有", "EB11、GB21：8000"),
        ("基础病组: 与其他病组一样", "基础病组", "与其他病组一样", None),
        ("", "低倍率界值", "倍数", "0.4"),
    ],
)
def test_an_answer_is_a_name_or_what_is_filled_in(written: str, question: str, option: str, text: str | None) -> None:
    answer = answered(written).chosen[question]
    assert (answer.option.name, answer.given.text if answer.given else None) == (option, text)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("低倍率界线: 0.3", ["答案.yaml:1:1：菜单里没有“低倍率界线”这一问", "是不是 低倍率界值？"]),
        (
            "高倍率点数: 丁",
            ["答案.yaml:1:8：高倍率点数：没有“丁”这一项", "可以选：甲、甲乘系数、乙、丙、正常点数乘倍率、同正常病例"],
        ),
        ("基础病组: 与其它病组一样", ["没有“与其它病组一样”这一项", "是不是 与其他病组一样？"]),
        ("低倍率界值: 40", ["低倍率界值：40 不在 [0, 1] 里"]),
        ("低倍率界值: 0.4倍", ["“0.4倍”不是数"]),
        ("系数公布: {三级: 1, 一级: 另行公布}", ["“另行公布”不是数", "还没有公布的类不用写"]),
        ("低倍率界值: 倍数", ["选 倍数 要连数一起写：{倍数: …}"]),
        ("高倍率点数: {甲: 3}", ["甲 不用另外写数"]),
        ("系数公布: {二极: 0.9, 三级: 1}", ["没有“二极”这一类", "二级"]),
        ("系数公布: {二级: 0.9, 二级、三级: 1}", ["二级 写了两次"]),
        ("高倍率界值: {≤ 1: 3, ≤ 2: 2.5}", ["最后一档没有写：再添一档 其余"]),
        ("高倍率界值: {≤ 2: 3, ≤ 1: 2.5, 其余: 2}", ["“≤ 1”的上限不比前一档高"]),
        ("高倍率界值: {≤ 1: 3, '> 2': 2}", ["“> 2”和它前面一档接不上"]),
        ("高倍率界值: {≤ 1: 30, 其余: 2}", ["30 不在 [1, 10] 里"]),
        ("扶持病组: {EB11: 8000, EB11、GB21: 1}", ["EB11 写了两次"]),
        ("付费方式: DRG点值法", ["没有付费方式“DRG点值法”", "是不是 DRG点数法？"]),
        ("施行: 2025-02-30", ["施行 2025-02-30 不是日期"]),
        ("名称: [甲]", ["名称 要几个字"]),
        ("扶持病组低倍率: 0.7", ["只在 扶持病组 是 有 时才问"]),
        (
            "算到哪一步: 病例",
            ["点值 选了 清算时算出，算到哪一步 选了 病例：不能一起选", "点值要用机构和基金池的总点数"],
        ),
        ("低倍率界值: 0.3\n低倍率界值: 0.4", ["答案.yaml:2:1"]),
        ("低倍率界值 0.3", ["答案.yaml:1"]),
    ],
)
def test_what_is_wrong_is_told_with_its_cure_and_nothing_is_written(
    written: str, told: list[str], tmp_path: Path
) -> None:
    done = new(tmp_path, written)
    assert done.exit_code == 1
    assert [part for part in told if part not in done.output.replace("\n", "")] == [], done.output
    assert [path.name for path in tmp_path.iterdir()] == ["答案.yaml"]


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    done = new(tmp_path, "低倍率界线: 0.3\n低倍率界值: 40\n高倍率点数: 丁\n施行: 今年\n")
    assert all(part in done.output for part in ("低倍率界线", "40 不在", "“丁”", "今年 不是日期"))


def test_an_answers_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["new", str(tmp_path / "甲"), "--answers", str(tmp_path / "无.yaml")])
    assert done.exit_code == 1 and "没有这个文件或文件夹" in done.output


def test_title_start_and_measure_come_from_the_file(tmp_path: Path) -> None:
    done = new(tmp_path, "名称: 甲乙市\n施行: 2024-07-01\n办法: 甲乙市办法（甲医保〔2024〕7号）\n")
    assert done.exit_code == 0, done.output
    text = (tmp_path / "甲" / "region.yaml").read_text("utf-8")
    assert "名称: 甲乙市\n" in text and "施行: 2024-07-01\n" in text and "甲乙市办法（甲医保〔2024〕7号）" in text


def test_bands_are_whole_and_in_order() -> None:
    step = Fraction(1, 100)
    assert [band.text for band in read_bands(["不超过1", "2及以下", "低于 5", "其余"], step)] == [
        "≤ 1", "(1, 2]", "(2, 5)", "≥ 5",
    ]  # fmt: skip
    for keys in (["≤ 1"], ["其余", "≤ 1"], ["≤ 1", "[1, 2]", "其余"], ["一", "其余"], ["= 1", "其余"], []):
        with pytest.raises(BandProblem):
            read_bands(keys, step)


def test_texts_are_put_together_by_their_keys() -> None:
    one = "# 开头\n依据: 办法\n\n替换:\n  甲: 1  # 尾\n\n# 说明\n乙: {值: 1}\n"
    two = "依据: 办法\n替换:\n  # 前\n  丙: 2\n丁: [一, 二]\n"
    three = "丁: [二, 三]\n"
    assert together(one, two, three) == (
        "# 开头\n依据: 办法\n\n替换:\n  甲: 1  # 尾\n  # 前\n  丙: 2\n\n# 说明\n乙: {值: 1}\n丁: [一, 二, 三]\n"
    )
    assert together("替换:\n甲: 1\n") == "甲: 1\n", "what waits for lines that nobody wrote is left out"
    with pytest.raises(TwoTexts):
        together("甲: 1\n", "甲: 2\n")
