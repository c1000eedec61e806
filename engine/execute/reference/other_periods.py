"""Whether the rows of another period were delivered with those of the run."""

from __future__ import annotations

from collections.abc import Sequence

from engine.execute.period import Period
from engine.execute.reference.outcome import Outcome


def delivered(execution: Outcome, period: Period) -> bool:
    """Whether the settled tables have rows of ``period``; where none is settled, any table with a 归期."""
    tables = [name for name in execution.selection.main_tables if execution.any_rows(name)]
    if not tables:
        tables = [name for name, table in execution.now.tables.items() if table.period_field]
    if any(execution.delivered_in(table, period) for table in tables):
        return True
    if not _is_empty_month(execution, period, tables):
        return False
    execution.remarks.append(f"{period} 交来了别的表的行，没有 {'、'.join(tables)} 的行：按那一期没有来算")
    return True


def _is_empty_month(execution: Outcome, period: Period, tables: Sequence[str]) -> bool:
    """Whether a period of a series is one without cases rather than one that was not delivered: other tables have rows
    of it, and the settled ones have rows of a period before it in the same year.
    """
    if execution.program.series is None or period.first_of_year():
        return False
    dated = [n for n, table in execution.now.tables.items() if table.period_field and n in execution.wanted_tables]
    if not any(execution.delivered_in(name, period) for name in dated if name not in tables):
        return False
    while not period.first_of_year():
        period = period.previous()
        if any(execution.delivered_in(table, period) for table in tables):
            return True
    return False
