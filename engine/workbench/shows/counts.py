"""What ``casemix check`` and ``casemix lists`` say of a region, as counts and lines."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from engine.checked import load, problems_of
from engine.rulebook.book import Book
from engine.rulebook.model import REQUIRED
from engine.rulebook.pending import pending_from
from engine.rulebook.problems import RulebookError
from engine.rulebook.unsure import unsure
from engine.workbench.prices import rows_called


@dataclass(frozen=True)
class RegionCounts:
    """``pending`` and ``unsure``: the name of what is 待定 today, or not 正式, and what is said of it. ``rows``: what
    the region calls the rows that it prices.
    """

    errors: int = 0
    warnings: int = 0
    pending: tuple[tuple[str, str], ...] = ()
    unsure: tuple[tuple[str, str], ...] = ()
    unreadable: str = ""
    rows: str = ""


def counts_of(region: str) -> RegionCounts:
    """Seconds where nobody checked these files before."""
    try:
        book = load(region)
    except RulebookError as error:
        return RegionCounts(len(error.problems), unreadable=str(error.problems[0].message))
    problems = problems_of(book)
    errors = sum(problem.is_error for problem in problems)
    pending = [] if errors else pending_from(book, datetime.date.today())
    told = tuple((one.name, f"缺 {one.what}（{one.cite}）〔{'、'.join(one.programs)}〕") for one in pending)
    warnings = sum(problem.code.startswith("W") for problem in problems)
    return RegionCounts(errors, warnings, told, () if errors else _unsure(book), rows=rows_called(book))


def _unsure(book: Book) -> tuple[tuple[str, str], ...]:
    """What programs read that is not 正式, and is not 待定."""
    found = [one for one in unsure(book) if one.provenance.status != REQUIRED]
    return tuple(
        (one.name, " ".join(said for said in (one.part, one.provenance.status, f"（{one.provenance.cite}）") if said))
        for one in found
    )
