"""Schemes beyond the shared modules, each a region of its own: what was worked out by hand comes out on every engine.

They are those of two chapters of the handbook, where the arithmetic stands; the reader writes the same files.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.check import check_book
from engine.execute.period import parse_period
from engine.rulebook.book import Book, load
from engine.settle import settle
from engine.testing import run_tests
from engine.testing.coverage import coverage_of
from tests.databases import engine_option, why_not
from tests.docs.handbook import HANDBOOK, Change, steps

HERE = Path(__file__).parent
SCHEMES = {"outpatient": ("16-门诊手术打包.md", "松岭"), "length-of-stay": ("17-住院天数的上下限.md", "白石")}
"""Folder here, to the chapter of the handbook and the region's name there."""
ENGINES = [
    "reference",
    "duckdb",
    "postgresql",
    pytest.param("mariadb", marks=pytest.mark.slow),
    pytest.param("spark", marks=pytest.mark.slow),
]


def _book(scheme: str) -> Book:
    return load(HERE / scheme / "region")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_month_comes_out_as_worked_out_by_hand(scheme: str, engine: str, tmp_path: Path):
    if engine != "reference" and why_not(engine):
        pytest.skip(why_not(engine))
    option = engine if engine == "reference" else engine_option(engine)
    data, out = [HERE / scheme / "data"], tmp_path / "out"
    settle(_book(scheme), "月结", parse_period("2025-03"), data, out, formats=("parquet", "csv"), engine=option)
    expected = {path.name: path.read_text("utf-8") for path in (HERE / scheme / "expected").iterdir()}
    found = {path.name: path.read_text("utf-8-sig") for path in (out / "statements").glob("*.csv")}
    assert found == expected


@pytest.mark.parametrize("scheme", SCHEMES)
def test_it_passes_the_check_and_its_examples_reach_every_side(scheme: str):
    book = _book(scheme)
    assert [str(problem) for problem in check_book(book)] == []
    reach = coverage_of(book)
    assert [(outcome.name, outcome.failures) for outcome in run_tests(book, reach) if not outcome.passed] == []
    assert reach.unreached() == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_reader_of_the_handbook_writes_the_same_files(scheme: str):
    chapter, name = SCHEMES[scheme]
    written: dict[str, str] = {}
    for step in steps(HANDBOOK / chapter):
        if isinstance(step, Change) and step.word == "新建":
            written[step.file] = step.text
        elif isinstance(step, Change) and step.word == "末尾添上":
            written[step.file] = f"{written[step.file].rstrip()}\n\n{step.text}"
        elif isinstance(step, Change) and step.word == "找到":
            looked_for = step.text
        elif isinstance(step, Change) and step.word == "改成":
            written[step.file] = written[step.file].replace(looked_for, step.text)
    for folder, place in (("region", f"regions/{name}"), ("data", f"{name}数据")):
        root = HERE / scheme / folder
        here = {f"{place}/{path.relative_to(root)}": path.read_text("utf-8") for path in root.rglob("*.*")}
        assert {file: text for file, text in written.items() if file.startswith(f"{place}/")} == here
