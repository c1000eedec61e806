"""Which tables and columns a program reads, and the reading of them: typed rows in memory, or tables staged in a
database, for every engine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.data.columns_wanted import MissingColumns
from engine.data.load import LoadedTable, load_region_rows, load_table
from engine.data.nearly import nearly
from engine.data.places import Places
from engine.data.staging.model import StagedTable
from engine.execute.period import Period
from engine.execute.reference.days import rules_of
from engine.execute.reference.rows import Record
from engine.execute.reference.run import MemoryTables
from engine.files.errors import DataError, all_of
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Program, Table
from engine.rulebook.wanted import assertions, closure, wanted
from engine.watching.event import READING
from engine.watching.watching import Watching

Stage = Callable[[Table, Collection[str], frozenset[str]], StagedTable]


@dataclass
class Loaded:
    """Typed rows of every table a program reads, and what was rejected while reading.

    ``unused``: tables that were delivered and that the program does not read; ``ignored``: files that are no table.
    """

    tables: dict[str, LoadedTable | StagedTable]
    unused: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def memory(self) -> MemoryTables:
        delivered = {n: t for n, t in self.tables.items() if t.delivered and isinstance(t, LoadedTable)}
        rows: dict[str, list[Record]] = {name: list(t.rows) for name, t in delivered.items()}
        sources = {name: t.sources for name, t in delivered.items()}
        return MemoryTables(rows, sources, {name: t.rejected for name, t in self.tables.items() if t.rejected})

    def staged(self) -> dict[str, StagedTable]:
        """The tables that a database holds."""
        return {n: t for n, t in self.tables.items() if t.delivered and isinstance(t, StagedTable)}

    @property
    def undelivered(self) -> list[str]:
        """Tables that the program reads, that may not be left out, and that are not there."""
        return [name for name, found in self.tables.items() if not found.delivered and not found.table.optional]

    def digests(self) -> dict[str, str]:
        return {name: loaded.digest for name, loaded in sorted(self.tables.items()) if loaded.delivered}


def names_read(snapshot: Snapshot, program: Program) -> set[str]:
    """Every name that decides which tables and columns must be delivered."""
    computed = frozenset(program.compute)
    names = wanted(snapshot, program)
    read = {t for name in names for t in snapshot.columns.get(name, ())} | (names & set(snapshot.tables))
    for check in snapshot.checks.values():
        if check.kind in ("拒收", "提醒") and (check.grain in read or check.grain in snapshot.grains):
            names = names | closure(snapshot, {check.name}, computed)
    for check in assertions(snapshot, program):
        names = names | closure(snapshot, {check.name}, computed)
    return names | keys_read(snapshot, names)


def keys_read(snapshot: Snapshot, names: set[str]) -> set[str]:
    """The keys by which the rows of ``names`` are told apart and found, and the keys that lead to those."""
    tables = {table for name in names for table in snapshot.columns.get(name, ())} | (names & set(snapshot.tables))
    found = {key for table in tables for key in snapshot.tables[table].key} | (names & snapshot.dimensions)
    while True:
        more = {
            key
            for name in found
            for table in snapshot.columns.get(name, ())
            if name not in snapshot.tables[table].key
            for key in snapshot.tables[table].key
        }
        if more <= found:
            return found
        found |= more


def load(
    book: Book, program: Program, period: Period, places: Places, watching: Watching,
    big: Collection[str] = (), stage: Stage | None = None, given: Collection[str] = (),
) -> Loaded:  # fmt: skip
    """Read and type the tables that the program needs; those that are ``big`` with ``stage``.

    Nobody misses a table whose rows are ``given`` otherwise. Raises ``DataError`` for all that is wrong with tables and
    columns, not only for the first.
    """
    states = rules_of(book, program, period)
    names = {name for snapshot in states for name in names_read(snapshot, program)}
    computed = frozenset(program.compute)
    tables: dict[str, LoadedTable | StagedTable] = {}
    local: set[str] = set()
    failed: set[str] = set()
    misspelt: set[str] = set()
    problems: list[DataError] = []
    read = [table for table in states[-1].tables.values() if _is_read(table, names, computed)]
    for number, table in enumerate(read, 1):
        watching.tell(READING, table.name, step=number, steps=len(read))
        fields = {field for field in table.fields if field in names}
        if table.rows_file is not None:
            local.add(table.name)
        try:
            if stage is not None and table.name in big and table.rows_file is None:
                tables[table.name] = stage(table, fields - computed, computed)
            else:
                tables[table.name] = _load_one(book, table, places, fields, computed)
            watching.tell(READING, table.name, tables[table.name].count, number, len(read))
        except DataError as error:
            problems.append(error)
            failed.add(table.name)
            if not isinstance(error, MissingColumns) and any(s.remote is not None for s in places.of(table.name)):
                break  # what a database would say of the next table is not about that table
    unused = tuple(name for name in places.tables() if name not in tables | dict.fromkeys(failed) or name in local)
    strangers = tuple(name for name in unused if name not in states[-1].tables)
    for loaded in tables.values():
        near = _near_misses(loaded, strangers) or _left_aside(loaded, places.ignored)
        misspelt |= {loaded.table.name} if near and not loaded.delivered else set()
        problems += near
    found = Loaded(tables, unused, places.ignored)
    if problems:
        missing = [name for name in found.undelivered if name not in misspelt | set(given)]
        raise all_of([*_not_delivered(missing), *problems])
    return found


def _is_read(table: Table, names: Collection[str], computed: Collection[str]) -> bool:
    fields = {field for field in table.fields if field in names}
    own = fields - set(table.key)
    if table.name not in names and not own:
        return False
    return not (own and set(table.fields) - set(table.key) <= set(computed))


def _not_delivered(names: Sequence[str]) -> list[DataError]:
    """What is missing as a whole, first."""
    if not names:
        return []
    return [DataError(f"没有交来表：{'、'.join(names)}", "把 表名.parquet、csv 或 xlsx 放进 --data 的文件夹")]


def _load_one(book: Book, table: Table, places: Places, fields: set[str], computed: frozenset[str]) -> LoadedTable:
    if table.rows_file is not None:
        return load_region_rows(table, Path(table.rows_file), book.files)
    return load_table(table, places, columns_needed=fields - computed, optional_columns=computed)


def _left_aside(loaded: LoadedTable | StagedTable, ignored: Sequence[str]) -> list[DataError]:
    """A file of the table's own name, of a kind or in a place that is not read, passes for one that did not come."""
    name = loaded.table.name
    here = [path for path in map(Path, ignored) if path.name.startswith(f"{name}.")] if not loaded.delivered else []
    if not here:
        return []
    return [
        DataError(
            f"没有交来表“{name}”，却有一个不读的文件 {here[0]}",
            f"是这张表，就存成 {name}.csv 或 {name}.xlsx，直接放在 --data 的文件夹里；不是它，就移出数据文件夹",
        )
    ]


def _near_misses(loaded: LoadedTable | StagedTable, strangers: tuple[str, ...]) -> list[DataError]:
    """A column or file named nearly like one that is missing is a misspelling, not something to pass over."""
    table, found = loaded.table, []
    for name in loaded.missing_columns:
        near = nearly(name, loaded.unknown_columns)
        if near:
            error = DataError(
                f"表“{table.name}”没有列 {name}，却有一列 {near[0]}：是不是写错了？",
                f"把列名改成 {name}；确实不是它，就换一个不相近的名字",
            )
            found.append(error)
    near = [] if loaded.delivered else nearly(table.name, strangers)
    if not near and not loaded.delivered and not table.optional:  # 航次三月, 2025年航次
        near = [name for name in strangers if table.name in name]
    if near:
        error = DataError(
            f"没有交来表“{table.name}”，却有一张 {near[0]}：是不是写错了？",
            f"把文件名改成 {table.name}；确实不是它，就移出数据文件夹",
        )
        found.append(error)
    return found
