"""A program over several periods at once: each goes on from the one before, and all results appear together."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from engine.data.together import Together
from engine.execute.period import Period
from engine.execute.result import Result
from engine.rulebook.book import Book
from engine.settle import Part, settle
from engine.settle.may_run import program_of, refuse_pending, sound
from engine.watching.watching import UNWATCHED, Watching

Told = Callable[[Period, Result, dict[str, Any]], None]


def settle_range(
    book: Book,
    program: str,
    periods: Sequence[Period],
    data: Sequence[str | Path],
    together: Together,
    told: Told,
    *,
    previous: Path | None = None,
    watching: Watching = UNWATCHED,
    **options: Any,
) -> None:
    """``together``: the open folder of their results; ``told`` is called as each is done; ``options`` of ``settle``.

    Raises what ``settle`` raises; then nothing has appeared, and what stood there before stands there still.
    """
    sound(book)
    for period in periods:
        refuse_pending(book, program_of(book, program, period), period)
    names = tuple(str(period) for period in periods)
    id_, before = secrets.token_hex(8), ""
    for number, period in enumerate(periods, 1):
        place = together.place(str(period))
        part = Part(id_, names, before)
        watched = watching.of(str(period), number, len(periods))
        result, record = settle(
            book, program, period, data, place, previous=previous, part=part, watching=watched, **options
        )
        together.done.append(str(period))
        told(period, result, record)
        previous, before = place, str(together.target(str(period)))
    together.put_in_place()


def run_periods(
    book: Book,
    program: str,
    periods: Sequence[Period],
    data: Sequence[str | Path],
    out: Path | str,
    watching: Watching = UNWATCHED,
    **options: Any,
) -> list[dict[str, Any]]:
    """One period into ``out``, or several into a folder each below it; what was recorded of each."""
    if len(periods) == 1:
        return [settle(book, program, periods[0], data, out, watching=watching, **options)[1]]
    records: list[dict[str, Any]] = []
    names = [str(period) for period in periods]
    with Together(Path(out), names, options.get("replace", False)) as together:
        keep = lambda period, result, record: records.append(record)  # noqa: E731
        settle_range(book, program, periods, data, together, keep, watching=watching, **options)
    return records
