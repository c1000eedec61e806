"""A run whose big tables stand in a database: it holds a judge, who works out coarse rows and says why a row failed,
and answers itself, by queries, what is asked of the rows of big tables. To those who tell how a run ended it looks like
the judge's own (``reference/outcome``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from sqlglot import exp

from engine.execute.period import Period
from engine.execute.plan.passes import plan_of
from engine.execute.plan.reads import How
from engine.execute.plan.steps import ACCEPTED, SETTLED, Plan
from engine.execute.reference.empty_tables import must_have_rows
from engine.execute.reference.execution import Execution
from engine.execute.reference.holding import hold_or_stop
from engine.execute.reference.inputs import Published
from engine.execute.reference.outcome import Failed
from engine.execute.reference.rows import Record, Row
from engine.execute.reference.verdicts import HELD, REJECTED, ROW_CONDITION, Verdict
from engine.execute.result import Account, SheetColumn
from engine.execute.sql import ints, results
from engine.execute.sql.big_rows import BigRows
from engine.execute.sql.data_rows import DataRows, SqlData
from engine.execute.sql.frame import Frame
from engine.execute.sql.in_order import work_out
from engine.execute.sql.lowered import all_of, constant
from engine.execute.sql.reading import Reading
from engine.execute.sql.selection import hold
from engine.language.types import Kind
from engine.language.values import Unresolved, Value
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Check, Formula, Program, Statement


class SqlRun:
    """``judge``: the reference engine's run, asked for what is coarse and for why a row ended where it did; ``big``:
    the rows of the big tables.
    """

    def __init__(
        self, book: Book, program: Program, period: Period, data: SqlData, published: Published | None = None
    ) -> None:
        self.big = DataRows(data, self._before)
        self.book, self.program, self.period, self.data = book, program, period, data
        self.judge = judge = Execution(book, program, period, data, published, elsewhere=self.big)
        self.days, self.formulas, self.closing, self.scope = judge.days, judge.formulas, judge.closing, judge.scope
        self.selection, self.remarks = judge.selection, judge.remarks

    def _before(self, period: Period, remarks: list[str]) -> Execution:
        earlier = SqlRun(self.book, self.program, period, self.data)
        earlier.remarks = earlier.judge.remarks = remarks
        hold_or_stop(earlier)
        work_out(earlier.big, earlier.plan.only(self._read_of(earlier)).steps, SETTLED)
        return earlier.judge

    def _read_of(self, earlier: SqlRun) -> set[str]:
        """What is read of the period before (上期), to which the same tables came.

        The rows of this run may not be sorted yet: a check may be what reads it.
        """
        plan = plan_of(self.book, self.program, self.period, earlier.delivered)
        read = {read.name for column in plan.columns for read in column.reads if read.how is How.BEFORE}
        return read & {column.name for column in earlier.plan.columns}

    @property
    def now(self) -> Snapshot:
        """The rules of the closing day."""
        return self.judge.now

    @property
    def wanted(self) -> set[str]:
        """Every name the program reaches."""
        return self.judge.wanted

    @property
    def wanted_tables(self) -> set[str]:
        """Tables of which a wanted name is a field, or that are named themselves."""
        return self.judge.wanted_tables

    @property
    def delivered(self) -> list[str]:
        """The tables that came."""
        return [name for name, table in self.selection.tables.items() if table.delivered]

    @cached_property
    def plan(self) -> Plan:
        """What the run does, now that it is known which tables came."""
        return plan_of(self.book, self.program, self.period, self.delivered)

    def hold(self) -> None:
        """Holds rows of which a needed value cannot be known."""
        work_out(self.big, self.plan.steps, ACCEPTED)
        hold(self.big)

    def notes(self) -> list[str]:
        long = [
            f"{name} 的数{size}，超过 38 位，逐个组合在内存里算（准确，但慢）：把其中的一个因数另立一条规则，写明 舍入"
            for name, size in sorted(self.big.long_formulas.items())
        ]
        one_by_one = [
            f"{name} 逐行推算：数据库的 SQL 里没有这样的算法，有 {rows} 行取到内存里依次算（准确，但慢）"
            for name, rows in sorted(self.big.row_by_row.items())
        ]
        return self.judge.notes() + long + one_by_one

    def rows_with_codes(self, table: str, field: str, codes: Sequence[str]) -> list[tuple[int, int]]:
        reading = self.big.readings.get(table)
        if reading is None:
            return self.judge.rows_with_codes(table, field, codes)
        staged = reading.frame.staged.columns.get(field)
        if staged is None:
            return [(0, 0)] * len(codes)
        every = Frame(reading.frame.database, table, reading.frame.staged)  # fewer rows may stand in the frame
        counted = []
        for code in codes:
            cell, text = exp.column(staged.name), exp.Literal.string(code)
            same = exp.EQ(this=cell.copy(), expression=text.copy())
            prefix = exp.Substring(this=cell.copy(), start=ints.whole(1), length=ints.whole(len(code)))
            longer = all_of([exp.EQ(this=prefix, expression=text), exp.NEQ(this=cell.copy(), expression=text.copy())])
            counted += [
                exp.Count(this=exp.Case().when(held, ints.whole(1), copy=False).else_(exp.Null(), copy=False))
                for held in (same, longer)
            ]
        inner = every.relation([exp.column(staged.name)])
        found = every.database.row(exp.select(*counted).from_(inner.subquery("q", copy=False), copy=False))
        return [(int(found[n]), int(found[n + 1])) for n in range(0, len(found), 2)]

    # -- what came of it ------------------------------------------------------------

    def verdicts_of(self, *states: str) -> list[tuple[str, int, Verdict]]:
        """Rows that ended in one of ``states``, in order; of very many only some."""
        return self.judge.verdicts_of(*states)

    def any_rows(self, table: str) -> bool:
        return self.judge.any_rows(table)

    def delivered_in(self, table: str, period: Period) -> bool:
        return self.judge.delivered_in(table, period)

    def key_of(self, table: str, number: int) -> tuple[Value, ...]:
        return self.keys_of([(table, number)])[table, number]

    def held_count(self) -> int:
        small = [v for table, _, v in self.verdicts_of(HELD) if table not in self.big.readings]
        states = [self.big.states[name] for name in self.big.readings]
        big = [state.ended[str(n)] for state in states for n, (what, _) in enumerate(state.codes) if what == HELD]
        return len(small) + sum(big)

    def came_in(self, table: str) -> int:
        reading = self.big.readings.get(table)
        if reading is None:
            return self.judge.came_in(table)
        refused = {name for name, _, _ in self.verdicts_of(REJECTED)}
        self.big.count_rows_of_run({table, *self.data.unreadable, *refused, *must_have_rows(self)})
        untold = sum(v.by == ROW_CONDITION for v in self.selection.verdicts[table].values() if v.state == REJECTED)
        return self.big.count_of(reading, [part.copy() for part in self.big.states[table].inside]) + untold

    def record_of(self, table: str, number: int) -> Record:
        reading = self.big.readings.get(table)
        return self.judge.record_of(table, number) if reading is None else self.big.row(reading, number).record or {}

    def keys_of(self, rows: Sequence[tuple[str, int]]) -> dict[tuple[str, int], tuple[Value, ...]]:
        found = self.judge.keys_of([(table, number) for table, number in rows if table not in self.big.readings])
        for table, reading in self.big.readings.items():
            numbers = [number for name, number in rows if name == table]
            found |= {(table, row.number): row.key for row in self.big.rows_numbered(reading, numbers)}
        return found

    def rows_to_assert(self, check: Check) -> list[Row]:
        reading = self._reading(check.grain)
        return self.judge.rows_to_assert(check) if reading is None else results.rows_to_assert(self.big, reading, check)

    def count_rows(self, grain: str) -> int:
        reading = self._reading(grain)
        return (
            self.judge.count_rows(grain)
            if reading is None
            else self.big.count_of(reading, results.members(self.big, reading, grain))
        )

    def rows_where_true(self, formula: Formula, grain: str) -> int:
        reading = self._reading(grain)
        if reading is None:
            return self.judge.rows_where_true(formula, grain)
        return results.rows_where_true(self.big, reading, formula, grain)

    def lines(self, statement: Statement, columns: list[SheetColumn]) -> tuple[Sequence[list[Value]], list[Failed]]:
        reading = self._reading(statement.grain)
        return (
            self.judge.lines(statement, columns)
            if reading is None
            else results.lines(self.big, reading, statement, columns)
        )

    def with_constant(self, rows: Sequence[list[Value]], value: Value) -> Sequence[list[Value]]:
        if isinstance(rows, BigRows):
            return rows.plus(constant(Kind.NUMBER, value))
        return self.judge.with_constant(rows, value)

    def kept_rows(self, base: str, columns: list[SheetColumn]) -> Sequence[Sequence[Value | Unresolved]]:
        reading = self._reading(base)
        return self.judge.kept_rows(base, columns) if reading is None else results.kept_rows(self.big, reading, columns)

    def account(self, table: str) -> Account:
        reading = self.big.readings.get(table)
        if reading is None:
            return self.judge.account(table)
        found = self.big.accounts.get(table) or results.accounts(self.big, [reading])[table]
        main = table in self.selection.main_tables
        accepted = found.states.get(results.FINAL, 0) + found.states.get(HELD, 0)
        return replace(found, unread=None if main else 0 if reading.used else accepted)

    def _reading(self, grain: str) -> Reading | None:
        return self.big.readings.get(self.scope(self.closing).base(grain))
