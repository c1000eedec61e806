"""The rules of a result: those that it was run from, where they are still there, else the region's as they are now."""

from __future__ import annotations

from engine.data.record import FolderRecord
from engine.execute.period import parse_period
from engine.explain.reopened import book_of
from engine.files.errors import DataError, RunStopped
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.problems import RulebookError
from engine.workbench.page import Here, aside


async def rules_of(here: Here, record: FolderRecord) -> Snapshot:
    """For its period: of which grain rows are, what is looked at first, in which unit a column is."""
    book = await here.book()
    if await aside(book.fingerprint) != record.said["rules_sha256"]:
        then = await aside(_as_run, record)
        book = then if then is not None else book
    return book.at(max(parse_period(record.said["period"]).end, book.start))


def _as_run(record: FolderRecord) -> Book | None:
    try:
        return book_of(record)
    except (RunStopped, DataError, RulebookError, OSError):
        return None
