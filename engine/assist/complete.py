"""What may be written at a place of a rules file: keywords, names that can be read there, classes, units, articles."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.assist.keys import is_cell, is_formula
from engine.assist.offered import ARTICLE, FITS, Asked, Completion
from engine.assist.offers_in_examples import in_an_example
from engine.assist.offers_in_formulas import in_a_cell, in_a_formula
from engine.assist.offers_in_rows import in_rows
from engine.assist.offers_of_keys import keys
from engine.assist.offers_of_values import values
from engine.assist.spot import KEY, spot
from engine.rulebook.book import Book
from engine.rulebook.keywords import PROVENANCE_WORDS
from engine.rulebook.unread_files import is_example

MOST = 400


def complete(book: Book, path: Path, text: str, offset: int, day: datetime.date) -> list[Completion]:
    """What may stand at ``offset`` of the file ``path`` whose text is ``text``, best first; at most :data:`MOST`.

    ``book``: the region as it was last understood (``text`` may be further); ``day``: whose figures are told, that of
    a notice where it is written before it is in force.
    """
    asked = Asked(book, path, spot(text, offset), text, day)
    return _fitting(asked, offered_at(asked))[:MOST]


def offered_at(asked: Asked) -> Iterator[Completion]:
    """What may stand there, whatever was typed of it."""
    at = asked.at
    if asked.path.suffix.lower() == ".csv":
        return in_rows(asked)
    if is_example(asked.path, asked.book.folder):
        return in_an_example(asked)
    if is_formula(at.path, at.role, asked.beside_entry):
        return in_a_formula(asked)
    if is_cell(at.path, at.role) and at.key not in PROVENANCE_WORDS:
        return in_a_cell(asked)
    return keys(asked) if at.role == KEY else values(asked)


def _fitting(asked: Asked, offered: Iterable[Completion]) -> list[Completion]:
    """Those that have what was typed: beginnings first, then what is nearest, by grain, by where it is written last,
    and the shortest. Each once.
    """
    once: dict[str, Completion] = {}
    for one in offered:
        typed = asked.text[one.start : one.end]
        if typed in one.label or typed in one.meaning:
            once.setdefault(one.label, one)

    def rank(one: Completion) -> tuple[bool, bool, int, int, int]:
        typed = asked.text[one.start : one.end]
        near = asked.nearness(one.label) if one.far > FITS else 0
        length = len(one.label) if one.far > FITS and one.kind != ARTICLE else 0
        return not one.label.startswith(typed), typed not in one.label, one.far, near, length

    return sorted(once.values(), key=rank)
