"""What ``casemix check`` says of a region, as counts."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from engine.remembered import load, problems_of
from engine.rulebook.pending import pending_from
from engine.rulebook.problems import RulebookError


@dataclass(frozen=True)
class RegionCounts:
    title: str
    errors: int = 0
    warnings: int = 0
    pending: tuple[str, ...] = ()
    unreadable: str = ""


def counts_of(region: str) -> RegionCounts:
    """Seconds where nobody checked these files before."""
    try:
        book = load(region)
    except RulebookError as error:
        return RegionCounts(region, len(error.problems), unreadable=str(error.problems[0].message))
    problems = problems_of(book)
    errors = sum(problem.is_error for problem in problems)
    pending = [] if errors else pending_from(book, datetime.date.today())
    told = tuple(f"{one.name}：缺 {one.what}（{one.cite}）〔{'、'.join(one.programs)}〕" for one in pending)
    return RegionCounts(book.title, errors, sum(p.code.startswith("W") for p in problems), told)
