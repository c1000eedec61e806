"""However long or entangled the rules are, the check answers, and soon."""

from __future__ import annotations

import random
import re
import shutil
import sys
from pathlib import Path

import pytest
from checked_city import problems, written

from engine.check import check_book
from engine.rulebook.book import load
from engine.rulebook.nearest import KnownNames, nearest
from engine.rulebook.problems import RulebookError

ROOT = Path(__file__).parents[2]


def _rules(first: str, then, count: int) -> str:
    texts = [first, *(then(n) for n in range(1, count))]
    return "".join(f"值{n}: {{粒度: 行程, 公式: {text}}}\n" for n, text in enumerate(texts))


def _wide_table() -> str:
    rows = "".join(
        f'    - {{里程: "[{n}, {n + 1})", 费用: "{sign} 5", 等级: {grade}, 表值: {n}}}\n'
        for n in range(150)
        for sign in "<≥"
        for grade in ("甲等", "乙等")
    )
    return "表值:\n  粒度: 行程\n  表:\n" + rows + '    - {里程: "≥ 150", 表值: 0}\n'


@pytest.mark.slow
@pytest.mark.parametrize(
    "rules, expected",
    [
        (_rules("费用", lambda n: f"值{n - 1} + 费用", 1000), set()),
        (_rules("费用", lambda n: f"值{n - 1} + 值{n - 1}", 40), set()),
        (_rules("里程 > 3", lambda n: f"值{n - 1} 或 值{n - 1}", 40), set()),
        (_rules("里程 > 3", lambda n: f"非 值{n - 1}", 500), set()),
        (_rules("载重 × 2", lambda n: f"值{n - 1} + 值{n - 1}", 300), set()),
        (_rules("值299 + 费用", lambda n: f"值{n - 1} + 费用", 300), {"E308"}),
        (_rules("值1 + 费用", lambda n: f"值{n - 1} + 费用", 1000), {"E308"}),
        (_rules("没有的", lambda n: f"值{n - 1} + 费用", 1000), {"E303"}),
        (_wide_table(), set()),
    ],
    ids=[
        "chain",
        "doubled sums",
        "doubled conditions",
        "chain of conditions",
        "absent",
        "circle",
        "chain that rests on a circle",
        "chain that rests on a mistake",
        "600 rows",
    ],
)
def test_many_rules_are_checked_soon(tmp_path, rules, expected):
    assert {p.code for p in problems(tmp_path, rules)} == expected


def _steps(folder: Path, rules: str) -> int:
    """How many calls of Python functions the check makes: the same on every machine, as seconds are not."""
    book = written(folder, rules)
    steps = 0

    def count(frame, event, arg):
        nonlocal steps
        steps += event == "call"

    sys.setprofile(count)
    try:
        check_book(book)
    finally:
        sys.setprofile(None)
    return steps


_SHOWN = "明细: {粒度: 行程, 列: [费用]}\n月结: {期间: 月, 报表: [明细]}\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "then",
    [
        lambda n: f"值{n // 2} + 值{n // 3}",
        lambda n: f"值{n - 1} + 里程",
        lambda n: "费用, 公试: 费用",
        lambda n: "折旧 × 3.5",
        lambda n: f"值{n + 1} + 载重",
    ],
    ids=["read by no program", "wrong units", "wrong keywords", "bare figures", "what is missing"],
)
def test_four_times_the_rules_are_four_times_the_work(tmp_path, then):
    few, many = (_steps(tmp_path, _rules("费用", then, count) + _SHOWN) for count in (100, 400))
    assert many < 5 * few


def test_of_thousands_of_names_an_unknown_one_is_compared_with_a_few_hundred_and_the_near_one_is_found():
    known = KnownNames([*(f"值{n}" for n in range(10_000)), "住院费用"])
    assert len(known.comparable("值77777")) <= 200
    assert nearest("住院费", known) == "是不是 住院费用？"


_WORDS = ["公式", "合计", "上期", "取", "且", "非", "0", "(", ")", "属于", "[0, 1)", "“", "→ 行程", "待定", "粒度",
          "表", "分情形", "无法确定(“x”)", "每", "按", "50%", "2025-01-01", "任何"]  # fmt: skip


def _mutated(lines: list[str], rng: random.Random) -> list[str]:
    new = list(lines)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(new))
        words = re.findall(r"\w+|[^\w\s]", new[at]) or [" "]
        how = rng.randrange(7)
        if how == 0 and len(new) > 1:
            del new[at]
        elif how == 1:
            new.insert(at, new[at])
        elif how == 2:
            other = rng.randrange(len(new))
            new[at], new[other] = new[other], new[at]
        elif how == 3:
            new[at] = new[at].replace(rng.choice(words), rng.choice(_WORDS), 1)
        elif how == 4:
            new[at] = re.sub(r"\d+", rng.choice(["0", "-1", "1.5", "", "9" * 40]), new[at], count=1)
        elif how == 5:
            new[at] = new[at].replace(rng.choice(words), "", 1)
        else:
            new[at] = new[at].replace(": ", rng.choice(["：", ":", ": {", ": [", ": 待定 "]), 1)
    return new


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_spoilt_file_gives_problems_and_never_a_crash(tmp_path, seed):
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    shutil.copytree(ROOT / "regions", tmp_path / "regions")
    shutil.copytree(ROOT / "tests" / "gallery", tmp_path / "cities", ignore=shutil.ignore_patterns("*.py"))
    regions = sorted(path.parent for path in tmp_path.glob("*/*/region.yaml"))
    rng = random.Random(seed)
    for _ in range(25):
        region = rng.choice(regions)
        files = [*region.rglob("*.yaml"), *(tmp_path / "rules").rglob("*.yaml")]
        file = rng.choice(sorted(path for path in files if "tests" not in path.relative_to(tmp_path).parts[2:]))
        written = file.read_text("utf-8")
        file.write_text("\n".join(_mutated(written.split("\n"), rng)), "utf-8")
        try:
            found = check_book(load(region))
        except RulebookError as error:
            found = error.problems
        finally:
            file.write_text(written, "utf-8")
        assert all(re.search("[\u4e00-\u9fff]", problem.message) for problem in found)


@pytest.mark.parametrize(
    "folder",
    [
        path.parent
        for path in sorted((ROOT / "regions").glob("*/region.yaml"))
        if not path.parent.name.startswith(("guangdong", "meizhou", "xuancheng"))
    ],
    ids=lambda path: path.name,
)
def test_our_own_regions_have_no_error(folder):
    """Those of DIP, 宣城 and the gallery have tests of their own, in which not even a warning may be."""
    assert [str(problem) for problem in check_book(load(folder)) if problem.is_error] == []


def test_a_period_field_that_the_table_does_not_have_is_told(tmp_path):
    lost = "航次: {主键: 航次号, 归期: 月份, 字段: {航次号: 文本, 吨位: 数}}\n"
    found = problems(tmp_path, lost)
    assert ("E306", "表 航次 的 归期 写了 月份，字段里没有它") in [(p.code, p.message) for p in found]
