"""Run a program with the reference engine: sort the rows, hold what cannot be known, then statements and
accounting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

from engine.data.typed import Rejected
from engine.data.values import OutOfRange
from engine.execute.period import Period
from engine.execute.reference.assertions import asserted
from engine.execute.reference.days import rules_of
from engine.execute.reference.empty_tables import stop_if_a_table_has_no_rows
from engine.execute.reference.exact_codes import notes_of_short_codes
from engine.execute.reference.execution import Execution
from engine.execute.reference.inputs import Published
from engine.execute.reference.refusals import key_text, refusals, stop_if_too_many_refused
from engine.execute.reference.rows import Record
from engine.execute.reference.selection import EXCLUDED, HELD, OUTSIDE, REJECTED, SETTLED, Verdict
from engine.execute.reference.sheets import kept_values, sheet
from engine.execute.result import Account, Brought, HeldRow, RejectedRow, Result
from engine.files.errors import RunStopped
from engine.language.types import Kind
from engine.rulebook.book import Book
from engine.rulebook.delivered import WORKED_OUT, worked_out
from engine.rulebook.model import Cases, Parameter, Program, Provenance, Rule
from engine.rulebook.pending import reached
from engine.rulebook.unsure import unsure_parts

SHOWN = 20
KEYS_SHOWN = 5


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
    book: Book, program: Program, period: Period, data: MemoryTables, published: Published | None = None
) -> Execution:
    """An execution whose rows are sorted and held.

    Raises :class:`RunStopped` when more are held than the program allows.
    """
    execution = Execution(book, program, period, data, published)
    with telling_refused(execution):
        _hold(execution)
    return execution


@contextmanager
def telling_refused(execution: Execution) -> Iterator[None]:
    """A stop takes the rows along that were refused by then."""
    try:
        yield
    except RunStopped as stop:
        stop.rejected = stop.rejected or rejected_rows(execution)
        raise


def _hold(execution: Execution) -> None:
    """Holds rows, and stops where more are held than the program allows: holding shifts money to others.

    Rows that were refused come first: they are why others cannot be known.
    """
    stop_if_too_many_refused(execution)
    stop_if_a_table_has_no_rows(execution)
    execution.hold()
    refuse_too_many_held(execution)


def refuse_too_many_held(execution: Execution) -> None:
    """Raises :class:`RunStopped` where more rows are held than the program allows."""
    program = execution.program
    count = execution.held_count()
    if count > program.hold_limit:
        held = execution.verdicts_of(HELD)
        seen = f"；原因看的是其中 {len(held)} 行" if len(held) < count else ""
        raise RunStopped(
            f"{execution.period} 有 {count} 行不能结算（挂起），{program.name} 允许 {program.hold_limit} 行{seen}",
            _causes(execution, held),
            "补齐数据，或在程序里写 挂起上限",
        )


def _causes(execution: Execution, held: list[tuple[str, int, Verdict]]) -> list[str]:
    """What rows are held for, the most frequent first; reasons that differ in a key only are one, with an example."""
    reasons = Counter((verdict.by, verdict.reason) for _, _, verdict in held)
    if len(reasons) <= SHOWN:
        return [
            f"{count} 行：{by} 无法确定，{reason}（{_some_keys(execution, held, by, reason, count)}）"
            for (by, reason), count in reasons.most_common(SHOWN)
        ]
    kinds = Counter((verdict.by, verdict.cause) for _, _, verdict in held)
    lines = []
    for (by, cause), count in kinds.most_common(SHOWN):
        alike = [one for one in held if (one[2].by, one[2].cause) == (by, cause)]
        reason, among = alike[0][2].reason, len({verdict.reason for _, _, verdict in alike})
        keys = _some_keys(execution, alike, by, reason, sum(one[2].reason == reason for one in alike))
        others = f"，另有 {among - 1} 种像这样的" if among > 1 else ""
        lines.append(f"{count} 行：{by} 无法确定，如 {reason}（{keys}）{others}")
    return lines


def _some_keys(execution: Execution, held: list[tuple[str, int, Verdict]], by: str, reason: str, count: int) -> str:
    """The keys of the first rows held for a reason, so that they can be found in the data."""
    found = [
        key_text(execution.key_of(table, number))
        for table, number, verdict in held
        if (verdict.by, verdict.reason) == (by, reason)
    ][:KEYS_SHOWN]
    return "主键 " + "；".join(found) + (" …" if count > KEYS_SHOWN else "")


def earlier_execution(execution: Execution) -> Execution | None:
    """The period before, where rows of it were delivered. In a series a region's test need not give them."""
    period = execution.period.previous()
    in_test = execution.program.series is not None and bool(execution.free_tables)
    if not in_test and not _delivered(execution, period):
        return None
    earlier = execution.earlier(period)
    earlier.remarks = execution.remarks
    _hold(earlier)
    return earlier


def _delivered(execution: Execution, period: Period) -> bool:
    """Whether the settled tables have rows of ``period``; where none is settled, any table with a 归期."""
    tables = [name for name in execution.selection.main_tables if execution.grains.any_rows(name)]
    if not tables:
        tables = [name for name, table in execution.now.tables.items() if table.period_field]
    delivered = execution.grains.delivered_in
    if any(delivered(table, period) for table in tables):
        return True
    if not _is_empty_month(execution, period, tables):
        return False
    execution.remarks.append(f"{period} 交来了别的表的行，没有 {'、'.join(tables)} 的行：按那一期没有来算")
    return True


