"""docs/language.md: its tables are the code's, and its examples are a region that checks and passes its own tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.check import check_book
from engine.language.functions import FUNCTIONS
from engine.manual import MANUAL, rewritten
from engine.rulebook.book import Book, load
from engine.rulebook.keywords import KEYWORDS
from engine.testing.runner import run_tests

PIECES = "W322"
"""The warning of what no program reads: many examples stand for themselves."""
EXAMPLE = re.compile(r"^```(?:yaml|csv) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def town(tmp_path: Path) -> Book:
    """Every example of the manual, YAML and CSV, in the file that it names."""
    folder = tmp_path / "样例县"
    for name, text in EXAMPLE.findall(MANUAL.read_text("utf-8")):
        assert name, f"an example without a file name: {text[:40]}"
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return load(folder)


def test_the_tables_are_what_the_generator_gives() -> None:
    text = MANUAL.read_text("utf-8")
    assert rewritten(text) == text, "python -m engine.manual"


def test_every_keyword_and_function_is_in_the_manual() -> None:
    text = MANUAL.read_text("utf-8")
    assert [k.word for k in KEYWORDS if f"| `{k.word}` |" not in text] == []
    assert [name for name in FUNCTIONS if f"| `{name}(" not in text] == []


def test_the_examples_have_no_problem(town: Book) -> None:
    assert [f"{p.place} {p.code} {p.message}" for p in check_book(town) if p.code != PIECES] == []


def test_the_region_above_it_has_no_problem(town: Book) -> None:
    above = load(town.folder.parent / "样例新区")
    assert [f"{p.place} {p.code} {p.message}" for p in check_book(above) if p.code != PIECES] == []
    assert [layer.name for layer in above.layers] == ["样例县", "通知", "样例新区"]


def test_the_examples_pass_their_own_tests(town: Book) -> None:
    outcomes = list(run_tests(town))
    assert [(outcome.name, outcome.failures) for outcome in outcomes if outcome.failures] == []
    assert sum(outcome.compared for outcome in outcomes) == 22


def test_the_examples_show_every_kind_of_entry(town: Book) -> None:
    kinds = {type(entry).__name__ for entry in town.at(town.epochs[-1]).entries.values()}
    assert kinds == {"Table", "Grain", "Parameter", "Rule", "Check", "Statement", "Program"}
