"""Whether rows are of the period that is settled, and which of its months a table has that earlier runs fill."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence

from engine.data.staging.model import StagedTable
from engine.data.staging.storage import value_of
from engine.execute.loading import Loaded
from engine.execute.period import Period
from engine.execute.reference.selection import OUTSIDE, REJECTED
from engine.execute.result import Result
from engine.language.types import Kind
from engine.language.values import Month, Value
from engine.rulebook.book import Book


def notes_of_months(book: Book, period: Period, loaded: Loaded) -> list[str]:
    """A sentence for each delivered table with a month as 归期, filled by a statement, that lacks months of ``period``.

    Months before the region begins are not missed.
    """
    if period.months == 1:
        return []
    snapshot = book.at(max(period.end, book.start))
    filled = {sheet.fills for sheet in snapshot.statements.values()}
    expected = [month for month in _months(period) if month.last_day() >= book.start]
    notes = []
    for name, table in sorted(loaded.tables.items()):
        field = table.table.period_field
        if name not in filled or field is None or table.table.fields[field].type.kind is not Kind.MONTH:
            continue
        there = _months_of(loaded, name, field)
        lacking = [month for month in expected if month not in there]
        if there and lacking:
            had = [month for month in expected if month in there]
            told = f"只有 {_runs(had, expected)}，缺 {_runs(lacking, expected)}" if had else "一个月也没有"
            notes.append(
                f"表 {name} 的 {field} 在 {period} 里{told}：合计只算了有的月份；"
                "缺的月份已经有结果的，把那些结果文件夹也写进 --data"
            )
    return notes


def notes_of_other_periods(period: Period, loaded: Loaded, result: Result) -> list[str]:
    """A sentence for each table that is settled of which no row is of ``period``: another one may have been meant."""
    notes = []
    for account in result.accounts:
        table = loaded.tables[account.table].table if account.table in loaded.tables else None
        if table is None or table.period_field is None or table.fields[table.period_field].type.kind is not Kind.DATE:
            continue
        field, outside = table.period_field, account.states.get(OUTSIDE, 0)
        if outside and outside == account.rows - account.states.get(REJECTED, 0):
            days = _bounds(loaded, account.table, field)
            which = f"{field} 从 {days[0]} 到 {days[1]}" if days else field
            notes.append(
                f"表 {account.table} 的 {outside} 行（{which}）没有一行在 {period} 里：看看 --period 和 --data 对不对"
            )
    return notes


def _bounds(loaded: Loaded, name: str, field: str) -> tuple[Value, Value] | None:
    table = loaded.tables[name]
    if isinstance(table, StagedTable):
        column_ = table.columns.get(field)
        if column_ is None or column_.low is None or column_.high is None:
            return None
        low, high = (value_of(column_.field, bound) for bound in (column_.low, column_.high))
        return low, high
    days = [value for row in table.rows if isinstance(value := row.get(field), datetime.date)]
    return (min(days), max(days)) if days else None


def _months(period: Period) -> list[Month]:
    months = [period.first]
    while months[-1] != period.last:
        months.append(months[-1].next())
    return months


def _months_of(loaded: Loaded, name: str, field: str) -> frozenset[Month]:
    table = loaded.tables[name]
    if not isinstance(table, StagedTable):
        return frozenset(value for row in table.rows if isinstance(value := row.get(field), Month))
    if field not in table.columns:
        return frozenset()
    return frozenset(value for value in table.values_of(field) if isinstance(value, Month))


def _runs(months: Sequence[Month], expected: Sequence[Month]) -> str:
    """2025-01 至 2025-06、2025-09."""
    runs: list[list[Month]] = []
    wanted: Collection[Month] = set(months)
    for before, month in zip([None, *expected], expected, strict=False):
        if month in wanted and before in wanted:
            runs[-1].append(month)
        elif month in wanted:
            runs.append([month])
    return "、".join(str(run[0]) if len(run) == 1 else f"{run[0]} 至 {run[-1]}" for run in runs)