def _is_empty_month(execution: Execution, period: Period, tables: Sequence[str]) -> bool:
    """Whether a period of a series is one without cases rather than one that was not delivered: other tables have rows
    of it, and the settled ones have rows of a period before it in the same year.
    """
    if execution.program.series is None or period.first_of_year():
        return False
    delivered = execution.grains.delivered_in
    dated = [n for n, table in execution.now.tables.items() if table.period_field and n in execution.wanted_tables]
    if not any(delivered(name, period) for name in dated if name not in tables):
        return False
    while not period.first_of_year():
        period = period.previous()
        if any(delivered(table, period) for table in tables):
            return True
    return False


def run(
    book: Book,
    program: Program,
    period: Period,
    data: MemoryTables,
    published: Published | None = None,
    keep_all: bool = False,
) -> Result:
    """Everything the program gives for the period. Raises :class:`RunStopped` rather than give half of it.

    ``keep_all``: of data rows every computed value is kept, not only classes and what statements name.
    """
    return results(execute(book, program, period, data, published), keep_all)


def results(execution: Execution, keep_all: bool) -> Result:
    """What a held execution comes to. Raises :class:`RunStopped` where a 必须 does not hold or a value is not known."""
    with telling_refused(execution):
        return _results(execution, keep_all)


def _results(execution: Execution, keep_all: bool) -> Result:
    program = execution.program
    checked = asserted(execution)
    result = Result(warned=dict(execution.selection.warned), asserted=checked)
    for name in program.statements:
        result.statements.append(sheet(execution, execution.now.statements[name]))
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


def account(execution: Execution, table: str) -> Account:
    """Rows and yuan by where they ended; what nothing read is counted too."""
    selection = execution.selection
    rows = selection.everything[table]
    money = [
        name
        for name, field_ in execution.now.tables[table].fields.items()
        if field_.type.kind is Kind.NUMBER and field_.type.unit.powers == (("元", 1),)
    ]
    states: Counter[str] = Counter()
    by: Counter[tuple[str, str]] = Counter()
    sums: dict[str, dict[str, Fraction]] = {}
    sums_by: dict[tuple[str, str], dict[str, Fraction]] = {}
    final = SETTLED if table in selection.main_tables else "参加"
    for row in rows:
        verdict = selection.verdicts[table].get(row.number)
        state = verdict.state if verdict else final
        states[state] += 1
        if verdict and verdict.by:
            by[(state, verdict.by)] += 1
        for name in money if table in selection.main_tables else ():
            value = (row.record or {}).get(name)
            value = value.value if isinstance(value, OutOfRange) else value
            if isinstance(value, Fraction):
                sums.setdefault(state, {}).setdefault(name, Fraction(0))
                sums[state][name] += value
                if verdict and verdict.by:
                    decided = sums_by.setdefault((state, verdict.by), {})
                    decided[name] = decided.get(name, Fraction(0)) + value
    stored = selection.tables[table]
    unread = None if table in selection.main_tables else sum(r.number not in stored.read for r in stored.rows)
    return Account(table, len(rows), dict(states), sums, dict(by), unread, sums_by)


def rejected_rows(execution: Execution) -> list[RejectedRow]:
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


def _held_rows(execution: Execution) -> list[HeldRow]:
    found = execution.verdicts_of(HELD)
    keys = execution.keys_of([(table, number) for table, number, _ in found])
    return [
        HeldRow(table, key_text(keys[table, number]), verdict.by, verdict.cause, verdict.reason)
        for table, number, verdict in found
    ]


def brought(execution: Execution) -> list[Brought]:
    """Of each rule that takes what is delivered (交来), on how many rows it did."""
    found = []
    for name in sorted(reached(execution.now, execution.program, delivered_tables(execution))):
        rule = execution.now.rules.get(name)
        if rule is not None and rule.delivered and isinstance(rule.body, Cases):
            there = rule.body.branches[0].condition
            assert there is not None
            rows = execution.count_rows(rule.grain)
            taken = execution.rows_where_true(there, rule.grain)
            found.append(Brought(name, rule.delivered, rule.grain, rows, taken))
    return found


def delivered_tables(execution: Execution) -> frozenset[str]:
    """The tables that the run reads and that were delivered."""
    return frozenset(name for name, table in execution.selection.tables.items() if table.delivered)


def not_official(execution: Execution) -> list[tuple[str, str, Provenance]]:
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


def retroactive(execution: Execution) -> list[tuple[str, Provenance]]:
    """Everything that the run may read on a day on which it holds only by 追溯, by name."""
    found: dict[str, Provenance] = {}
    for snapshot in rules_of(execution.book, execution.program, execution.period):
        for name in reached(snapshot, execution.program, delivered_tables(execution)):
            entry = snapshot.entries.get(name)
            if entry is not None and entry.provenance.is_retroactive_on(snapshot.day):
                found.setdefault(name, entry.provenance)
    return sorted(found.items())


__all__ = ["EXCLUDED", "OUTSIDE", "MemoryTables", "account", "execute", "run"]
