"""Every name that stands in shipped rules is told of and has a definition, whose references lead back to it."""

from __future__ import annotations

import datetime

import pytest

from engine.assist.find import definitions, found_in, name_at, name_in_rows
from engine.assist.hover import hover
from engine.rulebook.book import load
from engine.rulebook.locate import Located
from tests.assist.recall import ROOT, words_of

EVERY = 37


@pytest.mark.slow
def test_every_word_is_told_of_and_every_name_leads_to_its_line_and_back():
    asked = names = 0
    for folder in ("regions/jiyuan", "regions/xuancheng", "rules/dip"):
        book = load(Located(ROOT / folder, None))
        known = {word for day in book.epochs for word in (*book.at(day).entries, *book.at(day).columns)}
        for number, (path, text, token, is_example) in enumerate(words_of(book)):
            if number % EVERY:
                continue
            word, at = text[token.start : token.end], (token.start + token.end) // 2
            where = f"{path}: {token.kind} {word}"
            told = hover(book, path, text, at, datetime.date.today())
            assert (told is not None and all(told.lines)) or word.isdigit(), where
            asked += 1
            use = name_in_rows(book, path, text, at) if path.suffix == ".csv" else name_at(text, at, is_example)
            if use is None or use.name not in known:
                continue
            names += 1
            places = {(one.path, one.start) for one in found_in(book, use.name)}
            made = definitions(book, use.name)
            assert made and {(one.path, one.start) for one in made} <= places, where
            assert (path, use.start) in places or path.suffix == ".csv", where
    assert asked > 300 and names > 150
