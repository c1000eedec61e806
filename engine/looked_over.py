"""What is wrong with a delivery, before anything is worked out: all that a run would say up to there, and which rows
it would read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from engine.data.typed import Rejected
from engine.databases.registry import DUCKDB, open_engine, refuse_shared_password
from engine.execute.period import Period
from engine.execute.published import previous_of
from engine.execute.stands_on import former_results, refuse_unfit
from engine.rulebook.book import Book
from engine.settle.may_run import program_of, refuse_pending, sound
from engine.settle.reading import load_into, mapped_places
from engine.settle.target import refuse_target
from engine.watching.watching import UNWATCHED, Watching

REASONS = 5
"""Of each table; how many more there are is said."""


@dataclass(frozen=True)
class Seen:
    """A table that a program reads. ``needed``: it may not be left out. ``refused``: rows that could not be read,
    ``reasons``: why, the most frequent first, with an example each; ``missing``: columns that did not come and may be
    absent; ``unknown``: columns that nobody knows.
    """

    table: str
    delivered: bool
    needed: bool
    rows: int
    refused: int
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Looked:
    """``tables``: that the program reads; ``unused``: that came and are not read; ``ignored``: files of other kinds."""

    tables: tuple[Seen, ...]
    unused: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def missing(self) -> list[str]:
        """Tables without which the program cannot run."""
        return [one.table for one in self.tables if one.needed and not one.delivered]


def look_over(
    book: Book, program_name: str, period: Period, data: Sequence[str | Path], out: Path | str, *,
    previous: Path | None = None, mapping: Path | None = None, replace: bool = False, watching: Watching = UNWATCHED,
) -> Looked:  # fmt: skip
    """Reads every table as the run will, and nothing else. ``out``: where the run is to write; empty where that is not
    known yet. Raises what the run would raise by then.
    """
    sound(book)
    program = program_of(book, program_name, period)
    refuse_pending(book, program, period)
    refuse_shared_password([*data, out] if out else data)
    if out:
        refuse_target(book, program, period, out, replace)
    published = previous_of(book, program, period, previous, "") if previous is not None else None
    places = mapped_places(book, period, data, mapping)
    refuse_pending(book, program, period, places.tables())
    refuse_unfit(book, former_results(published, places))
    with ExitStack() as stack:
        stack.callback(places.close)
        database = stack.enter_context(open_engine(DUCKDB))
        stack.enter_context(watching.cancel.interrupting(database.interrupt))
        loaded = load_into(database, book, program, period, places, watching)
        seen = tuple(
            Seen(
                name, came.delivered, not came.table.optional, came.count, len(came.rejected),
                tuple(_reasons(came.rejected)), came.missing_columns, came.unknown_columns,
            )
            for name, came in loaded.tables.items()
        )  # fmt: skip
        return Looked(seen, loaded.unused, loaded.ignored)


def look_over_each(
    book: Book, program_name: str, periods: Sequence[Period], data: Sequence[str | Path], out: Path | str, *,
    previous: Path | None = None, mapping: Path | None = None, replace: bool = False, watching: Watching = UNWATCHED,
) -> Iterator[tuple[Period, Looked]]:  # fmt: skip
    """Period after period, as a run over several does. Only the first can be held against ``previous``: the others
    stand on results that are not there yet.
    """
    for one in periods:
        to = out if len(periods) == 1 or not out else Path(out) / str(one)
        before = previous if one == periods[0] else None
        yield (
            one,
            look_over(
                book, program_name, one, data, to, previous=before, mapping=mapping, replace=replace, watching=watching
            ),
        )


def _reasons(rejected: Sequence[Rejected]) -> list[str]:
    kinds = Counter((row.field, row.code) for row in rejected)
    found = []
    for (field, code), count in kinds.most_common(REASONS):
        row = next(one for one in rejected if (one.field, one.code) == (field, code))
        where = f"{row.origin}{f' 第 {row.line} 行' if row.line else ''}"
        found.append(f"{count} 行：{row.reason}（如 {where}）")
    left = [count for _, count in kinds.most_common()[REASONS:]]
    if left:
        found.append(f"{sum(left)} 行：另外 {len(left)} 种原因")
    return found
