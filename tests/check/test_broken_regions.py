"""Every folder of tests/broken from E2 on is one mistake: the check finds exactly that, at its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.check import check_book
from engine.rulebook.book import load
from engine.rulebook.codes import CODES
from engine.rulebook.problems import Problem, RulebookError

ROOT = Path(__file__).parents[2]
BROKEN = sorted(path for path in (ROOT / "tests" / "broken").iterdir() if not path.name.startswith("E1"))


def problems_of(folder: Path) -> list[Problem]:
    region = folder if (folder / "region.yaml").is_file() else folder / "city"
    try:
        return check_book(load(region))
    except RulebookError as error:
        return error.problems


@pytest.mark.parametrize("folder", BROKEN, ids=lambda path: path.name)
def test_the_check_finds_exactly_what_is_wrong(folder, monkeypatch):
    monkeypatch.chdir(folder)
    found = sorted(f"{p.code} {p.place.file} {p.place.line}" for p in problems_of(folder))
    assert found == (folder / "expect.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("folder", BROKEN, ids=lambda path: path.name)
def test_messages_are_sentences_for_people(folder, monkeypatch):
    monkeypatch.chdir(folder)
    for problem in problems_of(folder):
        text = f"{problem.message} {problem.hint}"
        assert re.search("[\u4e00-\u9fff]", problem.message)
        assert not re.search(r"Fraction\(|frozenset|None|tuple|\bName\(|<.*object|\{'|\['|\(\)", text), text
        assert problem.place.line == 0 or problem.place.column >= 1


def test_every_code_has_a_folder_and_every_folder_a_code():
    found = {path.name.split("-")[0] for path in (ROOT / "tests" / "broken").iterdir()}
    assert found == set(CODES)


def test_the_table_has_every_code_that_the_engine_uses():
    used: set[str] = set()
    for path in (ROOT / "engine").rglob("*.py"):
        if path.name != "codes.py":
            used.update(re.findall(r'"([EWI]\d{3})"', path.read_text("utf-8")))
    for path in (ROOT / "engine").rglob("*.json"):
        used.update(re.findall(r'"([EWI]\d{3})"', path.read_text("utf-8")))
    assert used == set(CODES)
