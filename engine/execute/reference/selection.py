"""Every row that comes in ends in exactly one place: outside the period, rejected, excluded, held or
settled.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

from engine.execute.period import Period
from engine.execute.reference.asks import Asks, Stands
from engine.execute.reference.rows import Row, TableRows, row_of
from engine.execute.reference.verdicts import (
    EXCLUDED,
    HELD,
    OUTSIDE,
    REJECTED,
    ROW_CONDITION,
    Selection,
    Verdict,
    not_judged,
)
from engine.language.types import Kind
from engine.language.values import Month, Unresolved
from engine.rulebook.model import Check, Formula, Table


def select(execution: Asks) -> Selection:
    """Load the tables a program may read and sort their rows; values are not needed yet but for named
    conditions.
    """
    selection = stored_tables(execution)
    for name in parents_first(execution, selection):
        sort_rows(execution, selection, name)
    return selection


def stored_tables(execution: Asks) -> Selection:
    """Every table with its rows, none of them sorted yet."""
    scope = execution.scope(execution.closing)
    selection = Selection()
    execution.selection = selection
    computed = scope.computed
    selection.computed_tables = frozenset(
        name
        for name, table in scope.book.tables.items()
        if set(table.fields) - set(table.key) and set(table.fields) - set(table.key) <= computed
    )
    selection.main_tables = tuple(
        name
        for name, table in scope.book.tables.items()
        if table.period_field and table.fields[table.period_field].type.kind is Kind.DATE
    )
    for name, table in scope.book.tables.items():
        records = None if name in selection.computed_tables else execution.data.rows(name)
        keys = scope.keys(name)
        lost = frozenset(row.key_text for row in execution.data.unreadable.get(name, ()))
        stored = TableRows(table, keys, records is not None, unreadable=lost)
        rows = [row_of(name, keys, record, number) for number, record in enumerate(records or ())]
        selection.everything[name] = rows
        selection.verdicts[name] = {}
        stored.fill(rows)
        selection.tables[name] = stored
    return selection


def parents_first(execution: Stands, selection: Selection) -> list[str]:
    rest = [name for name in selection.tables if name not in selection.main_tables]
    dated = [name for name in rest if execution.now.tables[name].period_field]
    timeless = [name for name in rest if name not in dated]
    below = [name for name in timeless if parent(execution, selection, name)]
    return [*dated, *(name for name in timeless if name not in below), *selection.main_tables, *below]


def parent(execution: Stands, selection: Selection, name: str) -> tuple[str, str] | None:
    """(key column, settled table) where a table's key refers to a settled table: it belongs to that row's
    period.
    """
    table = execution.now.tables[name]
    if table.period_field:
        return None
    for key in table.key:
        refers = table.fields[key].refers
        if refers in selection.main_tables and refers != name:
            return key, refers
    return None


def sort_rows(execution: Asks, selection: Selection, name: str) -> None:
    """In three rounds, so that a sum in a check runs over the rows of the period, and one in an exclusion over
    those that no check rejected.
    """
    stored = selection.tables[name]
    condition = execution.program.rows.get(name)
    checks = applicable(execution, name)
    above = parent(execution, selection, name)
    _take_out(execution, name, lambda row: outside(execution, stored.table, row, condition, above))
    if checks:
        _take_out(execution, name, lambda row: rejected(execution, checks, row, selection))
    if name in selection.main_tables or name in execution.program.exclude:
        _take_out(execution, name, lambda row: excluded(execution, row))


def _take_out(execution: Asks, name: str, judge: Callable[[Row], Verdict | None]) -> None:
    stored, verdicts = execution.selection.tables[name], execution.selection.verdicts[name]
    kept: list[Row] = []
    for row in stored.rows:
        verdict = judge(row)
        if verdict is None:
            kept.append(row)
        else:
            verdicts[row.number] = verdict
    if len(kept) < len(stored.rows):
        stored.fill(kept)
    execution.rows_left()


def outside(
    execution: Asks, table: Table, row: Row, condition: Formula | None, above: tuple[str, str] | None
) -> Verdict | None:
    """Why a row is not of the run. ``condition``: of the program's 行; ``above``: as of :func:`parent`."""
    period, record = execution.period, row.record
    assert record is not None
    try:
        if condition is not None:
            # which rows are of the run is a question of the run: by its rules, not by those of the row's own day
            if not execution.truth(condition, table.name, row, execution.closing):
                return Verdict(OUTSIDE)
            execution.scope(execution.own_day(row))  # unresolved for a row from before there are rules
            return None
    except Unresolved as error:
        return not_judged(ROW_CONDITION, "是否属于本次", error)
    if above is not None:
        key, settled = above
        tables = execution.selection.tables
        found = tables[settled].find((row.key[tables[table.name].keys.index(key)],))
        return None if found else Verdict(OUTSIDE, settled, f"{settled} 没有这一行，或不在本次")
    if table.period_field is None:
        return None
    return None if falls_in(period, record.get(table.period_field)) else Verdict(OUTSIDE)


