"""Where rules changed within the period: which states of the rules the rows of a big table may be of, and the condition
in SQL that a row is of one of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

from sqlglot import exp

from engine.execute.sql import ints
from engine.execute.sql.lowered import date_literal, month_number
from engine.execute.sql.on_rows import OnRows
from engine.language.types import Kind
from engine.language.values import Month


def days_of(reading: OnRows) -> list[tuple[exp.Expression | None, datetime.date]]:
    """Each state of the rules that rows may be of, with the condition that a row is of it or a later one."""
    execution = reading.execution
    book, program, period = execution.book, execution.program, execution.period
    if program.rules_as_of_start:
        return [(None, execution.closing)]
    when, month = _when(reading)
    if when is None:
        return [(None, period.end)]
    of_run = (reading.base, execution.parent_of(reading.base))  # a row of a side table belongs to a row of the run
    older, chosen = reading.execution.sees_older(reading.base), any(table in program.rows for table in of_run)
    first = book.start if older or chosen else max(period.start, book.start)
    last = max(period.end, _latest(reading)) if chosen else period.end  # 行 takes rows of any date
    if last < first:
        return [(None, last)]
    states = book.between(first, last)
    found: list[tuple[exp.Expression | None, datetime.date]] = []
    if chosen or (period.start < book.start and not older):  # before there are rules: nothing can be known
        found.append((None, book.start - datetime.timedelta(days=1)))
    for state in states:
        start = max(state.day, first)
        if not found:
            found.append((None, start))
            continue
        bound = date_literal(start) if month is None else ints.whole(month(start))
        found.append((exp.GTE(this=when.copy(), expression=bound), start))
    return _from_earliest(found, _earliest(reading))


def _from_earliest(
    states: list[tuple[exp.Expression | None, datetime.date]], earliest: datetime.date | None
) -> list[tuple[exp.Expression | None, datetime.date]]:
    """Without the states that ended before any row."""
    while earliest is not None and len(states) > 1 and states[1][1] <= earliest:
        states = [(None, states[1][1]), *states[2:]]
    return states


def _earliest(reading: OnRows) -> datetime.date | None:
    """The earliest date in the 归期 of a row; ``None`` where that is no date, or a row may have none."""
    name = reading.frame.staged.table.period_field
    column = None if name is None else reading.frame.staged.columns[name]
    return column.low if column is not None and not column.nullable and isinstance(column.low, datetime.date) else None


def _latest(reading: OnRows) -> datetime.date:
    """The latest date that stands in the 归期 of a row."""
    name = reading.frame.staged.table.period_field
    high = None if name is None else reading.frame.staged.columns[name].high
    return high if isinstance(high, datetime.date) else reading.execution.period.end


def _when(reading: OnRows) -> tuple[exp.Expression | None, Callable[[datetime.date], int] | None]:
    """Where a row has its time: a date (归期), or a key that is a month or a year."""
    name = reading.frame.staged.table.period_field
    staged = reading.frame.staged.columns
    if name is not None and reading.frame.staged.table.fields[name].type.kind is Kind.DATE:
        return exp.column(staged[name].name), None
    keys = reading.execution.scope(reading.execution.closing).keys(reading.base)
    for key in keys:
        if reading.execution.is_time(key):
            kind = reading.frame.staged.table.fields[key].type.kind
            column = exp.column(staged[key].name)
            if kind is Kind.DATE:
                return column, None
            if kind is Kind.MONTH:
                return column, lambda day: month_number(Month(day.year, day.month))
            return column, lambda day: day.year
    return None, None
