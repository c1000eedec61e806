"""The steps of the plan in order: whatever reads a value finds it there, and a stratum asks its data rows once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engine.execute.plan.reads import How
from engine.execute.plan.steps import ACCEPTED, CoarseStep, DataStep, Step
from engine.execute.reference.lookups import sources
from engine.execute.sql.asked_together import aggregates_of
from engine.execute.sql.data_rows import DataRows
from engine.execute.sql.ints import TooLarge
from engine.execute.sql.not_in_sql import NotInSql
from engine.files.errors import RunStopped
from engine.language.values import Unresolved
from engine.watching.event import COMPUTING
from engine.watching.watching import UNWATCHED, Watching

Columns = CoarseStep | DataStep


def work_out(rows: DataRows, steps: Iterable[Step], phase: str, watching: Watching = UNWATCHED) -> None:
    """Every column of ``phase``, a step after the other.

    What cannot be worked out is told of by who reads it first, as if nothing had been worked out before.
    """
    own = [step for step in steps if isinstance(step, Columns) and step.phase == phase]
    asked: set[int] = set()
    if phase == ACCEPTED:
        for table in dict.fromkeys(step.table for step in own if isinstance(step, DataStep)):
            columns = [c for step in own if isinstance(step, DataStep) and step.table == table for c in step.columns]
            rows.readings[table].host.store_kinds(columns)
    for step in watching.each(COMPUTING, [(_title(step), step) for step in own]):
        try:
            if step.stratum not in asked:
                asked.add(step.stratum)
                _ask(rows, step.stratum, [one for one in own if one.stratum == step.stratum])
            if isinstance(step, CoarseStep):
                _coarse(rows, step, watching)
            else:
                _data(rows, step)
        except (RunStopped, NotInSql, TooLarge):
            return


def _title(step: Columns) -> str:
    more = f" 等 {len(step.columns)} 项" if len(step.columns) > 1 else ""
    return f"{step.grain if isinstance(step, CoarseStep) else step.table}：{step.columns[0].name}{more}"


def _ask(rows: DataRows, stratum: int, steps: Sequence[Columns]) -> None:
    """What the coarse columns of a stratum read of data rows, in one query."""
    coarse = [step for step in steps if isinstance(step, CoarseStep)]
    rules = [rows.now.rules[c.name] for step in coarse for c in step.columns if c.name in rows.now.rules]
    gathered = [
        read.grain for step in coarse for c in step.columns for read in c.reads
        if read.how is How.BELOW and read.grain not in rows.readings
    ]  # fmt: skip
    bases = dict.fromkeys([*(step.grain for step in coarse), *gathered])
    seen = [one for base in bases for one in _seen_in(rows, base)]
    rows.upward.prepare(aggregates_of(rows, rules, stratum), seen)


def _seen_in(rows: DataRows, base: str) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """The data rows that say which rows a grain of keys has: their grain, the keys, and that only those count that
    take part.
    """
    scope = rows.scope(rows.closing)
    entry, keys = scope.book.grains.get(base), scope.keys(base)
    is_stored = base in scope.book.tables and base not in rows.selection.computed_tables
    if is_stored or not keys or (entry is not None and entry.every) or (base, False) in rows.phases.now.lists:
        return
    for source in sources(rows.judge, base, keys):
        if scope.base(source) in rows.readings:
            yield source, keys, False


def _coarse(rows: DataRows, step: CoarseStep, watching: Watching) -> None:
    judge = rows.judge
    try:
        there = judge.rows_of(step.grain)
    except Unresolved:
        return
    base = judge.scope(judge.closing).base(step.grain)
    quick = judge.quick if judge.quick is not None and judge.quick.takes_rows(base) else None
    for column in step.columns:
        watching.cancel.refuse()
        if quick is not None:
            quick.work_out(base, column.name, there)
            continue
        for row in there:
            try:
                judge.value(column.name, row, judge.own_day(row))
            except Unresolved:
                continue


def _data(rows: DataRows, step: DataStep) -> None:
    """Columns beside the rows, each after those that it reads; they are worked out with whatever asks for them."""
    reading = rows.readings[step.table]
    reading.host.prepare([column for column in step.columns if column.kind == "规则"])
    for column in step.columns:
        reading.own(column.name)
