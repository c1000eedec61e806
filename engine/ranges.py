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
from engine.settle import Part, program_of, refuse_pending, settle, sound

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
    for period in periods:
        place = together.place(str(period))
        part = Part(id_, names, before)
        result, record = settle(book, program, period, data, place, previous=previous, part=part, **options)
        together.done.append(str(period))
        told(period, result, record)
        previous, before = place, str(together.target(str(period)))
    together.put_in_place()
