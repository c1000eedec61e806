"""Choices that cover every pair of options of a menu: rows of answers, found greedily, the same ones every time."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import combinations

from engine.menu.answers import Answer, Answers, clashes
from engine.menu.fills import read_fill
from engine.menu.model import BANDS, BY_CLASS, BY_CODE, Fill, Menu, Option
from engine.rulebook.problems import Place, Problem
from engine.rulebook.source import read_text
from tests.menu.regions import menu as menu_of

WRITTEN = {BANDS: "{≤ 1: 3, < 5: 2.5, 其余: 2}", BY_CODE: "{AB11、CD13: 4000, EF15: 800}"}
NUMBERS = ("0.35", "2.5", "1.25", "1000", "4%", "0.9")
"""One of these is inside every range of a menu."""

Row = dict[str, str]
Pair = tuple[tuple[str, str], tuple[str, str]]


def given(fill: Fill) -> str:
    """Something that may be filled in."""
    if fill.kind in WRITTEN:
        return WRITTEN[fill.kind]
    within = fill.within
    number = next(number for number in NUMBERS if within is None or _value(number) in within)
    if fill.kind == BY_CLASS:
        return f"{{{fill.classes[1]}: {number}}}"
    return number


def _value(text: str) -> Fraction:
    return Fraction(text.rstrip("%")) / (100 if text.endswith("%") else 1)


_ANSWERS: dict[Place, Answer] = {}


def answer(option: Option) -> Answer:
    """Each is asked for thousands of times."""
    if option.place not in _ANSWERS:
        _ANSWERS[option.place] = _answer(option)
    return _ANSWERS[option.place]


def _answer(option: Option) -> Answer:
    if option.fill is None:
        return Answer(option)
    problems: list[Problem] = []
    root = read_text(f"答: {given(option.fill)}\n", "", problems)
    assert root is not None and not problems, problems
    value = root.get("答")
    assert value is not None
    return Answer(option, read_fill(option.fill, value))


def answers(menu: Menu, row: Row) -> Answers:
    """What a row chose, of the questions that are asked."""
    chosen: dict[str, Answer] = {}
    for question in menu.questions:
        if question.only.holds({name: given.option.name for name, given in chosen.items()}):
            option = question.option(row[question.name])
            assert option is not None
            chosen[question.name] = answer(option)
    return Answers(menu, chosen, {})


def pairs(made: Answers) -> set[Pair]:
    return set(combinations(list(made.options.items()), 2))


@cache
def possible(scheme: str) -> frozenset[Pair]:
    """Every pair of options of two questions, but for those that are never asked together or do not go together."""
    found, menu = set(), menu_of(scheme)
    usual = {question.name: question.usual_option for question in menu.questions}
    for first, second in combinations(menu.questions, 2):
        for one in first.options:
            for other in second.options:
                row = _asked(menu, {**usual, first.name: one.name, second.name: other.name}, {first.name, second.name})
                if row is not None:
                    found.add(((first.name, one.name), (second.name, other.name)))
    return frozenset(found)


def _asked(menu: Menu, row: Row, fixed: set[str]) -> Row | None:
    """The row with other questions changed so that the fixed ones are asked and nothing clashes, if it can be."""
    row = dict(row)
    for _ in range(len(menu.questions)):
        wanted = [
            (name, options[0])
            for question in menu.questions
            if question.name in fixed
            for name, options in question.only.options.items()
            if row[name] not in options
        ]
        made = answers(menu, row)
        clash = next((clash for clash in menu.clashes if clash.when.holds(made.options)), None)
        if clash is not None and not wanted:
            free = [name for name in clash.when.options if name not in fixed]
            question = menu.question(free[0]) if free else None
            if question is None:
                return None
            other = next(o.name for o in question.options if o.name not in clash.when.options[question.name])
            wanted = [(question.name, other)]
        if not wanted:
            return row
        for name, option in wanted:
            if name in fixed:
                return None
            row[name] = option
            fixed = fixed | {name}
    return None


@cache
def covering(scheme: str) -> list[Answers]:
    """Rows of its menu that together have every possible pair."""
    menu, left = menu_of(scheme), set(possible(scheme))
    rows: list[Answers] = []
    while left:
        row: Row = {question.name: question.usual_option for question in menu.questions}
        fixed: set[str] = set()
        for pair in sorted(left):
            names = {name for name, _ in pair}
            if any(name in fixed and row[name] != option for name, option in pair):
                continue
            tried = _asked(menu, {**row, **dict(pair)}, fixed | names)
            if tried is not None and all(tried[name] == row[name] for name in fixed):
                row, fixed = tried, fixed | names | {name for name in tried if tried[name] != row[name]}
        made = answers(menu, row)
        assert not clashes(made), clashes(made)
        new = pairs(made) & left
        assert new, f"no row has {sorted(left)[:3]}"
        left -= new
        rows.append(made)
    return rows
