"""Several questions of a database as one query: each row says which question it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from engine.databases.interface import Database
from engine.databases.trees import cast, named
from engine.execute.sql import ints

MOST = 60
"""So many questions go in one query."""


@dataclass(frozen=True)
class Question:
    """``query`` gives columns of these ``types``, named x0, x1 …"""

    query: exp.Select
    types: tuple[str, ...]


def answers(database: Database, questions: Sequence[Question]) -> list[list[tuple[Any, ...]]]:
    """The rows of each question, in no order."""
    found: list[list[tuple[Any, ...]]] = []
    for start in range(0, len(questions), MOST):
        found += _answers(database, questions[start : start + MOST])
    return found


def _answers(database: Database, questions: Sequence[Question]) -> list[list[tuple[Any, ...]]]:
    if len(questions) == 1:
        return [database.rows(questions[0].query)]
    slots: list[str] = []
    placed = [_placed(question.types, slots) for question in questions]
    parts = [
        _part(n, question, places, slots) for n, (question, places) in enumerate(zip(questions, placed, strict=True))
    ]
    found: list[list[tuple[Any, ...]]] = [[] for _ in questions]
    for number, *cells in database.rows(exp.union(*parts, distinct=False, copy=False)):
        found[int(number)].append(tuple(cells[place] for place in placed[int(number)]))
    return found


def _placed(types: Sequence[str], slots: list[str]) -> list[int]:
    """For each column one of the common ``slots``, of its type and no other's; there are more if it needs more."""
    places: list[int] = []
    for kind in types:
        free = [place for place, slot in enumerate(slots) if slot == kind and place not in places]
        if not free:
            free = [len(slots)]
            slots.append(kind)
        places.append(free[0])
    return places


def _part(number: int, question: Question, places: Sequence[int], slots: Sequence[str]) -> exp.Select:
    listed = [named(ints.whole(number), "q")]
    for place, kind in enumerate(slots):
        here = places.index(place) if place in places else None
        cell = exp.Null() if here is None else exp.column(f"x{here}")
        listed.append(named(cast(cell, kind), f"s{place}"))
    return exp.select(*listed).from_(question.query.subquery("d", copy=False), copy=False)