def falls_in(period: Period, when: object) -> bool:
    """Whether a 归期 (a date, a month, a year) is of the period."""
    if isinstance(when, Month):
        return period.first <= when <= period.last
    if isinstance(when, datetime.date):
        return when in period
    return when == period.year


def applicable(execution: Stands, table: str) -> list[Check]:
    scope = execution.scope(execution.closing)
    return [c for c in scope.book.checks.values() if c.kind in ("拒收", "提醒") and scope.base(c.grain) == table]


def rejected(execution: Asks, checks: list[Check], row: Row, selection: Selection) -> Verdict | None:
    if not checks:
        return None
    day = execution.own_day(row)
    for check in checks:
        try:
            if check.grain != row.grain and not execution.in_grain(check.grain, row):
                continue
            hit = any(execution.truth(formula, check.grain, row, day) for _, formula in check.grades)
        except Unresolved as error:
            if check.kind == "提醒":
                unsure = f"{check.name}（不能判断）"
                selection.warned[unsure] = selection.warned.get(unsure, 0) + 1
                continue
            return not_judged(check.name, f" {check.name}", error)
        if hit and check.kind == "拒收":
            return Verdict(REJECTED, check.name, check.provenance.note or check.grades[0][1].text, "", check.name)
        if hit:
            selection.warned[check.name] = selection.warned.get(check.name, 0) + 1
    return None


def excluded(execution: Asks, row: Row) -> Verdict | None:
    """By the program as it stood on the row's day: a notice of July excludes nothing of January."""
    day = execution.own_day(row)
    try:
        program = execution.scope(day).book.programs.get(execution.program.name, execution.program)
    except Unresolved:  # a row older than the rules: by the program that there is
        program = execution.program
    for name in program.exclude.get(row.grain, ()):
        try:
            if execution.value(name, row, day) is True:
                return Verdict(EXCLUDED, name)
        except Unresolved as error:
            return Verdict(HELD, name, f"不能判断是否排除：{error}", error.cause)
    return None


def hold(execution: Asks) -> None:
    """Hold every accepted row of which a needed value cannot be known; then the others are settled."""
    selection = execution.selection
    for table, names in execution.program.need.items():
        verdicts = selection.verdicts[table]
        for row in selection.tables[table].rows:
            day = execution.own_day(row)
            for name in names:
                verdict = needed(execution, name, row, day)
                if verdict is not None:
                    verdicts[row.number] = verdict
                    break
    execution.settle(any_held(execution))


def any_held(execution: Asks) -> bool:
    """Whether a row was held."""
    tables = execution.selection.verdicts.values()
    return any(verdict.state == HELD for verdicts in tables for verdict in verdicts.values())


def needed(execution: Asks, name: str, row: Row, day: datetime.date) -> Verdict | None:
    try:
        home = execution.scope(day).home(name)
        if home is not None and not execution.in_grain(home, row):
            return None
        if execution.value(name, row, day) is None:
            return Verdict(HELD, name, f"{name} 没有值", "没有值")
    except Unresolved as error:
        return Verdict(HELD, name, str(error), error.cause)
    return None


def would_take_part(execution: Asks, row: Row) -> bool:
    """Whether a row from before the period would have been neither rejected nor excluded then."""
    quiet = Selection()
    if rejected(execution, [c for c in applicable(execution, row.grain) if c.kind == "拒收"], row, quiet):
        return False
    return excluded(execution, row) is None
