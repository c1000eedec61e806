"""A region made from a menu for a test, and what is wrong with it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from engine.check import check_book
from engine.menu.answers import TITLE, Answers, chosen, read_answers, scheme_of
from engine.menu.model import Menu
from engine.menu.read_menu import read_menu
from engine.menu.region import create, schemes, words_of
from engine.rulebook.book import Book, load
from engine.testing import run_tests

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
SCHEMES = [name for name in schemes(TEMPLATES) if read_menu(name, TEMPLATES).questions]
"""Those that ask something: the blank one does not."""


@cache
def menu(scheme: str) -> Menu:
    return read_menu(scheme, TEMPLATES)


def made(folder: Path, answers: Answers, title: str = "甲") -> Book:
    """The region, in force since 2020."""
    words = words_of(answers, folder.name, answers.head.get(TITLE, title), "2020-01-01")
    create(folder, TEMPLATES, answers, words, lambda place: None)
    return load(folder)


def from_file(folder: Path, path: Path) -> Book:
    return made(folder, answers_of(path))


def answers_of(path: Path) -> Answers:
    root = read_answers(path)
    scheme = scheme_of(root, {name: menu(name).title for name in SCHEMES}) or "drg-points"
    return chosen(menu(scheme), root)


def wrong(book: Book) -> list[str]:
    """Every problem and reminder of ``check``, every example that does not come out."""
    outcomes = list(run_tests(book))
    assert outcomes
    failed = [f"{outcome.name}：{outcome.failures}" for outcome in outcomes if not outcome.passed]
    return [f"{problem.place} {problem.code} {problem.message}" for problem in check_book(book)] + failed
