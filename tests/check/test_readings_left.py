"""A rule written anew beside a declared reading that others still go by."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.check import check_book
from engine.rulebook.book import load

BROKEN = Path(__file__).parents[1] / "broken" / "W327-leaves-a-reading"
BOTH = "  夜补: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 费用 × 夜补比例}\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("替换:\n", "替换:\n", ["补助 改写以后不再随 次序 变，夜补 还按它选：两边可能按不同的读法算"]),
        ("替换:\n", "替换:\n" + BOTH, ["夜补 改写以后不再随 次序 变，改这个开关不再有用"] * 1
         + ["补助 改写以后不再随 次序 变，改这个开关不再有用"]),
        ("公式: 费用 × 补助比例}", "公式: 费用 × 补助比例, 说明: 不用 次序，白天的不封顶}", []),
        ("公式: 费用 × 补助比例}", "公式: 原规定 × 补助比例}", []),
    ],
    ids=["one of two", "both", "the remark says so", "what it was is still read"],
)  # fmt: skip
def test_who_leaves_a_reading_is_told_and_who_says_so_is_not(tmp_path: Path, old: str, new: str, said: list[str]):
    shutil.copytree(BROKEN, tmp_path / "all")
    rules = tmp_path / "all" / "city" / "rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace(old, new), "utf-8")
    problems = check_book(load(tmp_path / "all" / "city"))
    assert [p.message for p in problems if p.code == "W327"] == said
