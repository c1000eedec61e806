"""A region opened to price cases by: what :func:`engine.api.load` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.checked import load as load_book
from engine.execute.period import parse_period
from engine.pricing.prepare import prepare
from engine.pricing.problems import CannotPrice, said_once
from engine.pricing.region import Region
from engine.rulebook.book import Book


def open_region(
    region: str | Path | Book, period: str, data: str | Path | Sequence[str | Path] = (), *, program: str | None = None,
    of: Sequence[str] | None = None, table: str | None = None, previous: str | Path | None = None,
    published: str | Path | None = None,
) -> Region:  # fmt: skip
    """See :func:`engine.api.load`; ``region`` may be a rulebook that somebody has open."""
    try:
        when = parse_period(str(period))
    except ValueError as error:
        raise CannotPrice(str(error)) from None
    places = [data] if isinstance(data, str | Path) else list(data)
    names = [of] if isinstance(of, str) else of
    with said_once():
        book = region if isinstance(region, Book) else load_book(str(region))
        return Region(
            prepare(
                book, when, places, program, names, table,
                Path(previous) if previous is not None else None, Path(published) if published is not None else None,
            )
        )  # fmt: skip
