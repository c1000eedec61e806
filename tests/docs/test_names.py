"""The pages of names follow the rules, and what cities replace is told to be there for it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from engine import names_manual
from engine.names.named import AS_IT_IS
from engine.rulebook.book import Book, load
from engine.rulebook.locate import names_of_modules
from engine.rulebook.nodes import Mapping
from engine.rulebook.source import read
from tests.docs.pages import ROOT, dead_links


@pytest.fixture(scope="module")
def books() -> list[Book]:
    return [load(name) for name in names_of_modules()]


@pytest.fixture(scope="module")
def pages(books: list[Book]) -> dict[str, str]:
    return names_manual.pages(books)


def test_the_pages_follow_the_rules(pages: dict[str, str]):
    old = names_manual.written()
    assert [name for name in pages | old if pages.get(name) != old.get(name)] == [], "python -m engine.manual"


def test_every_name_of_a_shared_module_is_on_its_page_and_in_the_index(books: list[Book], pages: dict[str, str]):
    for book in books:
        told = [raw.name for raw in book.own.entries if raw.kind != "table" or "主键" in raw.body]
        missing = [name for name in told if f"| {name} |" not in pages[f"{book.name}.md"]]
        assert missing + [name for name in told if f"| {name} |" not in pages["README.md"]] == [], book.name


def test_links_lead_somewhere():
    assert [link for page in names_manual.FOLDER.glob("*.md") for link in dead_links(page)] == []


def test_what_two_cities_replace_in_a_module_is_told_to_be_replaceable(books: list[Book]):
    cities = [path.parent for root in ("regions", "tests/gallery") for path in (ROOT / root).glob("*/region.yaml")]
    usual = {
        name for name, number in Counter(name for city in cities for name in _replaced(city)).items() if number > 1
    }
    told: dict[str, set[str]] = {}
    for named in (named for book in books for named in names_manual.own_names(book)):
        for name in (named.name, *(f"{table}.{named.name}" for table in named.grain.split("、"))):
            told.setdefault(name, set()).add(named.change)
    assert len(usual & told.keys()) > 10
    assert sorted(name for name in usual & told.keys() if told[name] == {AS_IT_IS}) == []


def _replaced(city: Path) -> set[str]:
    """What the files of a city itself name under 替换."""
    found = [read(path, path.name, []) for path in city.glob("*.yaml")]
    changes = [file.get("替换") for file in found if file is not None]
    return {key.text for change in changes if isinstance(change, Mapping) for key, _ in change.entries}
