"""Run a program with the reference engine: sort the rows, hold what cannot be known, then statements and
accounting.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from engine.data.values import OutOfRange
from engine.execute.period import Period
from engine.execute.reference.execution import Execution
from engine.execute.reference.inputs import Published
from engine.execute.reference.rows import Record, Row
from engine.execute.reference.selection import EXCLUDED, HELD, OUTSIDE, REJECTED, SETTLED, hold
from engine.execute.reference.sheets import kept_values, sheet
from engine.execute.result import Account, HeldRow, RejectedRow, Result, RunStopped
from engine.language.types import Kind
from engine.language.values import Month, Unresolved, render
from engine.rulebook.book import Book
from engine.rulebook.model import OFFICIAL, Program, Provenance
from engine.rulebook.wanted import assertions

SHOWN = 20
KEYS_SHOWN = 5


@dataclass
class MemoryTables:
    """Rows that are already typed: table to records; a table that is missing was not delivered."""

    tables: dict[str, list[Record]] = field(default_factory=dict)
    sources: dict[str, Sequence[tuple[str, int]]] = field(default_factory=dict)

    def source(self, table: str, number: int) -> tuple[str, int]:
        """File and line of a row, where they are known."""
        known = self.sources.get(table, ())
        return known[number] if number < len(known) else ("", 0)

    def rows(self, table: str) -> list[Record] | None:
        return self.tables.get(table)


def execute(
    book: Book, program: Program, period: Period, data: MemoryTables, published: Published | None = None
) -> Execution:
    """An execution whose rows are sorted and held.

    Raises :class:`RunStopped` when more are held than the program allows.
    """
    execution = Execution(book, program, period, data, published)
    _hold(execution)
    return execution


def _hold(execution: Execution) -> None:
    """Holds rows, and stops where more are held than the program allows: holding shifts money to others."""
    hold(execution)
    program = execution.program
    held = [v for verdicts in execution.selection.verdicts.values() for v in verdicts.values() if v.state == HELD]
    if len(held) > program.hold_limit:
        causes = Counter((verdict.by, verdict.reason) for verdict in held)
        raise RunStopped(
            f"{execution.period} 有 {len(held)} 行不能结算（挂起），{program.name} 允许 {program.hold_limit} 行",
            [
                f"{count} 行：{by} 无法确定，{reason}（{_some_keys(execution, by, reason, count)}）"
                for (by, reason), count in causes.most_common(SHOWN)
            ],
            "补齐数据，或在程序里写 挂起上限",
        )


def _some_keys(execution: Execution, by: str, reason: str, count: int) -> str:
    """The keys of the first rows held for a reason, so that they can be found in the data."""
    found = [
        _key_text(execution, execution.selection.everything[table][number])
        for table, verdicts in execution.selection.verdicts.items()
        for number, verdict in sorted(verdicts.items())
        if verdict.state == HELD and (verdict.by, verdict.reason) == (by, reason)
    ]
    return "主键 " + "；".join(found[:KEYS_SHOWN]) + (" …" if count > KEYS_SHOWN else "")


def earlier_execution(execution: Execution) -> Execution | None:
    """The period before, where rows of it were delivered. In a series a region's test need not give them."""
    period = execution.period.previous()
    in_test = execution.program.series is not None and bool(execution.free_tables)
    if not in_test and not _delivered(execution, period):
        return None
    earlier = Execution(
        execution.book,
        execution.program,
        period,
        execution.data,
        given=execution.given,
        given_grains=execution.given_grains,
        free_tables=execution.free_tables,
    )
    _hold(earlier)
    return earlier


def _delivered(execution: Execution, period: Period) -> bool:
    """Whether the settled tables have rows of ``period``; where none is settled, any table with a 归期."""
    tables = [name for name in execution.selection.main_tables if execution.selection.everything[name]]
    if not tables:
        tables = [name for name, table in execution.now.tables.items() if table.period_field]
    return any(
        _falls_in(execution, table, row, period) for table in tables for row in execution.selection.everything[table]
    )


def _falls_in(execution: Execution, table: str, row: Row, period: Period) -> bool:
    name = execution.now.tables[table].period_field
    when = row.record.get(name) if name and row.record else None
    if isinstance(when, Month):
        return period.first <= when <= period.last
    return when in period if isinstance(when, datetime.date) else period.kind == "年" and when == period.year


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
    execution = execute(book, program, period, data, published)
    _assert(execution)
    result = Result(warned=dict(execution.selection.warned))
    for name in program.statements:
        result.statements.append(sheet(execution, execution.now.statements[name]))
    result.kept = kept_values(execution, keep_all)
    result.accounts = [account(execution, name) for name in execution.selection.tables]
    _refused_rows(execution, data, result)
    result.not_official = not_official(execution)
    return result


def _assert(execution: Execution) -> None:
    """Every 必须 holds, or the run stops and names where it does not."""
    failed: list[str] = []
    for check in assertions(execution.now, execution.program):
        for row in execution.rows_of(check.grain):
            where = _key_text(execution, row)
            try:
                if not execution.truth(check.grades[0][1], check.grain, row, execution.own_day(row)):
                    failed.append(f"{check.name}（{check.provenance.cite}）{where}：{check.grades[0][1].text} 不成立")
            except Unresolved as error:
                failed.append(f"{check.name}（{check.provenance.cite}）{where}：不能判断，{error}")
    if failed:
        raise RunStopped(
            f"有 {len(failed)} 处“必须”没有满足",
            failed[:SHOWN],
            "没有写出结果；按上面的主键和条款查清数据或规则，再运行",
        )


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
    stored = selection.tables[table]
    unread = None if table in selection.main_tables else sum(r.number not in stored.read for r in stored.rows)
    return Account(table, len(rows), dict(states), sums, dict(by), unread)


def _refused_rows(execution: Execution, data: MemoryTables, result: Result) -> None:
    for table, verdicts in execution.selection.verdicts.items():
        for number, verdict in sorted(verdicts.items()):
            row = execution.selection.everything[table][number]
            key = _key_text(execution, row)
            if verdict.state == REJECTED:
                origin, line = data.source(table, number)
                result.rejected.append(RejectedRow(table, key, verdict.by, verdict.reason, line or None, origin))
            elif verdict.state == HELD:
                result.held.append(HeldRow(table, key, verdict.by, verdict.cause, verdict.reason))


def _key_text(execution: Execution, row: Row) -> str:
    return ",".join(render(part) for part in row.key)


def not_official(execution: Execution) -> list[tuple[str, Provenance]]:
    """Every parameter and rule the run used that is not 正式, by name."""
    used = {key[0] for key in execution.known} | execution.used_parameters
    found = []
    for name in sorted(used):
        entry = execution.now.entries.get(name)
        if entry is not None and entry.provenance.status != OFFICIAL:
            found.append((name, entry.provenance))
    return found


__all__ = ["EXCLUDED", "OUTSIDE", "MemoryTables", "account", "execute", "run"]
