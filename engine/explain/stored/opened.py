"""A run as it stood, over its data where they lie: by what it kept where that is enough, else sorted once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.data.record import FolderRecord
from engine.databases.registry import DUCKDB
from engine.execute.period import Period
from engine.execute.published import PublishedValues
from engine.execute.reference import lookups
from engine.execute.reference.days import rules_of
from engine.execute.reference.execution import Execution
from engine.execute.reference.holding import hold_or_stop
from engine.execute.reference.run import telling_refused
from engine.execute.reference.verdicts import EXCLUDED, HELD, REJECTED
from engine.execute.sql.execution import SqlRun
from engine.execute.sql.tables import SqlTables
from engine.explain.stored.kept import KeptRun, is_plain
from engine.explain.stored.rows import NOTHING, StoredRows
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Check, Entry, Grain, Program, Rule
from engine.rulebook.parts import names_in
from engine.rulebook.scope import Scope
from engine.rulebook.wanted import closure


def opened(
    record: FolderRecord, book: Book, program: Program, period: Period, data: SqlTables, before: PublishedValues | None
) -> tuple[Execution, KeptRun | None]:
    """The run with its rows sorted and held; what it kept, where coarse values are taken from that."""
    kept = KeptRun(PublishedValues(record), data.database, data.staged.keys())
    accounts = {entry["table"]: entry for entry in record.said["accounting"]}
    if not _says_enough(kept, accounts, book, program, period, data):
        return sorted_again(book, program, period, data, before), None

    def earlier(of: Period, remarks: list[str]) -> Execution:
        found = SqlRun(book, program, of, data)
        found.remarks = found.judge.remarks = remarks
        hold_or_stop(found)
        return found.judge

    rows = StoredRows(data, earlier, kept, accounts)
    execution = Execution(book, program, period, data, before, elsewhere=rows)
    rows.settle()
    return execution, kept


def sorted_again(
    book: Book, program: Program, period: Period, data: SqlTables, before: PublishedValues | None
) -> Execution:
    """The run as its engine does it, up to the point where rows are held."""
    run = SqlRun(book, program, period, data, before)
    with telling_refused(run):
        hold_or_stop(run)
    return run.judge


def _says_enough(
    kept: KeptRun, accounts: Mapping[str, Mapping[str, Any]], book: Book, program: Program, period: Period,
    data: SqlTables,
) -> bool:  # fmt: skip
    """Whether the record and the kept values tell which rows took part, without a look at all of them."""
    if data.database.engine != DUCKDB:
        return False
    for base in data.staged:
        states = accounts.get(base, NOTHING)["states"]
        file = kept.file(base)
        if states.get(HELD) and (file is None or len(file.keys) != 1 or not is_plain(file)):
            return False
        unknown = (states.get(REJECTED) or states.get(EXCLUDED)) and not is_plain(file)
        if unknown and any(sorts_by_sums(snapshot, program, base) for snapshot in rules_of(book, program, period)):
            return False
    small = [name for name in accounts if name not in data.staged]
    return not any(
        sorts_by_sums(snapshot, program, name) for snapshot in rules_of(book, program, period) for name in small
    )


def sorts_by_sums(snapshot: Snapshot, program: Program, table: str) -> bool:
    """Whether checks or exclusions of a table look at more than the row: at sums of rows that stood there then."""
    scope = Scope(snapshot, program)
    names: set[str] = set(program.exclude.get(table, ()))
    names |= {c.name for c in snapshot.checks.values() if c.kind in ("拒收", "提醒") and scope.base(c.grain) == table}
    if table in program.rows:
        names |= names_in(program.rows[table].tree)
    reached = closure(snapshot, names, frozenset(program.compute))
    return any(_looks_at_rows(snapshot.entries[name]) for name in reached if name in snapshot.entries)


def _looks_at_rows(entry: Entry) -> bool:
    if isinstance(entry, Rule):
        return lookups.has_aggregate(entry)
    if isinstance(entry, Check):
        return any(lookups.looks_at_others(formula) for _, formula in entry.grades)
    return isinstance(entry, Grain) and entry.condition is not None and lookups.looks_at_others(entry.condition)
