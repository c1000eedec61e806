"""Coarse values in the order of the plan, so that whatever reads one finds it there."""

from __future__ import annotations

from engine.execute.plan.passes import plan_of
from engine.execute.plan.steps import SETTLED, CoarseStep
from engine.execute.sql.execution import SqlRun
from engine.execute.sql.host_values import NotInSql
from engine.execute.sql.ints import TooLarge
from engine.files.errors import RunStopped
from engine.language.values import Unresolved
from engine.watching.event import COMPUTING
from engine.watching.watching import UNWATCHED, Watching


def work_out_in_order(run: SqlRun, watching: Watching = UNWATCHED) -> None:
    """Every coarse column over the settled rows, a step of the plan after the other.

    What cannot be worked out is told of by who reads it first, as if nothing had been worked out before.
    """
    delivered = [name for name, table in run.selection.tables.items() if table.delivered]
    steps = plan_of(run.book, run.program, run.period, delivered).steps
    coarse = [step for step in steps if isinstance(step, CoarseStep) and step.phase == SETTLED]
    for step in watching.each(COMPUTING, [(_title(step), step) for step in coarse]):
        try:
            _work_out(run, step, watching)
        except (RunStopped, NotInSql, TooLarge):
            return


def _title(step: CoarseStep) -> str:
    more = f" 等 {len(step.columns)} 项" if len(step.columns) > 1 else ""
    return f"{step.grain}：{step.columns[0].name}{more}"


def _work_out(run: SqlRun, step: CoarseStep, watching: Watching) -> None:
    judge = run.judge
    try:
        rows = judge.rows_of(step.grain)
    except Unresolved:
        return
    for column in step.columns:
        watching.cancel.refuse()
        for row in rows:
            try:
                judge.value(column.name, row, judge.own_day(row))
            except Unresolved:
                continue
