"""What a program reads: places of data under the names of a mapping, tables in Python or in a database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.places import Places
from engine.data.staging.model import StagedTable
from engine.databases.places import open_places
from engine.execute.loading import Loaded, load
from engine.execute.period import Period
from engine.rulebook.book import Book
from engine.rulebook.model import Program, Table
from engine.watching.watching import Watching

if TYPE_CHECKING:
    from engine.databases.interface import Database


def mapped_places(book: Book, period: Period, data: Sequence[str | Path], mapping: Path | None) -> Places:
    """The places of data, with the names that the file ``mapping`` gives to their tables and columns. Where it lies
    beside the tables it is no file that was left aside.
    """
    if mapping is None:
        return open_places(list(data))
    from engine.data.mapping import read_mapping

    names = read_mapping(mapping)
    names.refuse_strangers(book.at(max(period.end, book.start)).tables)
    places, itself = open_places(list(data), names), Path(mapping).resolve()
    left = tuple(file for file in places.ignored if Path(file).resolve() != itself)
    return Places(places.sources, left, places.results)


def load_into(
    database: Database, book: Book, program: Program, period: Period, places: Places, watching: Watching
) -> Loaded:
    """What the program reads: small tables in Python, big ones as views or tables of ``database``."""
    from engine.execute.plan.data_tables import data_tables

    made: list[StagedTable] = []
    database.join(places)

    def stage(table: Table, fields: Collection[str], computed: frozenset[str]) -> StagedTable:
        made.append(database.stage(table, places, fields, computed, f"t{len(made)}"))
        return made[-1]

    return load(book, program, period, places, watching, data_tables(book, program, period), stage)
