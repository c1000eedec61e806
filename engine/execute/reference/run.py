"""Run a program with the reference engine: sort the rows, hold what cannot be known, then statements and
accounting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from engine.data.typed import Rejected
from engine.execute.period import Period
from engine.execute.reference.assertions import asserted
from engine.execute.reference.days import rules_of
from engine.execute.reference.exact_codes import notes_of_short_codes
from engine.execute.reference.execution import Execution
from engine.execute.reference.holding import hold_or_stop
from engine.execute.reference.inputs import Published
from engine.execute.reference.kept import kept_values
from engine.execute.reference.outcome import Outcome
from engine.execute.reference.refusals import key_text, refusals
from engine.execute.reference.rows import Record
from engine.execute.reference.sheets import sheet
from engine.execute.reference.verdicts import HELD, REJECTED
from engine.execute.result import Brought, HeldRow, RejectedRow, Result
from engine.files.errors import RunStopped
from engine.rulebook.book import Book
from engine.rulebook.delivered import WORKED_OUT, worked_out
from engine.rulebook.model import Cases, Formula, Parameter, Program, Provenance, Rule
from engine.rulebook.pending import reached
from engine.rulebook.unsure import unsure_parts
from engine.watching.event import ASSERTING, COMPUTING, KEEPING, SORTING, STATING
from engine.watching.watching import UNWATCHED, Watching

Numbered = tuple[str, int]
"""A table and a number of a row in it."""


@dataclass
class MemoryTables:
    """Rows that are already typed: table to records; a table that is missing was not delivered."""

    tables: dict[str, list[Record]] = field(default_factory=dict)
    sources: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    unreadable: Mapping[str, Sequence[Rejected]] = field(default_factory=dict)

    def source(self, table: str, number: int) -> tuple[str, int]:
        """File and line of a row, where they are known."""
        known = self.sources.get(table, ())
        return known[number] if number < len(known) else ("", 0)

    def sources_of(self, rows: Sequence[Numbered]) -> dict[Numbered, tuple[str, int]]:
        return {(table, number): self.source(table, number) for table, number in rows}

    def rows(self, table: str) -> list[Record] | None:
        return self.tables.get(table)


def execute(
    book: Book, program: Program, period: Period, data: MemoryTables, published: Published | None = None,
    watching: Watching = UNWATCHED,
) -> Execution:  # fmt: skip
    """An execution whose rows are sorted and held.

    Raises :class:`RunStopped` when more are held than the program allows.
    """
    watching.tell(SORTING)
    execution = Execution(book, program, period, data, published, cancel=watching.cancel)
    with telling_refused(execution):
        hold_or_stop(execution)
    return execution


@contextmanager
def telling_refused(execution: Outcome) -> Iterator[None]:
    """A stop takes the rows along that were refused by then."""
    try:
        yield
    except RunStopped as stop:
        stop.rejected = stop.rejected or rejected_rows(execution)
        raise


def run(
    book: Book,
    program: Program,
    period: Period,
    data: MemoryTables,
    published: Published | None = None,
    keep_all: bool = False,
    watching: Watching = UNWATCHED,
) -> Result:
    """Everything the program gives for the period. Raises :class:`RunStopped` rather than give half of it.

    ``keep_all``: of data rows every computed value is kept, not only classes and what statements name.
    """
    held = execute(book, program, period, data, published, watching)
    watching.tell(COMPUTING)  # what is asked for first is worked out first
    return results(held, keep_all, watching)


def results(execution: Outcome, keep_all: bool, watching: Watching = UNWATCHED) -> Result:
    """What a held execution comes to. Raises :class:`RunStopped` where a 必须 does not hold or a value is not known."""
    with telling_refused(execution):
        return _results(execution, keep_all, watching)


def _results(execution: Outcome, keep_all: bool, watching: Watching) -> Result:
    program = execution.program
    watching.tell(ASSERTING)
    checked = asserted(execution)
    result = Result(warned=dict(execution.selection.warned), asserted=checked)
    for name in watching.each(STATING, [(name, name) for name in program.statements]):
        result.statements.append(sheet(execution, execution.now.statements[name]))
    watching.tell(KEEPING)
    result.kept = kept_values(execution, keep_all)
    result.accounts = [execution.account(name) for name in execution.selection.tables]
    result.rejected = rejected_rows(execution)
    result.refused = refusals(execution, result.accounts)
    result.held = _held_rows(execution)
    result.brought = brought(execution)
    result.not_official = not_official(execution)
    result.retroactive = retroactive(execution)
    result.notes = [*execution.notes(), *notes_of_short_codes(execution)]
    return result


def rejected_rows(execution: Outcome) -> list[RejectedRow]:
    """The rows that a check refused, and where they stand."""
    found = execution.verdicts_of(REJECTED)
    numbered = [(table, number) for table, number, _ in found]
    keys, sources = execution.keys_of(numbered), execution.data.sources_of(numbered)
    rows = []
    for table, number, verdict in found:
        origin, line = sources[table, number]
        key = key_text(keys[table, number])
        rows.append(RejectedRow(table, key, verdict.by, verdict.reason, line or None, origin))
    return rows


def _held_rows(execution: Outcome) -> list[HeldRow]:
    found = execution.verdicts_of(HELD)
    keys = execution.keys_of([(table, number) for table, number, _ in found])
    return [
        HeldRow(table, key_text(keys[table, number]), verdict.by, verdict.cause, verdict.reason)
        for table, number, verdict in found
    ]


def brought(execution: Outcome) -> list[Brought]:
    """Of each rule that takes what is delivered (交来), on how many rows it did."""
    found = []
    for rule, there in taking_delivered(execution):
        rows, taken = execution.count_rows(rule.grain), execution.rows_where_true(there, rule.grain)
        found.append(Brought(rule.name, rule.delivered, rule.grain, rows, taken))
    return found


def taking_delivered(execution: Outcome) -> list[tuple[Rule, Formula]]:
    """The rules that take what is delivered, by name, each with the condition that it is there."""
    found = []
    for name in sorted(reached(execution.now, execution.program, delivered_tables(execution))):
        rule = execution.now.rules.get(name)
        if rule is not None and rule.delivered and isinstance(rule.body, Cases):
            there = rule.body.branches[0].condition
            assert there is not None
            found.append((rule, there))
    return found


def delivered_tables(execution: Outcome) -> frozenset[str]:
    """The tables that the run reads and that were delivered."""
    return frozenset(name for name, table in execution.selection.tables.items() if table.delivered)


def not_official(execution: Outcome) -> list[tuple[str, str, Provenance]]:
    """Every figure and rule that the run may use and that is not 正式, by name: switches folded, cases not.

    The text between says which branch or row of a rule it is; empty where it is all of it.
    """
    now = execution.now
    names = reached(now, execution.program, delivered_tables(execution))
    entries = [now.entries.get(name) for name in sorted(names) if worked_out(name) not in names]
    return [
        (entry.name.removesuffix(WORKED_OUT), part, about)
        for entry in entries
        if isinstance(entry, (Parameter, Rule))
        for part, about in unsure_parts(entry, now)
    ]


def retroactive(execution: Outcome) -> list[tuple[str, Provenance]]:
    """Everything that the run may read on a day on which it holds only by 追溯, by name."""
    found: dict[str, Provenance] = {}
    for snapshot in rules_of(execution.book, execution.program, execution.period):
        for name in reached(snapshot, execution.program, delivered_tables(execution)):
            entry = snapshot.entries.get(name)
            if entry is not None and entry.provenance.is_retroactive_on(snapshot.day):
                found.setdefault(name, entry.provenance)
    return sorted(found.items())
