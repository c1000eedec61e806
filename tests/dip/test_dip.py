"""Regions of points by disease: the shared rules, the province, a city over it, and what other cities do instead.

Each folder beside this file is an overlay of a few lines over the province (xiamen: over the shared rules): a way of
real cities, said by replacing one rule. Its examples are worked out by hand in its own tests.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from engine.check.all import check_book
from engine.execute.period import parse_period
from engine.files.errors import RunStopped
from engine.rulebook.book import Book, load
from engine.settle.may_run import program_of, refuse_pending
from engine.testing import run_tests
from engine.testing.coverage import coverage_of

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
VARIANTS = sorted(path.parent.name for path in HERE.glob("*/region.yaml"))
SHARED = [ROOT / "rules" / "dip", ROOT / "rules" / "points-settlement"]
REGIONS = [ROOT / "regions" / name for name in ("guangdong", "guangdong-demo", "meizhou", "meizhou-demo")]
FOLDERS = [*SHARED, *REGIONS, *(HERE / name for name in VARIANTS)]
MORE_THAN_ONE = {"xiamen": 5}


@cache
def read(folder: Path) -> Book:
    """Each is read once, and its snapshots are made once."""
    return load(folder)


def replaced(book: Book) -> list[str]:
    """The lines under 替换 of the folder's own rules, by the two blanks that set them in."""
    lines = (book.folder / "rules.yaml").read_text("utf-8").partition("替换:\n")[2].splitlines()
    found: list[str] = []
    for line in lines:
        if line and not line.startswith(" "):
            break
        if line.startswith("  ") and not line.startswith("   "):
            found.append(line.strip().partition(":")[0])
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_it_passes_the_check(folder):
    assert [str(problem) for problem in check_book(read(folder))] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_its_examples_come_out_and_reach_everything(folder):
    book = read(folder)
    reach = coverage_of(book)
    outcomes = list(run_tests(book, reach))
    assert [(o.name, o.failures) for o in outcomes if not o.passed] == []
    assert outcomes
    assert [str(place) for place in reach.unreached()] == []


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_replaces_one_rule(name):
    assert len(replaced(read(HERE / name))) == MORE_THAN_ONE.get(name, 1)


def test_the_examples_of_xiamen_use_the_rows_of_its_table():
    """A region's own examples give the rows they need; these are the rows that a run would read."""
    table = (HERE / "xiamen" / "tables" / "加成规则.csv").read_text("utf-8")
    rows = [line.replace(",", " | ") for line in table.split()]
    example = (HERE / "xiamen" / "tests" / "加成.yaml").read_text("utf-8")
    given = [line.strip() for line in example.splitlines() if line.strip() in rows]
    assert len(rows) == 13
    assert given == rows * 4


PERIODS = {"月": parse_period("2025-03"), "病": parse_period("2025"), "年": parse_period("2025")}
WAITING = {
    "病种测算": {"分值测算方法", "基准病种", "标准定额", "分型例数下限", "加成规则", "预付月数", "风险调节金比例"},
    "月度预拨付": {"月度预拨付比例"},
    "月度预结算": {"中医加成比例", "质量保证金比例"},
    "年度清算": {"中医加成比例", "保证金返还比例", "分档读法", "留用分担比例", "考核挂钩系数", "风险调节金比例"},
}


@pytest.mark.parametrize("program", WAITING)
def test_the_bare_city_refuses_and_names_what_is_missing(program):
    city, period = read(ROOT / "regions" / "meizhou"), PERIODS[program[0]]
    with pytest.raises(RunStopped) as stopped:
        refuse_pending(city, program_of(city, program, period), period)
    assert {line.split("：")[0] for line in stopped.value.details} == WAITING[program]


def test_the_province_never_settles_itself():
    with pytest.raises(RunStopped, match="模板"):
        program_of(read(ROOT / "regions" / "guangdong"), "年度清算", PERIODS["年"])


def test_the_city_for_trial_lacks_nothing():
    city = read(ROOT / "regions" / "meizhou-demo")
    for program in WAITING:
        period = PERIODS[program[0]]
        refuse_pending(city, program_of(city, program, period), period)
