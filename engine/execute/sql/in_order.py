"""Coarse values in the order of the plan, so that whatever reads one finds it there."""

from __future__ import annotations

from engine.execute.plan.passes import plan_of
from engine.execute.plan.steps import SETTLED, CoarseStep
from engine.execute.sql.execution import SqlRun
from engine.execute.sql.host_values import NotInSql
from engine.execute.sql.ints import TooLarge
from engine.files.errors import RunStopped
from engine.language.values import Unresolved


def work_out_in_order(run: SqlRun) -> None:
    """Every coarse column over the settled rows, a step of the plan after the other.

    What cannot be worked out is told of by who reads it first, as if nothing had been worked out before.
    """
    delivered = [name for name, table in run.selection.tables.items() if table.delivered]
    for step in plan_of(run.book, run.program, run.period, delivered).steps:
        if isinstance(step, CoarseStep) and step.phase == SETTLED:
            try:
                _work_out(run, step)
            except (RunStopped, NotInSql, TooLarge):
                return


def _work_out(run: SqlRun, step: CoarseStep) -> None:
    judge = run.judge
    try:
        rows = judge.rows_of(step.grain)
    except Unresolved:
        return
    for column in step.columns:
        for row in rows:
            try:
                judge.value(column.name, row, judge.own_day(row))
            except Unresolved:
                continue
