"""Run a program with its big tables in SQL."""

from __future__ import annotations

from engine.execute.period import Period
from engine.execute.plan.steps import SETTLED
from engine.execute.reference.holding import hold_or_stop
from engine.execute.reference.inputs import Published
from engine.execute.reference.run import results, telling_refused
from engine.execute.result import Result
from engine.execute.sql.counted_ahead import counted_ahead
from engine.execute.sql.execution import SqlRun
from engine.execute.sql.in_order import work_out
from engine.execute.sql.ints import TooLarge
from engine.execute.sql.not_in_sql import NotInSql
from engine.execute.sql.tables import SqlTables
from engine.files.errors import RunStopped
from engine.rulebook.book import Book
from engine.rulebook.model import Program
from engine.watching.event import SORTING
from engine.watching.watching import UNWATCHED, Watching


def execute(
    book: Book, program: Program, period: Period, data: SqlTables, published: Published | None = None,
    watching: Watching = UNWATCHED,
) -> SqlRun:  # fmt: skip
    """An execution whose rows are sorted and held."""
    watching.tell(SORTING)
    execution = SqlRun(book, program, period, data, published)
    execution.judge.cancel = watching.cancel
    with telling_refused(execution):
        hold_or_stop(execution)
    return execution


def run(
    book: Book, program: Program, period: Period, data: SqlTables, published: Published | None = None,
    keep_all: bool = False, watching: Watching = UNWATCHED,
) -> Result:  # fmt: skip
    """Everything the program gives for the period. Raises :class:`RunStopped` rather than give half of it."""
    try:
        held = execute(book, program, period, data, published, watching)
        work_out(held.big, held.plan.steps, SETTLED, watching)
        held.big.upward.count_ahead(counted_ahead(held, held.big, keep_all))
        return results(held, keep_all, watching)
    except NotInSql as error:
        raise RunStopped(str(error), hint="或用 --engine reference 计算") from None
    except TooLarge:
        raise RunStopped("有的数太长，数据行上放不下；给规则写明 舍入", hint="或用 --engine reference 计算") from None
