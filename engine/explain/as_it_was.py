"""A run as it stood when a row was sorted: what checks and exclusions summed up are the rows that were still there."""

from __future__ import annotations

import datetime
from dataclasses import replace

from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.execute.reference.selection import applicable, needed, outside, parent, rejected
from engine.execute.reference.verdicts import EXCLUDED, HELD, Selection, Verdict
from engine.execute.sql.data_rows import DataRows
from engine.execute.sql.execution import SqlRun
from engine.explain.stored.opened import sorts_by_sums
from engine.language.values import Unresolved
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Program
from engine.rulebook.scope import Scope


def verdict_of(execution: Execution, row: Row) -> Verdict | None:
    """Where a row of a table ended; ``None``: it was settled. Of rows that are not here it is judged again."""
    elsewhere = execution.elsewhere
    if not isinstance(elsewhere, DataRows) or not elsewhere.holds(row.grain):
        return execution.selection.verdicts[row.grain].get(row.number)
    condition, above = execution.program.rows.get(row.grain), parent(execution, execution.selection, row.grain)
    found = outside(execution, execution.now.tables[row.grain], row, condition, above)
    checks = applicable(execution, row.grain)
    if found is None and checks:
        found = rejected(as_it_was(execution, row.grain, checked=False), checks, row, Selection())
    if found is None and (row.grain in execution.selection.main_tables or row.grain in execution.program.exclude):
        found = _excluded(execution, row)
    for name in execution.program.need.get(row.grain, ()):
        found = found or needed(execution, name, row, execution.own_day(row))
    return found


def _excluded(execution: Execution, row: Row) -> Verdict | None:
    """By the program as it stood on the row's day, over the rows that no check had rejected."""
    day = execution.own_day(row)
    program = execution.scope(day).book.programs.get(execution.program.name, execution.program)
    names = program.exclude.get(row.grain, ())
    then = as_it_was(execution, row.grain, checked=True) if names else execution
    for name in names:
        try:
            if then.value(name, row, day) is True:
                return Verdict(EXCLUDED, name)
        except Unresolved as error:
            return Verdict(HELD, name, f"不能判断是否排除：{error}", error.cause)
    return None


def as_it_was(execution: Execution, table: str, checked: bool) -> Execution:
    """The same run when it came to the exclusions of ``table`` (or, if not ``checked``, to its checks)."""
    elsewhere = execution.elsewhere
    if isinstance(elsewhere, DataRows) and not sorts_by_sums(execution.now, execution.program, table):
        return execution  # a row is looked at alone, whatever else there is
    book = _Before.of_book(execution.book, execution.scope(execution.closing), table, checked)
    program = _without_exclusions(execution.program, table)
    if isinstance(elsewhere, DataRows):
        return SqlRun(book, program, execution.period, elsewhere.data, execution.published).judge
    return Execution(book, program, execution.period, execution.data, execution.published)


def _without_exclusions(program: Program, table: str) -> Program:
    return replace(program, exclude={name: names for name, names in program.exclude.items() if name != table})


class _Before(Book):
    """A rulebook in which no program excludes rows of ``table`` (and, if not ``checked``, nothing checks them)."""

    table: str
    gone: frozenset[str]

    @classmethod
    def of_book(cls, book: Book, scope: Scope, table: str, checked: bool) -> _Before:
        made = cls(book.name, book.title, book.folder, book.layers, book.start, book.problems, book.as_of, book.files)
        checks = [] if checked else [c for c in scope.book.checks.values() if c.kind in ("拒收", "提醒")]
        made.table, made.gone = table, frozenset(c.name for c in checks if scope.base(c.grain) == table)
        return made

    def _resolve(self, day: datetime.date) -> Snapshot:
        found = super()._resolve(day)
        kept = {name: entry for name, entry in found.entries.items() if name not in self.gone}
        programs = {
            name: _without_exclusions(entry, self.table) for name, entry in kept.items() if isinstance(entry, Program)
        }
        return Snapshot(found.day, {**kept, **programs}, found.stacked)
